"""What `schema` and `vschema` share: which keyspaces, and changing them under the cluster's lock."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from vitessctl.cli.session import SpecOptions, Where, context_of, documents_of, load_for, open_target
from vitessctl.errors import ConflictError, ExitCode, UsageError

if TYPE_CHECKING:
    from vitessctl.model.cluster import Cluster, Keyspace
    from vitessctl.run.context import Context
    from vitessctl.run.events import Listener

Keyspaces = Annotated[
    Optional[list[str]],  # noqa: UP045
    typer.Argument(metavar="KEYSPACE", help="Only these keyspaces. Default: all that declare one."),
]
Detailed = Annotated[
    bool, typer.Option("--detailed-exitcode", help="Exit with 2 when anything differs, 0 when nothing does.")
]
Destructive = Annotated[
    bool, typer.Option("--allow-destructive", help="Also do what loses something; the difference says what.")
]


@contextmanager
def opened(spec_options: SpecOptions, where: Where) -> Iterator[Context]:
    """The cluster, reached."""
    cluster, name = load_for(spec_options, where)
    with open_target(cluster, name, where) as target:
        yield context_of(cluster, target, documents_of(cluster, target.name, spec_options))


def chosen(cluster: Cluster, names: Sequence[str] | None, what: str) -> list[Keyspace]:
    """The keyspaces that were asked for, or all that declare a `what`. UsageError for one that is not or does not."""
    declaring = [keyspace for keyspace in cluster.keyspaces if getattr(keyspace, what)]
    for name in names or ():
        if name not in [keyspace.name for keyspace in declaring]:
            known = ", ".join(keyspace.name for keyspace in declaring) or "none"
            exists = any(keyspace.name == name for keyspace in cluster.keyspaces)
            why = f"it declares no {what}" if exists else "the spec has no such keyspace"
            fix = f"keyspaces that declare a {what}: {known}"
            raise UsageError(f"{name} has no {what} to compare", where=cluster.name, why=why, fix=fix)
    return [keyspace for keyspace in declaring if not names or keyspace.name in names]


def change(run: Context, command: str, listener: Listener, work: Callable[[Listener], None]) -> None:
    """Do `work` while nobody else changes the cluster; it is written into its history."""
    from vitessctl.run.events import RunStarted
    from vitessctl.targets.base import Run

    changing = Run(command, run.documents, listener, run.cancelled)
    listener(RunStarted(0.0, command, run.cluster.name, run.target.name))
    with run.target.changing(changing) as heard:
        work(heard)


class Done:
    """Tells a listener of admin actions, and at the end how many there were."""

    def __init__(self, listener: Listener) -> None:
        from vitessctl.run.clock import SystemClock

        self._listener = listener
        self._clock = SystemClock()
        self._begun = self._clock.now()
        self._count = 0

    def acted(self, action: str) -> None:
        """One action that changed something."""
        from vitessctl.run.events import ActionTaken

        self._count += 1
        self._listener(ActionTaken(self._clock.now() - self._begun, "schema", action, changed=True))

    def ended(self) -> None:
        """All was done."""
        from vitessctl.run.events import RunEnded

        recap = {"topology": {"ok": 0, "changed": self._count, "failed": 0, "skipped": 0}}
        self._listener(RunEnded(self._clock.now() - self._begun, ok=True, recap=recap))


def moved(run: Context, what: str) -> ConflictError:
    """Somebody changed them between the look that was shown and the lock."""
    return ConflictError(
        f"the {what} moved; nothing was changed",
        where=run.cluster.name,
        why="somebody changed them since they were shown",
        fix="look at the difference again",
    )


def print_lines(run: Context, lines: Iterable[str]) -> None:
    """Print them, in a rehearsal under the line that says so."""
    if run.target.name == "rehearsal":
        from vitessctl.report.screen import REHEARSAL_BANNER

        typer.echo(REHEARSAL_BANNER)
    for line in lines:
        typer.echo(line)


def go_on(question: str, yes: bool) -> None:
    """Ask, where a person sits; end with 1 if the answer is no."""
    from vitessctl.cli.confirm import confirmed

    if not confirmed(question, yes):
        typer.echo("Nothing was changed.")
        raise typer.Exit(int(ExitCode.ERROR))

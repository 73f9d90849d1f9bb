"""`vitessctl rebuild`: make a broken or empty replica anew."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from vitessctl.cli import options
from vitessctl.cli.grouped import grouped
from vitessctl.cli.printing import print_as
from vitessctl.cli.session import SpecOptions, Where, context_of, documents_of, load_for, open_target
from vitessctl.errors import ConflictError, ExitCode, UsageError

if TYPE_CHECKING:
    from vitessctl.heal.look import SeenShard
    from vitessctl.heal.rebuilding import Rebuilt
    from vitessctl.heal.ways import Rebuild
    from vitessctl.model.cluster import Cluster, Shard
    from vitessctl.run.context import Context
    from vitessctl.run.events import Listener

EXAMPLE = "Example:  vitessctl rebuild zone1-0000000101 -i inventories/minimal --yes"


@grouped
def command(
    alias: Annotated[str, typer.Argument(metavar="ALIAS", help="The tablet that is to be made anew: zone1-101.")],
    spec_options: SpecOptions = SpecOptions(),
    where: Where = Where(),
    allow: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option("--allow", metavar="DANGER", help="Allow what loses rows; it is named before."),
    ] = None,
    output: options.OutputFormat = options.Output.text,
    yes: options.Yes = False,
    verbose: options.Verbose = 0,
) -> None:
    """Make a replica anew from a healthy tablet: its data go, or are put aside, and it copies all. Never a primary."""
    from vitessctl.cli.up import listener_of
    from vitessctl.heal.look import look
    from vitessctl.heal.shards import tablet_alias_of
    from vitessctl.heal.ways import Means, decide
    from vitessctl.run.events import RunStarted

    cluster, name = load_for(spec_options, where)
    wanted_alias = tablet_alias_of(alias)
    shard = _shard_of(cluster, wanted_alias)
    with open_target(cluster, name, where) as target:
        run = context_of(cluster, target, documents_of(cluster, target.name, spec_options))
        means = Means(clones=target.name != "rehearsal", backs_up=target.keeps_backups())

        def decided() -> tuple[SeenShard, Rebuild]:
            (seen,) = look(run, (shard,))
            return seen, decide(seen, wanted_alias, means, run.release.has_vtorc)

        _, wanted = decided()
        listener = listener_of(output, verbose)
        listener(RunStarted(0.0, "rebuild", cluster.name, target.name))
        _show(wanted, output)
        _approve(wanted, yes, allow or ())
        done = _carry_out(run, wanted, decided, listener)
    _show_done(done, output)


def _shard_of(cluster: Cluster, alias: str) -> Shard:
    for shard in cluster.shards():
        if any(tablet.alias == alias for tablet in shard.tablets):
            return shard
    raise UsageError(f"the spec has no tablet {alias}", fix="name one of its tablets; vitessctl replication lists them")


def _show(wanted: Rebuild, output: options.Output) -> None:
    from vitessctl.report.rebuild import wanted_data, wanted_lines

    print_as(output, wanted, wanted_data, wanted_lines)


def _approve(wanted: Rebuild, yes: bool, allowed: Sequence[str]) -> None:
    """The alias has to be typed, as data go; where nobody is asked, --yes has to be said."""
    from vitessctl.cli.confirm import somebody_there
    from vitessctl.heal.allowing import refuse_unallowed

    if yes or not somebody_there():
        refuse_unallowed(wanted.shard, f"a rebuild of {wanted.alias}", wanted.hazards, allowed)
    if yes:
        return
    if not somebody_there():
        raise UsageError(
            f"a rebuild of {wanted.alias} has to be confirmed; nothing was changed",
            why="what the tablet holds goes, and nobody is here to be asked",
            fix="add --yes",
        )
    if typer.prompt("Type the tablet's alias to go on", default="", show_default=False).strip() != wanted.alias:
        typer.echo("Nothing was changed.")
        raise typer.Exit(int(ExitCode.ERROR))


def _carry_out(
    run: Context, wanted: Rebuild, decided: Callable[[], tuple[SeenShard, Rebuild]], listener: Listener
) -> Rebuilt:
    from vitessctl.heal.rebuilding import Rebuilder
    from vitessctl.run.clock import SystemClock
    from vitessctl.targets.base import Run

    clock = SystemClock()
    seen: list[SeenShard] = []

    def again() -> str:
        """Nobody else can change anything now, so what is seen holds."""
        found, now_wanted = decided()
        if (now_wanted.way, now_wanted.hazards) != (wanted.way, wanted.hazards):
            raise ConflictError(
                "the shard changed meanwhile; nothing was changed",
                where=wanted.shard,
                why=f"{wanted.alias} was to be rebuilt by {wanted.way.value}, now it would be by {now_wanted.way.value}"
                f" ({now_wanted.why})",
                fix="look again, and run the same command once more if it still has to be",
            )
        seen.append(found)
        return ""

    held = Run("rebuild", run.documents, listener, run.cancelled, plan=again)
    with run.target.changing(held) as heard:
        return Rebuilder(run, seen[-1], wanted, clock, heard).run()


def _show_done(done: Rebuilt, output: options.Output) -> None:
    from vitessctl.report.rebuild import rebuilt_data, rebuilt_lines

    print_as(output, done, rebuilt_data, rebuilt_lines)

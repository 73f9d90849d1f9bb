"""`vitessctl reparent`: make another tablet the primary of its shard."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from vitessctl.cli import options
from vitessctl.cli.grouped import grouped
from vitessctl.cli.printing import print_as
from vitessctl.cli.session import SpecOptions, Where, context_of, documents_of, load_for, open_target
from vitessctl.errors import ConflictError, ExitCode

if TYPE_CHECKING:
    from vitessctl.heal.choice import Reparent
    from vitessctl.heal.look import SeenShard
    from vitessctl.heal.reparenting import Done
    from vitessctl.run.context import Context
    from vitessctl.run.events import Listener

EXAMPLE = "Example:  vitessctl reparent messages/0 -i inventories/minimal --to zone1-0000000101"


@grouped
def command(
    shard: Annotated[str, typer.Argument(metavar="KEYSPACE[/SHARD]", help="Whose primary is to change.")],
    spec_options: SpecOptions = SpecOptions(),
    where: Where = Where(),
    to: Annotated[
        str, typer.Option("--to", metavar="ALIAS", help="The tablet that is to lead. Default: the most complete.")
    ] = "",
    emergency: Annotated[
        bool, typer.Option("--emergency", help="Give the primary up although it lives; needs --allow living-primary.")
    ] = False,
    allow: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option("--allow", metavar="DANGER", help="Allow what may lose rows; it is named before."),
    ] = None,
    output: options.OutputFormat = options.Output.text,
    yes: options.Yes = False,
    verbose: options.Verbose = 0,
) -> None:
    """Make another tablet primary: handed over if the primary lives, an emergency reparent if it does not."""
    from vitessctl.cli.up import listener_of
    from vitessctl.heal.choice import choose
    from vitessctl.heal.look import look
    from vitessctl.heal.shards import chosen_shard, tablet_alias_of
    from vitessctl.run.events import RunStarted

    cluster, name = load_for(spec_options, where)
    wanted_shard = chosen_shard(cluster, shard)
    alias = tablet_alias_of(to) if to else ""
    with open_target(cluster, name, where) as target:
        run = context_of(cluster, target, documents_of(cluster, target.name, spec_options))

        def chosen() -> tuple[SeenShard, Reparent]:
            (seen,) = look(run, (wanted_shard,))
            return seen, choose(seen, run.release, to=alias, emergency=emergency)

        _, wanted = chosen()
        listener = listener_of(output, verbose)
        listener(RunStarted(0.0, "reparent", cluster.name, target.name))
        _show(wanted, output)
        if wanted.new == wanted.old:
            return _say_it_leads(wanted, output)
        _approve(wanted, yes, allow or ())
        done = _carry_out(run, wanted, chosen, listener)
    _show_done(done, output)


def _show(wanted: Reparent, output: options.Output) -> None:
    from vitessctl.report.reparent import choice_data, choice_lines

    if output is options.Output.json or wanted.new != wanted.old:
        print_as(output, wanted, choice_data, choice_lines)


def _say_it_leads(wanted: Reparent, output: options.Output) -> None:
    if output is options.Output.text:
        typer.echo(f"{wanted.new} is the primary of {wanted.shard} already. Nothing was changed.")


def _approve(wanted: Reparent, yes: bool, allowed: Sequence[str]) -> None:
    """As for a plan: a person who is asked has seen what it may cost; else each danger needs its word."""
    from vitessctl.cli.confirm import confirmed, somebody_there
    from vitessctl.heal.allowing import refuse_unallowed

    if yes or not somebody_there():
        refuse_unallowed(wanted.shard, f"a reparent to {wanted.new}", wanted.hazards, allowed)
    if not confirmed("Do this?", yes):
        typer.echo("Nothing was changed.")
        raise typer.Exit(int(ExitCode.ERROR))


def _carry_out(
    run: Context, wanted: Reparent, chosen: Callable[[], tuple[SeenShard, Reparent]], listener: Listener
) -> Done:
    from vitessctl.heal.reparenting import carry_out
    from vitessctl.run import events
    from vitessctl.run.clock import SystemClock
    from vitessctl.targets.base import Run

    clock = SystemClock()
    seen: list[SeenShard] = []
    began = clock.now()

    def again() -> str:
        """Nobody else can change anything now, so what is seen holds."""
        found, now_wanted = chosen()
        if (now_wanted.mode, now_wanted.old, now_wanted.new) != (wanted.mode, wanted.old, wanted.new):
            raise _moved(wanted, now_wanted)
        seen.append(found)
        return ""

    held = Run("reparent", run.documents, listener, run.cancelled, plan=again)
    with run.target.changing(held) as heard:
        run.acted = lambda stage, action, changed: heard(
            events.ActionTaken(clock.now() - began, stage, action, changed)
        )
        return carry_out(run, seen[-1], wanted, clock)


def _moved(before: Reparent, now: Reparent) -> ConflictError:
    return ConflictError(
        "the shard changed meanwhile; nothing was changed",
        where=before.shard,
        why=f"a {before.mode.value} reparent from {before.old or 'nobody'} to {before.new} was to be done, but now it "
        f"would be a {now.mode.value} one from {now.old or 'nobody'} to {now.new}",
        fix="look again, and run the same command once more if it still has to be",
    )


def _show_done(done: Done, output: options.Output) -> None:
    from vitessctl.report.reparent import done_data, done_lines

    print_as(output, done, done_data, done_lines)

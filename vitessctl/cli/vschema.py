"""`vitessctl vschema`: the VSchemas that the spec declares, beside those in the topology."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import typer

from vitessctl.cli import options
from vitessctl.cli.declared import (
    Destructive,
    Detailed,
    Done,
    Keyspaces,
    change,
    chosen,
    go_on,
    moved,
    opened,
    print_lines,
)
from vitessctl.cli.grouped import grouped
from vitessctl.cli.printing import print_json
from vitessctl.cli.session import SpecOptions, Where
from vitessctl.errors import ExitCode, VitessctlError

if TYPE_CHECKING:
    from vitessctl.run.context import Context
    from vitessctl.run.events import Listener
    from vitessctl.schema.vschema import VSchemaDrift

EXAMPLE = "Example:  vitessctl vschema diff -i inventories/minimal"

app = typer.Typer(
    help="The VSchemas that the spec declares: how the topology's differ (diff), and making them so (apply).",
    epilog=EXAMPLE,
    rich_markup_mode=None,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.command("diff", epilog="Example:  vitessctl vschema diff commerce -i inventories/sharded")
@grouped
def diff(
    keyspaces: Keyspaces = None,
    spec_options: SpecOptions = SpecOptions(),
    where: Where = Where(),
    detailed: Detailed = False,
    output: options.OutputFormat = options.Output.text,
    verbose: options.Verbose = 0,
) -> None:
    """Show how each VSchema differs from the spec, and which rows would be looked for elsewhere. Changes nothing."""
    from vitessctl.report.schema import vschema_data, vschema_lines

    with opened(spec_options, where) as run:
        drifts = _look(run, keyspaces)
    if output is options.Output.json:
        found = [vschema_data(name, drift) for name, drift in drifts.items()]
        print_json({"cluster": run.cluster.name, "keyspaces": found})
    else:
        print_lines(run, vschema_lines(drifts))
    if detailed and not all(drift.is_empty for drift in drifts.values()):
        raise typer.Exit(int(ExitCode.CHANGES))


@app.command("apply", epilog="Example:  vitessctl vschema apply commerce -i inventories/sharded --allow-destructive")
@grouped
def apply(
    keyspaces: Keyspaces = None,
    spec_options: SpecOptions = SpecOptions(),
    where: Where = Where(),
    destructive: Destructive = False,
    output: options.OutputFormat = options.Output.text,
    yes: options.Yes = False,
    verbose: options.Verbose = 0,
) -> None:
    """Make each VSchema what the spec declares; what moves routes of existing rows wants --allow-destructive."""
    from vitessctl.cli.up import listener_of
    from vitessctl.report.schema import vschema_lines

    with opened(spec_options, where) as run:
        drifts = _look(run, keyspaces)
        held = [f"{name}: {text}" for name, drift in drifts.items() for text in drift.held]
        if held and not destructive:
            raise VitessctlError(
                "rows might not be found any more; nothing was changed",
                where=run.cluster.name,
                why="a VSchema decides in which shard a row is looked for",
                evidence=held,
                fix="change the spec, or add --allow-destructive",
            )
        if output is options.Output.text:
            for line in vschema_lines(drifts):
                typer.echo(line)
        if all(drift.is_empty for drift in drifts.values()):
            return
        go_on("Do this?", yes)
        change(
            run,
            "vschema apply",
            listener_of(output, verbose),
            lambda heard: _work(run, drifts, _look(run, keyspaces), heard),
        )


def _look(run: Context, names: Sequence[str] | None) -> Mapping[str, VSchemaDrift]:
    from vitessctl.run.declared import look_at_vschema

    found = chosen(run.cluster, names, "vschema")
    return {keyspace.name: look_at_vschema(run.vtctld, keyspace) for keyspace in found}


def _work(
    run: Context, drifts: Mapping[str, VSchemaDrift], now: Mapping[str, VSchemaDrift], listener: Listener
) -> None:
    """`drifts` is what was shown and allowed, `now` what is seen under the lock. ConflictError if they differ."""
    from vitessctl.run.declared import change_vschema

    if now != drifts:
        raise moved(run, "VSchemas")
    done = Done(listener)
    for name, drift in drifts.items():
        if not drift.is_empty:
            change_vschema(run.vtctld, name, drift.wanted)
            done.acted(f"set the VSchema of {name}")
    done.ended()

"""`vitessctl schema`: the tables that the spec declares, beside those that the shards have."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

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
from vitessctl.errors import ExitCode, UsageError, VitessctlError

if TYPE_CHECKING:
    from vitessctl.run.context import Context
    from vitessctl.run.events import Listener
    from vitessctl.schema.drift import KeyspaceDrift

EXAMPLE = "Example:  vitessctl schema diff -i inventories/minimal"

app = typer.Typer(
    help="The tables that the spec declares: how the shards differ (diff), and making them so (apply).",
    epilog=EXAMPLE,
    rich_markup_mode=None,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.command("diff", epilog="Example:  vitessctl schema diff -i inventories/minimal --sql")
@grouped
def diff(
    keyspaces: Keyspaces = None,
    spec_options: SpecOptions = SpecOptions(),
    where: Where = Where(),
    sql: Annotated[bool, typer.Option("--sql", help="Show the statements that would be run, not the differences.")] = (
        False
    ),
    detailed: Detailed = False,
    output: options.OutputFormat = options.Output.text,
    verbose: options.Verbose = 0,
) -> None:
    """Show how each shard's tables differ from the spec, and what would be lost by changing them. Changes nothing."""
    from vitessctl.report.schema import data, lines, sql_lines

    with opened(spec_options, where) as run:
        drifts = _look(run, keyspaces)
    if output is options.Output.json:
        print_json({"cluster": run.cluster.name, "keyspaces": [data(drift) for drift in drifts]})
    else:
        print_lines(run, sql_lines(drifts) if sql else lines(drifts))
    if detailed and not all(drift.is_empty for drift in drifts):
        raise typer.Exit(int(ExitCode.CHANGES))


@app.command("apply", epilog="Example:  vitessctl schema apply commerce -i inventories/sharded --allow-destructive")
@grouped
def apply(
    keyspaces: Keyspaces = None,
    spec_options: SpecOptions = SpecOptions(),
    where: Where = Where(),
    destructive: Destructive = False,
    prune: Annotated[
        bool, typer.Option("--prune", help="Also drop the tables that the spec does not have (a destructive change).")
    ] = False,
    output: options.OutputFormat = options.Output.text,
    yes: options.Yes = False,
    verbose: options.Verbose = 0,
) -> None:
    """Make the tables of every shard what the spec declares; what loses something wants --allow-destructive."""
    from vitessctl.cli.up import listener_of
    from vitessctl.report.schema import lines

    with opened(spec_options, where) as run:
        drifts = _look(run, keyspaces, prune)
        _refuse(run, drifts, destructive)
        if output is options.Output.text:
            for line in lines(drifts):
                typer.echo(line)
        if all(drift.is_empty for drift in drifts):
            return
        go_on("Do this?", yes)
        change(
            run,
            "schema apply",
            listener_of(output, verbose),
            lambda heard: _work(run, drifts, _look(run, keyspaces, prune), heard),
        )


def _look(run: Context, names: Sequence[str] | None, prune: bool = False) -> list[KeyspaceDrift]:
    from vitessctl.run.declared import look_at_schema, strange_statement

    found = chosen(run.cluster, names, "schema")
    for keyspace in found:
        if strange := strange_statement(keyspace):
            raise UsageError(
                f"the schema of {keyspace.name} has a statement that creates no table: {strange[:60]}",
                where=run.cluster.name,
                why="there is no telling whether such a statement has been run before",
                fix="leave only CREATE TABLE statements in it",
            )
    drifts = [look_at_schema(run.vtctld, keyspace) for keyspace in found]
    return [drift.with_drops() for drift in drifts] if prune else drifts


def _refuse(run: Context, drifts: Sequence[KeyspaceDrift], destructive: bool) -> None:
    """What cannot be done at all, and what nobody has allowed."""
    unclear = [f"{drift.keyspace}: {text}" for drift in drifts for text in drift.unreadable()]
    unclear += [f"{drift.keyspace}.{each.table}: {each.held}" for drift in drifts for each in drift.impossible()]
    if unclear:
        raise VitessctlError(
            "not every difference can be made to go; nothing was changed",
            where=run.cluster.name,
            why="there is no statement for it",
            evidence=unclear,
            fix="change these tables by a statement of your own, through vtgate, until the diff is silent about them",
        )
    held = [(drift, each) for drift in drifts for each in drift.differences() if each.held]
    if held and not destructive:
        raise VitessctlError(
            "something would be lost; nothing was changed",
            where=run.cluster.name,
            why=f"{len(held)} of the differences {'is' if len(held) == 1 else 'are'} destructive",
            evidence=[f"{drift.keyspace}.{each.table}: {each.what}: {each.held}" for drift, each in held],
            fix="change the spec, or add --allow-destructive",
        )


def _work(run: Context, drifts: Sequence[KeyspaceDrift], now: Sequence[KeyspaceDrift], listener: Listener) -> None:
    """`drifts` is what was shown and allowed, `now` what is seen under the lock. ConflictError if they differ."""
    from vitessctl.run.declared import change_schema, sentences

    if list(now) != list(drifts):
        raise moved(run, "tables")
    done = Done(listener)
    for drift in drifts:
        change_schema(run.vtctld, drift, drift.differences())
        for verb, rest in sentences(drift.differences()):
            done.acted(f"{verb} in {drift.keyspace}: {rest}")
    done.ended()

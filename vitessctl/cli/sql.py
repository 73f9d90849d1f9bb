"""`vitessctl sql`: statements through vtgate, or on one tablet; read-only unless told otherwise."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from vitessctl.cli import options
from vitessctl.cli.connecting import chosen_cell, first_user
from vitessctl.cli.grouped import grouped
from vitessctl.cli.printing import print_json
from vitessctl.cli.session import SpecOptions, Where, context_of, load_for, open_target
from vitessctl.errors import UsageError

if TYPE_CHECKING:
    from vitessctl.model.cluster import Cluster
    from vitessctl.sql.result import Result
    from vitessctl.sql.session import Place
    from vitessctl.sql.tokens import Statement
    from vitessctl.targets.kubernetes.target import KubernetesTarget
    from vitessctl.targets.local import LocalTarget
    from vitessctl.vtctld.interface import Vtctld
    from vitessctl.vtctld.records import TabletRecord

EXAMPLE = "Example:  vitessctl sql 'show tables' -i inventories/minimal --target messages@replica"

LOST = "\N{REPLACEMENT CHARACTER}"
"""What vtctld until 14 puts in the place of bytes that are no UTF-8."""


class Format(str, Enum):
    """How rows are shown."""

    text = "text"
    table = "table"
    vertical = "vertical"
    json = "json"
    csv = "csv"


@grouped
def command(
    statement: Annotated[
        Optional[str],  # noqa: UP045
        typer.Argument(metavar="STATEMENT", help="One or several, with semicolons. Default: from standard input."),
    ] = None,
    spec_options: SpecOptions = SpecOptions(),
    where: Where = Where(),
    keyspace: Annotated[
        str,
        typer.Option(
            "--keyspace",
            "--target",
            metavar="KEYSPACE[@TYPE]",
            help="Through vtgate: messages, or messages@replica. Default: the only keyspace.",
        ),
    ] = "",
    cell: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--cell", help="Through the vtgate of this cell. Default: the first."),
    ] = None,
    tablet: Annotated[
        str, typer.Option("--tablet", metavar="ALIAS", help="On this tablet's own MySQL, as DBA, through vtctld.")
    ] = "",
    primary: Annotated[
        str, typer.Option("--primary", metavar="KEYSPACE/SHARD", help="The same, on the primary of a shard.")
    ] = "",
    replica: Annotated[
        str, typer.Option("--replica", metavar="KEYSPACE/SHARD", help="The same, on a replica of a shard.")
    ] = "",
    write: Annotated[bool, typer.Option("--write", help="Also run what is not known to only read.")] = False,
    file: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option("--file", "-f", metavar="PATH", help="Statements from a file; - is standard input."),
    ] = None,
    max_rows: Annotated[int, typer.Option("--max-rows", min=1, help="Rows to show of each statement.")] = 1000,
    timeout: Annotated[float, typer.Option("--timeout", min=0.1, help="Seconds that a statement may take.")] = 30.0,
    output: Annotated[
        Format,
        typer.Option("--output", envvar="VITESSCTL_OUTPUT", help="How rows are shown; text is a table."),
    ] = Format.text,
    verbose: options.Verbose = 0,
) -> None:
    """Run SQL through vtgate, or with --tablet, --primary, --replica on one tablet's MySQL. Several statements run one
    after the other, until the first that fails. \\G in place of a semicolon shows rows one below the other."""
    from vitessctl.sql.session import check_reads, check_writes, run_all
    from vitessctl.sql.tokens import statements

    places = {"--tablet": tablet, "--primary": primary, "--replica": replica, "--keyspace": keyspace}
    chosen = [option for option, value in places.items() if value]
    if len(chosen) > 1:
        raise UsageError(f"{' and '.join(chosen)} exclude each other", fix="take one of them")
    given = statements(_text(statement, file))
    if not given:
        raise UsageError("there is no statement", fix="give one: vitessctl sql 'show tables'")
    if not write:
        check_reads(given)
    cluster, name = load_for(spec_options, where)
    option = chosen[0] if chosen else "--keyspace"
    with (
        open_target(cluster, name, where) as target,
        _place(target, cluster, option, places[option], cell, timeout) as place,
    ):
        check_writes(given, place)
        _announce(target.name, place, option)
        run_all(given, place, max_rows, lambda each, result: _show(each, result, place.name, output))


def _text(statement: str | None, file: Path | None) -> str:
    """The statements, from wherever they are given."""
    if statement is not None and file is not None:
        raise UsageError("a statement and --file exclude each other", fix="take one of them")
    if statement is not None:
        return statement
    if file is None or str(file) == "-":
        if file is None and sys.stdin.isatty():
            raise UsageError("there is no statement", fix="give one: vitessctl sql 'show tables'")
        return sys.stdin.read()
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError("the file cannot be read", where=str(file), why=str(error)) from None


@contextmanager
def _place(
    target: LocalTarget | KubernetesTarget, cluster: Cluster, option: str, value: str, cell: str | None, seconds: float
) -> Iterator[Place]:
    """Where the statements are run; given back in the end."""
    if option == "--keyspace":
        place = gate(target, cluster, value, cell, seconds)
        try:
            yield place
        finally:
            place.close()
        return
    from vitessctl.sql.tablet import TabletPlace

    vtctld = context_of(cluster, target, ()).vtctld
    try:
        yield TabletPlace(vtctld, _record(vtctld, option, value), seconds)
    finally:
        vtctld.close()


def gate(
    target: LocalTarget | KubernetesTarget, cluster: Cluster, keyspace: str, cell: str | None, seconds: float
) -> Place:
    """A session with the vtgate of a cell. Raises UsageError where nobody's password is known."""
    from vitessctl import releases
    from vitessctl.sql.gate import GatePlace

    users = target.users()
    if users is None:
        raise UsageError(
            "nobody's password for vtgate is known",
            why="its users are in a Secret that holds no password in clear, or that cannot be read",
            fix="connect with a client that asks for it: vitessctl connect; or ask a tablet: --primary KEYSPACE/SHARD",
        )
    release = releases.get(cluster.release_of("vtgate"))
    if "@" in keyspace and not release.mysql_target_has_type:
        raise UsageError(
            f"vtgate of Vitess {release.name} knows no tablet types",
            why=f"it would take {keyspace} for the name of a keyspace",
            fix="leave the type away for the primary; ask a replica itself: --replica KEYSPACE/SHARD",
        )
    only = cluster.keyspaces[0].name if len(cluster.keyspaces) == 1 else ""
    address = target.address("vtgate", chosen_cell(cluster, cell), "mysql")
    return GatePlace(address, keyspace or only, first_user(users), seconds)


def _record(vtctld: Vtctld, option: str, value: str) -> TabletRecord:
    from vitessctl.sql.tablet import by_alias, of_shard
    from vitessctl.tablets.choosing import long_alias

    if option == "--tablet":
        return by_alias(vtctld, long_alias(value))
    keyspace, slash, shard = value.partition("/")
    if not (keyspace and slash and shard):
        raise UsageError(f"{option} {value} is no shard", fix="a shard is KEYSPACE/SHARD, such as messages/0")
    return of_shard(vtctld, keyspace, shard, option.removeprefix("--"))


def _announce(target: str, place: Place, option: str) -> None:
    """What a person should know, beside the rows: not on standard output."""
    if target == "rehearsal":
        from vitessctl.report.screen import REHEARSAL_BANNER

        typer.echo(REHEARSAL_BANNER, err=True)
    if option in ("--primary", "--replica"):
        typer.echo(f"on {place.name}", err=True)


def _show(statement: Statement, result: Result, place: str, output: Format) -> None:
    from vitessctl.report import sql

    if output is Format.json:
        print_json(sql.result_data(result, statement.number, place))
    else:
        _print(statement, result, output)
    if LOST in str(result.rows):
        typer.echo("some bytes are no text, and this release's vtctld lost them: select hex(COLUMN)", err=True)
    if result.cut:
        typer.echo(f"only the first {len(result.rows)} rows are shown; --max-rows shows more", err=True)


def _print(statement: Statement, result: Result, output: Format) -> None:
    from vitessctl.report import sql

    vertical = output is Format.vertical or (statement.vertical and output is not Format.csv)
    writers = {Format.csv: sql.csv_lines}
    for line in (sql.vertical_lines if vertical else writers.get(output, sql.table_lines))(result):
        typer.echo(line)

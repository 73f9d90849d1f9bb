"""SHOW and DESCRIBE, recognised by pattern: no SQL parser is loaded for them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from vitessctl.rehearsal.mysqld import series, variables
from vitessctl.rehearsal.mysqld.errors import MySqlError
from vitessctl.rehearsal.mysqld.names import BUILTIN_SCHEMAS
from vitessctl.rehearsal.mysqld.replication_rows import binary_log_status, binary_logs, replica_status
from vitessctl.rehearsal.mysqld.resultset import strings
from vitessctl.rehearsal.mysqld.virtual import column_rows, statistics_rows
from vitessctl.rehearsal.storage.definition import Table, create_table_text
from vitessctl.rehearsal.tablet_rpc import QueryResult

if TYPE_CHECKING:
    from vitessctl.rehearsal.mysqld.session import Session

Handler = Callable[["Session", "re.Match[str]"], QueryResult]
_NAME = r"(?P<{0}>`(?:[^`]|``)+`|[^`\s.;]+)"
_TABLE = rf"(?:{_NAME.format('schema')}\.)?{_NAME.format('table')}"
_FROM_DATABASE = rf"(?:\s+(?:from|in)\s+{_NAME.format('database')})?"
_WHERE = r"where\s+`?(?P<column>\w+)`?\s*(?P<operator>=|!=|<>|like)\s*"
_LIKE = rf"(?:\s+(?:like\s+|{_WHERE})(?P<quote>['\"])(?P<like>.*?)(?P=quote))?"
_NAMES = r"(?:\s+where\s+variable_name\s+in\s*\((?P<names>[^)]*)\))"


def like(pattern: str | None, value: str) -> bool:
    """MySQL's LIKE without regard to case; everything matches None."""
    if pattern is None:
        return True
    wild = "".join({"%": ".*", "_": "."}.get(part, re.escape(part)) for part in re.findall(r"\\.|.", pattern))
    return re.fullmatch(wild, value, re.IGNORECASE | re.DOTALL) is not None


def _part(match: re.Match[str], name: str) -> str:
    """A name out of a statement, without its backticks; "" where it is not given."""
    written = match.groupdict().get(name) or ""
    return written[1:-1].replace("``", "`") if written.startswith("`") else written


def table_named(session: Session, match: re.Match[str]) -> Table:
    """The table that a SHOW names. MySqlError 1046, 1146."""
    schema = _part(match, "database") or _part(match, "schema") or session.state.database
    if not schema:
        raise MySqlError(1046)
    physical = f"{schema}.{_part(match, 'table')}"
    if physical not in session.server.engine.catalogue:
        raise MySqlError(1146, physical)
    return session.server.engine.catalogue[physical]


def _schema_of(session: Session, match: re.Match[str]) -> str:
    schema = _part(match, "database") or session.state.database
    if not schema:
        raise MySqlError(1046)
    if schema not in session.server.engine.schemas and schema not in BUILTIN_SCHEMAS:
        raise MySqlError(1049, schema)
    return schema


def _databases(session: Session, match: re.Match[str]) -> QueryResult:
    names = sorted({*session.server.engine.schemas, *BUILTIN_SCHEMAS})
    return strings(["Database"], [[name] for name in names if like(match["like"], name)])


def _tables(session: Session, match: re.Match[str]) -> QueryResult:
    schema = _schema_of(session, match)
    names = [table.name for table in session.server.engine.tables_of(schema)]
    if (match["column"] or "").lower() == "table_type":
        same = like(match["like"], "BASE TABLE")
        names = names if same == (match["operator"] in {"=", "like"}) else []
    else:
        names = [name for name in names if like(match["like"], name)]
    if match["full"]:
        return strings([f"Tables_in_{schema}", "Table_type"], [[name, "BASE TABLE"] for name in names])
    return strings([f"Tables_in_{schema}"], [[name] for name in names])


def _create_table(session: Session, match: re.Match[str]) -> QueryResult:
    table = table_named(session, match)
    return strings(["Table", "Create Table"], [[table.name, create_table_text(table)]])


def _create_database(session: Session, match: re.Match[str]) -> QueryResult:
    name = _part(match, "table")
    if name not in session.server.engine.schemas:
        raise MySqlError(1049, name)
    text = f"CREATE DATABASE `{name}` /*!40100 DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_ai_ci */"
    return strings(["Database", "Create Database"], [[name, text]])


def _columns(session: Session, match: re.Match[str]) -> QueryResult:
    table = table_named(session, match)
    full = match.groupdict().get("full")
    wanted = match.groupdict().get("like")
    headings = ["Field", "Type", "Null", "Key", "Default", "Extra"]
    if full:
        headings = [*headings[:2], "Collation", *headings[2:], "Privileges", "Comment"]
    rows = [[row[heading] for heading in headings] for row in column_rows(table) if like(wanted, str(row["Field"]))]
    return strings(headings, rows)


def _indexes(session: Session, match: re.Match[str]) -> QueryResult:
    headings = ["Table", "Non_unique", "Key_name", "Seq_in_index", "Column_name", "Collation", "Cardinality"]
    headings += ["Sub_part", "Packed", "Null", "Index_type", "Comment", "Index_comment", "Visible", "Expression"]
    rows = statistics_rows(table_named(session, match))
    return strings(headings, [[row[heading] for heading in headings] for row in rows])


def _table_status(session: Session, match: re.Match[str]) -> QueryResult:
    schema = _schema_of(session, match)
    headings = ["Name", "Engine", "Version", "Row_format", "Rows", "Data_length", "Collation", "Comment"]
    rows = [
        [
            table.name,
            "InnoDB",
            10,
            "Dynamic",
            session.server.row_count(table),
            16384,
            "utf8mb4_0900_ai_ci",
            table.comment,
        ]
        for table in session.server.engine.tables_of(schema)
        if like(match["like"], table.name)
    ]
    return strings(headings, rows)


def _variables(session: Session, match: re.Match[str]) -> QueryResult:
    own = {} if (match["scope"] or "").lower() == "global" else session.state.variables
    values = {**variables.all_values(session.server), **own}
    rows = [[name, value] for name, value in sorted(values.items()) if _wanted(match, name)]
    return strings(["Variable_name", "Value"], rows)


def _wanted(match: re.Match[str], name: str) -> bool:
    listed = match["names"]
    if listed is None:
        return like(match["like"], name)
    return name.lower() in (word.strip(" '\"\n").lower() for word in listed.split(","))


def _status(session: Session, match: re.Match[str]) -> QueryResult:
    rows = [[name, value] for name, value in variables.all_status(session.server).items() if _wanted(match, name)]
    return strings(["Variable_name", "Value"], rows)


def _nothing(*headings: str) -> Handler:
    return lambda *_: strings(list(headings), [])


def _rows(headings: list[str], *rows: list[str]) -> Handler:
    def handler(_: Session, match: re.Match[str]) -> QueryResult:
        wanted = match.groupdict().get("like")
        return strings(headings, [row for row in rows if like(wanted, row[0])])

    return handler


_ENGINE_ROW = ["InnoDB", "DEFAULT", "Supports transactions, row-level locking, and foreign keys", "YES", "YES", "YES"]
_PATTERNS: Final[tuple[tuple[str, Handler], ...]] = (
    (rf"show\s+(?:databases|schemas){_LIKE}", _databases),
    (rf"show\s+(?P<full>full\s+)?tables{_FROM_DATABASE}{_LIKE}", _tables),
    (rf"show\s+create\s+table\s+{_TABLE}", _create_table),
    (rf"show\s+create\s+(?:database|schema)\s+(?:if\s+not\s+exists\s+)?{_NAME.format('table')}", _create_database),
    (
        rf"show\s+(?:extended\s+)?(?P<full>full\s+)?(?:columns|fields)\s+(?:from|in)\s+{_TABLE}{_FROM_DATABASE}{_LIKE}",
        _columns,
    ),
    (rf"(?:desc|describe|explain)\s+{_TABLE}", _columns),
    (rf"show\s+(?:index|indexes|keys)\s+(?:from|in)\s+{_TABLE}{_FROM_DATABASE}", _indexes),
    (rf"show\s+table\s+status{_FROM_DATABASE}{_LIKE}", _table_status),
    (rf"show\s+(?:(?P<scope>global|session|local)\s+)?variables(?:{_NAMES}|{_LIKE})", _variables),
    (rf"show\s+(?:(?:global|session|local)\s+)?status(?:{_NAMES}|{_LIKE})", _status),
    (r"show\s+replica\s+status(?:\s+for\s+channel\s+['\"]{2})?", lambda session, _: replica_status(session.server)),
    (r"show\s+binary\s+log\s+status", lambda session, _: binary_log_status(session.server)),
    (r"show\s+binary\s+logs", lambda session, _: binary_logs(session.server)),
    (r"show\s+(?:count\(\*\)\s+)?(?:warnings|errors)(?:\s+limit.*)?", _nothing("Level", "Code", "Message")),
    (
        r"show\s+(?:storage\s+)?engines",
        _rows(["Engine", "Support", "Comment", "Transactions", "XA", "Savepoints"], _ENGINE_ROW),
    ),
    (r"show\s+(?:full\s+)?processlist", _nothing("Id", "User", "Host", "db", "Command", "Time", "State", "Info")),
    (rf"show\s+(?:triggers|events){_FROM_DATABASE}{_LIKE}", _nothing("Name")),
    (rf"show\s+(?:procedure|function)\s+status{_LIKE}", _nothing("Db", "Name", "Type")),
    (r"show\s+plugins", _nothing("Name", "Status", "Type", "Library", "License")),
    (
        rf"show\s+(?:character\s+set|charset){_LIKE}",
        _rows(
            ["Charset", "Description", "Default collation", "Maxlen"],
            ["utf8mb4", "UTF-8 Unicode", "utf8mb4_0900_ai_ci", "4"],
        ),
    ),
    (
        rf"show\s+collation{_LIKE}",
        _rows(
            ["Collation", "Charset", "Id", "Default", "Compiled", "Sortlen", "Pad_attribute"],
            ["utf8mb4_0900_ai_ci", "utf8mb4", "255", "Yes", "Yes", "0", "NO PAD"],
        ),
    ),
    (
        r"show\s+grants.*",
        _rows(["Grants for vt_dba@localhost"], ["GRANT ALL PRIVILEGES ON *.* TO `vt_dba`@`localhost`"]),
    ),
)
_COMPILED: Final = tuple((re.compile(pattern, re.IGNORECASE | re.DOTALL), handler) for pattern, handler in _PATTERNS)


def show(session: Session, sql: str) -> QueryResult:
    """Answers SHOW, DESCRIBE and their like. MySqlError 1064 for a SHOW that this MySQL does not know either."""
    modern = series.modern(sql)
    for pattern, handler in _COMPILED:
        match = pattern.fullmatch(modern)
        if match is not None:
            return handler(session, match)
    raise MySqlError(1064, re.sub(r"^\w+\s*", "", sql))

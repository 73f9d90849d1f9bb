"""Which MySQL error an SQLite error stands for."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Sequence

from vitessctl.rehearsal.mysqld.errors import MySqlError, unsupported
from vitessctl.rehearsal.storage.definition import Table
from vitessctl.rehearsal.storage.events import Value

_PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"UNIQUE constraint failed: (?P<what>.+)"), "duplicate"),
    (re.compile(r"NOT NULL constraint failed: .*\.(?P<what>[^.]+)$"), "null"),
    (re.compile(r"CHECK constraint failed: (?P<what>.+)"), "check"),
    (re.compile(r"FOREIGN KEY constraint failed(?P<what>)"), "reference"),
    (re.compile(r"no such column: (?P<what>.+)"), "column"),
    (re.compile(r"table .* has no column named (?P<what>.+)"), "column"),
    (re.compile(r"no such table: (?P<what>.+)"), "table"),
    (re.compile(r"no such function: (?P<what>.+)"), "function"),
    (re.compile(r"ambiguous column name: (?P<what>.+)"), "ambiguous"),
    (re.compile(r"(?P<what>.* values for \d+ columns|table .* has \d+ columns but .*)"), "count"),
    (re.compile(r"(?P<what>interrupted)"), "interrupted"),
)


def from_sqlite(
    error: sqlite3.Error, catalogue: dict[str, Table], target: Table | None, attempted: Sequence[Value]
) -> MySqlError:
    """The MySQL error for an SQLite error of a statement that writes to `target` (None for a read)."""
    text = str(error)
    for pattern, kind in _PATTERNS:
        match = pattern.search(text)
        if match is None:
            continue
        what = match["what"].strip('"')
        if kind == "duplicate":
            return _duplicate(what, catalogue, attempted)
        if kind == "check":
            return _check(what, target, attempted)
        if kind == "reference":
            return MySqlError(1452 if attempted else 1451)
        return _SIMPLE[kind](what)
    return unsupported(text)


_SIMPLE: dict[str, Callable[[str], MySqlError]] = {
    "null": lambda what: MySqlError(1048, what),
    "column": lambda what: MySqlError(1054, what, "field list"),
    "table": lambda what: MySqlError(1146, what.removeprefix("main.")),
    "function": lambda what: MySqlError(1305, what),
    "ambiguous": lambda what: MySqlError(1052, text=f"Column '{what}' in field list is ambiguous"),
    "count": lambda _: MySqlError(1136),
    "interrupted": lambda _: MySqlError(3024),
}


_CLAUSES = re.compile(r"\b(where|group by|order by|having|on)\b", re.IGNORECASE)
_CLAUSE_NAMES = {"where": "where clause", "group by": "group statement", "order by": "order clause"}


def in_its_clause(error: MySqlError, sql: str) -> MySqlError:
    """An unknown column's error names the clause; which one it is, only the statement tells."""
    match = re.match(r"Unknown column '(?:.*\.)?(?P<name>[^.']+)'", error.text)
    if error.number != 1054 or match is None:
        return error
    before = re.split(rf"\b{re.escape(match['name'])}\b", sql, maxsplit=1)[0]
    clauses = _CLAUSES.findall(before)
    if not clauses:
        return error
    word = clauses[-1].lower()
    return MySqlError(1054, error.text.split("'")[1], _CLAUSE_NAMES.get(word, f"{word} clause"))


def _duplicate(what: str, catalogue: dict[str, Table], attempted: Sequence[Value]) -> MySqlError:
    """SQLite names the columns (`vt_ks.t1.a, vt_ks.t1.b`), or the index where it is one on prefixes."""
    index = re.fullmatch(r"index '(?P<name>.+)'", what)
    parts = [index["name"]] if index else what.split(", ")
    physical, _, last = parts[0].rpartition(".")
    table = catalogue.get(physical)
    if table is None:
        return MySqlError(1062, "", last)
    columns = [part.rpartition(".")[2] for part in parts]
    key = next((key for key in table.keys if list(key.columns) == columns or (index and key.name == last)), None)
    shown = [_attempted_value(table, column, attempted) for column in (key.columns if key else columns)]
    for place, length in enumerate(key.prefixes if key else ()):
        shown[place] = shown[place][:length] if length else shown[place]
    return MySqlError(1062, "-".join(shown), f"{table.name}.{key.name if key else 'PRIMARY'}")


def _attempted_value(table: Table, name: str, attempted: Sequence[Value]) -> str:
    names = [column.name for column in table.columns]
    value = attempted[names.index(name)] if name in names and len(attempted) == len(names) else ""
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)


def _check(what: str, target: Table | None, attempted: Sequence[Value]) -> MySqlError:
    number, separator, column = what.partition(":")
    if not separator or not number.isdigit():
        return MySqlError(3819, what)
    if number == "1366" and target is not None:
        return MySqlError(1366, _attempted_value(target, column, attempted), column)
    return MySqlError(int(number), column)

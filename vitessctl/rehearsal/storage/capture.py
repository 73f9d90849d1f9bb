"""Row triggers: how the writing connection learns which rows a statement changed."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from vitessctl.rehearsal.storage.definition import Table
from vitessctl.rehearsal.storage.events import Change, RowChange, Value
from vitessctl.rehearsal.storage.physical import quoted, rowid_name

_TRIGGERS = (
    ("AFTER INSERT", "capture", "NULL", "NEW.{rowid}", "NEW"),
    ("AFTER UPDATE", "capture", "OLD.{rowid}", "NEW.{rowid}", "NEW"),
    ("AFTER DELETE", "capture", "OLD.{rowid}", "NULL", ""),
    ("BEFORE INSERT", "attempt", "NULL", "NULL", "NEW"),
    ("BEFORE UPDATE", "attempt", "NULL", "NULL", "NEW"),
)


class Capture:
    """The changes of the running transaction, and the row that was tried last, for error messages."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.changes: list[Change] = []
        self.attempted: tuple[Value, ...] = ()
        self.muted = False
        self._connection = connection
        connection.create_function("capture", -1, self._capture)
        connection.create_function("attempt", -1, self._attempt)

    def install(self, tables: Iterable[Table]) -> None:
        """Makes the triggers of these tables; they live in this connection only and go with their table."""
        for table in tables:
            for moment, function, before, after, row in _TRIGGERS:
                self._connection.execute(_trigger(table, moment, function, (before, after), row))

    def _capture(self, table: str, before: int | None, after: int | None, *values: Value) -> None:
        if not self.muted:
            self.changes.append(RowChange(table, before, after, values))

    def _attempt(self, _table: str, _before: None, _after: None, *values: Value) -> None:
        self.attempted = values


def _trigger(table: Table, moment: str, function: str, numbers: tuple[str, str], row: str) -> str:
    name = quoted(f"{function} {moment} {table.physical}")
    arguments = [f"'{table.physical.replace(chr(39), chr(39) * 2)}'"]
    arguments += [number.format(rowid=rowid_name(table)) for number in numbers]
    if row:
        arguments += [f"{row}.{quoted(column.name)}" for column in table.columns]
    return (
        f"CREATE TEMP TRIGGER IF NOT EXISTS {name} {moment} ON main.{quoted(table.physical)}"
        f" BEGIN SELECT {function}({', '.join(arguments)}); END"
    )

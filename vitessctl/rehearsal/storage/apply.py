"""Repeating a logged transaction on another server, row by row."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping

from vitessctl.rehearsal.storage.definition import Table, table_from_json
from vitessctl.rehearsal.storage.events import RowChange, StructureChange
from vitessctl.rehearsal.storage.physical import quoted, rowid_name


class ApplyError(Exception):
    """A logged change does not fit the rows that are here; `number` is MySQL's error number."""

    def __init__(self, number: int, text: str) -> None:
        super().__init__(text)
        self.number = number
        self.text = text


def apply_row(connection: sqlite3.Connection, catalogue: Mapping[str, Table], change: RowChange) -> None:
    """Inserts, updates or deletes one row, found by its row number. ApplyError: the row is there, or is not."""
    table = catalogue.get(change.table)
    if table is None:
        schema, _, name = change.table.partition(".")
        raise ApplyError(1146, f"Error executing row event: 'Table '{schema}.{name}' doesn't exist'")
    try:
        cursor = connection.execute(*_statement(table, change))
    except sqlite3.IntegrityError as error:
        raise ApplyError(
            1062,
            f"Could not execute Write_rows event on table {change.table}; Duplicate entry for key"
            f" '{table.name}.PRIMARY', Error_code: 1062; handler error HA_ERR_FOUND_DUPP_KEY ({error})",
        ) from None
    if cursor.rowcount != 1:
        verb = "Update_rows" if change.kind == "update" else "Delete_rows"
        raise ApplyError(
            1032,
            f"Could not execute {verb} event on table {change.table}; Can't find record in '{table.name}',"
            " Error_code: 1032; handler error HA_ERR_KEY_NOT_FOUND",
        )


def _statement(table: Table, change: RowChange) -> tuple[str, tuple[object, ...]]:
    name, rowid = quoted(table.physical), rowid_name(table)
    columns = [quoted(column.name) for column in table.columns]
    if change.kind == "delete":
        return f"DELETE FROM {name} WHERE {rowid} = ?", (change.before,)
    values: tuple[object, ...] = change.values
    if table.auto_increment is None:
        columns, values = [rowid, *columns], (change.after, *values)
    if change.kind == "insert":
        return f"INSERT INTO {name} ({', '.join(columns)}) VALUES ({', '.join('?' * len(values))})", values
    assignments = ", ".join(f"{column} = ?" for column in columns)
    return f"UPDATE {name} SET {assignments} WHERE {rowid} = ?", (*values, change.before)


def apply_structure(connection: sqlite3.Connection, change: StructureChange) -> None:
    """Runs the statements of a structure change and writes the catalogue."""
    for schema in change.schemas_created:
        connection.execute('INSERT OR IGNORE INTO "#schemata" VALUES (?)', (schema,))
    try:
        for statement in change.statements:
            connection.execute(statement)
    except sqlite3.IntegrityError as error:
        raise ApplyError(1062, _structure_text(change, error)) from None
    except sqlite3.OperationalError as error:
        raise ApplyError(1050 if "already exists" in str(error) else 1146, _structure_text(change, error)) from None
    for physical in change.dropped:
        connection.execute('DELETE FROM "#tables" WHERE physical = ?', (physical,))
    for text in change.defined:
        physical = table_from_json(text).physical
        connection.execute('INSERT OR REPLACE INTO "#tables" VALUES (?, ?)', (physical, text))
    for schema in change.schemas_dropped:
        connection.execute('DELETE FROM "#schemata" WHERE name = ?', (schema,))


def _structure_text(change: StructureChange, error: sqlite3.Error) -> str:
    names = [table_from_json(text).name for text in change.defined] or list(change.dropped)
    what = f"Table '{names[0]}' already exists" if "already exists" in str(error) else str(error)
    return f"Error '{what}' on query. Query: '{change.statements[0]}'"

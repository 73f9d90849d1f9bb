"""What one transaction did, as the binary log keeps it and replicas repeat it.

Changes are logged row by row with the values as stored, so a replica cannot differ in NOW(), RAND() or a
counter. A change of structure is logged as the SQLite statements and catalogue entries it came to, so that
a replica needs no SQL parser.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from typing import Any, Literal

from vitessctl.rehearsal.storage.gtid import Gtid

Value = int | float | str | bytes | None


@dataclass(frozen=True)
class RowChange:
    """One row inserted (no `before`), updated, or deleted (no `after`); both are SQLite row numbers."""

    table: str
    before: int | None
    after: int | None
    values: tuple[Value, ...] = ()

    @property
    def kind(self) -> Literal["insert", "update", "delete"]:
        """What happened to the row."""
        if self.before is None:
            return "insert"
        return "delete" if self.after is None else "update"


@dataclass(frozen=True)
class StructureChange:
    """A change of schemas or tables: statements to run, tables (as JSON) now defined, names now gone."""

    statements: tuple[str, ...] = ()
    defined: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    """Physical names."""
    schemas_created: tuple[str, ...] = ()
    schemas_dropped: tuple[str, ...] = ()


Change = RowChange | StructureChange


@dataclass(frozen=True)
class LoggedTransaction:
    """An entry of the binary log; `sequence` is its place in this server's own log."""

    sequence: int
    gtid: Gtid
    time: float
    """When the first server committed it, seconds since the epoch."""
    changes: tuple[Change, ...] = field(repr=False)


def dump_changes(changes: list[Change] | tuple[Change, ...]) -> str:
    """Changes as text."""
    return json.dumps([_plain(change) for change in changes], separators=(",", ":"), default=_tag_bytes)


def load_changes(text: str) -> tuple[Change, ...]:
    """The inverse of dump_changes."""
    return tuple(_change(item) for item in json.loads(text, object_hook=_untag_bytes))


def _plain(change: Change) -> list[Any]:
    if isinstance(change, RowChange):
        return ["row", change.table, change.before, change.after, change.values]
    return [
        "structure",
        change.statements,
        change.defined,
        change.dropped,
        change.schemas_created,
        change.schemas_dropped,
    ]


def _change(item: list[Any]) -> Change:
    kind, *rest = item
    if kind == "row":
        table, before, after, values = rest
        return RowChange(table, before, after, tuple(values))
    return StructureChange(*(tuple(part) for part in rest))


def _tag_bytes(value: object) -> dict[str, str]:
    if isinstance(value, bytes):
        return {"base64": base64.b64encode(value).decode()}
    raise TypeError(f"a row cannot hold a {type(value).__name__}")


def _untag_bytes(value: dict[str, str]) -> bytes:
    return base64.b64decode(value["base64"])

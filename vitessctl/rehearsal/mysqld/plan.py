"""What a statement comes to: SQLite text, and how its outcome is told to the client."""

from __future__ import annotations

from dataclasses import dataclass

from vitessctl.rehearsal.mysqld.resultset import Output
from vitessctl.rehearsal.storage.definition import Table


@dataclass(frozen=True)
class Plan:
    """A statement that changes rows of `table`."""

    sql: str
    table: Table
    generates_id: bool = False
    """Whether LAST_INSERT_ID() becomes the first counter value of this statement."""
    counts_changes: bool = False
    """Whether rows count as MySQL counts them for REPLACE and ON DUPLICATE KEY: 2 for a row replaced."""


@dataclass(frozen=True)
class ReadPlan:
    """A query. `outputs` is None where only the rows tell the columns."""

    source: str
    """As the client wrote it."""
    sql: str
    outputs: list[Output] | None
    tables: tuple[str, ...] = ()
    """Physical names of what it reads."""
    locks: bool = False
    """Whether it is FOR UPDATE or the like: then it waits for writers."""
    virtual: bool = False
    """Whether it reads information_schema or its like, which are built for it."""

"""Doubles for the guestbook: a database that knows its three statements, and a table of messages that can fail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pymysql
from guestbook.database import INSERT, ONE, SELECT, Answer, Message, Unavailable
from guestbook.web import Clock

PRIMARY, REPLICA = "messages@primary", "messages@replica"


@dataclass
class Vtgate:
    """What is behind `connect`. Strict: another statement, a write to a replica or a connection that is left open
    is an AssertionError.
    """

    rows: dict[tuple[int, int], Any] = field(default_factory=dict)
    """By page and moment."""
    refuses: dict[str, Exception] = field(default_factory=dict)
    """By target, what a connection to it fails with."""
    fails: dict[str, Exception] = field(default_factory=dict)
    """By target, what a statement fails with."""
    forgets: int = 0
    """So many writes are done, but their confirmation is lost."""
    asked: list[str] = field(default_factory=list)
    """Targets, in the order in which they were connected to."""
    open: int = 0

    def connect(self, target: str, seconds: float) -> Any:
        """A connection."""
        assert 0 < seconds <= 10, "a wait without an end"
        self.asked.append(target)
        if target in self.refuses:
            raise self.refuses[target]
        self.open += 1
        return _Connection(self, target)

    def run(self, target: str, sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        """The rows of a statement."""
        if target in self.fails:
            raise self.fails[target]
        if sql == SELECT:
            page, limit = values
            found = sorted((moment for of, moment in self.rows if of == page), reverse=True)
            return [(moment, self.rows[page, moment]) for moment in found[:limit]]
        assert target == PRIMARY, f"{sql} on {target}"
        if sql == ONE:
            return [(self.rows[values[0], values[1]],)]
        assert sql == INSERT, sql
        page, moment, text = values
        if (page, moment) in self.rows:
            raise pymysql.IntegrityError(1062, "Duplicate entry")
        self.rows[page, moment] = text
        if self.forgets:
            self.forgets -= 1
            raise pymysql.OperationalError(2013, "Lost connection to MySQL server during query")
        return []


@dataclass
class _Connection:
    vtgate: Vtgate
    target: str
    found: list[tuple[Any, ...]] = field(default_factory=list)

    def cursor(self) -> _Connection:
        return self

    def __enter__(self) -> _Connection:
        return self

    def __exit__(self, *error: object) -> None:
        pass

    def execute(self, sql: str, values: Sequence[Any]) -> None:
        self.found = self.vtgate.run(self.target, sql, values)

    def fetchall(self) -> list[tuple[Any, ...]]:
        return self.found

    def close(self) -> None:
        self.vtgate.open -= 1


@dataclass
class Table:
    """A guestbook.web.Store: rows on the primary, which reach the replica when a test says so, or at once."""

    primary: dict[int, list[Message]] = field(default_factory=dict)
    replica: dict[int, list[Message]] | None = None
    """None: the same as the primary."""
    unreadable: str = ""
    unwritable: str = ""
    answers: str = "replica"
    """The type of the tablet that is read."""
    from_replicas: bool = True
    reads: int = 0

    def newest(self, page: int) -> Answer:
        """See Store."""
        self.reads += 1
        if self.unreadable:
            raise Unavailable(self.unreadable)
        rows = (self.primary if self.replica is None else self.replica).get(page, [])
        return Answer(sorted(rows, key=lambda row: -row.created_ns)[:50], self.answers, self.from_replicas)

    def add(self, page: int, message: Message) -> Message:
        """See Store."""
        if self.unwritable:
            raise Unavailable(self.unwritable)
        rows = self.primary.setdefault(page, [])
        if message not in rows:
            rows.append(message)
        return message


@dataclass
class HeldTime:
    """Time that only moves when somebody sleeps."""

    seconds: float = 1_795_723_200.0

    @property
    def clock(self) -> Clock:
        """What the pages are given."""
        return Clock(lambda: int(self.seconds) * 10**9, lambda: self.seconds, self._sleep)

    def _sleep(self, seconds: float) -> None:
        self.seconds += seconds

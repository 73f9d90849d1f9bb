"""What SQL functions see of the session and of the running statement."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass
class SessionState:
    """A client connection's state, as MySQL's information functions show it."""

    connection_id: int = 0
    user: str = "vt_dba@localhost"
    database: str | None = None
    last_insert_id: int = 0
    row_count: int = -1
    found_rows: int = 0
    now: datetime = field(default_factory=datetime.now)
    """The statement's time: NOW() is the same all through a statement."""
    deadline: float | None = None
    """Monotonic time at which the statement must end; None for never."""
    variables: dict[str, str] = field(default_factory=dict)
    """The client's own @variables and session settings, by lower-case name."""


@dataclass
class FunctionContext:
    """One per SQLite connection; points at whatever session uses the connection now."""

    session: SessionState = field(default_factory=SessionState)
    failure: Exception | None = None
    """The error that a function wants the client to see: SQLite itself keeps only that one failed."""

    def fail(self, error: Exception) -> Exception:
        """Remembers an error; to be raised by the caller."""
        self.failure = error
        return error

    def take_failure(self) -> Exception | None:
        """The remembered error, once."""
        failure, self.failure = self.failure, None
        return failure

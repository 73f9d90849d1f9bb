"""A time of day that a test holds in its hand."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

NOON = datetime(2026, 11, 26, 12, 0, tzinfo=timezone.utc)


class Wall:
    """Called, it gives the time; it moves only when it is told to."""

    def __init__(self, start: datetime = NOON) -> None:
        self.time = start

    def __call__(self) -> datetime:
        return self.time

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.time += timedelta(seconds=seconds)

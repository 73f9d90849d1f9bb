"""Time, as something that a test can hold in its hand."""

from __future__ import annotations

import threading
import time
from typing import Protocol


class Clock(Protocol):
    """Seconds that only go forward, and a pause that can be cut short."""

    def now(self) -> float:
        """Seconds since some fixed moment."""

    def pause(self, seconds: float, cancelled: threading.Event) -> None:
        """Wait that long, or until cancelled."""


class SystemClock:
    """The machine's monotonic clock."""

    def now(self) -> float:
        """Seconds since some fixed moment."""
        return time.monotonic()

    def pause(self, seconds: float, cancelled: threading.Event) -> None:
        """Wait that long, or until cancelled."""
        cancelled.wait(seconds)

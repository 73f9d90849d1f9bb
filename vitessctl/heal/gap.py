"""How long nobody took writes: two MySQL servers are watched while the role moves."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from vitessctl.errors import VitessctlError
from vitessctl.run.clock import Clock
from vitessctl.run.context import Context

EVERY_SECONDS = 0.05
ASK_SECONDS = 2.0


@dataclass
class Gap:
    """Seconds of the run's clock."""

    called: float
    """When the reparent was asked for."""
    last_old: float | None = None
    """When the old primary was last seen to take writes; None: not at all since the call."""
    first_new: float | None = None
    """When the new one was first seen to."""

    @property
    def seconds(self) -> float | None:
        """The longest that writes can have been stopped, since the call at most; None while nobody takes them."""
        if self.first_new is None:
            return None
        return max(0.0, self.first_new - (self.called if self.last_old is None else self.last_old))


@contextmanager
def watching(context: Context, clock: Clock, old: str, new: str) -> Iterator[Gap]:
    """Watch while inside. `old`: "" where the primary is dead."""
    gap, ended = Gap(clock.now()), threading.Event()

    def watch() -> None:
        while not ended.is_set():
            _look(context, clock, gap, old, new)
            clock.pause(EVERY_SECONDS, ended)

    watcher = threading.Thread(target=watch, name="gap", daemon=True)
    watcher.start()
    try:
        yield gap
    finally:
        ended.set()
        watcher.join(2 * ASK_SECONDS + 1)
        if gap.first_new is None and _writable(context, new):
            gap.first_new = clock.now()


def _look(context: Context, clock: Clock, gap: Gap, old: str, new: str) -> None:
    if gap.first_new is not None:
        return
    if _writable(context, new):
        gap.first_new = clock.now()
    elif old and _writable(context, old):
        gap.last_old = clock.now()


def _writable(context: Context, alias: str) -> bool:
    try:
        return not context.vtctld.full_status(alias, seconds=ASK_SECONDS).read_only
    except VitessctlError:
        return False

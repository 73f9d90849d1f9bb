"""A fixed view of the data that readers share while a commit waits for its replica."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from vitessctl.rehearsal.storage.connection import Link


class Snapshot:
    """One connection that keeps seeing the state at its creation, lent to one reader at a time."""

    def __init__(self, link: Link, give_back: Callable[[Link], None]) -> None:
        self._link: Link | None = link
        self._give_back = give_back
        self._lock = threading.Lock()
        self._ended = False

    @contextmanager
    def shared(self) -> Iterator[Link | None]:
        """The connection, for one reader; None when the snapshot has ended meanwhile."""
        with self._lock:
            yield self._link
        self._let_go()

    def end(self) -> None:
        """No new reader comes; the connection goes back as soon as the last one is done."""
        self._ended = True
        self._let_go()

    def _let_go(self) -> None:
        if not self._ended or not self._lock.acquire(blocking=False):
            return
        try:
            link, self._link = self._link, None
        finally:
            self._lock.release()
        if link is not None:
            self._give_back(link)

"""Looking at many sources side by side, each with a deadline. What hangs is left behind, and holds nobody up.

A ThreadPoolExecutor would wait for its threads at the end, and the interpreter for those of every pool. These threads
are daemons: a call about a dead tablet, or a frozen server, ends with the program.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from queue import SimpleQueue
from types import TracebackType
from typing import Any, Generic, TypeVar, cast

from vitessctl.errors import NotReadyError

WORKERS = 32
T = TypeVar("T")
Seen = TypeVar("Seen", covariant=True)


class Silent(NotReadyError):
    """A source did not answer in time."""


class Look(Generic[Seen]):
    """One look that is on its way."""

    def __init__(self, what: str, call: Callable[[], Seen], seconds: float, ends: float) -> None:
        """`seconds`: how long it may take once it has begun; `ends`: when all looking ends (time.monotonic)."""
        self._what, self._call, self._seconds, self._ends = what, call, seconds, ends
        self._begun, self._done = threading.Event(), threading.Event()
        self._at = 0.0
        self._value: Seen | None = None
        self._error: BaseException | None = None

    @property
    def what(self) -> str:
        """What is looked at, for a person."""
        return self._what

    def run(self) -> None:
        """Look; called by a worker."""
        self._at = time.monotonic()
        self._begun.set()
        if self._at < self._ends:
            try:
                self._value = self._call()
            except BaseException as error:  # raised again where it is asked for
                self._error = error
            self._done.set()

    def result(self) -> Seen:
        """What was seen. Raises what the look raised, and Silent when its time is over."""
        if not self._begun.wait(max(0.0, self._ends - time.monotonic())):
            raise Silent(f"{self._what} was not asked", why="there was no time left to ask it")
        until = min(self._at + self._seconds, self._ends)
        if not self._done.wait(max(0.0, until - time.monotonic())):
            waited = max(0.0, until - self._at)
            raise Silent(f"{self._what} does not answer", why=f"no answer within {waited:.1f} s")
        if self._error is not None:
            raise self._error
        return cast(Seen, self._value)


class Looks:
    """Workers for one look at a cluster."""

    def __init__(self, seconds: float, workers: int = WORKERS) -> None:
        """`seconds`: when all looking ends, whatever has been seen by then."""
        self._ends = time.monotonic() + seconds
        self._queue: SimpleQueue[Look[Any] | None] = SimpleQueue()
        self._workers = workers
        self._started = 0

    def at(self, what: str, call: Callable[[], T], seconds: float) -> Look[T]:
        """Begin to look as soon as a worker is free."""
        look = Look(what, call, seconds, self._ends)
        if self._started < self._workers:
            self._started += 1
            threading.Thread(target=self._work, name=f"status {self._started}", daemon=True).start()
        self._queue.put(look)
        return look

    def _work(self) -> None:
        while (look := self._queue.get()) is not None:
            look.run()

    def __enter__(self) -> Looks:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let the workers go; one that hangs goes when its call ends."""
        for _ in range(self._started):
            self._queue.put(None)

"""Semi-synchronous commits: a source answers a write only when a replica holds it.

The transaction is durable here before it is sent, and invisible to readers until a replica has it
(MySQL's AFTER_SYNC); it never gives up waiting, as Vitess sets the timeout.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from vitessctl.rehearsal.storage.gtid import Gtid, GtidSet

BLOCKED_SECONDS = 1.0
"""How long a commit waits before vttablet's monitor calls the writes blocked (24): it looks twice, a second apart, and
takes any commit that was confirmed in between for a sign of life."""


@dataclass
class PendingCommit:
    """A committed transaction that no replica has yet. `finish` runs once, whoever calls first."""

    gtid: Gtid
    on_finish: Callable[[], None]
    begun: float = field(default_factory=time.monotonic)
    _done: threading.Event = field(default_factory=threading.Event)
    _guard: threading.Lock = field(default_factory=threading.Lock)

    def finish(self) -> None:
        """Makes the transaction visible and lets the next writer go on."""
        with self._guard:
            if self._done.is_set():
                return
            self.on_finish()
            self._done.set()

    def wait(self, seconds: float | None) -> bool:
        """Whether a replica had it in time; None waits for ever."""
        return self._done.wait(seconds)


class SemiSync:
    """The state of semi-synchronous replication on one server."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._pending: PendingCommit | None = None
        self._clients: set[int] = set()
        self._source_enabled = False
        self.replica_enabled = False
        self.acknowledged = 0
        """Commits that a replica confirmed, `Rpl_semi_sync_source_yes_tx`."""

    @property
    def source_enabled(self) -> bool:
        """Whether commits wait for a replica."""
        return self._source_enabled

    @source_enabled.setter
    def source_enabled(self, enabled: bool) -> None:
        with self._guard:
            self._source_enabled = enabled
        if not enabled:
            self._finish_if(lambda _: True)

    @property
    def clients(self) -> int:
        """How many semi-synchronous replicas are connected."""
        return len(self._clients)

    @property
    def waiting(self) -> bool:
        """Whether a commit is waiting for a replica now."""
        return self._pending is not None

    @property
    def blocked(self) -> bool:
        """Whether a commit has been waiting for longer than one that is just on its way."""
        pending = self._pending
        return pending is not None and time.monotonic() - pending.begun >= BLOCKED_SECONDS

    def expect(self, gtid: Gtid, on_finish: Callable[[], None]) -> PendingCommit | None:
        """Registers a commit that must be confirmed; None where commits need not be."""
        with self._guard:
            if not self._source_enabled:
                return None
            self._pending = PendingCommit(gtid, on_finish)
            return self._pending

    def connected(self, client: int, has: GtidSet) -> None:
        """A replica connected; what it already has counts as confirmed."""
        with self._guard:
            self._clients.add(client)
        self._finish_if(lambda gtid: gtid in has)

    def disconnected(self, client: int) -> None:
        """A replica went away."""
        with self._guard:
            self._clients.discard(client)

    def acknowledge(self, gtid: Gtid) -> None:
        """A replica confirmed a transaction."""
        self._finish_if(lambda pending: pending == gtid)

    def _finish_if(self, wanted: Callable[[Gtid], bool]) -> None:
        with self._guard:
            pending = self._pending
            if pending is None or not wanted(pending.gtid):
                return
            self._pending = None
            self.acknowledged += 1
        pending.finish()

"""Who is told of which changes."""

from __future__ import annotations

import queue
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

from vitessctl.rehearsal.etcd.proto import etcd_pb2 as pb
from vitessctl.rehearsal.etcd.state import covers


@dataclass(frozen=True, eq=False)
class Watcher:
    """One watch of one client; its answers go to the client's queue."""

    watch_id: int
    request: pb.WatchCreateRequest
    answers: queue.SimpleQueue[pb.WatchResponse | None] = field(repr=False)

    def wants(self, event: pb.Event) -> bool:
        """Whether the change is one of its keys and new enough."""
        key = covers(self.request.key, self.request.range_end, event.kv.key)
        return key and event.kv.mod_revision >= self.request.start_revision


class Watches:
    """All watches of a member, and every change since its log began."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._watchers: list[Watcher] = []
        self._history: list[pb.Event] = []

    def add(self, watcher: Watcher, header: pb.ResponseHeader) -> None:
        """Confirm a watch, send what it missed since its start_revision, and tell it of all that follows."""
        with self._lock:
            watcher.answers.put(pb.WatchResponse(header=header, watch_id=watcher.watch_id, created=True))
            missed = [event for event in self._history if watcher.request.start_revision and watcher.wants(event)]
            self._send(watcher, missed, header)
            self._watchers.append(watcher)

    def remove(self, watcher: Watcher) -> None:
        """Forget a watch."""
        with self._lock:
            if watcher in self._watchers:
                self._watchers.remove(watcher)

    def tell(self, events: Sequence[pb.Event], header: pb.ResponseHeader) -> None:
        """Spread one change's events."""
        with self._lock:
            self._history.extend(events)
            for watcher in self._watchers:
                self._send(watcher, [event for event in events if watcher.wants(event)], header)

    def _send(self, watcher: Watcher, events: Sequence[pb.Event], header: pb.ResponseHeader) -> None:
        if not events:
            return
        shown = events if watcher.request.prev_kv else [pb.Event(type=event.type, kv=event.kv) for event in events]
        watcher.answers.put(pb.WatchResponse(header=header, watch_id=watcher.watch_id, events=shown))

"""What the API server has of a cluster, read with one list call a kind whatever the cluster's size."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

from vitessctl.targets.kubernetes.interface import Kind, KubernetesApi, KubernetesObject

FRESH_SECONDS = 0.4
"""How old a list may be for a gate, which asks about one document after the other."""
_PARALLEL = 8

Clock = Callable[[], float]


class Lists:
    """The lists of one cluster's objects; each kind is asked for at most once within a moment."""

    def __init__(
        self, api: KubernetesApi, namespace: str, labels: Mapping[str, str], now: Clock = time.monotonic
    ) -> None:
        self._api = api
        self._namespace = namespace
        self._labels = dict(labels)
        self._now = now
        self._taken: dict[Kind, tuple[float, Mapping[str, KubernetesObject]]] = {}
        self._locks: dict[Kind, threading.Lock] = {}
        self._guard = threading.Lock()

    def of(self, kind: Kind, fresh: float = FRESH_SECONDS) -> Mapping[str, KubernetesObject]:
        """The cluster's objects of a kind by name, at most `fresh` seconds old."""
        with self._lock(kind):
            taken, found = self._taken.get(kind, (float("-inf"), {}))
            if self._now() - taken > fresh:
                found = {name_of(each): each for each in self._api.list(kind, self._namespace, self._labels)}
                self._taken[kind] = (self._now(), found)
            return found

    def of_all(
        self, kinds: Iterable[Kind], fresh: float = FRESH_SECONDS
    ) -> Mapping[Kind, Mapping[str, KubernetesObject]]:
        """The same for several kinds, side by side."""
        wanted = list(dict.fromkeys(kinds))
        if not wanted:
            return {}
        with ThreadPoolExecutor(min(len(wanted), _PARALLEL), thread_name_prefix="list") as pool:
            return dict(zip(wanted, pool.map(lambda kind: self.of(kind, fresh), wanted), strict=True))

    def events(self) -> Sequence[KubernetesObject]:
        """All events of the namespace: they carry no labels. Asked for only where something does not come up."""
        return tuple(self._api.list(EVENT, self._namespace))

    def forget(self, kinds: Iterable[Kind] | None = None) -> None:
        """Ask again at the next look, because something was written."""
        with self._guard:
            for kind in list(self._taken) if kinds is None else kinds:
                self._taken.pop(kind, None)

    def _lock(self, kind: Kind) -> threading.Lock:
        with self._guard:
            return self._locks.setdefault(kind, threading.Lock())


EVENT = Kind("Event", "v1", "events")


def name_of(found: KubernetesObject) -> str:
    """metadata.name."""
    return str(found["metadata"]["name"])


def label_of(found: KubernetesObject, label: str) -> str:
    """The value of a label, "" without it."""
    return str((found["metadata"].get("labels") or {}).get(label, ""))

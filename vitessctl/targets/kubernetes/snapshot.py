"""What the API server has of a cluster, read with one list call a kind whatever the cluster's size."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from vitessctl.targets.kubernetes.interface import Kind, KubernetesApi, KubernetesObject

COMPONENT = "vitessctl.io/component"
PROBE = "vitessctl.io/probe"
"""Label of a pod in which images are run once: the run that made it."""
NO_LABELS: Mapping[str, str] = {}
FRESH_SECONDS = 0.4
"""How old a list may be for a gate, which asks about one document after the other."""
_REST = 3.0
"""A list may also be as old as this many times what it took: a large cluster's lists do not follow on each other."""
_PARALLEL = 8

Clock = Callable[[], float]


@dataclass(frozen=True)
class _Taken:
    """A list, when it came, and how long it took, in seconds."""

    at: float
    seconds: float
    objects: Mapping[str, KubernetesObject]


class Lists:
    """The lists of one cluster's objects; each kind is asked for at most once within a moment."""

    def __init__(
        self, api: KubernetesApi, namespace: str, labels: Mapping[str, str], now: Clock = time.monotonic
    ) -> None:
        self._api = api
        self._namespace = namespace
        self._labels = dict(labels)
        self._now = now
        self._taken: dict[Kind, _Taken] = {}
        self._parts: dict[tuple[Kind, str], _Taken] = {}
        self._ahead: dict[Kind, Future[_Taken]] = {}
        self._locks: dict[Kind, threading.Lock] = {}
        self._writes = 0
        """How often something was written: a list that was under way meanwhile may be of before, and is not kept."""
        self._guard = threading.Lock()

    def of(self, kind: Kind, fresh: float = FRESH_SECONDS) -> Mapping[str, KubernetesObject]:
        """The cluster's objects of a kind by name, at most `fresh` seconds old."""
        with self._lock(kind):
            while True:
                writes = self._writes
                taken = self._come(kind) or self._taken.get(kind)
                if taken is None or not self._is_fresh(taken, fresh):
                    taken = self._take(kind)
                with self._guard:
                    if writes == self._writes:
                        self._taken[kind] = taken
                        return taken.objects

    def of_component(self, kind: Kind, component: str) -> Mapping[str, KubernetesObject]:
        """The same of one component. While nobody has looked at the whole list, which may be long, just its part."""
        with self._guard:
            part, whole = self._parts.get((kind, component)), kind in self._taken
        if whole:
            return {name: each for name, each in self.of(kind).items() if label_of(each, COMPONENT) == component}
        if part is None or not self._is_fresh(part, FRESH_SECONDS):
            part = self._take(kind, {COMPONENT: component})
            with self._guard:
                self._parts[kind, component] = part
        return part.objects

    def _is_fresh(self, taken: _Taken, fresh: float) -> bool:
        return self._now() - taken.at <= max(fresh, _REST * taken.seconds)

    def ask_ahead(self, kinds: Iterable[Kind]) -> None:
        """Begin to ask, and do not wait: whoever looks at a kind first gets the list, or the error."""
        for kind in kinds:
            answer: Future[_Taken] = Future()
            with self._guard:
                self._ahead[kind] = answer
            threading.Thread(target=self._answer, args=(kind, answer), name="list ahead", daemon=True).start()

    def _answer(self, kind: Kind, answer: Future[_Taken]) -> None:
        try:
            answer.set_result(self._take(kind))
        except BaseException as error:
            answer.set_exception(error)

    def _come(self, kind: Kind) -> _Taken | None:
        """What was asked for ahead, once."""
        with self._guard:
            answer = self._ahead.pop(kind, None)
        return None if answer is None else answer.result()

    def _take(self, kind: Kind, labels: Mapping[str, str] = NO_LABELS) -> _Taken:
        begun = self._now()
        wanted = {**self._labels, **labels}
        objects = {name_of(each): each for each in self._api.list(kind, self._namespace, wanted)}
        ended = self._now()
        return _Taken(ended, ended - begun, objects)

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
            self._writes += 1
            for kind in [*self._taken, *self._ahead] if kinds is None else kinds:
                self._taken.pop(kind, None)
                self._ahead.pop(kind, None)
            self._parts.clear()

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

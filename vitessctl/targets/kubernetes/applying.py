"""Writing objects: what is referred to first, many side by side, nothing that is as it should be."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from vitessctl.errors import NotReadyError
from vitessctl.plan.compare import claim_sizes, shrinks
from vitessctl.targets.base import Operation
from vitessctl.targets.kubernetes import kinds
from vitessctl.targets.kubernetes.comparing import Compared
from vitessctl.targets.kubernetes.faults import ApplyConflict
from vitessctl.targets.kubernetes.interface import KubernetesApi
from vitessctl.targets.kubernetes.ordering import waves
from vitessctl.targets.kubernetes.shrinking import VolumeShrinks
from vitessctl.targets.kubernetes.snapshot import Lists

_PARALLEL = 8
_GONE_SECONDS = 30.0
_PAUSE = 0.1


class Applier:
    """Brings objects to what their documents say."""

    def __init__(self, api: KubernetesApi, namespace: str, lists: Lists) -> None:
        self._api = api
        self._namespace = namespace
        self._lists = lists
        self.before_write: Callable[[], None] = lambda: None
        """Called before anything is written: takes the lock, once."""

    def apply(self, compared: Sequence[Compared]) -> None:
        """Write all that differ. Raises before the first write if one of them is in conflict, or cannot be done."""
        changing = [each for each in compared if each.comparison.operation is not Operation.KEEP]
        for each in changing:
            self._refuse(each)
        if not changing:
            return
        self.before_write()
        by_label = {each.document.label: each for each in changing}
        with ThreadPoolExecutor(_PARALLEL, thread_name_prefix="apply") as pool:
            for wave in waves([each.document for each in changing]):
                list(pool.map(self._write, [by_label[document.label] for document in wave]))
        self._lists.forget(kinds.of(each.document.data) for each in changing)

    def _refuse(self, each: Compared) -> None:
        if each.comparison.operation is Operation.CONFLICT:
            raise ApplyConflict(each.document.label, each.comparison.conflicts)
        for claim, (before, after) in claim_sizes(each.comparison).items():
            if shrinks(before, after):
                raise VolumeShrinks(each.document.label, claim, before, after)

    def _write(self, each: Compared) -> None:
        if each.comparison.operation is Operation.RECREATE:
            self._make_room(each)
        self._api.apply(each.body)

    def _make_room(self, each: Compared) -> None:
        """Delete what cannot be changed in place. A StatefulSet goes alone: pods and volumes stay."""
        kind, live = kinds.of(each.document.data), each.live or {}
        for claim, (_, after) in claim_sizes(each.comparison).items():
            self._grow(f"{claim}-{each.document.name}-0", after)
        orphan = kind == kinds.STATEFUL_SET
        self._api.delete(kind, self._namespace, each.document.name, uid=str(live["metadata"]["uid"]), orphan=orphan)
        begun = time.monotonic()
        while self._api.get(kind, self._namespace, each.document.name) is not None:
            if time.monotonic() - begun > _GONE_SECONDS:
                raise NotReadyError(
                    f"{each.document.label} was deleted to be made anew, and is still there",
                    where=self._namespace,
                    why="something holds it, such as a finalizer that nobody removes",
                    fix=f"see kubectl get {kind.plural} {each.document.name} -o yaml, then run the same command again",
                )
            time.sleep(_PAUSE)

    def _grow(self, claim: str, size: str) -> None:
        if self._api.get(kinds.PERSISTENT_VOLUME_CLAIM, self._namespace, claim) is not None:
            patch = {"spec": {"resources": {"requests": {"storage": size}}}}
            self._api.merge(kinds.PERSISTENT_VOLUME_CLAIM, self._namespace, claim, patch)

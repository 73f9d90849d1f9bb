"""Taking objects away: pods first and waited for, then what they referred to. Claims and generated Secrets stay."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from vitessctl.errors import NotReadyError
from vitessctl.targets.kubernetes import kinds, pods
from vitessctl.targets.kubernetes.interface import Kind, KubernetesApi, KubernetesObject
from vitessctl.targets.kubernetes.snapshot import name_of

GONE_SECONDS = 180.0
"""How long pods may take to go: a tablet's grace period is two minutes."""
_PAUSE = 0.3

Pods = Callable[[], Mapping[str, KubernetesObject]]
Clock = Callable[[], float]
Sleep = Callable[[float], None]


def delete(api: KubernetesApi, namespace: str, kind: Kind, found: KubernetesObject) -> bool:
    """Delete the very object that was seen, so that nobody's new object of that name goes with it."""
    return api.delete(kind, namespace, name_of(found), uid=str(found["metadata"]["uid"]))


def wait_gone(namespace: str, seen: Pods, mine: Callable[[KubernetesObject], bool], now: Clock, sleep: Sleep) -> None:
    """Wait until no pod is left that is `mine`. Raises NotReadyError, which names what hangs and why."""
    begun = now()
    while left := [pod for pod in seen().values() if mine(pod)]:
        if now() - begun > GONE_SECONDS:
            raise NotReadyError(
                f"{', '.join(name_of(pod) for pod in left[:3])} did not go within {GONE_SECONDS:.0f} s",
                where=namespace,
                why=why_left(left[0]),
                fix="Mend the cause, then run the same command again: it goes on from here.",
            )
        sleep(_PAUSE)


def wait_no_claim(api: KubernetesApi, namespace: str, names: Sequence[str], now: Clock, sleep: Sleep) -> None:
    """Wait until claims are gone: a new pod would be given one that is on its way out. Raises NotReadyError."""
    begun = now()
    while left := [name for name in names if api.get(kinds.PERSISTENT_VOLUME_CLAIM, namespace, name) is not None]:
        if now() - begun > GONE_SECONDS:
            raise NotReadyError(
                f"PersistentVolumeClaim/{left[0]} did not go within {GONE_SECONDS:.0f} s",
                where=namespace,
                why="something still uses it, or has put a finalizer on it",
                fix="Mend the cause, then run the same command again.",
            )
        sleep(_PAUSE)


def why_left(pod: KubernetesObject) -> str:
    """Why a pod is still there."""
    metadata = pod["metadata"]
    if not pods.leaving(pod):
        return f"{name_of(pod)} was not asked to go yet: its controller has not seen that it is to end"
    if finalizers := metadata.get("finalizers"):
        return f"{name_of(pod)} has finalizers that nobody has removed: {', '.join(finalizers)}"
    node = pod["spec"].get("nodeName", "")
    grace = metadata.get("deletionGracePeriodSeconds", "?")
    return f"{name_of(pod)} is Terminating (grace period {grace} s); its node {node or '?'} has not said that it ended"


def owned_by(found: KubernetesObject, names: Sequence[str]) -> bool:
    """Whether a pod belongs to one of the StatefulSets or Deployments of those names."""
    owners = found["metadata"].get("ownerReferences") or ()
    for owner in owners:
        if owner["kind"] == "StatefulSet" and owner["name"] in names:
            return True
        if owner["kind"] == "ReplicaSet" and owner["name"].rpartition("-")[0] in names:
            return True
    return False


DATA_KINDS = (kinds.PERSISTENT_VOLUME_CLAIM, kinds.SECRET)
"""What `down` keeps unless it is told the cluster's name: rows, and passwords that nobody could make again."""

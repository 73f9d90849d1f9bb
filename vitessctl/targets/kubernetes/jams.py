"""Pods that hang, and which of them can be freed with no risk to what is on their volumes.

A pod of a StatefulSet may be deleted by force only when it is proven that its containers have ended: else two MySQL
may write to one volume (Kubernetes: "Force Delete StatefulSet Pods"). What proves it is that its Node object is gone:
that is how somebody, or the cloud's controller, tells Kubernetes that the machine is no more, and Kubernetes itself
then deletes such pods by force. A node that is only silent proves nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from vitessctl.targets.base import Trouble
from vitessctl.targets.ground import Jam
from vitessctl.targets.kubernetes import kinds, pods
from vitessctl.targets.kubernetes.faults import Forbidden
from vitessctl.targets.kubernetes.interface import KubernetesApi, KubernetesObject
from vitessctl.targets.kubernetes.snapshot import label_of, name_of

FINALIZERS, FORCE, DELETE = "finalizers", "force", "delete"
STUCK = frozenset({"CrashLoopBackOff", "ImagePullBackOff", "ErrImagePull", "InvalidImageName",
                   "CreateContainerConfigError", "CreateContainerError"})  # fmt: skip
"""Reasons for which a container waits, and that the pod's own template is to blame for."""
_KEPT_BACK: Mapping[Trouble, str] = {
    Trouble.FINALIZER: "its node {node} is still there, and who put the finalizer on it may still have to do something",
    Trouble.NODE: "its node {node} is still known to Kubernetes, so its MySQL may still run and write to the volume",
    Trouble.OVERDUE: "its node {node} has not said that its containers have ended",
}


@dataclass(frozen=True)
class Found:
    """The pods of a cluster, and what is needed to judge them."""

    pods: Sequence[KubernetesObject]
    stateful_sets: Mapping[str, KubernetesObject]


def jams(api: KubernetesApi, found: Found, now: datetime) -> Iterator[Jam]:
    """Every pod that hangs in Terminating, or that its StatefulSet does not replace although it cannot start."""
    for pod in found.pods:
        trouble, why = pods.trouble_of(pod, now)
        if pods.leaving(pod):
            if trouble is not None and trouble in _KEPT_BACK:
                yield _leaving(api, pod, trouble, why)
        elif trouble is None and (why := _left_behind(pod, found.stateful_sets)):
            yield Jam(f"Pod/{name_of(pod)}", pods.subject_of(pod), why, DELETE, leaving=False, uid=uid_of(pod))


def _leaving(api: KubernetesApi, pod: KubernetesObject, trouble: Trouble, why: str) -> Jam:
    label, subject, node = f"Pod/{name_of(pod)}", pods.subject_of(pod), str(pod["spec"].get("nodeName") or "")
    try:
        gone = bool(node) and api.get(kinds.NODE, "", node) is None
    except Forbidden:
        return Jam(label, subject, why, refusal=f"we may not see whether its node {node} is still there")
    if not gone:
        return Jam(label, subject, why, refusal=_KEPT_BACK[trouble].format(node=node or "(none yet)"))
    way = FINALIZERS if pod["metadata"].get("finalizers") else FORCE
    return Jam(label, subject, f"{why}; its node {node} is gone", way, uid=uid_of(pod))


def _left_behind(pod: KubernetesObject, stateful_sets: Mapping[str, KubernetesObject]) -> str:
    """Why a pod of an earlier revision cannot start; "" where it can, or is of the newest.

    A StatefulSet waits for its pod to become ready before it replaces it (Kubernetes: "Forced rollback").
    """
    owner = next((each for each in pod["metadata"].get("ownerReferences") or () if each["kind"] == "StatefulSet"), None)
    status = stateful_sets.get(owner["name"], {}).get("status") or {} if owner else {}
    newest = status.get("updateRevision")
    if not newest or label_of(pod, pods.REVISION) in ("", newest) or pods.ready(pod):
        return ""
    word = pods.state_word(pod)
    return f"is in {word}, of an earlier revision than its StatefulSet, which waits for it" if word in STUCK else ""


def uid_of(pod: KubernetesObject) -> str:
    """Which one of all that had its name."""
    return str(pod["metadata"]["uid"])


def free(api: KubernetesApi, namespace: str, pod: KubernetesObject, way: str) -> str:
    """Free the very pod that was seen; says what was done. Raises Outdated where it changed meanwhile."""
    name, metadata, uid = name_of(pod), pod["metadata"], uid_of(pod)
    if way == DELETE:
        api.delete(kinds.POD, namespace, name, uid=uid)
        return f"deleted Pod/{name}, which its StatefulSet makes anew on the same volume"
    if way == FINALIZERS:
        unheld = {"uid": uid, "resourceVersion": metadata["resourceVersion"], "finalizers": None}
        api.merge(kinds.POD, namespace, name, {"metadata": unheld})
    api.delete(kinds.POD, namespace, name, uid=uid, grace=0)
    held = f"took the finalizers off Pod/{name} and " if way == FINALIZERS else ""
    return f"{held}deleted {'it' if held else f'Pod/{name}'} at once, as its node is gone"

"""Which pods are whose, and what their status says at a glance."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from vitessctl.render.names import label_value
from vitessctl.targets.base import ComponentStatus, Trouble
from vitessctl.targets.kubernetes.interface import KubernetesObject
from vitessctl.targets.kubernetes.snapshot import COMPONENT, label_of, name_of

ALIAS = "vitessctl.io/tablet-alias"
CELL = "vitessctl.io/cell"
APPLICATION = "vitessctl.io/application"
REVISION = "controller-revision-hash"
DATA_VOLUME = "data"
"""The name that a tablet's rows have in its pod, on whatever kind of volume."""
OVERDUE_SECONDS = 10.0
"""How long after the end of its grace a deleted pod may take to vanish."""
_BY_TAINT = "DeletionByTaintManager"
"""The reason that a pod has in its DisruptionTarget condition when it is deleted because its node is silent."""


def subject_of(pod: KubernetesObject) -> str:
    """What the pod is about, as documents name it: a tablet's alias, a cell, an etcd member, an application."""
    component = label_of(pod, COMPONENT)
    if component == "etcd":
        return f"etcd-{name_of(pod).rpartition('-')[2]}"
    return label_of(pod, {"vtgate": CELL, "vtorc": CELL, "application": APPLICATION}.get(component, ALIAS))


def of(pods: Mapping[str, KubernetesObject], component: str, subject: str) -> list[KubernetesObject]:
    """The pods of a component and its subject ("" for all), the most useful first: ready, then running, then young."""
    wanted = label_value(subject)
    found = [
        pod
        for pod in pods.values()
        if label_of(pod, COMPONENT) == component and (not subject or subject_of(pod) in (subject, wanted))
    ]
    return sorted(found, key=lambda pod: (leaving(pod), not ready(pod), not running(pod), name_of(pod)))


def leaving(pod: KubernetesObject) -> bool:
    """Whether it is being deleted."""
    return "deletionTimestamp" in pod["metadata"]


def running(pod: KubernetesObject) -> bool:
    """Whether its containers have been started and not all ended."""
    return bool(pod.get("status", {}).get("phase") == "Running")


def ready(pod: KubernetesObject) -> bool:
    """Whether its readiness probes say yes, and it is not on its way out."""
    conditions = pod.get("status", {}).get("conditions") or ()
    return not leaving(pod) and any(each["type"] == "Ready" and each["status"] == "True" for each in conditions)


def keeps_data(pod: KubernetesObject) -> bool:
    """Whether the rows of a tablet outlive its pod: they are on a claim, not in a folder that goes with the pod."""
    volumes = pod.get("spec", {}).get("volumes") or ()
    return any(each["name"] == DATA_VOLUME and "persistentVolumeClaim" in each for each in volumes)


def container_status(pod: KubernetesObject, name: str) -> Mapping[str, Any]:
    """The status of a container, init containers included; empty before there is one."""
    status = pod.get("status", {})
    for each in (*(status.get("initContainerStatuses") or ()), *(status.get("containerStatuses") or ())):
        if each["name"] == name:
            return dict(each)
    return {}


def container_ready(pod: KubernetesObject, container: str) -> bool:
    """Whether a container runs and its readiness probe says yes."""
    status = container_status(pod, container)
    return bool(status.get("ready")) and "running" in (status.get("state") or {})


def component_status(pod: KubernetesObject, now: datetime) -> ComponentStatus:
    """The line of a status screen."""
    statuses = _all_statuses(pod)
    trouble, why = trouble_of(pod, now)
    return ComponentStatus(
        label=f"Pod/{name_of(pod)}",
        component=label_of(pod, COMPONENT),
        subject=subject_of(pod),
        state=state_word(pod),
        running=running(pod) and not leaving(pod) and all("running" in (s.get("state") or {}) for s in _lasting(pod)),
        restarts=sum(int(status.get("restartCount", 0)) for status in statuses),
        since=_age(pod, now),
        detail=why or str(pod.get("status", {}).get("message", "")),
        trouble=trouble,
        node=str(pod.get("spec", {}).get("nodeName") or ""),
        life=f"{pod['metadata'].get('uid', '')}/{'/'.join(str(s.get('restartCount', 0)) for s in statuses)}",
    )


def trouble_of(pod: KubernetesObject, now: datetime) -> tuple[Trouble | None, str]:
    """What keeps a pod from going, in a sentence; that its node is silent also of one that stays.

    A deletionTimestamp is the end of the grace period already, not the moment of the deletion.
    """
    until, node = pod["metadata"].get("deletionTimestamp"), str(pod.get("spec", {}).get("nodeName") or "")
    if until is None:
        return (Trouble.SILENT_NODE, f"node {node} does not report any more") if on_silent_node(pod) else (None, "")
    left = (_moment(until) - now).total_seconds()
    finalizers = pod["metadata"].get("finalizers") or ()
    if on_silent_node(pod):
        return Trouble.NODE, f"node {node} does not report any more, so nobody knows whether its containers have ended"
    if left > -OVERDUE_SECONDS and not (finalizers and _ended(pod)):
        return Trouble.LEAVING, f"{max(0.0, left):.0f} s of its grace period are left"
    over = f"its grace period ended {max(0.0, -left):.0f} s ago"
    if finalizers:
        return Trouble.FINALIZER, f"it is held by the finalizer {', '.join(finalizers)}; {over}"
    return Trouble.OVERDUE, f"{over}, and its containers or volumes are still there"


def on_silent_node(pod: KubernetesObject) -> bool:
    """Whether its node does not report any more.

    Such a node cannot change what its pods say. So the controllers take Ready from them, and ContainersReady stays as
    it was; after a while they delete them, and say that it was for the node's taint.
    """
    conditions = {each["type"]: each for each in pod.get("status", {}).get("conditions") or ()}
    said = {name: each.get("status") for name, each in conditions.items()}
    tainted = conditions.get("DisruptionTarget", {}).get("reason") == _BY_TAINT and leaving(pod)
    lost = pod.get("status", {}).get("reason") == "NodeLost"
    return lost or tainted or (said.get("Ready") == "False" and said.get("ContainersReady") == "True")


def _ended(pod: KubernetesObject) -> bool:
    """Whether all of its containers have ended, so that only a finalizer keeps the object."""
    return all("running" not in (status.get("state") or {}) for status in _all_statuses(pod))


def state_word(pod: KubernetesObject) -> str:
    """The word that kubectl shows: Terminating, a container's waiting or end reason, else the phase."""
    if leaving(pod):
        return "Terminating"
    for status in _all_statuses(pod):
        state = status.get("state") or {}
        reason = (state.get("waiting") or {}).get("reason", "")
        if reason and reason not in ("PodInitializing", "ContainerCreating"):
            return str(reason)
        ended = state.get("terminated") or {}
        if ended and ended.get("exitCode"):
            return str(ended.get("reason") or "Error")
    return str(pod.get("status", {}).get("phase", "Unknown"))


def waiting_reasons(pod: KubernetesObject) -> list[str]:
    """Why its containers wait, of each that does."""
    states = [status.get("state") or {} for status in _all_statuses(pod)]
    return [str(state["waiting"].get("reason", "")) for state in states if "waiting" in state]


def _all_statuses(pod: KubernetesObject) -> list[Mapping[str, Any]]:
    status = pod.get("status", {})
    return [*(status.get("initContainerStatuses") or ()), *(status.get("containerStatuses") or ())]


def _lasting(pod: KubernetesObject) -> Iterable[Mapping[str, Any]]:
    """Statuses of the containers that are to run all the time: the usual ones, and sidecars."""
    sidecars = {
        each["name"] for each in pod["spec"].get("initContainers") or () if each.get("restartPolicy") == "Always"
    }
    status = pod.get("status", {})
    yield from (each for each in status.get("initContainerStatuses") or () if each["name"] in sidecars)
    yield from status.get("containerStatuses") or ()


def _age(pod: KubernetesObject, now: datetime) -> float:
    begun = pod.get("status", {}).get("startTime")
    if not begun:
        return 0.0
    return max(0.0, (now - _moment(begun)).total_seconds())


def _moment(text: object) -> datetime:
    return datetime.fromisoformat(str(text).replace("Z", "+00:00"))

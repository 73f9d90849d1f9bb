"""Objects as an API server writes them, from as few words as a case needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from vitessctl.diagnose.kubernetes import Sight
from vitessctl.render.documents import Document

NOW = 1_800_000_000.0
"""Moments in cases are seconds relative to it."""
LABELS = {"vitessctl.io/cluster": "shop", "vitessctl.io/component": "vttablet"}


def at(seconds: float) -> str:
    """A moment as the API server writes it."""
    from datetime import datetime, timezone

    return datetime.fromtimestamp(NOW + seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def document(kind: str = "StatefulSet", name: str = "shop-a", replicas: int = 1) -> Document:
    data = {"apiVersion": "apps/v1", "kind": kind, "metadata": {"name": name}, "spec": {"replicas": replicas}}
    return Document("tablets", "vttablet", kind, name, "", "t.j2", data)


def workload(kind: str = "StatefulSet", **status: Any) -> dict[str, Any]:
    return {
        "apiVersion": "apps/v1",
        "kind": kind,
        "metadata": {"name": "shop-a", "namespace": "shop", "generation": 2},
        "spec": {"replicas": 1, "selector": {"matchLabels": LABELS}},
        "status": {"observedGeneration": 2, "updateRevision": "shop-a-2", **status},
    }


def container(name: str = "vttablet", **spec: Any) -> dict[str, Any]:
    return {"name": name, "image": "vitess/lite:v24.0.4", **spec}


def pod(
    name: str = "shop-a-0",
    *,
    state: Mapping[str, Any] | None = None,
    last: Mapping[str, Any] | None = None,
    restarts: int = 0,
    started: bool = False,
    ready: bool = False,
    spec: Mapping[str, Any] | None = None,
    container_spec: Mapping[str, Any] | None = None,
    labels: Mapping[str, str] | None = None,
    metadata: Mapping[str, Any] | None = None,
    **status: Any,
) -> dict[str, Any]:
    """A pod of one container, vttablet, on node-1; without `state` the container is being made."""
    told = {
        "name": "vttablet",
        "state": state or {"waiting": {"reason": "ContainerCreating"}},
        "lastState": last or {},
        "restartCount": restarts,
        "started": started,
        "ready": ready,
    }
    return {
        "metadata": {
            "name": name,
            "namespace": "shop",
            "uid": f"uid-{name}",
            "labels": {**LABELS, "controller-revision-hash": "shop-a-2", **(labels or {})},
            **(metadata or {}),
        },
        "spec": {"nodeName": "node-1", "containers": [container(**(container_spec or {}))], **(spec or {})},
        "status": {"phase": "Pending", "startTime": at(-60), "containerStatuses": [told], **status},
    }


def running(name: str = "shop-a-0", **more: Any) -> dict[str, Any]:
    return pod(name, state={"running": {"startedAt": at(-30)}}, started=True, phase="Running", **more)


def unscheduled(message: str, *, since: float = -60, **more: Any) -> dict[str, Any]:
    condition = {
        "type": "PodScheduled",
        "status": "False",
        "reason": "Unschedulable",
        "message": message,
        "lastTransitionTime": at(since),
    }
    spec = {"nodeName": None, "containers": [container(**more.pop("container_spec", {}))], **more.pop("spec", {})}
    return pod(spec=spec, conditions=[condition], containerStatuses=[], **more)


def event(
    reason: str,
    message: str,
    *,
    of: tuple[str, str] = ("Pod", "shop-a-0"),
    uid: str = "",
    last: float = -5,
    count: int = 1,
    container: str = "",
) -> dict[str, Any]:
    involved = {"kind": of[0], "name": of[1], "namespace": "shop", "uid": uid or f"uid-{of[1]}"}
    if container:
        involved["fieldPath"] = f"spec.containers{{{container}}}"
    if reason == "FailedCreate":
        involved["uid"] = ""
    return {
        "type": "Warning" if reason.startswith(("Fail", "Un", "Back", "Evict")) else "Normal",
        "reason": reason,
        "message": message,
        "involvedObject": involved,
        "count": count,
        "lastTimestamp": at(last),
    }


def claim(name: str = "data-shop-a-0", storage_class: str = "fast", phase: str = "Pending") -> dict[str, Any]:
    return {
        "metadata": {"name": name, "namespace": "shop", "uid": f"uid-{name}"},
        "spec": {"storageClassName": storage_class},
        "status": {"phase": phase},
    }


def node(name: str = "node-1", *, ready: str = "True", **allocatable: str) -> dict[str, Any]:
    return {
        "metadata": {"name": name, "labels": {"kubernetes.io/hostname": name}},
        "spec": {},
        "status": {
            "allocatable": {"cpu": "2", "memory": "24Gi", **allocatable},
            "conditions": [
                {"type": "Ready", "status": ready, "reason": "KubeletReady", "message": "kubelet is posting"},
            ],
        },
    }


WITH_CLAIM = {"volumes": [{"name": "data", "persistentVolumeClaim": {"claimName": "data-shop-a-0"}}]}


def sight(
    *pods: Mapping[str, Any],
    events: Sequence[Mapping[str, Any]] = (),
    claims: Sequence[Mapping[str, Any]] = (),
    nodes: Sequence[Mapping[str, Any]] = (),
    wanted: Document | None = None,
    live: Mapping[str, Any] | None = None,
    since: float = -3600,
) -> Sight:
    """What is seen of StatefulSet shop-a, of one pod, an hour after `up` began."""
    found = workload() if live is None else live
    return Sight(wanted or document(), found, pods, claims, events, nodes, NOW, NOW + since)

"""What an API server says about one workload at one moment."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from enum import Enum
from typing import Any

from vitessctl.render.documents import Document

KubernetesObject = Mapping[str, Any]
"""An object as the API server writes it."""
Logs = Callable[[str, str, bool], Sequence[str]]
"""Last lines of a log, oldest first: pod, container, whether of the run before the present one."""


class Counts(Enum):
    """When a pod counts as there."""

    STARTED = "started"
    """All containers run and passed their startup probes. A vttablet is not Ready before its shard has a primary."""
    READY = "ready"
    """Kubernetes calls the pod Ready."""


@dataclass(frozen=True)
class Sight:
    """All that a verdict follows from, but for the logs."""

    document: Document
    """What was asked for: a StatefulSet or a Deployment."""
    workload: KubernetesObject | None
    """What the API server has; None if it is not there."""
    pods: Sequence[KubernetesObject] = ()
    """Pods of the namespace; those of other workloads are not looked at."""
    claims: Sequence[KubernetesObject] = ()
    """PersistentVolumeClaims of the namespace."""
    events: Sequence[KubernetesObject] = ()
    """Events (v1) of the namespace."""
    nodes: Sequence[KubernetesObject] = ()
    """Empty where we may not list them; a verdict then says less."""
    now: float = 0.0
    """Seconds since 1970. 0: not known, everything counts as having lasted long enough."""
    since: float = 0.0
    """When this run began to wait: what was last seen before proves nothing about now."""

    @property
    def replicas(self) -> int:
        """How many pods there are to be: what the document says, else (autoscaling) what the workload has."""
        wanted = dig(self.document.data, "spec", "replicas")
        return int(wanted if wanted is not None else dig(self.workload or {}, "spec", "replicas", default=1))

    def own_pods(self) -> list[KubernetesObject]:
        """The pods that the workload selects, by name."""
        wanted = dig(self.workload or {}, "spec", "selector", "matchLabels", default={}).items()
        own = (pod for pod in self.pods if wanted and wanted <= dig(pod, "metadata", "labels", default={}).items())
        return sorted(own, key=name_of)

    def claims_of(self, pod: KubernetesObject) -> Iterator[KubernetesObject]:
        """The claims that a pod mounts."""
        names = {
            dig(volume, "persistentVolumeClaim", "claimName") for volume in dig(pod, "spec", "volumes", default=())
        }
        return (claim for claim in self.claims if name_of(claim) in names)

    def node_of(self, pod: KubernetesObject) -> KubernetesObject | None:
        """The node that a pod is on, if it is on one that we may see."""
        name = dig(pod, "spec", "nodeName")
        return next((node for node in self.nodes if name_of(node) == name), None)

    def ago(self, moment: float) -> float:
        """Seconds since a moment; 0 if either is not known."""
        return max(0.0, self.now - moment) if self.now and moment else 0.0


def dig(value: Mapping[str, Any], *path: str, default: Any = None) -> Any:
    """The value below a path of keys; the default where one of them is absent or null."""
    found: Any = value
    for key in path:
        found = found.get(key) if isinstance(found, Mapping) else None
    return default if found is None else found


def name_of(value: KubernetesObject) -> str:
    """metadata.name."""
    return str(dig(value, "metadata", "name", default=""))


def condition(value: KubernetesObject, kind: str) -> Mapping[str, Any]:
    """A condition of a status, empty if it is not there."""
    found = dig(value, "status", "conditions", default=())
    return next((entry for entry in found if entry.get("type") == kind), {})


def moment(text: str | None) -> float:
    """Seconds since 1970 of a time as the API server writes it; 0 if there is none."""
    if not text:
        return 0.0
    try:
        parsed = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return 0.0
    return (parsed if parsed.tzinfo else parsed.replace(tzinfo=timezone.utc)).timestamp()

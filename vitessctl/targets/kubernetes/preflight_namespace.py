"""Whether the namespace is there, or can be made."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from vitessctl.render.names import label_value
from vitessctl.targets.kubernetes import kinds
from vitessctl.targets.kubernetes.faults import Forbidden, NoNamespace
from vitessctl.targets.kubernetes.interface import KubernetesApi, KubernetesObject
from vitessctl.targets.kubernetes.preflight_finding import ClusterFault, Finding, Notice

_OWNER = "vitessctl.io/cluster"


@dataclass(frozen=True)
class Look:
    """What we know of the namespace."""

    namespace: KubernetesObject | None
    unknown: bool = False
    """We may not look, so it may be there."""

    @property
    def missing(self) -> bool:
        """Whether it is known not to be there."""
        return self.namespace is None and not self.unknown


class Terminating(ClusterFault):
    """The namespace is being deleted."""

    def __init__(self, namespace: str, why: str) -> None:
        self.namespace = namespace
        super().__init__(
            f"the namespace {namespace} is being deleted",
            where=f"Namespace/{namespace}",
            why=why or "Kubernetes makes nothing in it any more",
            fix="wait until it is gone, then run the command again; or choose another one (namespace in cluster.yaml)",
        )


def namespace_document(namespace: str, cluster: str) -> dict[str, Any]:
    """The namespace that `up` makes where there is none; its labels tell a person who did. Nothing ever deletes it."""
    labels = {"app.kubernetes.io/managed-by": "vitessctl", _OWNER: label_value(cluster)}
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace, "labels": labels}}


def look(api: KubernetesApi, namespace: str) -> Look:
    """The namespace, if it is there and we may see it. A Role in it suffices for that."""
    try:
        return Look(api.get(kinds.NAMESPACE, "", namespace))
    except Forbidden:
        return Look(None, unknown=True)


def judge(api: KubernetesApi, namespace: str, found: Look) -> Iterator[Finding]:
    """A fault if nothing can be made in it; a notice if we are to make it."""
    if found.unknown:
        yield Notice(f"the namespace {namespace} may not be looked at; it is taken to be there")
    elif found.namespace is None and api.allowed("create", kinds.NAMESPACE, ""):
        yield Notice(f"the namespace {namespace} is not there and gets made; down leaves it")
    elif found.namespace is None:
        yield NoNamespace(namespace)
    elif found.namespace["metadata"].get("deletionTimestamp"):
        yield Terminating(namespace, _remains(found.namespace))


def _remains(namespace: KubernetesObject) -> str:
    """What keeps it from going, in the words of its conditions."""
    conditions = namespace.get("status", {}).get("conditions", ())
    said = [entry.get("message", "") for entry in conditions if entry.get("status") == "True"]
    return "; ".join(text for text in said if text)

"""Whether an object of ours would take the place of somebody else's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from vitessctl.errors import ConflictError
from vitessctl.render.documents import Document
from vitessctl.render.names import label_value
from vitessctl.targets.kubernetes import kinds
from vitessctl.targets.kubernetes.interface import Kind, KubernetesApi, KubernetesObject
from vitessctl.targets.kubernetes.preflight_finding import Situation, replicas

CLUSTER_LABEL = "vitessctl.io/cluster"
FEW = 3
"""Up to so many objects of a kind are asked for by name, else the whole kind is listed."""


class OwnedByOthers(ConflictError):
    """Objects with names of ours belong to somebody else."""

    def __init__(self, namespace: str, owned: Mapping[str, str]) -> None:
        self.owned = dict(owned)
        super().__init__(
            "objects with the names that this cluster needs belong to somebody else",
            where=f"Namespace/{namespace}",
            why="; ".join(f"{label} belongs to {owner}" for label, owner in owned.items()),
            fix="choose another name for the cluster (cluster), or another namespace; nothing of theirs is touched",
        )


def check(situation: Situation) -> Iterator[OwnedByOthers]:
    """One fault that names every such object, and whose it is."""
    if not situation.exists:
        return
    wanted = wanted_names(situation.documents)
    owned = {
        f"{kind.name}/{found['metadata']['name']}": owner_of(found)
        for kind, names in wanted.items()
        for found in _existing(situation.api, situation.namespace, kind, names)
        if not is_ours(found, situation.cluster)
    }
    if owned:
        yield OwnedByOthers(situation.namespace, owned)


def wanted_names(documents: Sequence[Document]) -> dict[Kind, set[str]]:
    """The names that we take, by kind: those of the documents, and of the claims that their StatefulSets make."""
    names: dict[Kind, set[str]] = {}
    for document in documents:
        names.setdefault(kinds.of(document.data), set()).add(document.name)
        names.setdefault(kinds.PERSISTENT_VOLUME_CLAIM, set()).update(claim_names(document.data))
    return {kind: wanted for kind, wanted in names.items() if wanted}


def claim_names(workload: Mapping[str, Any]) -> list[str]:
    """The claims that a StatefulSet makes: template, StatefulSet and number, with dashes between."""
    if workload.get("kind") != "StatefulSet":
        return []
    templates = workload["spec"].get("volumeClaimTemplates", ())
    name = workload["metadata"]["name"]
    return [
        f"{template['metadata']['name']}-{name}-{number}"
        for template in templates
        for number in range(replicas(workload))
    ]


def is_ours(found: KubernetesObject, cluster: str) -> bool:
    """Whether an object carries our cluster's label."""
    return _labels(found).get(CLUSTER_LABEL) == label_value(cluster)


def owner_of(found: KubernetesObject) -> str:
    """Whose it is, as far as the object tells."""
    labels = _labels(found)
    if CLUSTER_LABEL in labels:
        return f"the cluster {labels[CLUSTER_LABEL]} of vitessctl"
    instance = labels.get("app.kubernetes.io/instance")
    managed_by = labels.get("app.kubernetes.io/managed-by")
    if managed_by:
        return f"{managed_by} ({instance})" if instance else str(managed_by)
    managers = [str(entry.get("manager")) for entry in found["metadata"].get("managedFields", ())]
    return managers[0] if managers else "nobody that its labels name"


def _labels(found: KubernetesObject) -> Mapping[str, str]:
    labels: Mapping[str, str] = found["metadata"].get("labels") or {}
    return labels


def _existing(api: KubernetesApi, namespace: str, kind: Kind, names: Iterable[str]) -> list[KubernetesObject]:
    wanted = sorted(names)
    if len(wanted) > FEW:
        return [found for found in api.list(kind, namespace) if found["metadata"]["name"] in wanted]
    asked = (api.get(kind, namespace, name) for name in wanted)
    return [found for found in asked if found is not None]

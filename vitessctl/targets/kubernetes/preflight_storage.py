"""Whether the volumes can be made: a StorageClass for each."""

from __future__ import annotations

from collections.abc import Iterator

from vitessctl.targets.kubernetes import kinds
from vitessctl.targets.kubernetes.interface import KubernetesObject
from vitessctl.targets.kubernetes.preflight_finding import ClusterFault, Situation
from vitessctl.targets.kubernetes.preflight_owners import claim_names

_DEFAULT = "storageclass.kubernetes.io/is-default-class"


class NoStorageClass(ClusterFault):
    """A StorageClass that volumes want does not exist."""

    def __init__(self, name: str, labels: tuple[str, ...], known: tuple[str, ...]) -> None:
        self.name, self.labels, self.known = name, labels, known
        there = f"there are: {', '.join(known)}" if known else "there is none at all"
        super().__init__(
            f"there is no StorageClass {name}" if name else "there is no default StorageClass",
            where=labels[0] if len(labels) == 1 else f"{labels[0]} and {len(labels) - 1} more",
            why=f"their volumes want {'it' if name else 'one, since cluster.yaml names none'}; {there}",
            fix="name one that exists (storage_class in cluster.yaml), or have one made"
            + ("" if name else f", or mark one with the annotation {_DEFAULT}=true"),
        )


def check(situation: Situation) -> Iterator[NoStorageClass]:
    """A fault for each class that is wanted and not there. Volumes that exist already need none."""
    wanted = _wanted(situation)
    if not wanted:
        return
    classes = situation.api.list(kinds.STORAGE_CLASS, "")
    known = tuple(sorted(str(found["metadata"]["name"]) for found in classes))
    for name, labels in wanted.items():
        there = name in known if name else any(_is_default(found) for found in classes)
        if not there:
            yield NoStorageClass(name, tuple(labels), known)


def _wanted(situation: Situation) -> dict[str, list[str]]:
    """Class, "" for the default one, to the StatefulSets that want it. `storageClassName: ""` wants no class at all."""
    listed = situation.api.list(kinds.PERSISTENT_VOLUME_CLAIM, situation.namespace) if situation.exists else ()
    existing = {found["metadata"]["name"] for found in listed}
    wanted: dict[str, list[str]] = {}
    for document in situation.workloads():
        if set(claim_names(document.data)) <= existing:
            continue
        for template in document.data["spec"].get("volumeClaimTemplates", ()):
            name = template["spec"].get("storageClassName")
            if name != "":
                wanted.setdefault(name or "", []).append(document.label)
    return wanted


def _is_default(found: KubernetesObject) -> bool:
    return bool((found["metadata"].get("annotations") or {}).get(_DEFAULT) == "true")

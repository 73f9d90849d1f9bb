"""Which pods are of the newest revision of their workload, and which should be there."""

from __future__ import annotations

from vitessctl.diagnose.kubernetes.creation import newest_replica_set
from vitessctl.diagnose.kubernetes.sight import KubernetesObject, Sight, dig, name_of


def is_old(pod: KubernetesObject, sight: Sight) -> bool:
    """Whether a pod was made from an older template than the workload has now."""
    labels = dig(pod, "metadata", "labels", default={})
    if dig(sight.document.data, "kind") == "StatefulSet":
        newest = dig(sight.workload or {}, "status", "updateRevision")
        return bool(newest) and labels.get("controller-revision-hash", newest) != newest
    replica_set = newest_replica_set(sight)
    return bool(replica_set) and not replica_set.endswith(f"-{labels.get('pod-template-hash', '')}")


def wanted_pods(sight: Sight) -> list[KubernetesObject]:
    """The pods that a verdict is about: all of a StatefulSet, those of a Deployment's newest ReplicaSet."""
    if dig(sight.document.data, "kind") == "StatefulSet":
        return [pod for pod in sight.own_pods() if name_of(pod) in ordinals(sight)]
    return [pod for pod in sight.own_pods() if not is_old(pod, sight) and not _is_over(pod)]


def missing_pods(sight: Sight) -> str:
    """Which pods do not exist, for a person; "" if all do."""
    existing = {name_of(pod) for pod in wanted_pods(sight)}
    if dig(sight.document.data, "kind") == "StatefulSet":
        absent = [name for name in ordinals(sight) if name not in existing]
        return f"pod {absent[0]} is not made yet" if absent else ""
    lacking = sight.replicas - len(existing)
    return f"{lacking} of {sight.replicas} pods are not made yet" if lacking > 0 else ""


def ordinals(sight: Sight) -> list[str]:
    """The names of a StatefulSet's pods."""
    first = int(dig(sight.document.data, "spec", "ordinals", "start", default=0))
    return [f"{sight.document.name}-{number}" for number in range(first, first + sight.replicas)]


def unseen(sight: Sight) -> bool:
    """Whether the controller has not looked at the present spec yet."""
    generation = dig(sight.workload or {}, "metadata", "generation")
    return generation is not None and dig(sight.workload or {}, "status", "observedGeneration") != generation


def _is_over(pod: KubernetesObject) -> bool:
    """Pods of a ReplicaSet that failed stay as they are, and others are made in their place."""
    return dig(pod, "status", "phase") == "Failed" or bool(dig(pod, "metadata", "deletionTimestamp"))

"""A topology server that is not our own StatefulSet: an etcd operator's, or one outside of Kubernetes."""

from __future__ import annotations

from collections.abc import Mapping

from vitessctl.model.cluster import Cluster
from vitessctl.render.layout_kubernetes import KubernetesLayout
from vitessctl.targets.base import Verdict
from vitessctl.targets.kubernetes import kinds, pods
from vitessctl.targets.kubernetes.interface import KubernetesApi, KubernetesObject


def ready(cluster: Cluster, api: KubernetesApi, ours: Mapping[str, KubernetesObject]) -> Verdict | None:
    """Whether it is there as far as can be seen from here; None where it is our own. `ours`: pods with our labels."""
    topology = cluster.topology
    if topology.external:
        return (
            Verdict.done(f"{', '.join(topology.external)}, which vtctld has to reach") if not api.in_cluster else None
        )
    if not topology.operator:
        return None
    there = sum(pods.ready(pod) for pod in _members(cluster, api, ours))
    if there > topology.members // 2:
        return Verdict.done(f"{there} of {topology.members} members ready")
    return Verdict.waiting(
        f"{there} of {topology.members} members of EtcdCluster/{KubernetesLayout(cluster).name('etcd')} are ready; "
        f"the {topology.operator} etcd operator makes them"
    )


def _members(cluster: Cluster, api: KubernetesApi, ours: Mapping[str, KubernetesObject]) -> list[KubernetesObject]:
    """CoreOS's operator gives its pods the labels that we ask for; the etcd project's names them by number."""
    if cluster.topology.operator == "coreos":
        return pods.of(ours, "etcd", "")
    names = (f"{KubernetesLayout(cluster).name('etcd')}-{number}" for number in range(cluster.topology.members))
    found = (api.get(kinds.POD, cluster.namespace, name) for name in names)
    return [pod for pod in found if pod is not None]

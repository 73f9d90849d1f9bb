"""A topology server that is not our own StatefulSet: an etcd operator's, or one outside of Kubernetes.

What the operators do was seen with CoreOS's 0.9.4 and the etcd project's 0.2.0.
"""

from __future__ import annotations

from collections.abc import Mapping

from vitessctl.model.cluster import Cluster
from vitessctl.render.layout_kubernetes import KubernetesLayout
from vitessctl.targets.base import Verdict
from vitessctl.targets.kubernetes import kinds, pods
from vitessctl.targets.kubernetes.interface import Kind, KubernetesApi, KubernetesObject

DATA_KINDS: Mapping[str, tuple[Kind, ...]] = {
    "": (),
    "coreos": (kinds.COREOS_ETCD_CLUSTER, kinds.SERVICE),
    "etcd-io": (kinds.ETCD_CLUSTER,),
}
"""What is as good as data where an operator runs etcd, in the order in which it goes; by operator.

An EtcdCluster that is deleted takes the data along: CoreOS's operator owns the claims by it, and the etcd project's
cannot bring three members up again on old claims, since it begins with one. The Service is the members' own.
"""

UNSEEN = "no etcd operator has taken it up: does one run, and for this namespace?"


def ready(cluster: Cluster, api: KubernetesApi, ours: Mapping[str, KubernetesObject]) -> Verdict | None:
    """Whether it is there as far as can be seen from here; None where it is our own. `ours`: pods with our labels."""
    topology = cluster.topology
    if topology.external:
        return (
            Verdict.done(f"{', '.join(topology.external)}, which vtctld has to reach") if not api.in_cluster else None
        )
    if not topology.operator:
        return None
    there = sum(pods.ready(pod) for pod in pods.of(ours, "etcd", ""))
    if there > topology.members // 2:
        return Verdict.done(f"{there} of {topology.members} members ready")
    name = KubernetesLayout(cluster).name("etcd")
    return Verdict.waiting(
        f"{there} of {topology.members} members of EtcdCluster/{name} are ready; "
        f"{_said(cluster, api, name) or f'the {topology.operator} etcd operator makes them'}"
    )


def _said(cluster: Cluster, api: KubernetesApi, name: str) -> str:
    """What can be seen of the operator's work. The etcd project's writes no status, but makes a StatefulSet."""
    if cluster.topology.operator == "coreos":
        found = api.get(kinds.COREOS_ETCD_CLUSTER, cluster.namespace, name) or {}
        status = found.get("status") or {}
        return str(status.get("reason") or "") if status else UNSEEN
    return "" if api.get(kinds.STATEFUL_SET, cluster.namespace, name) else UNSEEN


def claims(cluster: Cluster, api: KubernetesApi) -> list[KubernetesObject]:
    """The members' claims, where they do not go with the EtcdCluster. They carry the operator's labels only."""
    if cluster.topology.operator != "etcd-io":
        return []
    name = KubernetesLayout(cluster).name("etcd")
    return list(api.list(kinds.PERSISTENT_VOLUME_CLAIM, cluster.namespace, {"app": name, "controller": name}))

"""Whether the nodes have what the pods ask for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from vitessctl.diagnose.kubernetes.requests import RESOURCES, Amounts, allocatable, pod_asks, schedulable, told, total
from vitessctl.model.quantities import shown
from vitessctl.render.documents import Document
from vitessctl.render.workloads import pod_spec
from vitessctl.targets.kubernetes import kinds
from vitessctl.targets.kubernetes.interface import KubernetesObject
from vitessctl.targets.kubernetes.preflight_finding import ClusterFault, Finding, Notice, Situation, replicas

_GROWING = ("karpenter.sh/", "cluster-autoscaler.kubernetes.io/", "autoscaling.gke.io/")
"""Labels and annotations of nodes that come and go as they are needed."""
_FIX = "ask for less under resources in cluster.yaml, add nodes, or set resources: none, which asks for nothing"


class TooLargeForAnyNode(ClusterFault):
    """A pod asks for more than any node has."""

    def __init__(self, label: str, asks: Amounts, largest: Amounts, count: int) -> None:
        self.label, self.asks, self.largest = label, dict(asks), dict(largest)
        nodes = (
            f"the largest of {count} nodes has {told(largest)}" if count > 1 else f"the only node has {told(largest)}"
        )
        super().__init__(
            f"a pod of {label} is too large for any node",
            where=label,
            why=f"it asks for {told(asks)}; {nodes}",
            fix=_FIX,
        )


class TooLargeForAllNodes(ClusterFault):
    """All pods together ask for more than all nodes have."""

    def __init__(self, resource: str, asked: Fraction, there: Fraction, pods: int, nodes: int) -> None:
        self.resource, self.asked, self.there = resource, asked, there
        super().__init__(
            f"the nodes have too little {resource} for this cluster",
            where=f"{nodes} node{'s' if nodes != 1 else ''}",
            why=f"its {pods} pods ask for {shown(resource, asked)} {resource}; all nodes together can give"
            f" {shown(resource, there)}",
            fix=_FIX,
        )


class NoSuchNode(ClusterFault):
    """No node has the labels that a pod wants."""

    def __init__(self, label: str, selector: Mapping[str, str]) -> None:
        self.label, self.selector = label, dict(selector)
        wanted = ", ".join(f"{key}={value}" for key, value in selector.items())
        super().__init__(
            f"no node takes the pods of {label}",
            where=label,
            why=f"they want a node with the label{'s' if len(selector) > 1 else ''} {wanted}",
            fix="label a node so, or change the cell's zone or the nodeSelector in cluster.yaml",
        )


def check(situation: Situation) -> Iterator[Finding]:
    """Faults for what can never be scheduled; notices where nodes are added as they are needed."""
    workloads = [document for document in situation.workloads() if replicas(document.data)]
    nodes = [node for node in situation.api.list(kinds.NODE, "") if schedulable(node)]
    faults = [*_single(workloads, nodes), *_together(workloads, nodes)] if nodes else [NoNode()]
    if any(_grows(node) for node in nodes):
        yield from (Notice(f"{fault.what} ({fault.why}); a node has to be added for it") for fault in faults)
    else:
        yield from faults


class NoNode(ClusterFault):
    """There is no node at all that takes pods."""

    def __init__(self) -> None:
        super().__init__(
            "no node takes pods",
            why="none is there, ready and not cordoned (kubectl get nodes)",
            fix="add a node, or mend or uncordon one",
        )


def _single(workloads: Sequence[Document], nodes: Sequence[KubernetesObject]) -> Iterator[ClusterFault]:
    for document in workloads:
        spec = pod_spec(document.data)
        selector = spec.get("nodeSelector") or {}
        fitting = [node for node in nodes if selector.items() <= (node["metadata"].get("labels") or {}).items()]
        if not fitting:
            yield NoSuchNode(document.label, selector)
            continue
        asks, offers = _counted(pod_asks(spec)), [allocatable(node) for node in fitting]
        if not any(all(asks[name] <= offer.get(name, Fraction(0)) for name in asks) for offer in offers):
            largest = {name: max(offer.get(name, Fraction(0)) for offer in offers) for name in RESOURCES}
            yield TooLargeForAnyNode(document.label, asks, largest, len(fitting))


def _together(workloads: Sequence[Document], nodes: Sequence[KubernetesObject]) -> Iterator[ClusterFault]:
    pods = [(pod_spec(document.data), replicas(document.data)) for document in workloads]
    asked = total(_times(_counted(pod_asks(spec)), count) for spec, count in pods)
    there = total(allocatable(node) for node in nodes)
    for name, amount in asked.items():
        if amount > there.get(name, Fraction(0)):
            number = sum(count for _, count in pods)
            yield TooLargeForAllNodes(name, amount, there.get(name, Fraction(0)), number, len(nodes))


def _counted(asks: Amounts) -> dict[str, Fraction]:
    return {name: asks[name] for name in RESOURCES if name in asks}


def _times(asks: Amounts, count: int) -> dict[str, Fraction]:
    return {name: amount * count for name, amount in asks.items()}


def _grows(node: KubernetesObject) -> bool:
    metadata: Mapping[str, Any] = node["metadata"]
    keys = (*(metadata.get("labels") or {}), *(metadata.get("annotations") or {}))
    return any(key.startswith(_GROWING) for key in keys)

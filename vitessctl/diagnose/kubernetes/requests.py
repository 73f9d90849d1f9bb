"""What pods ask for, and what nodes have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from vitessctl.diagnose.kubernetes.sight import KubernetesObject, condition, dig
from vitessctl.model.quantities import quantity, shown

RESOURCES = ("cpu", "memory")
Amounts = Mapping[str, Fraction]
"""Resource name to amount: CPUs, bytes."""


def total(amounts: Iterable[Amounts]) -> dict[str, Fraction]:
    """The sum, resource by resource."""
    sums: dict[str, Fraction] = {}
    for entry in amounts:
        for resource, amount in entry.items():
            sums[resource] = sums.get(resource, Fraction(0)) + amount
    return sums


def pod_asks(spec: Mapping[str, Any], kind: str = "requests") -> dict[str, Fraction]:
    """What the scheduler counts for a pod spec (`kind`: requests or limits).

    Containers and native sidecars run together; a plain init container runs beside the sidecars that stand before it,
    so the pod needs the largest of these (Kubernetes: "Resource sharing within containers" of sidecar containers).
    """
    sidecars: dict[str, Fraction] = {}
    peaks: list[dict[str, Fraction]] = []
    for container in spec.get("initContainers") or ():
        asks = _asks(container, kind)
        if container.get("restartPolicy") == "Always":
            sidecars = total([sidecars, asks])
        else:
            peaks.append(total([sidecars, asks]))
    running = total([sidecars, *(_asks(container, kind) for container in spec.get("containers") or ())])
    names = {name for entry in (running, *peaks) for name in entry}
    return {name: max(entry.get(name, Fraction(0)) for entry in (running, *peaks)) for name in names}


def _asks(container: Mapping[str, Any], kind: str) -> dict[str, Fraction]:
    """A container with a limit and no request asks for its limit."""
    limits = dig(container, "resources", "limits", default={})
    given = {**limits, **dig(container, "resources", "requests", default={})} if kind == "requests" else limits
    return {resource: quantity(str(amount)) for resource, amount in given.items()}


def allocatable(node: KubernetesObject) -> dict[str, Fraction]:
    """What a node can give to pods, all in all."""
    given = dig(node, "status", "allocatable", default={})
    return {name: quantity(str(given[name])) for name in RESOURCES if name in given}


def schedulable(node: KubernetesObject) -> bool:
    """Whether a node takes pods at all: ready, not cordoned. Its taints are not looked at."""
    return not dig(node, "spec", "unschedulable", default=False) and condition(node, "Ready").get("status") == "True"


def told(amounts: Amounts) -> str:
    """`64 cpu and 1Ti memory`; "nothing" if there is nothing."""
    words = [f"{shown(name, amounts[name])} {name}" for name in RESOURCES if name in amounts]
    return " and ".join(words) or "nothing"


def room(nodes: Iterable[KubernetesObject]) -> str:
    """`; the largest node has 2 cpu and 24Gi memory`, "" if no node is known."""
    takers = [allocatable(node) for node in nodes if schedulable(node)]
    if not takers:
        return ""
    largest = {name: max(entry.get(name, Fraction(0)) for entry in takers) for name in RESOURCES}
    return f"; {'the largest node' if len(takers) > 1 else 'the only node'} has {told(largest)}"

"""The pods that a rendered workload of Kubernetes will have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

WORKLOADS = ("StatefulSet", "Deployment")


def pod_spec(workload: Mapping[str, Any]) -> Mapping[str, Any]:
    """The spec of the pods of a StatefulSet or Deployment; empty for what is neither."""
    template = (workload.get("spec") or {}).get("template") if workload.get("kind") in WORKLOADS else None
    return dict((template or {}).get("spec") or {})


def containers(pod: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The containers of a pod's spec in the order in which they start."""
    return [*(pod.get("initContainers") or ()), *(pod.get("containers") or ())]

"""The CPU and memory that `resources: recommended` stands for.

The minimal cluster fits a node of two cores. Memory limits equal the requests, so that a pod is never the one evicted
for taking more than it asked for, and there is no CPU limit, which only adds latency.
MySQL was seen to take 540 MB when it is empty, vtctld 67, vtorc 43, vtgate 54, vttablet 75, etcd 34 (Vitess 24,
one shard); the rest is room for work.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def _resources(cpu: str, memory: str) -> Mapping[str, Any]:
    return {"requests": {"cpu": cpu, "memory": memory}, "limits": {"memory": memory}}


RECOMMENDED: Mapping[str, Mapping[str, Any]] = {
    "etcd": _resources("100m", "256Mi"),
    "vtctld": _resources("100m", "128Mi"),
    "mysqlctld": _resources("250m", "1Gi"),
    "vttablet": _resources("100m", "512Mi"),
    "vtorc": _resources("100m", "128Mi"),
    "vtgate": _resources("250m", "1Gi"),
}
"""Component to requests and limits, as a Kubernetes container has them."""

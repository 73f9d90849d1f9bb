"""A way to the vtgate of a cluster on a bed, or on a cluster that somebody brings."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

from tests.testbed.fixtures import Bed
from vitessctl.targets.kubernetes.client import open_api

MYSQL = 3306


@contextmanager
def vtgate(bed: Bed, namespace: str, cluster: str, cell: str) -> Iterator[str]:
    """host:port of its MySQL: the Service, to which a bed's host has a route; elsewhere a forward to a ready pod."""
    if bed.cluster is not None:
        words = ["get", "service", f"{cluster}-vtgate-{cell}", "-o", "jsonpath={.spec.clusterIP}"]
        yield f"{bed.kubectl('-n', namespace, *words)}:{MYSQL}"
        return
    api = open_api(bed.context, kubeconfig=str(bed.kubeconfig))
    with api.forward(namespace, _pod(bed, namespace, cluster, cell), MYSQL) as address:
        yield f"{address.host}:{address.port}"


def _pod(bed: Bed, namespace: str, cluster: str, cell: str) -> str:
    labels = f"vitessctl.io/cluster={cluster},vitessctl.io/component=vtgate,vitessctl.io/cell={cell}"
    pods = json.loads(bed.kubectl("-n", namespace, "get", "pods", "-l", labels, "-o", "json"))["items"]
    ready = [pod["metadata"]["name"] for pod in pods if _is_ready(pod["status"].get("conditions", ()))]
    assert ready, f"no vtgate of {cell} is ready"
    return str(ready[0])


def _is_ready(conditions: list[dict[str, str]]) -> bool:
    return any(each["type"] == "Ready" and each["status"] == "True" for each in conditions)

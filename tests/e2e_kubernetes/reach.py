"""A way to a Service of a cluster on a bed, or on a cluster that somebody brings."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from tests.testbed.fixtures import Bed
from tests.testbed.processes import wait_for
from vitessctl.targets.kubernetes.client import open_api

MYSQL = 3306


@contextmanager
def vtgate(bed: Bed, namespace: str, cluster: str, cell: str) -> Iterator[str]:
    """host:port of its MySQL."""
    with service(bed, namespace, f"{cluster}-vtgate-{cell}", MYSQL) as address:
        yield address


@contextmanager
def service(bed: Bed, namespace: str, name: str, port: int) -> Iterator[str]:
    """host:port of a Service, to which a bed's host has a route; elsewhere of a forward to one of its ready pods."""
    spec = json.loads(bed.kubectl("-n", namespace, "get", "service", name, "-o", "json"))["spec"]
    if bed.cluster is not None:
        until_open(spec["clusterIP"], port)
        yield f"{spec['clusterIP']}:{port}"
        return
    api = open_api(bed.context, kubeconfig=str(bed.kubeconfig))
    with api.forward(namespace, lambda: _pod(bed, namespace, spec["selector"]), port) as address:
        yield f"{address.host}:{address.port}"


def until_open(host: str, port: int, seconds: float = 30.0) -> None:
    """Wait until a Service leads somewhere: kube-proxy hears of a pod a moment after the pod became Ready."""
    wait_for(f"{host}:{port} does not answer", lambda: _is_open(host, port), [], seconds)


def _is_open(host: str, port: int) -> bool:
    try:
        socket.create_connection((host, port), timeout=5).close()
    except OSError:
        return False
    return True


def _pod(bed: Bed, namespace: str, selector: Mapping[str, str]) -> str:
    labels = ",".join(f"{key}={value}" for key, value in selector.items())
    pods = json.loads(bed.kubectl("-n", namespace, "get", "pods", "-l", labels, "-o", "json"))["items"]
    ready = [pod["metadata"]["name"] for pod in pods if _is_ready(pod["status"].get("conditions", ()))]
    if not ready:
        raise ConnectionRefusedError(f"no pod with {labels} is ready")
    return str(ready[0])


def _is_ready(conditions: list[dict[str, str]]) -> bool:
    return any(each["type"] == "Ready" and each["status"] == "True" for each in conditions)

"""What a bed does as a Kubernetes: pods, names, addresses, volumes; images without a registry."""

from __future__ import annotations

import json
import urllib.request
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.testbed.fixtures import Bed
from tests.testbed.processes import wait_for

STORE = Path(__file__).parent / "cases" / "store.yaml"


@pytest.fixture
def store(bed: Bed, namespace: str, etcd_archive: Path) -> str:
    """A namespace with a running etcd."""
    if bed.cluster is None:
        pytest.skip("images are imported into our own bed only")
    bed.cluster.import_image(etcd_archive)
    bed.kubectl("-n", namespace, "apply", "-f", str(STORE))
    bed.kubectl("-n", namespace, "rollout", "status", "statefulset/store", "--timeout=60s", timeout=70)
    return namespace


def objects(bed: Bed, namespace: str, *kind_and_name: str) -> Any:
    return json.loads(bed.kubectl("-n", namespace, "get", *kind_and_name, "-o", "json"))


def etcdctl(bed: Bed, namespace: str, *arguments: str) -> str:
    return bed.kubectl("-n", namespace, "exec", "store-0", "--", "/etcdctl", *arguments)


def test_a_pod_keeps_its_data_under_its_name(bed: Bed, store: str) -> None:
    etcdctl(bed, store, "put", "note", "kept")
    bed.kubectl("-n", store, "delete", "pod", "store-0")
    for condition in ("create", "condition=Ready"):  # the StatefulSet's own status may still be that of the old pod
        bed.kubectl("-n", store, "wait", "pod/store-0", f"--for={condition}", "--timeout=60s", timeout=70)
    address = f"http://store.{store}.svc:2379"
    assert "kept" in etcdctl(bed, store, "--endpoints", address, "get", "note")
    (claim,) = objects(bed, store, "pvc")["items"]
    assert claim["spec"]["storageClassName"] == "folders"
    assert claim["status"]["phase"] == "Bound"


def test_the_host_reaches_services_by_address_and_by_port_of_the_node(bed: Bed, store: str) -> None:
    service = objects(bed, store, "service", "store")["spec"]
    (node,) = objects(bed, store, "nodes")["items"]
    address = next(each["address"] for each in node["status"]["addresses"] if each["type"] == "InternalIP")
    for host in (f"{service['clusterIP']}:2379", f"{address}:{service['ports'][0]['nodePort']}"):
        wait_for(f"{host} does not answer", partial(healthy, host), [], 30)


def healthy(host: str) -> bool:
    """Whether etcd says so there; False while kube-proxy has not yet heard that its pod is ready."""
    try:
        with urllib.request.urlopen(f"http://{host}/health", timeout=5) as answer:
            return bool(json.load(answer)["health"] == "true")
    except OSError:
        return False


def test_names_outside_the_cluster_do_not_exist(bed: Bed, store: str) -> None:
    with pytest.raises(Exception, match="no such host"):
        etcdctl(bed, store, "--endpoints", "http://outside.invalid:2379", "--command-timeout=2s", "endpoint", "health")


def test_an_api_server_alone_checks_objects_and_leaves_pods_pending(api_server: Bed) -> None:
    api_server.kubectl("apply", "--server-side", "-f", str(STORE))
    with pytest.raises(Exception, match="unknown field"):
        api_server.kubectl("apply", "-f", "-", stdin=STORE.read_text().replace("replicas: 1", "replica: 1"))
    assert "StatefulSet" not in api_server.kubectl("get", "nodes")

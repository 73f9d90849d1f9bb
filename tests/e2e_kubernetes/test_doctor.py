"""The doctor on a Kubernetes: pods that hang, freed where nothing can be lost by it, and left where something could."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.e2e_kubernetes.cluster import Cluster
from tests.e2e_kubernetes.command import Vitessctl
from tests.testbed import fixtures
from tests.testbed.fixtures import Bed

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

THIRD, GHOST = "zone1-0000000102", "zone1-0000000109"
SET = f"minimal-vttablet-{THIRD}"
HOLD = "example.com/hold"
OVERDUE_SECONDS = 12.0
"""How long after the end of its grace a pod counts as one that hangs, and a little more."""


@pytest.fixture(scope="module")
def cluster(bed: Bed) -> Iterator[Cluster]:
    with fixtures.fresh_namespace(bed) as namespace:
        found = Cluster(bed, namespace, Vitessctl(bed, namespace))
        found.up()
        found.until_ready()
        yield found


def kubectl(cluster: Cluster, *words: str, stdin: str = "") -> str:
    return cluster.bed.kubectl("-n", cluster.namespace, *words, stdin=stdin)


def patch(cluster: Cluster, what: str, body: Any) -> None:
    kubectl(cluster, "patch", what, "--type=merge", "-p", json.dumps(body))


def doctor(cluster: Cluster, *words: str) -> list[dict[str, Any]]:
    """Every line of `doctor --output json`."""
    ran = cluster.vitessctl("doctor", "--output", "json", *words)
    return [json.loads(line) for line in ran.screen.splitlines() if line.startswith("{")]


def until(cluster: Cluster, condition: Callable[[dict[str, Any]], bool], seconds: float = 90.0) -> dict[str, Any]:
    """Look until the diagnosis is as wanted; AssertionError with its findings."""
    deadline = time.monotonic() + seconds
    while not condition(found := doctor(cluster)[0]):
        assert time.monotonic() < deadline, json.dumps(found["findings"], indent=1)
        time.sleep(1.0)
    return found


def ids(found: dict[str, Any]) -> set[str]:
    return {each["id"] for each in found["findings"]}


def outcomes(cluster: Cluster) -> list[tuple[str, str, str]]:
    """What `--fix` did: fix, subject, result."""
    done = [line for line in doctor(cluster, "--fix", "--yes") if line["type"] == "fixed"]
    return [(each["step"]["fix"], each["step"]["subject"], each["result"]) for each in done]


def test_a_cluster_that_is_well(cluster: Cluster) -> None:
    found = until(cluster, lambda found: bool(found["healthy"]))
    seen = found["examined"]

    assert {each["name"] for each in seen["volumes"]} == {f"zone1-{number:010d}" for number in (100, 101, 102)}
    assert all(each["size"] > each["free"] > 0 and each["inodes"] >= 0 for each in seen["volumes"])
    assert "the API server" in {each["name"] for each in seen["clocks"]}
    assert {each["name"] for each in seen["expiries"]} >= {"the API server's certificate"}
    assert seen["kubernetes"].startswith("v1.")
    assert (seen["in_the_way"], seen["unseen"], seen["pods"]) == ([], [], [])


def test_a_pod_that_a_finalizer_holds_on_a_living_node_is_named_and_left(cluster: Cluster) -> None:
    """Somebody's controller has something to do with it, and its volume is its own."""
    pod = f"{SET}-0"
    patch(cluster, f"pod/{pod}", {"metadata": {"finalizers": [HOLD]}})
    kubectl(cluster, "delete", "pod", pod, "--wait=false", "--grace-period=1")
    try:
        found = until(cluster, lambda found: "pod-held-by-finalizer" in ids(found))
        assert "pod-held-by-finalizer" in {each["id"] for each in cluster.status()["findings"]}
        (step,) = [each for each in found["steps"] if each["fix"] == "stuck-pod"]
        assert "is still there, and who put the finalizer on it may still have to do something" in step["refusal"]
        assert ("stuck-pod", f"Pod/{pod}", "helped") not in outcomes(cluster)
        assert HOLD in kubectl(cluster, "get", "pod", pod, "-o", "jsonpath={.metadata.finalizers}")
    finally:
        patch(cluster, f"pod/{pod}", {"metadata": {"finalizers": None}})
    cluster.until_ready()


def test_a_pod_whose_node_is_no_more_is_freed(cluster: Cluster) -> None:
    pod = f"minimal-vttablet-{GHOST}-0"
    own = {"vitessctl.io/component": "vttablet", "vitessctl.io/tablet-alias": GHOST}
    labels = {"vitessctl.io/cluster": "minimal", **own}
    spec = {"nodeName": "ghost", "containers": [{"name": "vttablet", "image": "vitess/lite:v24.0.4"}]}
    metadata = {"name": pod, "labels": labels, "finalizers": [HOLD]}
    body = {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}
    kubectl(cluster, "apply", "-f", "-", stdin=json.dumps(body))
    kubectl(cluster, "delete", "pod", pod, "--wait=false", "--grace-period=1")
    found = until(cluster, lambda found: bool(found["steps"]))

    (step,) = found["steps"]
    assert (step["subject"], step["refusal"]) == (f"Pod/{pod}", "")
    assert outcomes(cluster) == [("stuck-pod", f"Pod/{pod}", "helped")]
    assert pod not in kubectl(cluster, "get", "pods", "-o", "name")
    assert " doctor " in cluster.vitessctl("history").ok().screen


def test_a_pod_that_its_statefulset_waits_for_is_made_anew_on_the_same_volume(cluster: Cluster) -> None:
    """An image that cannot be had, and then the right one again: the pod in between is of neither revision."""
    claim = f"pvc/data-{SET}-0"
    before = kubectl(cluster, "get", claim, "-o", "jsonpath={.metadata.uid}")
    right = json.loads(kubectl(cluster, "get", "statefulset", SET, "-o", "json"))["spec"]["template"]["spec"]
    (container,) = [each for each in right["containers"] if each["name"] == "vttablet"]
    wrong = {**container, "image": "vitess/lite:none-such", "imagePullPolicy": "IfNotPresent"}
    patch(cluster, f"statefulset/{SET}", {"spec": {"template": {"spec": {"containers": [wrong]}}}})
    kubectl(cluster, "delete", "pod", f"{SET}-0")
    patch_back = {"spec": {"template": {"spec": {"containers": [container]}}}}
    until(cluster, lambda found: "component-down" in ids(found) or "record-without-process" in ids(found))
    patch(cluster, f"statefulset/{SET}", patch_back)

    found = until(cluster, lambda found: "pod-of-old-revision" in ids(found))
    (step,) = [each for each in found["steps"] if each["fix"] == "stuck-pod"]
    assert step["refusal"] == ""
    assert ("stuck-pod", f"Pod/{SET}-0", "helped") in outcomes(cluster)
    cluster.until_ready()
    assert kubectl(cluster, "get", claim, "-o", "jsonpath={.metadata.uid}") == before

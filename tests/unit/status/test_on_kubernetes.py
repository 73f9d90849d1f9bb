"""Pods of an API server in memory that do not go, from the object to the finding."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from tests.unit.status.looks import found
from tests.unit.status.test_findings import healthy
from tests.unit.targets.kubernetes.test_target import NAMESPACE, Bed
from vitessctl.status.judge import judge
from vitessctl.targets.base import ComponentStatus
from vitessctl.targets.kubernetes import kinds

POD = "minimal-vttablet-zone1-0000000100-0"


@pytest.fixture
def bed() -> Bed:
    """A cluster that is up, whose controllers stand still from now on."""
    bed = Bed()
    bed.target.apply(bed.documents)
    bed.api.rest()
    return bed


def deleted(bed: Bed, ago: float, **metadata: Any) -> None:
    """Somebody deleted the pod, and its grace period ended so many seconds ago."""
    until = datetime.now(timezone.utc) - timedelta(seconds=ago)
    pod = bed.api.stored(kinds.POD, NAMESPACE, POD)
    pod["metadata"] |= {"deletionTimestamp": until.strftime("%Y-%m-%dT%H:%M:%SZ"), **metadata}
    bed.api.put(pod)


def silent_node(bed: Bed) -> None:
    """Its node reports no more: the controllers have taken Ready from its pods, and cannot know of their containers."""
    pod = bed.api.stored(kinds.POD, NAMESPACE, POD)
    pod["spec"]["nodeName"] = "node2"
    conditions = [{"type": "Ready", "status": "False"}, {"type": "ContainersReady", "status": "True"}]
    bed.api.set_status(kinds.POD, NAMESPACE, POD, {**pod["status"], "conditions": conditions})
    bed.api.edit(kinds.POD, NAMESPACE, POD, {"spec": {"nodeName": "node2"}}, manager="scheduler")


def findings_of_pods(bed: Bed) -> dict[str, list[str]]:
    """What status says of the pods, in a cluster that is well otherwise."""
    context, observed = healthy()
    seen: tuple[ComponentStatus, ...] = tuple(bed.target.components())
    return found(judge(context.cluster, "kubernetes", replace(observed, components=seen), lambda *_: ""))


def test_pods_that_run_are_no_finding(bed: Bed) -> None:
    assert findings_of_pods(bed) == {}


def test_within_its_grace_a_pod_only_stops(bed: Bed) -> None:
    deleted(bed, ago=-30)

    (text,) = findings_of_pods(bed)["pod-terminating"]
    assert text.startswith(f"Pod/{POD}: is Terminating: ")
    assert text.endswith("s of its grace period are left")


def test_a_finalizer_is_named_that_holds_it(bed: Bed) -> None:
    deleted(bed, ago=90, finalizers=["example.com/backup", "example.com/audit"])

    (text,) = findings_of_pods(bed)["pod-held-by-finalizer"]
    assert "it is held by the finalizer example.com/backup, example.com/audit; its grace period ended 9" in text


def test_a_pod_past_its_grace(bed: Bed) -> None:
    deleted(bed, ago=90)

    assert list(findings_of_pods(bed)) == ["pod-past-its-grace"]


def test_a_pod_on_a_lost_node_hangs_for_that_reason_whatever_finalizers_it_has(bed: Bed) -> None:
    silent_node(bed)
    deleted(bed, ago=90, finalizers=["example.com/backup"])

    (text,) = findings_of_pods(bed)["pod-on-lost-node"]
    assert "node node2 does not report any more" in text


def test_a_pod_on_a_silent_node_is_not_believed_though_kubernetes_says_running(bed: Bed) -> None:
    silent_node(bed)

    said = f"Pod/{POD}: cannot be known to run: its node node2 does not report any more"
    assert findings_of_pods(bed) == {"pod-on-silent-node": [said]}

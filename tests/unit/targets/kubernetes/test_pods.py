"""What the status of a pod says at a glance."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest

from vitessctl.targets.base import Trouble
from vitessctl.targets.kubernetes import pods

NOW = datetime(2026, 11, 26, 12, 0, 30, tzinfo=timezone.utc)
RUNNING: dict[str, Any] = {"running": {"startedAt": "2026-11-26T12:00:10Z"}}


def a_pod(
    name: str,
    component: str = "vtgate",
    *,
    phase: str = "Running",
    ready: bool = True,
    leaving: bool = False,
    containers: dict[str, dict[str, Any]] | None = None,
    inits: dict[str, dict[str, Any]] | None = None,
    sidecars: tuple[str, ...] = (),
    **labels: str,
) -> dict[str, Any]:
    metadata: dict[str, Any] = {"name": name, "labels": {pods.COMPONENT: component, **labels}}
    if leaving:
        metadata["deletionTimestamp"] = "2026-11-26T12:00:20Z"
    return {
        "metadata": metadata,
        "spec": {"initContainers": [{"name": each, "restartPolicy": "Always"} for each in sidecars]},
        "status": {
            "phase": phase,
            "startTime": "2026-11-26T12:00:00Z",
            "conditions": [{"type": "Ready", "status": "True" if ready else "False"}],
            "initContainerStatuses": [{"name": each, **status} for each, status in (inits or {}).items()],
            "containerStatuses": [{"name": each, **status} for each, status in (containers or {}).items()],
        },
    }


@pytest.mark.parametrize(
    ("component", "labels", "subject"),
    [
        ("vttablet", {pods.ALIAS: "zone1-0000000100", pods.CELL: "zone1"}, "zone1-0000000100"),
        ("vtgate", {pods.CELL: "zone1"}, "zone1"),
        ("vtorc", {pods.CELL: "zone1"}, "zone1"),
        ("vtctld", {}, ""),
        ("etcd", {}, "etcd-2"),
        ("application", {pods.APPLICATION: "site"}, "site"),
    ],
)
def test_subjects_are_those_of_documents(component: str, labels: dict[str, str], subject: str) -> None:
    assert pods.subject_of(a_pod(f"shop-{component}-2", component, **labels)) == subject


def test_the_most_useful_pod_comes_first() -> None:
    there = [
        a_pod("a-leaving", leaving=True),
        a_pod("b-pending", phase="Pending", ready=False),
        a_pod("c-not-ready", ready=False),
        a_pod("d-ready"),
        a_pod("e-of-another", "vtctld"),
    ]
    found = pods.of({pod["metadata"]["name"]: pod for pod in there}, "vtgate", "")
    assert [pod["metadata"]["name"] for pod in found] == ["d-ready", "c-not-ready", "b-pending", "a-leaving"]


def test_of_a_cell_only_its_own() -> None:
    there = {name: a_pod(name, **{pods.CELL: name}) for name in ("zone1", "zone2")}
    assert pods.of(there, "vtgate", "zone2") == [there["zone2"]]
    assert pods.of(there, "vtgate", "zone3") == []


def test_a_subject_that_is_no_label_value_is_found_by_what_its_label_says() -> None:
    long = "cell" * 20
    pod = a_pod("vtgate", **{pods.CELL: pods.label_value(long)})
    assert pods.of({"vtgate": pod}, "vtgate", long) == [pod]


@pytest.mark.parametrize(("pod", "ready"), [
    (a_pod("a"), True),
    (a_pod("a", ready=False), False),
    (a_pod("a", leaving=True), False),
    ({"metadata": {"name": "a"}}, False),
])  # fmt: skip
def test_ready(pod: dict[str, Any], ready: bool) -> None:
    assert pods.ready(pod) is ready


@pytest.mark.parametrize(
    ("status", "ready"),
    [
        ({"ready": True, "state": RUNNING}, True),
        ({"ready": False, "started": True, "state": RUNNING}, False),  # its readiness probe has not passed
        ({"ready": True, "state": {"terminated": {"exitCode": 0}}}, False),
        ({}, False),
    ],
)
def test_a_container_is_ready(status: dict[str, Any], ready: bool) -> None:
    assert pods.container_ready(a_pod("a", inits={"mysqld": status}), "mysqld") is ready


def test_a_container_that_is_not_there_is_not_ready() -> None:
    assert not pods.container_ready(a_pod("a"), "mysqld")


@pytest.mark.parametrize(
    ("pod", "word"),
    [
        (a_pod("a", containers={"vtgate": {"state": RUNNING}}), "Running"),
        (a_pod("a", leaving=True), "Terminating"),
        (
            a_pod("a", phase="Pending", containers={"vtgate": {"state": {"waiting": {"reason": "ImagePullBackOff"}}}}),
            "ImagePullBackOff",
        ),
        # What every pod goes through is no news.
        (
            a_pod("a", phase="Pending", containers={"vtgate": {"state": {"waiting": {"reason": "ContainerCreating"}}}}),
            "Pending",
        ),
        (
            a_pod("a", containers={"vtgate": {"state": {"terminated": {"exitCode": 137, "reason": "OOMKilled"}}}}),
            "OOMKilled",
        ),
        (a_pod("a", containers={"vtgate": {"state": {"terminated": {"exitCode": 2}}}}), "Error"),
        # An init container that has done its work says nothing.
        (a_pod("a", inits={"mysqlctld": {"state": {"terminated": {"exitCode": 0}}}}), "Running"),
        ({"metadata": {"name": "a"}, "spec": {}}, "Unknown"),
    ],
)  # fmt: skip
def test_the_word_that_kubectl_shows(pod: dict[str, Any], word: str) -> None:
    assert pods.state_word(pod) == word


def test_the_line_of_a_tablet() -> None:
    pod = a_pod(
        "shop-vttablet-100-0",
        "vttablet",
        inits={
            "mysqlctld": {"state": {"terminated": {"exitCode": 0}}, "restartCount": 0},
            "mysqld": {"state": RUNNING, "restartCount": 1},
        },
        containers={"vttablet": {"state": RUNNING, "restartCount": 2}},
        sidecars=("mysqld",),
        **{pods.ALIAS: "zone1-0000000100"},
    )

    line = pods.component_status(pod, NOW)

    assert (line.label, line.subject, line.state) == ("Pod/shop-vttablet-100-0", "zone1-0000000100", "Running")
    assert (line.running, line.restarts, line.since) == (True, 3, 30.0)


def test_a_tablet_without_its_mysql_does_not_run() -> None:
    pod = a_pod(
        "a",
        "vttablet",
        inits={"mysqld": {"state": {"waiting": {"reason": "CrashLoopBackOff"}}}},
        containers={"vttablet": {"state": RUNNING}},
        sidecars=("mysqld",),
    )
    line = pods.component_status(pod, NOW)
    assert (line.running, line.state) == (False, "CrashLoopBackOff")


def test_a_pod_that_no_node_has_yet_has_no_age() -> None:
    assert pods.component_status({"metadata": {"name": "a"}, "spec": {}}, NOW).since == 0.0


# Why a pod does not go, or cannot be seen. It is 12:00:30; the fixture's pods were to be gone by 12:00:20.


def leaving_pod(
    until: str = "2026-11-26T12:00:00Z", *, conditions: dict[str, str] | None = None, **changes: Any
) -> dict[str, Any]:
    pod = a_pod("a", leaving=True, containers={"vttablet": {"state": changes.pop("state", RUNNING)}})
    pod["metadata"] |= {"deletionTimestamp": until, **changes}
    pod["spec"]["nodeName"] = "node2"
    found = [{"type": kind, "status": status} for kind, status in (conditions or {}).items()]
    return pod | {"status": {**pod["status"], "conditions": found}}


ENDED: dict[str, Any] = {"terminated": {"exitCode": 0}}
SILENT = {"Ready": "False", "ContainersReady": "True"}
FINALIZER = ["example.com/backup"]


@pytest.mark.parametrize(
    ("pod", "trouble", "said"),
    [
        (a_pod("a"), None, ""),
        (leaving_pod("2026-11-26T12:00:50Z"), Trouble.LEAVING, "20 s of its grace period are left"),
        (leaving_pod("2026-11-26T12:00:25Z"), Trouble.LEAVING, "0 s of its grace period are left"),
        (
            leaving_pod(),
            Trouble.OVERDUE,
            "its grace period ended 30 s ago, and its containers or volumes are still there",
        ),
        (
            leaving_pod(finalizers=FINALIZER),
            Trouble.FINALIZER,
            "it is held by the finalizer example.com/backup; its grace period ended 30 s ago",
        ),
        # Its containers have ended before the grace did: only the finalizer is left.
        (
            leaving_pod("2026-11-26T12:00:50Z", finalizers=FINALIZER, state=ENDED),
            Trouble.FINALIZER,
            "it is held by the finalizer example.com/backup; its grace period ended 0 s ago",
        ),
        (
            leaving_pod("2026-11-26T12:00:50Z", finalizers=FINALIZER),
            Trouble.LEAVING,
            "20 s of its grace period are left",
        ),
        (
            leaving_pod(conditions=SILENT, finalizers=FINALIZER),
            Trouble.NODE,
            "node node2 does not report any more, so nobody knows whether its containers have ended",
        ),
    ],
)
def test_why_a_pod_does_not_go(pod: dict[str, Any], trouble: Trouble | None, said: str) -> None:
    line = pods.component_status(pod, NOW)

    assert (line.trouble, line.detail) == (trouble, said)


def test_a_pod_whose_node_is_silent_is_not_trusted_though_its_containers_seem_to_run() -> None:
    pod = leaving_pod(conditions=SILENT)
    del pod["metadata"]["deletionTimestamp"]

    line = pods.component_status(pod, NOW)

    assert (line.running, line.trouble, line.node) == (True, Trouble.SILENT_NODE, "node2")


def test_a_pod_that_is_deleted_for_its_nodes_taint_is_on_a_silent_node() -> None:
    pod = leaving_pod()
    pod["status"]["conditions"] = [{"type": "DisruptionTarget", "status": "True", "reason": "DeletionByTaintManager"}]

    assert pods.trouble_of(pod, NOW)[0] is Trouble.NODE

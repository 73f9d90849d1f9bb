"""Whether a rollout is over, whether MySQL is up, and which tablets run what was applied before."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from tests.unit.targets.kubernetes.test_target import NAMESPACE, TABLET, Bed
from vitessctl.targets.base import State, Verdict
from vitessctl.targets.kubernetes import kinds
from vitessctl.targets.kubernetes.interface import Executed, Kind
from vitessctl.targets.kubernetes.snapshot import NO_LABELS, Lists
from vitessctl.targets.kubernetes.verdicts import Workloads

GATE = "Deployment/minimal-vtgate-zone1"
ETCD = "StatefulSet/minimal-etcd"
POD = f"minimal-vttablet-{TABLET}-0"


@pytest.fixture
def bed() -> Bed:
    bed = Bed()
    bed.target.apply(bed.documents)
    bed.api.rest()
    return bed


def workloads(bed: Bed) -> Workloads:
    return Workloads(bed.cluster, bed.api, Lists(bed.api, NAMESPACE, {"vitessctl.io/cluster": "minimal"}))


def settled(bed: Bed, label: str, **status: Any) -> Verdict:
    document = bed.document(label)
    kind = kinds.of(document.data)
    live = bed.api.stored(kind, NAMESPACE, document.name)
    bed.api.set_status(kind, NAMESPACE, document.name, {**live["status"], **status})
    return workloads(bed).settled(document)


@pytest.mark.parametrize(
    ("label", "status", "reason"),
    [
        (GATE, {}, ""),
        (GATE, {"updatedReplicas": 0}, "minimal-vtgate-zone1: 0 of 1 pods are of the new kind"),
        (GATE, {"replicas": 3}, "minimal-vtgate-zone1: 2 pods of the old kind are left"),
        (GATE, {"availableReplicas": 0}, "minimal-vtgate-zone1: 0 of 1 pods are ready"),
        (GATE, {"observedGeneration": 0}, "minimal-vtgate-zone1: its controller has not seen the change yet"),
        (ETCD, {}, ""),
        (
            ETCD,
            {"updateRevision": "new", "updatedReplicas": 0, "replicas": 1},
            "minimal-etcd: 0 of 1 pods are of the new kind",
        ),
        # A tablet waits for its turn, which is another stage's business.
        (f"StatefulSet/minimal-vttablet-{TABLET}", {"updateRevision": "new", "updatedReplicas": 0}, ""),
    ],
)
def test_a_rollout(bed: Bed, label: str, status: dict[str, Any], reason: str) -> None:
    verdict = settled(bed, label, **status)
    assert (verdict.ready, verdict.reason) == (not reason, reason)


VTORC = "Deployment/minimal-vtorc-zone1"


@pytest.mark.parametrize(
    ("label", "spec", "status", "replaced"),
    [
        (VTORC, {}, {"availableReplicas": 0}, True),
        (VTORC, {}, {"observedGeneration": 0}, False),
        (VTORC, {}, {"updatedReplicas": 0}, False),
        (VTORC, {}, {"replicas": 2}, False),
        (VTORC, {"replicas": 2}, {"replicas": 2, "updatedReplicas": 2}, False),
        (ETCD, {}, {}, False),
    ],
)
def test_only_one_can_answer(
    bed: Bed, label: str, spec: dict[str, Any], status: dict[str, Any], replaced: bool
) -> None:
    document = bed.document(label)
    kind = kinds.of(document.data)
    live = bed.api.stored(kind, NAMESPACE, document.name)
    bed.api.put({**live, "spec": {**live["spec"], **spec}, "status": {**live["status"], **status}})

    assert workloads(bed).replaced([document]) is replaced


def test_a_pod_that_ends_may_still_answer(bed: Bed) -> None:
    """Its Deployment does not count it any more."""
    [pod] = [pod for pod in bed.api.list(kinds.POD, NAMESPACE) if "vtorc" in pod["metadata"]["name"]]
    name = pod["metadata"]["name"]
    old = {**pod["metadata"], "name": f"{name}-old", "uid": "old", "deletionTimestamp": "2026-11-27T20:00:00Z"}
    bed.api.put({**pod, "metadata": old})

    assert not workloads(bed).replaced([bed.document(VTORC)])


def test_one_of_which_the_kubelet_has_not_said_that_it_runs_is_waited_for(bed: Bed) -> None:
    """It may answer already; but `status`, asked right after `up`, would call it an error."""
    [pod] = [pod for pod in bed.api.list(kinds.POD, NAMESPACE) if "vtorc" in pod["metadata"]["name"]]
    bed.api.put({**pod, "status": {**pod["status"], "phase": "Pending"}})

    assert not workloads(bed).replaced([bed.document(VTORC)])


@pytest.mark.parametrize(
    ("where", "more"),
    [("containers", {"name": "exporter"}), ("initContainers", {"name": "proxy", "restartPolicy": "Always"})],
)
def test_a_sidecar_that_nobody_has_asked_is_waited_for(bed: Bed, where: str, more: dict[str, str]) -> None:
    live = bed.api.stored(kinds.DEPLOYMENT, NAMESPACE, "minimal-vtorc-zone1")
    spec = live["spec"]["template"]["spec"]
    spec[where] = [*spec.get(where, ()), more]
    bed.api.put(live)

    assert not workloads(bed).replaced([bed.document(VTORC)])


@pytest.mark.parametrize("probe", ["startupProbe", "readinessProbe", "livenessProbe"])
def test_a_probe_of_somebodys_own_is_waited_for(bed: Bed, probe: str) -> None:
    """That it passes nobody knows but the kubelet: with a wrong path it never does."""
    live = bed.api.stored(kinds.DEPLOYMENT, NAMESPACE, "minimal-vtorc-zone1")
    [container] = live["spec"]["template"]["spec"]["containers"]
    container[probe]["httpGet"]["path"] = "/nope"
    bed.api.put(live)

    assert not workloads(bed).replaced([bed.document(VTORC)])


def test_a_list_of_before_the_deployment_was_looked_at_shows_nothing(bed: Bed) -> None:
    """One that took long is kept long: it may hold the old pod alone."""
    now = [0.0]

    class Slow(Lists):
        def _take(self, kind: Kind, labels: Mapping[str, str] = NO_LABELS) -> Any:
            now[0] += 10.0
            taken = super()._take(kind, labels)
            return replace(taken, seconds=10.0)

    lists = Slow(bed.api, NAMESPACE, {"vitessctl.io/cluster": "minimal"}, lambda: now[0])
    seen = Workloads(bed.cluster, bed.api, lists, lambda: now[0])
    assert seen.replaced([bed.document(VTORC)])
    [pod] = [pod for pod in bed.api.list(kinds.POD, NAMESPACE) if "vtorc" in pod["metadata"]["name"]]
    bed.api.put({**pod, "metadata": {**pod["metadata"], "name": "new", "uid": "new"}})

    assert not seen.replaced([bed.document(VTORC)])


def test_a_first_start_of_mysql_is_one_that_was_seen_from_before(bed: Bed) -> None:
    tablet = next(iter(bed.cluster.tablets()))
    seen = workloads(bed)
    found = []
    for status in (
        {"ready": False, "state": {"running": {}}, "restartCount": 0},  # it may have run before, and a socket be left
        {"ready": False, "state": {"waiting": {"reason": "PodInitializing"}}, "restartCount": 0},
        {"ready": False, "state": {"running": {}}, "restartCount": 0},
        {"ready": False, "state": {"running": {}}, "restartCount": 1},
    ):
        pod_with(bed, "mysqld", **status)
        seen._lists.forget()
        found.append(seen.mysql(tablet).first)

    assert found == [False, True, True, False]


def test_what_is_not_there_is_not_replaced() -> None:
    bed = Bed()
    assert not workloads(bed).replaced([bed.document(VTORC)])


def test_what_is_not_there_is_waited_for() -> None:
    bed = Bed()
    verdict = workloads(bed).settled(bed.document(GATE))
    assert (verdict.state, verdict.reason) == (State.WAITING, f"{GATE} is not there")


def pod_with(bed: Bed, container: str, **status: Any) -> None:
    """The tablet's pod, with another status of one of its containers."""
    pod = bed.api.stored(kinds.POD, NAMESPACE, POD)
    for each in (*pod["status"]["initContainerStatuses"], *pod["status"]["containerStatuses"]):
        if each["name"] == container:
            each.update(status)
    bed.api.put(pod)


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        ({"ready": False}, "MySQL is being initialised"),
        ({"ready": False, "state": {"waiting": {"reason": "ImagePullBackOff"}}}, "its pod is ImagePullBackOff"),
        ({"ready": False, "state": {}}, "its pod is Running"),
    ],
)
def test_why_mysql_is_not_up(bed: Bed, status: dict[str, Any], reason: str) -> None:
    pod_with(bed, "mysqld", **status)
    verdict = workloads(bed).mysql(next(iter(bed.cluster.tablets())))
    assert (verdict.state, verdict.reason) == (State.WAITING, reason)


@pytest.mark.parametrize(
    ("waiting", "reason"),
    [
        ({"reason": "ImagePullBackOff"}, "its pod is ImagePullBackOff"),
        ({"reason": "PodInitializing"}, "its pod is PodInitializing"),
    ],
)
def test_a_mysql_whose_mysqlctld_is_not_brought_is_not_being_initialised(
    bed: Bed, waiting: dict[str, str], reason: str
) -> None:
    asked: list[object] = []
    bed.api.on_execute(lambda *words: asked.append(words) or Executed(0, "", ""))
    long_ago = {"running": {"startedAt": "2020-01-01T00:00:00Z"}}
    pod_with(bed, "mysqld", ready=False, state=long_ago, containerID="containerd://1")
    pod_with(bed, "keyspace", ready=False, state={"waiting": waiting})
    verdict = workloads(bed).mysql(next(iter(bed.cluster.tablets())))
    assert (verdict.state, verdict.reason, verdict.first) == (State.WAITING, reason, False)
    assert not asked, "there is no error log yet"


def test_one_that_has_been_brought_is_looked_at_even_if_its_bringer_ends_again_and_again(bed: Bed) -> None:
    pod_with(bed, "mysqld", ready=False, state={"running": {}})
    pod_with(bed, "keyspace", state={"waiting": {"reason": "CrashLoopBackOff"}}, restartCount=2)
    verdict = workloads(bed).mysql(next(iter(bed.cluster.tablets())))
    assert verdict.reason == "MySQL is being initialised"


def test_a_mysqld_that_has_ended_is_told_from_its_error_log(bed: Bed) -> None:
    """Its container runs on, since its mysqlctld waits for it."""
    state = {"running": {"startedAt": "2026-11-27T09:15:57Z"}}
    pod_with(bed, "mysqld", ready=False, containerID="containerd://1", state=state)
    said = "2026-11-27T09:15:59.0Z 1 [ERROR] [MY-011906] [InnoDB] Database page corruption on disk or a failed file\n"
    ended = "2026-11-27T09:15:59.0Z mysqld_safe mysqld from pid file mysql.pid ended\n"
    bed.api.on_execute(lambda *_: Executed(0, said + ended, ""))
    tablet, now = next(iter(bed.cluster.tablets())), [100.0]
    seen = Workloads(
        bed.cluster, bed.api, Lists(bed.api, NAMESPACE, {"vitessctl.io/cluster": "minimal"}), lambda: now[0]
    )

    assert seen.mysql(tablet) == Verdict.waiting("MySQL is being initialised")
    now[0] += 5
    verdict = seen.mysql(tablet)

    assert (verdict.state, verdict.given_up) == (State.DOOMED, "containerd://1")
    assert verdict.reason == "its mysqld has ended: MySQL's data files are damaged or missing"


def test_where_every_mysql_is_up_no_error_log_is_looked_at(bed: Bed) -> None:
    bed.api.requests.clear()
    assert all(workloads(bed).mysql(tablet).ready for tablet in bed.cluster.tablets())
    assert {request.verb for request in bed.api.requests} == {"list"}


def test_mysql_without_a_pod() -> None:
    bed = Bed()
    verdict = workloads(bed).mysql(next(iter(bed.cluster.tablets())))
    assert (verdict.state, verdict.reason) == (State.WAITING, "its pod is not there yet")


@pytest.mark.parametrize(
    ("said", "state"),
    [
        (["held: its data is gone, and the topology names it primary of messages/0"], State.HELD),
        (["held: earlier", "vtctld does not answer"], State.READY),  # only its last word counts
        ([], State.READY),
    ],
)
def test_a_tablet_is_held_as_long_as_its_waiting_container_says_so(bed: Bed, said: list[str], state: State) -> None:
    pod_with(bed, "keyspace", state={"running": {}})
    bed.api.write_log(NAMESPACE, POD, "keyspace", *said)
    assert workloads(bed).mysql(next(iter(bed.cluster.tablets()))).state is state


def test_what_keeps_vttablet_from_starting_is_the_last_word_of_the_container_that_waits(bed: Bed) -> None:
    pod_with(bed, "keyspace", state={"running": {}})
    bed.api.write_log(NAMESPACE, POD, "keyspace", "no answer of vtctld within 5 s", "node doesn't exist: messages")

    verdict = workloads(bed).mysql(next(iter(bed.cluster.tablets())))
    assert verdict.ready
    assert verdict.reason == "its vttablet waits for its keyspace: node doesn't exist: messages"


def test_one_that_has_begun_is_not_held_whatever_it_once_said(bed: Bed) -> None:
    bed.api.write_log(NAMESPACE, POD, "keyspace", "held: its data is gone")
    assert workloads(bed).mysql(next(iter(bed.cluster.tablets()))).ready


ROLLING = {"updateRevision": "another", "updatedReplicas": 0, "replicas": 1}
"""What a controller says of a tablet whose pod is of an earlier revision."""


def test_outdated_are_those_whose_pod_is_of_another_revision(bed: Bed) -> None:
    name = f"minimal-vttablet-{TABLET}"
    live = bed.api.stored(kinds.STATEFUL_SET, NAMESPACE, name)
    tablets = list(bed.cluster.tablets())
    assert workloads(bed).outdated(tablets) == []

    bed.api.set_status(kinds.STATEFUL_SET, NAMESPACE, name, {**live["status"], **ROLLING})
    assert workloads(bed).outdated(tablets) == [TABLET]

    bed.api.remove(kinds.POD, NAMESPACE, POD)  # it comes back as it is applied now
    assert workloads(bed).outdated(tablets) == []


def test_a_container_that_has_just_been_restarted_is_quoted_from_its_earlier_life(bed: Bed) -> None:
    bed.api.write_log(NAMESPACE, POD, "vttablet", "unknown flag: --bogus", previous=True)
    pod = bed.api.stored(kinds.POD, NAMESPACE, POD)
    assert list(workloads(bed).lines(pod, "vttablet", 5)) == []

    pod_with(bed, "vttablet", restartCount=1)
    pod = bed.api.stored(kinds.POD, NAMESPACE, POD)
    assert list(workloads(bed).lines(pod, "vttablet", 5)) == ["unknown flag: --bogus"]
    assert list(workloads(bed).lines(pod, "sidecar", 5)) == []


def test_events_are_read_only_when_something_is_strange(bed: Bed) -> None:
    document = bed.document(GATE)
    workloads(bed).verdict(document)
    assert [request for request in bed.api.requests if request.kind.name == "Event"] == []

    pod = bed.api.stored(kinds.POD, NAMESPACE, POD)
    pod["status"] = {
        "phase": "Pending",
        "startTime": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 60)),
    }
    bed.api.put(pod)
    workloads(bed).verdict(document)
    assert [str(request) for request in bed.api.requests if request.kind.name == "Event"] == ["list events"]

"""The verdict on a workload, from what the API server says of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from tests.unit.diagnose.kubernetes.scenes import (
    WITH_CLAIM,
    at,
    claim,
    document,
    event,
    node,
    pod,
    running,
    sight,
    unscheduled,
    workload,
)
from vitessctl.diagnose.kubernetes import Counts, Judgement, Sight, explain_wait, workload_verdict
from vitessctl.diagnose.kubernetes.judge import judge
from vitessctl.targets.base import State

Lines = Mapping[tuple[str, str, bool], Sequence[str]]
NOT_FOUND = (
    'Failed to pull image "vitess/lite:v24.0.4": failed to resolve image: docker.io/vitess/lite:v24.0.4: not found'
)
BACK_OFF = {"waiting": {"reason": "ImagePullBackOff", "message": 'Back-off pulling image "vitess/lite:v24.0.4"'}}
CRASHING = {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off 20s restarting failed container"}}


def ended(code: int = 1, reason: str = "Error", when: float = -20) -> dict[str, Any]:
    return {"terminated": {"exitCode": code, "reason": reason, "finishedAt": at(when)}}


def judged(seen: Sight, logs: Lines | None = None, **options: Any) -> Judgement:
    """With the given logs; reading any other log is an error of the test."""
    return judge(seen, lambda *where: (logs or {})[where], "24", **options)


def test_a_pod_whose_containers_started_is_there() -> None:
    judgement = judged(sight(running()))
    assert judgement.verdict.ready
    assert judgement.replace_pods == ()


def test_a_vttablet_need_not_be_ready_since_its_shard_has_no_primary_yet() -> None:
    unready = running(conditions=[{"type": "Ready", "status": "False"}])
    failing = event("Unhealthy", "Readiness probe failed: HTTP probe failed with statuscode: 500", container="vttablet")
    seen = sight(unready, events=[failing])
    assert judged(seen, counts=Counts.STARTED).verdict.ready
    strict = judged(seen, counts=Counts.READY).verdict
    assert (strict.state, strict.reason) == (
        State.WAITING,
        "container vttablet is not ready: Readiness probe failed: HTTP probe failed with statuscode: 500",
    )


def test_a_native_sidecar_counts_when_it_started_and_a_plain_init_container_when_it_ended_well() -> None:
    spec = {
        "initContainers": [
            {"name": "copy", "image": "vitess/lite"},
            {"name": "mysqld", "image": "mysql", "restartPolicy": "Always"},
        ]
    }
    states = [
        {"name": "copy", "state": {"terminated": {"exitCode": 0}}, "started": False},
        {"name": "mysqld", "state": {"running": {"startedAt": at(-7)}}, "started": False},
    ]
    seen = sight(pod(spec=spec, initContainerStatuses=states))
    assert judged(seen).verdict.reason == "container mysqld starts (7 s)"
    states[1]["started"] = True
    assert judged(sight(running(spec=spec, initContainerStatuses=states))).verdict.ready


@pytest.mark.parametrize(
    ("seen", "reason"),
    [
        (Sight(document(), None), "StatefulSet/shop-a is not applied yet"),
        (
            sight(running(), live=workload(observedGeneration=1)),
            "the controller has not looked at StatefulSet/shop-a yet",
        ),
        (sight(), "pod shop-a-0 is not made yet"),
        (sight(running("shop-a-0"), wanted=document(replicas=2)), "pod shop-a-1 is not made yet"),
        (sight(pod()), "container vttablet is being made"),
        (
            sight(pod(), events=[event("Pulling", 'Pulling image "vitess/lite:v24.0.4"', last=-12)]),
            "pulling image vitess/lite:v24.0.4 (12 s)",
        ),
        (sight(pod(spec={"nodeName": None})), "pod shop-a-0 is to be scheduled"),
        (sight(running(metadata={"deletionTimestamp": at(20)})), "pod shop-a-0 is stopping"),
        (
            sight(running(labels={"controller-revision-hash": "shop-a-1"})),
            "pod shop-a-0 still runs the template of before",
        ),
    ],
)
def test_what_is_only_on_its_way_is_waited_for(seen: Sight, reason: str) -> None:
    verdict = judged(seen).verdict
    assert (verdict.state, verdict.reason) == (State.WAITING, reason)
    assert explain_wait(seen) == reason


def test_a_restart_that_is_put_off_counts_as_done() -> None:
    assert judged(sight(running(labels={"controller-revision-hash": "shop-a-1"})), old_revision=True).verdict.ready


def test_no_pods_wanted_is_ready_at_once() -> None:
    assert judged(sight(wanted=document(replicas=0))).verdict.ready


def test_a_container_that_starts_says_what_its_probe_asks_and_what_it_was_told() -> None:
    probe = {"startupProbe": {"httpGet": {"path": "/debug/health", "port": 15000}}}
    starting = pod(state={"running": {"startedAt": at(-9)}}, container_spec=probe)
    assert explain_wait(sight(starting)) == "container vttablet starts (9 s) (startup GET /debug/health on port 15000)"
    refused = event("Unhealthy", "Startup probe failed: connection refused", container="vttablet")
    assert explain_wait(sight(starting, events=[refused])) == (
        "container vttablet starts (9 s): Startup probe failed: connection refused"
    )


# ---- images ----


def test_the_first_precise_word_about_an_image_outlives_the_back_off() -> None:
    events = [
        event("Failed", NOT_FOUND, last=-30, container="vttablet"),
        event("BackOff", 'Back-off pulling image "vitess/lite:v24.0.4"', last=-3, count=4, container="vttablet"),
        event("Failed", "Error: ImagePullBackOff", last=-3, container="vttablet"),
    ]
    verdict = judged(sight(pod(state=BACK_OFF), events=events)).verdict
    assert verdict.state is State.DOOMED
    assert verdict.reason == "the image vitess/lite:v24.0.4 does not exist in its registry (container vttablet)"
    assert verdict.fix == "Mend image or images in cluster.yaml; look which tags there are."
    assert any(NOT_FOUND in line for line in verdict.evidence)
    assert any("(4 times)" in line for line in verdict.evidence)


def test_a_registry_that_does_not_answer_may_come_back() -> None:
    message = 'failed to do request: Head "https://r/v2/": dial tcp: lookup r: no such host'
    verdict = judged(sight(pod(state={"waiting": {"reason": "ErrImagePull", "message": message}}))).verdict
    assert verdict.state is State.WAITING
    assert verdict.reason == "node node-1 cannot reach the registry of the image vitess/lite:v24.0.4: no such host"
    assert verdict.fix.startswith("Look at the node's network")


def test_what_was_seen_before_this_run_began_proves_nothing() -> None:
    """Somebody may have pushed the image since; the kubelet tries again within minutes."""
    old = event("Failed", NOT_FOUND, last=-300, container="vttablet")
    seen = sight(pod(state=BACK_OFF), events=[old], since=-10)
    assert judged(seen).verdict.state is State.WAITING
    again = sight(pod(state=BACK_OFF), events=[old, event("Failed", NOT_FOUND, last=-2)], since=-10)
    assert judged(again).verdict.state is State.DOOMED


def test_events_of_the_pod_that_had_the_name_before_are_not_its_own() -> None:
    stale = event("Failed", NOT_FOUND, uid="uid-of-the-one-before")
    assert judged(sight(pod(state=BACK_OFF), events=[stale])).verdict.state is State.WAITING


# ---- scheduling and volumes ----

NO_ROOM = (
    "0/1 nodes are available: 1 Insufficient cpu, 1 Insufficient memory. no new claims to deallocate, "
    "preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling."
)
LARGE = {"resources": {"requests": {"cpu": "64", "memory": "1Ti"}}}


def test_a_pod_that_does_not_fit_names_what_it_asks_for_and_what_there_is() -> None:
    seen = sight(unscheduled(NO_ROOM, container_spec=LARGE), nodes=[node(), node("node-2", cpu="4", memory="8Gi")])
    verdict = judged(seen).verdict
    assert verdict.state is State.DOOMED
    assert verdict.reason == (
        "no node has room for pod shop-a-0: it asks for 64 cpu and 1Ti memory; the largest node has 4 cpu and 24Gi"
        " memory (0/1 nodes are available: 1 Insufficient cpu, 1 Insufficient memory)"
    )
    assert "resources: none" in verdict.fix


def test_a_pod_that_does_not_fit_for_a_moment_is_waited_for() -> None:
    assert judged(sight(unscheduled(NO_ROOM, since=-5, container_spec=LARGE))).verdict.state is State.WAITING


def test_a_node_that_is_being_added_is_waited_for() -> None:
    growing = event("TriggeredScaleUp", "pod triggered scale-up: [{pool 1->2 (max: 5)}]")
    verdict = judged(sight(unscheduled(NO_ROOM, container_spec=LARGE), events=[growing])).verdict
    assert (verdict.state, verdict.reason) == (
        State.WAITING,
        "the cluster's autoscaler adds a node for pod shop-a-0",
    )


def test_a_volume_of_a_class_that_does_not_exist_is_named_with_its_claim() -> None:
    events = [
        event(
            "ProvisioningFailed",
            'storageclass.storage.k8s.io "nope" not found',
            of=("PersistentVolumeClaim", "data-shop-a-0"),
        )
    ]
    stuck = unscheduled("0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims.", spec=WITH_CLAIM)
    verdict = judged(sight(stuck, events=events, claims=[claim(storage_class="nope")])).verdict
    assert verdict.state is State.DOOMED
    assert verdict.reason == "the volume data-shop-a-0 cannot be made, there is no StorageClass nope"
    assert verdict.evidence == (
        'PersistentVolumeClaim data-shop-a-0: ProvisioningFailed: storageclass.storage.k8s.io "nope" not found',
    )


def test_a_volume_that_waits_for_its_pod_is_no_fault() -> None:
    waits = event(
        "WaitForFirstConsumer",
        "waiting for first consumer to be created before binding",
        of=("PersistentVolumeClaim", "data-shop-a-0"),
    )
    fresh = pod(spec={"nodeName": None, **WITH_CLAIM})
    assert judged(sight(fresh, events=[waits], claims=[claim()])).verdict.reason == "pod shop-a-0 is to be scheduled"


# ---- pods that are not made ----

OVER_QUOTA = (
    'create Pod shop-a-0 in StatefulSet shop-a failed error: pods "shop-a-0" is forbidden: exceeded quota: small, '
    "requested: pods=1, used: pods=3, limited: pods=3"
)


def test_a_statefulset_tells_only_in_events_why_it_makes_no_pod() -> None:
    verdict = judged(sight(events=[event("FailedCreate", OVER_QUOTA, of=("StatefulSet", "shop-a"))])).verdict
    assert verdict.state is State.DOOMED
    assert verdict.reason == (
        "the quota small of namespace shop is used up: this asks for pods=1, pods=3 of pods=3 are taken"
    )
    assert verdict.evidence == (f"StatefulSet shop-a: FailedCreate: {OVER_QUOTA}",)


def test_a_failure_to_make_a_pod_that_exists_by_now_is_over() -> None:
    old = event("FailedCreate", OVER_QUOTA, of=("StatefulSet", "shop-a"))
    assert judged(sight(running(), events=[old])).verdict.ready


def test_the_failure_of_another_workload_is_not_ours() -> None:
    other = event("FailedCreate", OVER_QUOTA, of=("StatefulSet", "shop-ab"))
    assert judged(sight(events=[other])).verdict.state is State.WAITING


@pytest.mark.parametrize("told_by", ["event", "condition"])
def test_a_deployment_tells_it_in_events_of_its_newest_replica_set_or_in_a_condition(told_by: str) -> None:
    message = 'pods "shop-a-6d4-" is forbidden: no PriorityClass with name db was found'
    conditions = [{"type": "Progressing", "status": "True", "message": 'ReplicaSet "shop-a-6d4" is progressing.'}]
    if told_by == "condition":
        conditions.append({"type": "ReplicaFailure", "status": "True", "reason": "FailedCreate", "message": message})
    events = [event("FailedCreate", message, of=("ReplicaSet", "shop-a-6d4"))] if told_by == "event" else []
    seen = sight(wanted=document("Deployment"), live=workload("Deployment", conditions=conditions), events=events)
    assert judged(seen).verdict.reason == "the PriorityClass db does not exist"


def test_pods_of_a_deployments_older_replica_set_are_not_looked_at() -> None:
    conditions = [{"type": "Progressing", "status": "True", "message": 'ReplicaSet "shop-a-6d4" is progressing.'}]
    live = workload("Deployment", conditions=conditions)
    old = pod("shop-a-111-x", state=BACK_OFF, labels={"pod-template-hash": "111"})
    new = running("shop-a-6d4-y", labels={"pod-template-hash": "6d4"})
    assert judged(sight(old, new, wanted=document("Deployment"), live=live)).verdict.ready
    assert judged(sight(old, wanted=document("Deployment"), live=live)).verdict.reason == "1 of 1 pods are not made yet"


# ---- containers that end ----

UNKNOWN_FLAG = ("shop-a-0", "vttablet", True), ['{"level":"ERROR","msg":"unknown flag: --enable-semi-sync"}']


def test_a_crash_is_explained_by_vitess_own_words() -> None:
    seen = sight(pod(state=CRASHING, last=ended(), restarts=2))
    verdict = judged(seen, dict([UNKNOWN_FLAG])).verdict
    assert verdict.state is State.DOOMED
    assert verdict.reason == (
        "container vttablet ends: vttablet of Vitess 24 has no flag --enable-semi-sync: vttablet had --enable_semi_sync"
        " from 2.1 to 15, 16 dropped it; in its place the keyspace's durability policy"
    )
    assert verdict.evidence[-1] == "shop-a-0 vttablet: error: unknown flag: --enable-semi-sync"


def test_what_may_heal_is_waited_for_however_often_it_crashed() -> None:
    lines = ["Failed to open topo server (etcd2,shop-etcd:2379,/vitess/global): context deadline exceeded"]
    seen = sight(pod(state=CRASHING, last=ended(), restarts=7))
    verdict = judged(seen, {("shop-a-0", "vttablet", True): lines}).verdict
    assert verdict.state is State.WAITING
    assert verdict.reason == "container vttablet ends: vttablet cannot reach the topology server at shop-etcd:2379"


@pytest.mark.parametrize(
    ("restarts", "state", "times"),
    [(0, State.WAITING, ""), (1, State.WAITING, "2 times, "), (2, State.DOOMED, "3 times, ")],
)
def test_a_crash_that_nobody_can_explain_shows_the_last_lines(restarts: int, state: State, times: str) -> None:
    seen = sight(pod(state=CRASHING, last=ended(3), restarts=restarts))
    verdict = judged(seen, {("shop-a-0", "vttablet", True): ["one", "two"]}).verdict
    assert verdict.state is state
    assert verdict.reason == f"container vttablet ended by itself ({times}exit code 3)"
    assert verdict.evidence == ("shop-a-0 vttablet: one", "shop-a-0 vttablet: two")


def test_a_container_that_has_just_ended_is_read_from_its_present_log() -> None:
    seen = sight(pod(state=ended(1)))
    verdict = judged(seen, {("shop-a-0", "vttablet", False): UNKNOWN_FLAG[1]}).verdict
    assert verdict.state is State.DOOMED, "nothing but its command line made it end"
    assert "has no flag --enable-semi-sync" in verdict.reason


@pytest.mark.parametrize(("restarts", "state"), [(0, State.WAITING), (1, State.DOOMED)])
def test_an_end_that_may_be_bad_luck_is_tried_once_more(restarts: int, state: State) -> None:
    full = {("shop-a-0", "vttablet", True): ["open /vt/vtdataroot/x: no space left on device"]}
    verdict = judged(sight(pod(state=CRASHING, last=ended(1), restarts=restarts)), full).verdict
    assert verdict.state is state
    assert "the disk that holds /vt/vtdataroot/x is full" in verdict.reason


def test_the_container_of_mysql_has_its_own_name_and_is_read_as_mysqlctld() -> None:
    spec = {"initContainers": [{"name": "mysqld", "image": "mysql", "restartPolicy": "Always"}]}
    states = [{"name": "mysqld", "restartCount": 1, "state": CRASHING, "lastState": ended(1)}]
    lines = {("shop-a-0", "mysqld", True): ["unknown flag: --no-such-flag"]}
    verdict = judged(sight(pod(spec=spec, initContainerStatuses=states)), lines).verdict
    assert verdict.reason.startswith("container mysqld ends: mysqlctld of Vitess 24 has no flag --no-such-flag")


def test_while_it_tries_again_its_last_end_is_still_the_reason() -> None:
    """Else the reason would be lost whenever a wait ends between two ends."""
    seen = sight(pod(state={"running": {"startedAt": at(-1)}}, last=ended(1), restarts=3))
    verdict = judged(seen, dict([UNKNOWN_FLAG])).verdict
    assert verdict.state is State.WAITING, "it may come up this time"
    assert "has no flag --enable-semi-sync" in verdict.reason


def test_a_container_that_came_up_in_the_end_is_there_whatever_happened_before() -> None:
    assert judged(sight(running(last=ended(1), restarts=3))).verdict.ready


def test_a_mount_that_failed_at_first_is_no_reason_once_a_container_runs() -> None:
    """The node may read a claim only a moment after the pod was bound to it, and then nothing takes the event back."""
    spec = {"initContainers": [{"name": "mysqld", "image": "mysql", "restartPolicy": "Always"}]}
    sidecar = {"name": "mysqld", "state": {"running": {"startedAt": at(-7)}}, "started": False}
    refused = event("FailedMount", "Unable to attach or mount volumes: no relationship found between node and object")
    before = judged(sight(pod(spec=spec), events=[refused])).verdict
    assert "cannot be mounted" in before.reason
    waiting = {"waiting": {"reason": "PodInitializing"}}
    after = judged(sight(pod(state=waiting, spec=spec, initContainerStatuses=[sidecar]), events=[refused])).verdict
    assert after.reason == "container mysqld starts (7 s)"


def test_a_wrong_answer_to_a_probe_says_more_than_the_refusals_after_the_restart() -> None:
    """As a kubelet wrote it down: the server that was started again was asked before it listened."""
    asks = {"startupProbe": {"httpGet": {"path": "/nope", "port": "http"}}}
    seen = sight(
        pod(state={"running": {"startedAt": at(-2)}}, last=ended(0), restarts=1, container_spec=asks),
        events=[
            event(
                "Unhealthy",
                "Startup probe failed: HTTP probe failed with statuscode: 404",
                container="vttablet",
                last=-9,
            ),
            event(
                "Killing", "Container vttablet failed startup probe, will be restarted", container="vttablet", last=-8
            ),
            event(
                "Unhealthy",
                'Startup probe failed: Get "http://10.161.1.45:15000/nope": dial tcp: connect: connection refused',
                container="vttablet",
                last=-1,
                count=8,
            ),
        ],
    )
    verdict = judged(seen, {("shop-a-0", "vttablet", True): []}).verdict
    assert verdict.reason.startswith("container vttablet answers 404 to its probe (startup GET /nope on port http)")


def test_a_crash_from_before_this_run_is_no_reason_to_give_up() -> None:
    seen = sight(pod(state=CRASHING, last=ended(when=-200), restarts=9), since=-10)
    assert judged(seen, dict([UNKNOWN_FLAG])).verdict.state is State.WAITING


def test_too_little_memory_names_the_limit() -> None:
    seen = sight(
        pod(
            state=CRASHING,
            last=ended(137, "OOMKilled"),
            restarts=1,
            container_spec={"resources": {"limits": {"memory": "32Mi"}}},
        )
    )
    verdict = judged(seen, {("shop-a-0", "vttablet", True): []}).verdict
    assert verdict.state is State.DOOMED
    assert verdict.reason == "container vttablet was killed because it took more memory than its limit (32Mi)"
    assert "resources.vttablet.limits.memory" in verdict.fix


def test_a_container_that_is_restarted_for_its_probe_names_path_and_status() -> None:
    events = [
        event("Unhealthy", "Startup probe failed: HTTP probe failed with statuscode: 404", container="vttablet"),
        event("Killing", "Container vttablet failed startup probe, will be restarted", container="vttablet", last=-4),
    ]
    probe = {"startupProbe": {"httpGet": {"path": "/nope", "port": 15000}}}
    seen = sight(pod(state=CRASHING, last=ended(137), restarts=2, container_spec=probe), events=events)
    verdict = judged(seen, {("shop-a-0", "vttablet", True): ["serving"]}).verdict
    assert verdict.state is State.DOOMED
    assert verdict.reason == (
        "container vttablet answers 404 to its probe (startup GET /nope on port 15000) and is restarted for that"
    )
    assert verdict.evidence[-1] == "shop-a-0 vttablet: serving"


def test_an_init_container_comes_first() -> None:
    broken = pod(
        state={"waiting": {"reason": "PodInitializing"}},
        spec={"initContainers": [{"name": "mysqld", "image": "mysql:8", "restartPolicy": "Always"}]},
        initContainerStatuses=[
            {
                "name": "mysqld",
                "restartCount": 0,
                "state": {"waiting": {"reason": "CreateContainerConfigError", "message": 'secret "none" not found'}},
            }
        ],
    )
    verdict = judged(sight(broken)).verdict
    assert verdict.reason == "the secret none, which container mysqld reads, does not exist in namespace shop"
    assert verdict.state is State.DOOMED


def test_a_volume_whose_secret_is_missing_shows_only_in_events() -> None:
    failing = event("FailedMount", 'MountVolume.SetUp failed for volume "users" : secret "shop-users" not found')
    verdict = judged(sight(pod(), events=[failing])).verdict
    assert verdict.reason == (
        "pod shop-a-0 wants to mount the secret shop-users, which does not exist in namespace shop"
    )


# ---- nodes and pods that go ----


def test_a_pod_on_a_node_that_is_down_waits_for_the_node() -> None:
    verdict = judged(sight(running(), nodes=[node(ready="Unknown")])).verdict
    assert verdict.state is State.WAITING
    assert verdict.reason.startswith("node node-1, which pod shop-a-0 is on, is not ready")


@pytest.mark.parametrize(
    ("metadata", "nodes", "reason"),
    [
        ({"finalizers": ["example.com/keep"]}, [node()], "waits for its finalizers: example.com/keep"),
        ({}, [node(ready="Unknown")], "its node node-1 does not answer"),
        ({}, [node("node-2")], "its node node-1 does not answer"),
        ({}, [node()], "has not ended in the time it was given"),
    ],
)
def test_a_pod_that_does_not_go_says_what_holds_it(
    metadata: dict[str, Any], nodes: Sequence[Mapping[str, Any]], reason: str
) -> None:
    hanging = running(metadata={"deletionTimestamp": at(-40), **metadata})
    verdict = judged(sight(hanging, nodes=nodes)).verdict
    assert verdict.state is State.WAITING
    assert reason in verdict.reason


def test_an_evicted_pod_is_made_anew() -> None:
    gone = pod(phase="Failed", reason="Evicted", message="The node was low on resource: memory.")
    verdict = judged(sight(gone)).verdict
    assert verdict.state is State.WAITING
    assert verdict.reason == "node node-1 evicted pod shop-a-0: The node was low on resource: memory."


# ---- pods of an older revision ----


def test_a_doomed_pod_of_an_older_revision_is_to_be_replaced() -> None:
    """Kubernetes would keep it for ever, although the newer template may be right (kubernetes#67250)."""
    events = [event("Failed", NOT_FOUND, container="vttablet")]
    stuck = pod(state=BACK_OFF, labels={"controller-revision-hash": "shop-a-1"})
    judgement = judged(sight(stuck, events=events))
    assert judgement.replace_pods == ("shop-a-0",)
    assert judgement.verdict.state is State.WAITING
    assert judgement.verdict.reason.startswith("a pod of the template of before is in the way and gets replaced: ")


def test_a_running_pod_of_an_older_revision_is_left_alone() -> None:
    assert judged(sight(running(labels={"controller-revision-hash": "shop-a-1"}))).replace_pods == ()


def test_the_newest_revision_is_never_replaced() -> None:
    events = [event("Failed", NOT_FOUND, container="vttablet")]
    assert judged(sight(pod(state=BACK_OFF), events=events)).replace_pods == ()


def test_the_doomed_pod_counts_among_others_that_run() -> None:
    events = [event("Failed", NOT_FOUND, of=("Pod", "shop-a-1"))]
    seen = sight(running("shop-a-0"), pod("shop-a-1", state=BACK_OFF), wanted=document(replicas=2), events=events)
    assert judged(seen).verdict.state is State.DOOMED


def test_the_target_calls_it_with_plain_lists() -> None:
    judgement = workload_verdict(document(), workload(), [running()], [], [], lambda *_: (), "24")
    assert judgement == Judgement(judgement.verdict)
    assert judgement.verdict.reason == "1 pod started"

"""Pods that hang: which are freed, in which way, and which are left with a reason."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from tests.unit.targets.kubernetes.test_target import NAMESPACE, Bed
from vitessctl.targets.ground import Jam
from vitessctl.targets.kubernetes import kinds
from vitessctl.targets.kubernetes.faults import Outdated
from vitessctl.targets.kubernetes.ground import KubernetesGround

POD = "minimal-vttablet-zone1-0000000100-0"
SET = POD.removesuffix("-0")
ALIAS = "zone1-0000000100"


@pytest.fixture
def bed() -> Bed:
    """A cluster that is up on node1, whose controllers stand still from now on."""
    bed = Bed()
    bed.target.apply(bed.documents)
    bed.api.rest()
    bed.api.put({"apiVersion": "v1", "kind": "Node", "metadata": {"name": "node1"}})
    pod = bed.api.stored(kinds.POD, NAMESPACE, POD)
    bed.api.put({**pod, "spec": {**pod["spec"], "nodeName": "node1"}})
    bed.api.requests.clear()
    return bed


def deleted(bed: Bed, ago: float = 60.0, **metadata: Any) -> None:
    """Somebody deleted the pod, and its grace period ended so many seconds ago."""
    until = (datetime.now(timezone.utc) - timedelta(seconds=ago)).strftime("%Y-%m-%dT%H:%M:%SZ")
    pod = bed.api.stored(kinds.POD, NAMESPACE, POD)
    pod["metadata"] |= {"deletionTimestamp": until, **metadata}
    bed.api.put(pod)


def gone_node(bed: Bed) -> None:
    bed.api.remove(kinds.NODE, "", "node1")


def jams(bed: Bed) -> tuple[Jam, ...]:
    return tuple(KubernetesGround(bed.target).jams())


def free(bed: Bed) -> str:
    """Free the only one that hangs."""
    (jam,) = jams(bed)
    bed.api.requests.clear()
    return KubernetesGround(bed.target).free(jam)


def test_pods_that_run_do_not_hang(bed: Bed) -> None:
    assert jams(bed) == ()


def test_within_its_grace_a_pod_does_not_hang(bed: Bed) -> None:
    deleted(bed, ago=-30)

    assert jams(bed) == ()


def test_past_its_grace_on_a_node_that_is_known_it_is_left(bed: Bed) -> None:
    """Its MySQL may still write to the volume: a second pod must not be made beside it."""
    deleted(bed)

    (jam,) = jams(bed)

    assert (jam.label, jam.subject, jam.way) == (f"Pod/{POD}", ALIAS, "")
    assert jam.refusal == "its node node1 has not said that its containers have ended"


def test_held_by_a_finalizer_on_a_node_that_is_known_it_is_left_to_who_put_it_there(bed: Bed) -> None:
    deleted(bed, finalizers=["example.com/backup"])

    (jam,) = jams(bed)

    assert jam.refusal.endswith("who put the finalizer on it may still have to do something")


def test_on_a_silent_node_it_is_left(bed: Bed) -> None:
    deleted(bed)
    conditions = [{"type": "Ready", "status": "False"}, {"type": "ContainersReady", "status": "True"}]
    pod = bed.api.stored(kinds.POD, NAMESPACE, POD)
    bed.api.set_status(kinds.POD, NAMESPACE, POD, {**pod["status"], "conditions": conditions})

    (jam,) = jams(bed)

    assert jam.way == ""
    assert "so its MySQL may still run and write to the volume" in jam.refusal


def test_where_nodes_may_not_be_looked_at_nothing_is_proven(bed: Bed) -> None:
    deleted(bed)
    gone_node(bed)
    bed.api.deny("get", "nodes")

    (jam,) = jams(bed)

    assert (jam.way, jam.refusal) == ("", "we may not see whether its node node1 is still there")


def test_a_pod_whose_node_is_gone_is_deleted_at_once(bed: Bed) -> None:
    deleted(bed)
    gone_node(bed)

    assert free(bed) == f"deleted Pod/{POD} at once, as its node is gone"
    assert POD not in bed.api.names(kinds.POD, NAMESPACE)


def test_finalizers_of_a_pod_whose_node_is_gone_are_taken_off_first(bed: Bed) -> None:
    deleted(bed, finalizers=["example.com/backup"])
    gone_node(bed)

    assert free(bed) == f"took the finalizers off Pod/{POD} and deleted it at once, as its node is gone"
    assert bed.writes == [f"merge Pod/{POD}", f"delete Pod/{POD}"]
    assert POD not in bed.api.names(kinds.POD, NAMESPACE)


def test_volumes_stay(bed: Bed) -> None:
    before = bed.api.names(kinds.PERSISTENT_VOLUME_CLAIM, NAMESPACE)
    deleted(bed, finalizers=["example.com/backup"])
    gone_node(bed)

    free(bed)

    assert bed.api.names(kinds.PERSISTENT_VOLUME_CLAIM, NAMESPACE) == before


def test_a_pod_that_has_gone_meanwhile_is_not_looked_for(bed: Bed) -> None:
    deleted(bed)
    gone_node(bed)
    (jam,) = jams(bed)
    bed.api.remove(kinds.POD, NAMESPACE, POD)

    assert KubernetesGround(bed.target).free(jam) == f"Pod/{POD} is gone by itself"
    assert bed.writes == []


def test_one_that_was_made_anew_under_its_name_is_let_live(bed: Bed) -> None:
    """The node of the one that hung was gone; this one may have rows under its hands."""
    deleted(bed)
    gone_node(bed)
    (jam,) = jams(bed)
    pod = bed.api.stored(kinds.POD, NAMESPACE, POD)
    bed.api.remove(kinds.POD, NAMESPACE, POD)
    for name in ("uid", "deletionTimestamp"):
        pod["metadata"].pop(name)
    bed.api.put(pod)

    assert KubernetesGround(bed.target).free(jam) == f"Pod/{POD} is gone by itself"
    assert bed.writes == []
    assert POD in bed.api.names(kinds.POD, NAMESPACE)


# A StatefulSet that waits for its broken pod


def left_behind(bed: Bed, reason: str = "ImagePullBackOff", newest: str = "two") -> None:
    pod = bed.api.stored(kinds.POD, NAMESPACE, POD)
    pod["metadata"]["labels"]["controller-revision-hash"] = "one"
    pod["metadata"]["ownerReferences"] = [{"kind": "StatefulSet", "name": SET, "uid": "u", "apiVersion": "apps/v1"}]
    waiting = {"name": "vttablet", "ready": False, "state": {"waiting": {"reason": reason}}, "restartCount": 3}
    bed.api.put({**pod, "status": {"phase": "Pending", "containerStatuses": [waiting]}})
    stateful_set = bed.api.stored(kinds.STATEFUL_SET, NAMESPACE, SET)
    bed.api.set_status(kinds.STATEFUL_SET, NAMESPACE, SET, {**stateful_set["status"], "updateRevision": newest})


@pytest.mark.parametrize("reason", ["ImagePullBackOff", "CrashLoopBackOff", "CreateContainerConfigError"])
def test_it_is_deleted_as_kubectl_does_with_its_grace(bed: Bed, reason: str) -> None:
    left_behind(bed, reason)

    (jam,) = jams(bed)
    assert (jam.way, jam.leaving, jam.refusal) == ("delete", False, "")
    assert jam.why == f"is in {reason}, of an earlier revision than its StatefulSet, which waits for it"
    assert free(bed) == f"deleted Pod/{POD}, which its StatefulSet makes anew on the same volume"


@pytest.mark.parametrize(("reason", "newest"), [("ContainerCreating", "two"), ("ImagePullBackOff", "one")])
def test_one_that_only_starts_or_is_of_the_newest_revision_is_left(bed: Bed, reason: str, newest: str) -> None:
    left_behind(bed, reason, newest)

    assert jams(bed) == ()


def test_another_pod_of_that_name_is_not_deleted(bed: Bed) -> None:
    left_behind(bed)
    (jam,) = jams(bed)
    ground, api = KubernetesGround(bed.target), bed.api
    before = api.get

    def get(kind: Any, namespace: str, name: str) -> Any:
        """Its StatefulSet makes another one between our look and our deletion."""
        found = before(kind, namespace, name)
        pod = api.stored(kinds.POD, NAMESPACE, POD)
        api.remove(kinds.POD, NAMESPACE, POD)
        pod["metadata"].pop("uid")
        api.put(pod)
        return found

    api.get = get  # type: ignore[method-assign]
    with pytest.raises(Outdated):
        ground.free(jam)
    assert POD in api.names(kinds.POD, NAMESPACE)

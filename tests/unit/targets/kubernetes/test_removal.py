"""Taking away: what hangs is named, with why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from tests.support.kubernetes.fake import FakeApi
from tests.support.kubernetes.objects import config_map
from vitessctl.errors import NotReadyError
from vitessctl.targets.kubernetes import kinds
from vitessctl.targets.kubernetes.faults import Outdated
from vitessctl.targets.kubernetes.interface import KubernetesObject
from vitessctl.targets.kubernetes.removal import GONE_SECONDS, delete, owned_by, wait_gone, wait_no_claim, why_left


def a_pod(name: str = "shop-etcd-0", node: str = "node1", **metadata: Any) -> dict[str, Any]:
    return {"metadata": {"name": name, **metadata}, "spec": {"nodeName": node}}


LEAVING = {"deletionTimestamp": "2026-11-26T12:00:00Z"}


def test_only_the_very_object_that_was_seen_is_deleted() -> None:
    api = FakeApi(namespaces=["default"])
    seen = api.put(config_map("settings"))
    api.remove(kinds.CONFIG_MAP, "default", "settings")
    api.put(config_map("settings"))

    with pytest.raises(Outdated):
        delete(api, "default", kinds.CONFIG_MAP, seen)
    assert api.names(kinds.CONFIG_MAP, "default") == ["settings"]


def test_what_has_gone_by_itself_is_no_error() -> None:
    api = FakeApi(namespaces=["default"])
    seen = api.put(config_map("settings"))
    assert delete(api, "default", kinds.CONFIG_MAP, seen)
    assert not delete(api, "default", kinds.CONFIG_MAP, seen)


class Passing:
    """Pods that go one after the other, and the time that passes meanwhile."""

    def __init__(self, *looks: list[str]) -> None:
        self.looks = list(looks)
        self.now = 0.0

    def pods(self) -> Mapping[str, KubernetesObject]:
        names = self.looks.pop(0) if len(self.looks) > 1 else self.looks[0]
        return {name: a_pod(name, **LEAVING, deletionGracePeriodSeconds=30) for name in names}

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def wait(self) -> None:
        wait_gone("prod", self.pods, lambda pod: pod["metadata"]["name"] != "other", lambda: self.now, self.sleep)


def test_it_waits_until_the_last_of_its_own_pods_is_gone() -> None:
    passing = Passing(["a", "b", "other"], ["b", "other"], ["other"])
    passing.wait()
    assert passing.looks == [["other"]]


def test_what_is_gone_already_costs_no_time() -> None:
    passing = Passing(["other"])
    passing.wait()
    assert passing.now == 0.0


def test_what_does_not_go_is_named_with_why() -> None:
    passing = Passing(["a", "b", "c", "d"])
    with pytest.raises(NotReadyError) as raised:
        passing.wait()
    assert raised.value.what == "a, b, c did not go within 180 s"
    assert raised.value.why == "a is Terminating (grace period 30 s); its node node1 has not said that it ended"
    assert raised.value.where == "prod"
    assert GONE_SECONDS < passing.now < GONE_SECONDS + 1


@pytest.mark.parametrize(
    ("pod", "why"),
    [
        (a_pod(), "shop-etcd-0 was not asked to go yet: its controller has not seen that it is to end"),
        (
            a_pod(**LEAVING, finalizers=["example.com/backup"]),
            "shop-etcd-0 has finalizers that nobody has removed: example.com/backup",
        ),
        (
            a_pod(**LEAVING, deletionGracePeriodSeconds=120),
            "shop-etcd-0 is Terminating (grace period 120 s); its node node1 has not said that it ended",
        ),
    ],
)
def test_why_a_pod_is_still_there(pod: dict[str, Any], why: str) -> None:
    assert why_left(pod) == why


@pytest.mark.parametrize(
    ("owners", "ours"),
    [
        ([{"kind": "StatefulSet", "name": "shop-etcd"}], True),
        ([{"kind": "ReplicaSet", "name": "shop-vtctld-7d9f8c"}], True),
        ([{"kind": "StatefulSet", "name": "shop-etcd-two"}], False),
        ([{"kind": "ReplicaSet", "name": "shop-vtctld-two-7d9f8c"}], False),
        ([{"kind": "Job", "name": "shop-etcd"}], False),
        ([], False),
        (None, False),
    ],
)
def test_whose_a_pod_is(owners: list[dict[str, str]] | None, ours: bool) -> None:
    assert owned_by(a_pod(ownerReferences=owners), ["shop-etcd", "shop-vtctld"]) is ours


class Claims:
    """Claims that are gone after some looks."""

    def __init__(self, looks: int) -> None:
        self.looks, self.now = looks, 0.0
        self.api = FakeApi(namespaces=["default"])
        self.api.put(a_claim("data-shop-0"))

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.looks -= 1
        if not self.looks:
            self.api.remove(kinds.PERSISTENT_VOLUME_CLAIM, "default", "data-shop-0")

    def wait(self) -> None:
        wait_no_claim(self.api, "default", ["data-shop-0", "another"], lambda: self.now, self.sleep)


def a_claim(name: str) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": name, "namespace": "default"},
        "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
    }


def test_claims_are_waited_for() -> None:
    claims = Claims(looks=3)
    claims.wait()
    assert claims.now == pytest.approx(0.9)


def test_a_claim_that_stays_is_named() -> None:
    claims = Claims(looks=-1)
    with pytest.raises(NotReadyError, match="PersistentVolumeClaim/data-shop-0 did not go within 180 s"):
        claims.wait()
    assert claims.now > GONE_SECONDS

"""Pods by what they are for, and their logs."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.kubernetes.fake import FakeApi
from vitessctl.errors import ExitCode
from vitessctl.targets.kubernetes.podlogs import NoPod, pod_logs, serving_pods
from vitessctl.targets.logs import Wanted


def a_pod(name: str, component: str, *, cluster: str = "shop", ready: bool = True, **labels: str) -> dict[str, Any]:
    marks = {"cluster": cluster, "component": component, **{key.replace("_", "-"): v for key, v in labels.items()}}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": name,
            "namespace": "prod",
            "labels": {f"vitessctl.io/{key}": value for key, value in marks.items()},
        },
        "status": {"conditions": [{"type": "Ready", "status": "True" if ready else "False"}]},
    }


@pytest.fixture
def api() -> FakeApi:
    api = FakeApi(namespaces=["prod"])
    for pod in (
        a_pod("shop-etcd-0", "etcd"),
        a_pod("shop-etcd-1", "etcd"),
        a_pod("shop-vtgate-zone1-b", "vtgate", cell="zone1"),
        a_pod("shop-vtgate-zone1-a", "vtgate", cell="zone1"),
        a_pod("shop-vtgate-zone2-a", "vtgate", cell="zone2", ready=False),
        a_pod("shop-vttablet-100-0", "vttablet", cell="zone1", tablet_alias="zone1-0000000100"),
        a_pod("shop-vttablet-101-0", "vttablet", cell="zone1", tablet_alias="zone1-0000000101"),
        a_pod("shop-application-site-a", "application", application="site"),
        a_pod("shop-application-office-a", "application", application="office"),
        a_pod("blog-vtgate-zone1-a", "vtgate", cluster="blog", cell="zone1"),
    ):
        api.put(pod)
    return api


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (Wanted("etcd"), [("shop-etcd-0", "etcd"), ("shop-etcd-1", "etcd")]),
        (Wanted("etcd", "etcd-1"), [("shop-etcd-1", "etcd")]),
        (Wanted("etcd", "shop-etcd-0"), [("shop-etcd-0", "etcd")]),
        (Wanted("vtgate", "zone1"), [("shop-vtgate-zone1-a", "vtgate"), ("shop-vtgate-zone1-b", "vtgate")]),
        (Wanted("vttablet", "zone1-0000000100"), [("shop-vttablet-100-0", "vttablet")]),
        (Wanted("mysqld", "zone1-0000000101"), [("shop-vttablet-101-0", "mysqld")]),
        (Wanted("mysqld"), [("shop-vttablet-100-0", "mysqld"), ("shop-vttablet-101-0", "mysqld")]),
        (Wanted("application", "site"), [("shop-application-site-a", "application")]),
        (Wanted("vtgate", "zone2", "proxy"), [("shop-vtgate-zone2-a", "proxy")]),
    ],
)
def test_pods_and_containers_of_what_is_meant(api: FakeApi, wanted: Wanted, expected: list[tuple[str, str]]) -> None:
    assert [(log.name, log.container) for log in pod_logs(api, "prod", "shop", wanted)] == expected
    assert len(api.requests) == 1


@pytest.mark.parametrize("wanted", [Wanted("vtorc"), Wanted("vtgate", "zone3"), Wanted("etcd", "etcd-7")])
def test_where_there_is_no_such_pod(api: FakeApi, wanted: Wanted) -> None:
    with pytest.raises(NoPod, match=f"shop has no pod of {wanted.component}") as caught:
        pod_logs(api, "prod", "shop", wanted)

    assert caught.value.exit_code is ExitCode.NOT_READY


def test_what_a_container_wrote_and_what_it_wrote_before_its_restart(api: FakeApi) -> None:
    api.write_log("prod", "shop-etcd-0", "etcd", "one", "two", "three")
    api.write_log("prod", "shop-etcd-0", "etcd", "last words", previous=True)
    (now,) = pod_logs(api, "prod", "shop", Wanted("etcd", "etcd-0"))
    (before,) = pod_logs(api, "prod", "shop", Wanted("etcd", "etcd-0"), previous=True)

    assert tuple(now.last(2)) == ("two", "three")
    assert list(now.follow(1)) == ["three"]
    assert tuple(before.last(5)) == ("last words",)


def test_only_pods_that_are_ready_and_stay_serve(api: FakeApi) -> None:
    assert serving_pods(api, "prod", "shop", "vtgate", "zone1") == ["shop-vtgate-zone1-a", "shop-vtgate-zone1-b"]
    assert serving_pods(api, "prod", "shop", "vtgate", "zone2") == []

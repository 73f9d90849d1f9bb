"""The API server of the other tests: its scripting, and its refusals. tests/api/test_client.py has its semantics."""

from __future__ import annotations

import pytest

from tests.support.kubernetes.fake import FakeApi
from tests.support.kubernetes.objects import Object, config_map, pod, stateful_set
from tests.support.kubernetes.pipes import Echo, ask
from vitessctl.targets.kubernetes import faults, kinds
from vitessctl.targets.kubernetes.interface import Executed, KubernetesApi


def test_serves_as_the_protocol() -> None:
    api: KubernetesApi = FakeApi()
    assert api.get(kinds.POD, "default", "none") is None


def test_records_what_it_is_asked() -> None:
    api = FakeApi()
    api.apply(config_map(a="1"), dry_run=True)
    api.apply(config_map(a="1"))
    api.list(kinds.POD, "default")
    assert [str(request) for request in api.requests] == [
        "apply ConfigMap/settings (dry run)",
        "apply ConfigMap/settings",
        "list pods",
    ]
    assert [str(request) for request in api.writes] == ["apply ConfigMap/settings"]
    assert api.counts == {"PATCH": 2, "GET": 1}


def test_fails_as_scripted_and_then_works() -> None:
    api = FakeApi()
    api.on("apply", kinds.CONFIG_MAP, faults.Unreachable("here", "refused"), name="settings")
    with pytest.raises(faults.Unreachable):
        api.apply(config_map(a="1"))
    assert api.names(kinds.CONFIG_MAP, "default") == []
    api.apply(config_map(a="1"))
    assert api.names(kinds.CONFIG_MAP, "default") == ["settings"]


def test_controllers_are_played() -> None:
    api = FakeApi()

    def make_pod(api: FakeApi, owner: Object) -> None:
        name = f"{owner['metadata']['name']}-0"
        body = pod(name, status={"phase": "Running"})
        body["metadata"]["ownerReferences"] = [{"uid": owner["metadata"]["uid"], "kind": "StatefulSet"}]
        api.put(body)

    api.after(kinds.STATEFUL_SET, make_pod)
    api.apply(stateful_set(replicas=1))
    assert api.stored(kinds.POD, "default", "etcd-0")["status"] == {"phase": "Running"}
    assert api.delete(kinds.STATEFUL_SET, "default", "etcd")
    assert api.names(kinds.POD, "default") == [], "what it owned goes with it"


def test_orphans_are_left_alone() -> None:
    api = FakeApi()
    owner = api.apply(stateful_set())["metadata"]["uid"]
    body = pod("etcd-0")
    body["metadata"]["ownerReferences"] = [{"uid": owner, "kind": "StatefulSet"}]
    api.put(body)
    api.delete(kinds.STATEFUL_SET, "default", "etcd", orphan=True)
    assert api.stored(kinds.POD, "default", "etcd-0")["metadata"]["ownerReferences"] == []


def test_a_status_belongs_to_its_controller() -> None:
    api = FakeApi()
    api.apply(stateful_set())
    api.set_status(kinds.STATEFUL_SET, "default", "etcd", {"replicas": 1})
    applied = api.apply(stateful_set())
    assert applied["status"] == {"replicas": 1}
    assert applied["metadata"]["generation"] == 1


def test_rights_are_taken_away() -> None:
    api = FakeApi()
    api.deny("patch", "configmaps")
    assert not api.allowed("patch", kinds.CONFIG_MAP, "default")
    assert api.allowed("patch", kinds.SECRET, "default")
    with pytest.raises(faults.Forbidden):
        api.apply(config_map(a="1"))


def test_streams_reach_pods_that_are_there() -> None:
    api = FakeApi()
    with pytest.raises(faults.NotThere):
        api.logs("default", "etcd-0", "main", 3)
    api.put(pod("etcd-0"))
    api.write_log("default", "etcd-0", "main", "one", "two", "three")
    api.on_execute(lambda pod, container, command: Executed(0, " ".join(command), ""))
    assert api.logs("default", "etcd-0", "main", 2) == ("two", "three")
    assert list(api.follow("default", "etcd-0", "main", 1)) == ["three"]
    assert api.execute("default", "etcd-0", "main", ["ls", "/"], 1.0).output == "ls /"


def test_forwards_lead_to_the_pod_of_the_moment() -> None:
    api = FakeApi()
    with Echo(b"one:") as one, Echo(b"two:") as two:
        for name, echo in (("etcd-0", one), ("etcd-1", two)):
            api.put(pod(name))
            api.forward_to("default", name, 2379, echo.address)
        current = ["etcd-0"]
        with api.forward("default", lambda: current[0], 2379) as address:
            assert ask(address, b"hello") == b"one:hello"
            current[0] = "etcd-1"
            assert ask(address, b"hello") == b"two:hello"


def test_unforeseen_use_is_an_error() -> None:
    api = FakeApi()
    api.put(pod("etcd-0"))
    with pytest.raises(AssertionError, match="no such verb"):
        api.on("patch", kinds.POD, faults.AlreadyThere("x"))
    with pytest.raises(AssertionError, match="nothing says how"):
        api.execute("default", "etcd-0", "main", ["ls"], 1.0)
    with pytest.raises(AssertionError, match="names no namespace"):
        api.apply({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "x"}})
    with pytest.raises(faults.NotSupported):
        api.apply({"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "x", "namespace": "default"}})

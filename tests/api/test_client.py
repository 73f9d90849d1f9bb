"""What vitessctl relies on from an API server, shown on a real one and on the fake that the other tests use."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from tests.support.kubernetes.fake import FakeApi
from tests.support.kubernetes.objects import config_map, service, stateful_set
from vitessctl.targets.base import FieldConflict
from vitessctl.targets.kubernetes import connect, faults, kinds, routes
from vitessctl.targets.kubernetes.client import Client
from vitessctl.targets.kubernetes.interface import FIELD_MANAGER, Kind, KubernetesApi
from vitessctl.targets.kubernetes.refusals import Call
from vitessctl.targets.kubernetes.requests import Ask, Requests
from vitessctl.targets.kubernetes.retry import Patience


@dataclass(frozen=True)
class Bench:
    """An API, a namespace of it that is empty, and a way to write as somebody else."""

    api: KubernetesApi
    namespace: str
    other: Any

    def config_map(self, name: str = "settings", **data: str) -> dict[str, Any]:
        return config_map(name, self.namespace, **data)

    def stateful_set(self, **options: Any) -> dict[str, Any]:
        return stateful_set("etcd", self.namespace, **options)

    def edit(self, body: dict[str, Any], patch: dict[str, Any]) -> None:
        """A merge patch under the name of another manager."""
        self.other(kinds.of(body), self.namespace, body["metadata"]["name"], patch)


@pytest.fixture(params=["fake", "real"])
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    if request.param == "fake":
        api = FakeApi(namespaces=["contract"])
        yield Bench(api, "contract", lambda *names: api.edit(*names, manager="somebody"))
        return
    try:
        server = request.getfixturevalue("api_server")
    except pytest.FixtureLookupError:
        pytest.skip("there is no test bed: tests/testbed/fixtures.py gives api_server")
    with real_namespace(str(server.kubeconfig)) as bench:
        yield bench


@contextmanager
def real_namespace(kubeconfig: str) -> Iterator[Bench]:
    """A new namespace on a real API server; it is deleted without waiting."""
    requests = Requests(lambda: connect.load(None, kubeconfig, {}), Patience())
    api = Client(requests)
    name = f"contract-{uuid.uuid4().hex[:8]}"
    api.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})

    def other(kind: Kind, namespace: str, object_name: str, patch: dict[str, Any]) -> None:
        path = routes.with_query(routes.item(kind, namespace, object_name), [("fieldManager", "somebody")])
        call = Call("patch", kind, namespace, object_name)
        body = json.dumps(patch).encode()
        answer = requests.ask(Ask(call, "PATCH", path, body, "application/merge-patch+json")).answer
        assert answer.code == 200, answer.body

    try:
        yield Bench(api, name, other)
    finally:
        api.delete(kinds.NAMESPACE, "", name)


def version(body: Any) -> str:
    return str(body["metadata"]["resourceVersion"])


def test_apply_creates_and_then_changes_nothing(bench: Bench) -> None:
    first = bench.api.apply(bench.config_map(a="1"))
    second = bench.api.apply(bench.config_map(a="1"))
    assert version(first) == version(second)
    assert first["metadata"]["uid"] == second["metadata"]["uid"]


def test_applied_again_a_workload_is_of_the_same_generation(bench: Bench) -> None:
    """Its version may move all the same: its controller writes the status."""
    bench.api.apply(bench.stateful_set())
    assert bench.api.apply(bench.stateful_set())["metadata"]["generation"] == 1


def test_apply_updates_what_differs(bench: Bench) -> None:
    first = bench.api.apply(bench.stateful_set(image="etcd:1"))
    second = bench.api.apply(bench.stateful_set(image="etcd:2"))
    assert second["spec"]["template"]["spec"]["containers"][0]["image"] == "etcd:2"
    assert version(first) != version(second)
    assert second["metadata"]["generation"] == 2


def test_apply_takes_away_what_is_wanted_no_more(bench: Bench) -> None:
    bench.api.apply(bench.config_map(kept="1", dropped="2"))
    assert bench.api.apply(bench.config_map(kept="1"))["data"] == {"kept": "1"}


def test_apply_leaves_what_others_have_set(bench: Bench) -> None:
    bench.api.apply(bench.config_map(ours="1"))
    bench.edit(bench.config_map(), {"data": {"theirs": "2"}})
    assert bench.api.apply(bench.config_map(ours="3"))["data"] == {"ours": "3", "theirs": "2"}


def test_an_item_of_a_list_goes_by_its_key(bench: Bench) -> None:
    body = bench.stateful_set()
    containers = body["spec"]["template"]["spec"]["containers"]
    containers.append({"name": "sidecar", "image": "sidecar:1"})
    bench.api.apply(body)
    del containers[0]
    applied = bench.api.apply(body)
    assert [container["name"] for container in applied["spec"]["template"]["spec"]["containers"]] == ["sidecar"]


def test_an_item_goes_even_if_others_have_a_field_in_it(bench: Bench) -> None:
    body = bench.stateful_set()
    containers = body["spec"]["template"]["spec"]["containers"]
    containers.append({"name": "sidecar", "image": "sidecar:1"})
    bench.api.apply(body)
    theirs = [containers[0], {**containers[1], "workingDir": "/tmp"}]
    bench.edit(body, {"spec": {"template": {"spec": {"containers": theirs}}}})
    del containers[1]
    applied = bench.api.apply(body)["spec"]["template"]["spec"]["containers"]
    assert [one["name"] for one in applied] == ["main"], "it was made by us alone"


def test_a_field_of_another_manager_is_a_conflict(bench: Bench) -> None:
    bench.api.apply(bench.stateful_set(image="etcd:1"))
    image = [{"name": "main", "image": "etcd:9", "env": [{"name": "A", "value": "1"}]}]
    bench.edit(bench.stateful_set(), {"spec": {"template": {"spec": {"containers": image}}}})
    with pytest.raises(faults.ApplyConflict) as raised:
        bench.api.apply(bench.stateful_set(image="etcd:2"))
    path = "spec.template.spec.containers[main].image"
    assert raised.value.conflicts == (FieldConflict(path, "somebody"),)
    assert raised.value.exit_code == 7
    assert raised.value.where == "StatefulSet/etcd"


def test_a_conflict_is_won_by_force_and_then_over(bench: Bench) -> None:
    bench.api.apply(bench.config_map(a="1"))
    bench.edit(bench.config_map(), {"data": {"a": "theirs"}})
    with pytest.raises(faults.ApplyConflict):
        bench.api.apply(bench.config_map(a="2"))
    assert bench.api.apply(bench.config_map(a="2"), force=True)["data"] == {"a": "2"}
    assert bench.api.apply(bench.config_map(a="3"))["data"] == {"a": "3"}


def test_the_same_value_from_another_manager_is_shared(bench: Bench) -> None:
    bench.api.apply(bench.config_map(a="1"))
    bench.edit(bench.config_map(), {"data": {"a": "2"}})
    assert bench.api.apply(bench.config_map(a="2"))["data"] == {"a": "2"}
    assert bench.api.apply(bench.config_map())["data"] == {"a": "2"}, "we gave it up, the other one holds it"


def test_managed_fields_say_what_is_ours(bench: Bench) -> None:
    applied = bench.api.apply(bench.stateful_set())
    entries = [entry for entry in applied["metadata"]["managedFields"] if entry["manager"] == FIELD_MANAGER]
    assert [entry["operation"] for entry in entries] == ["Apply"]
    container = entries[0]["fieldsV1"]["f:spec"]["f:template"]["f:spec"]["f:containers"]['k:{"name":"main"}']
    assert container["."] == container["f:image"] == {}


def test_a_dry_run_writes_nothing(bench: Bench) -> None:
    bench.api.apply(bench.config_map(a="1"))
    before = bench.api.get(kinds.CONFIG_MAP, bench.namespace, "settings")
    assert bench.api.apply(bench.config_map(a="2"), dry_run=True)["data"] == {"a": "2"}
    assert bench.api.get(kinds.CONFIG_MAP, bench.namespace, "settings") == before
    bench.api.apply(bench.config_map("never", a="1"), dry_run=True)
    assert bench.api.get(kinds.CONFIG_MAP, bench.namespace, "never") is None


def test_an_unknown_field_is_refused(bench: Bench) -> None:
    body = bench.stateful_set()
    body["spec"]["replica"] = 3
    with pytest.raises(faults.Invalid) as raised:
        bench.api.apply(body)
    assert [path for path, _ in raised.value.fields] == ["spec.replica"]
    assert bench.api.get(kinds.STATEFUL_SET, bench.namespace, "etcd") is None


def test_what_cannot_change_is_refused(bench: Bench) -> None:
    bench.api.apply(bench.stateful_set())
    body = bench.stateful_set()
    body["spec"]["serviceName"] = "other"
    with pytest.raises(faults.Invalid) as raised:
        bench.api.apply(body)
    assert raised.value.where == "StatefulSet/etcd"
    assert any(path.startswith("spec") for path, _ in raised.value.fields)


def test_create_only_creates(bench: Bench) -> None:
    bench.api.create(bench.config_map(a="1"))
    with pytest.raises(faults.AlreadyThere) as raised:
        bench.api.create(bench.config_map(a="2"))
    assert raised.value.where == "ConfigMap/settings"


def test_replace_wants_the_version_that_was_read(bench: Bench) -> None:
    read = bench.api.create(bench.config_map(a="1"))
    newer = bench.api.replace({**read, "data": {"a": "2"}})
    assert newer["data"] == {"a": "2"}
    with pytest.raises(faults.Outdated):
        bench.api.replace({**read, "data": {"a": "3"}})
    bench.api.delete(kinds.CONFIG_MAP, bench.namespace, "settings")
    with pytest.raises(faults.VitessctlError):
        bench.api.replace({**newer, "data": {"a": "4"}})


def test_a_merge_patch_changes_one_field(bench: Bench) -> None:
    bench.api.apply(bench.config_map(a="1", b="2"))
    merged = bench.api.merge(kinds.CONFIG_MAP, bench.namespace, "settings", {"data": {"a": "9", "b": None}})
    assert merged["data"] == {"a": "9"}
    with pytest.raises(faults.NotThere):
        bench.api.merge(kinds.CONFIG_MAP, bench.namespace, "none", {"data": {"a": "9"}})


def test_delete_takes_only_the_object_that_was_meant(bench: Bench) -> None:
    applied = bench.api.apply(bench.config_map(a="1"))
    with pytest.raises(faults.Outdated):
        bench.api.delete(kinds.CONFIG_MAP, bench.namespace, "settings", uid=str(uuid.uuid4()))
    uid = applied["metadata"]["uid"]
    assert bench.api.delete(kinds.CONFIG_MAP, bench.namespace, "settings", uid=uid)
    assert not bench.api.delete(kinds.CONFIG_MAP, bench.namespace, "settings", uid=uid)


def test_lists_by_label(bench: Bench) -> None:
    for name, cell in (("one", "zone1"), ("two", "zone2"), ("three", "zone1")):
        bench.api.apply(config_map(name, bench.namespace, labels={"cell": cell, "cluster": "shop"}))
    found = bench.api.list(kinds.CONFIG_MAP, bench.namespace, {"cell": "zone1", "cluster": "shop"})
    assert [one["metadata"]["name"] for one in found] == ["one", "three"]
    assert {(one["apiVersion"], one["kind"]) for one in found} == {("v1", "ConfigMap")}


def test_what_is_in_another_namespace_is_not_seen(bench: Bench) -> None:
    bench.api.apply(service("vtgate", bench.namespace))
    assert bench.api.get(kinds.SERVICE, "elsewhere", "vtgate") is None
    assert len(bench.api.list(kinds.SERVICE, "elsewhere")) == 0


def test_what_is_not_there_is_none(bench: Bench) -> None:
    assert bench.api.get(kinds.STATEFUL_SET, bench.namespace, "none") is None
    assert bench.api.get(kinds.NAMESPACE, "", "not-made-by-anybody") is None
    assert bench.api.get(kinds.STATEFUL_SET, "not-made-by-anybody", "none") is None


def test_a_namespace_has_to_be_there(bench: Bench) -> None:
    with pytest.raises(faults.NoNamespace) as raised:
        bench.api.apply(config_map("settings", "not-made-by-anybody", a="1"))
    assert raised.value.namespace == "not-made-by-anybody"

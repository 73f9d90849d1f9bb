"""What is found out before the first write, against the API server in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.kubernetes.fake import WRITES, FakeApi
from tests.unit.render.clusters import minimal
from vitessctl.errors import ExitCode, VitessctlError
from vitessctl.model.cluster import Cluster
from vitessctl.model.resources import RECOMMENDED
from vitessctl.render.documents import Document
from vitessctl.render.render import render
from vitessctl.report.failure import failure_lines
from vitessctl.targets.kubernetes import faults, kinds
from vitessctl.targets.kubernetes.preflight import PreflightError, preflight
from vitessctl.targets.kubernetes.preflight_capacity import NoNode, NoSuchNode, TooLargeForAllNodes, TooLargeForAnyNode
from vitessctl.targets.kubernetes.preflight_finding import Ready
from vitessctl.targets.kubernetes.preflight_namespace import Terminating, namespace_document
from vitessctl.targets.kubernetes.preflight_owners import OwnedByOthers
from vitessctl.targets.kubernetes.preflight_quota import QuotaTooSmall, QuotaWantsResources
from vitessctl.targets.kubernetes.preflight_rights import PROBES, MissingRights, needed
from vitessctl.targets.kubernetes.preflight_security import violations
from vitessctl.targets.kubernetes.preflight_storage import NoStorageClass
from vitessctl.targets.kubernetes.preflight_version import TooOld

NAMESPACE = "guestbook"
ROOT = Path(__file__).parents[4]
NOTHING: Mapping[str, Mapping[str, Any]] = {}


def node(name: str = "node-1", *, ready: str = "True", labels: Mapping[str, str] | None = None, **has: str) -> Any:
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": name, "labels": dict(labels or {})},
        "spec": {},
        "status": {
            "allocatable": {"cpu": "4", "memory": "16Gi", "pods": "110", **has},
            "conditions": [{"type": "Ready", "status": ready}],
        },
    }


def storage_class(name: str = "standard", *, default: bool = True) -> Any:
    annotations = {"storageclass.kubernetes.io/is-default-class": "true"} if default else {}
    return {
        "apiVersion": "storage.k8s.io/v1",
        "kind": "StorageClass",
        "metadata": {"name": name, "annotations": annotations},
        "provisioner": "disk.example.com",
    }


def quota(hard: Mapping[str, str], used: Mapping[str, str] | None = None, **spec: Any) -> Any:
    return {
        "apiVersion": "v1",
        "kind": "ResourceQuota",
        "metadata": {"name": "small", "namespace": NAMESPACE},
        "spec": {"hard": dict(hard), **spec},
        "status": {"hard": dict(hard), "used": dict(used or {})},
    }


def api_with(*objects: Mapping[str, Any], namespaces: Sequence[str] = (NAMESPACE,), healthy: bool = True) -> FakeApi:
    """An API server with one node and a default StorageClass, unless it is to have only what is given."""
    api = FakeApi(namespaces=namespaces)
    for body in (*((node(), storage_class()) if healthy else ()), *objects):
        api.put(body)
    return api


def look(api: FakeApi, cluster: Cluster | None = None) -> Ready:
    cluster = cluster or minimal(resources=NOTHING)
    return preflight(api, NAMESPACE, cluster.name, render(cluster, "kubernetes"))


def fault(api: FakeApi, cluster: Cluster | None = None) -> VitessctlError:
    with pytest.raises(VitessctlError) as caught:
        look(api, cluster)
    return caught.value


def tablets(documents: Sequence[Document]) -> list[Document]:
    return [one for one in documents if one.component == "vttablet" and one.kind == "StatefulSet"]


def test_nothing_is_in_the_way_and_nothing_is_written() -> None:
    api = api_with()
    assert look(api) == Ready("v1.34.4")
    assert [request for request in api.requests if request.verb in WRITES] == []


def test_the_number_of_lists_does_not_grow_with_the_tablets() -> None:
    """Everything of a kind comes in one list; a few of a kind are asked for by name."""
    counts = []
    for tablets_ in (10, 40):
        api = api_with(node("large", cpu="1000"))
        cluster = minimal(resources=NOTHING)
        shard = cluster.keyspaces[0].shards[0]
        many = tuple(replace(shard.tablets[0], uid=100 + index, index=index) for index in range(tablets_))
        keyspace = replace(cluster.keyspaces[0], shards=(replace(shard, tablets=many),))
        look(api, replace(cluster, keyspaces=(keyspace,)))
        counts.append(len([request for request in api.requests if request.verb != "allowed"]))
    assert counts[0] == counts[1] < 30


def test_an_api_server_that_does_not_answer_is_the_only_fault() -> None:
    api = api_with()
    api.on("get", kinds.NAMESPACE, faults.Unreachable("https://fake.invalid:6443", "connection refused"))
    assert fault(api).exit_code is ExitCode.UNREACHABLE


# ---- the version ----


def api_of(version: str) -> FakeApi:
    api = api_with()
    api.server_version = version
    return api


@pytest.mark.parametrize("version", ["v1.29.0", "v1.29.6-gke.1038000", "v1.30.4+k3s1", "v1.37.2", "v2.0.0"])
def test_a_version_that_has_sidecars_is_in_nobodys_way(version: str) -> None:
    assert look(api_of(version)) == Ready(version)


@pytest.mark.parametrize("version", ["v1.28.15", "v1.28.9-eks-036c24b", "v1.9.11", "1.13.0"])
def test_an_older_one_is_refused_with_the_reason(version: str) -> None:
    found = fault(api_of(version))
    assert isinstance(found, TooOld)
    assert found.what == f"this is Kubernetes {version}, which is too old"
    assert found.why.startswith("a tablet runs MySQL as a sidecar, which Kubernetes has from 1.29 on")
    assert found.fix == "use a Kubernetes of 1.29 or later"


def test_it_is_said_together_with_what_else_is_in_the_way() -> None:
    api = api_of("v1.28.0")
    api.deny("create", "statefulsets")
    found = fault(api)
    assert isinstance(found, PreflightError)
    assert [type(error) for error in found.errors] == [TooOld, MissingRights]


@pytest.mark.parametrize(
    ("version", "called"), [("v0.0.0-master+$Format:%H$", "v0.0.0-master+$Format:%H$"), ("", "nothing")]
)
def test_one_that_does_not_say_is_taken_as_it_is(version: str, called: str) -> None:
    assert look(api_of(version)).notices == (f"not checked, since the API server calls its version {called}: its age",)


# ---- the namespace ----


def test_a_namespace_that_is_not_there_gets_made_if_we_may() -> None:
    api = api_with(namespaces=())
    ready = look(api)
    assert ready.make_namespace
    assert ready.notices == ("the namespace guestbook is not there and gets made; down leaves it",)


def test_a_namespace_that_is_not_there_and_that_we_may_not_make_is_a_fault() -> None:
    api = api_with(namespaces=())
    api.deny("create", "namespaces")
    found = fault(api)
    assert isinstance(found, faults.NoNamespace)
    assert found.fix == "create it: kubectl create namespace guestbook"


def test_a_namespace_that_is_being_deleted_takes_nothing() -> None:
    body = {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {"name": NAMESPACE, "deletionTimestamp": "2026-11-26T10:00:00Z"},
        "status": {"conditions": [{"status": "True", "message": "Some resources are remaining: pods. has 3"}]},
    }
    found = fault(api_with(body))
    assert isinstance(found, Terminating)
    assert found.why == "Some resources are remaining: pods. has 3"


def test_a_namespace_that_we_may_not_look_at_is_taken_to_be_there() -> None:
    api = api_with()
    api.deny("get", "namespaces")
    ready = look(api)
    assert not ready.make_namespace
    assert ready.notices == ("the namespace guestbook may not be looked at; it is taken to be there",)


def test_a_namespace_that_up_made_is_known_by_its_labels() -> None:
    body = namespace_document(NAMESPACE, "guestbook")
    assert body["metadata"]["labels"] == {
        "app.kubernetes.io/managed-by": "vitessctl",
        "vitessctl.io/cluster": "guestbook",
    }


# ---- rights ----


def test_every_missing_right_is_named_in_one_fault() -> None:
    api = api_with()
    for verb, resource in (("create", "statefulsets"), ("patch", "statefulsets"), ("create", "pods/portforward")):
        api.deny(verb, resource)
    found = fault(api)
    assert isinstance(found, MissingRights)
    assert found.exit_code is ExitCode.UNREACHABLE
    assert found.why == "missing: create, patch statefulsets; create pods/portforward"
    assert "docs/rbac.yaml" in found.fix


@pytest.mark.parametrize("resource", ["pods/exec", "pods/portforward"])
@pytest.mark.parametrize("verb", ["get", "create"])
def test_reaching_a_pod_takes_two_verbs(verb: str, resource: str) -> None:
    """The WebSocket is opened by GET; a Role for kubectl's older way has create alone, and every connection failed."""
    api = api_with()
    api.deny(verb, resource)
    assert fault(api).why == f"missing: {verb} {resource}"


def test_only_kinds_that_are_used_need_a_right() -> None:
    api = api_with()
    api.deny("create", "horizontalpodautoscalers")
    assert look(api).version == "v1.34.4"


@pytest.mark.parametrize(
    ("resource", "notice"),
    [
        ("nodes", "not checked, since we may not list nodes in the cluster: capacity"),
        ("storageclasses", "not checked, since we may not list storageclasses in the cluster: storage"),
    ],
)
def test_what_a_role_in_the_namespace_cannot_grant_is_not_checked_and_said_so(resource: str, notice: str) -> None:
    api = api_with()
    api.deny("list", resource)
    assert look(api).notices == (notice,)


def test_the_role_of_the_documentation_grants_every_right_that_is_asked_for() -> None:
    documents = yaml.safe_load_all((ROOT / "docs" / "rbac.yaml").read_text(encoding="utf-8"))
    role = next(one for one in documents if one["kind"] == "Role")
    granted = {(verb, resource) for rule in role["rules"] for resource in rule["resources"] for verb in rule["verbs"]}
    used = {kinds.of(document.data) for document in render(minimal(), "kubernetes")}
    assert {(right.verb, right.resource) for right in (*needed(used), *PROBES)} - granted == set()


def test_making_pods_is_asked_for_only_where_images_are_run_once() -> None:
    api = api_with()
    api.deny("create", "pods")
    assert look(api).version == "v1.34.4"

    cluster = minimal(resources=NOTHING)
    with pytest.raises(MissingRights) as caught:
        preflight(api, NAMESPACE, cluster.name, render(cluster, "kubernetes"), probes=True)
    assert caught.value.why == "missing: create pods"


# ---- owners ----


@pytest.mark.parametrize(
    ("labels", "manager", "owner"),
    [
        ({"vitessctl.io/cluster": "shop"}, "vitessctl", "the cluster shop of vitessctl"),
        ({"app.kubernetes.io/managed-by": "Helm", "app.kubernetes.io/instance": "etcd"}, "helm", "Helm (etcd)"),
        ({"app.kubernetes.io/managed-by": "Helm"}, "helm", "Helm"),
        ({}, "kubectl-client-side-apply", "kubectl-client-side-apply"),
    ],
)
def test_an_object_of_somebody_else_is_refused_with_its_owner(
    labels: Mapping[str, str], manager: str, owner: str
) -> None:
    api = api_with()
    body = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "guestbook-etcd", "namespace": NAMESPACE, "labels": dict(labels)},
        "spec": {"ports": [{"port": 2379}]},
    }
    api.put(body, manager=manager)
    found = fault(api)
    assert isinstance(found, OwnedByOthers)
    assert found.exit_code is ExitCode.CONFLICT
    assert found.why == f"Service/guestbook-etcd belongs to {owner}"


def test_the_volume_of_another_cluster_is_not_taken_either() -> None:
    api = api_with()
    name = "data-guestbook-vttablet-zone1-0000000100-0"
    api.put(claim(name, {"vitessctl.io/cluster": "shop"}))
    found = fault(api)
    assert isinstance(found, OwnedByOthers)
    assert found.owned == {f"PersistentVolumeClaim/{name}": "the cluster shop of vitessctl"}


def claim(name: str, labels: Mapping[str, str]) -> Any:
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": name, "namespace": NAMESPACE, "labels": dict(labels)},
        "spec": {"accessModes": ["ReadWriteOnce"]},
    }


def test_our_own_objects_are_no_obstacle() -> None:
    api = api_with()
    cluster = minimal(resources=NOTHING)
    for document in render(cluster, "kubernetes"):
        body = {**document.data, "metadata": {**document.data["metadata"], "namespace": NAMESPACE}}
        api.apply(body)
    assert look(api, cluster) == Ready("v1.34.4")


# ---- storage ----


def test_a_storage_class_that_does_not_exist() -> None:
    cluster = minimal(resources=NOTHING)
    shard = cluster.keyspaces[0].shards[0]
    fast = tuple(replace(tablet, storage_class="fast") for tablet in shard.tablets)
    keyspace = replace(cluster.keyspaces[0], shards=(replace(shard, tablets=fast),))
    found = fault(api_with(), replace(cluster, keyspaces=(keyspace,)))
    assert isinstance(found, NoStorageClass)
    assert found.what == "there is no StorageClass fast"
    assert found.where == "StatefulSet/guestbook-vttablet-zone1-0000000100 and 2 more"
    assert found.why == "their volumes want it; there are: standard"


def test_no_default_storage_class() -> None:
    found = fault(api_with(node(), storage_class(default=False), healthy=False))
    assert isinstance(found, NoStorageClass)
    assert found.what == "there is no default StorageClass"
    assert "storageclass.kubernetes.io/is-default-class=true" in found.fix


def test_volumes_that_exist_need_no_class() -> None:
    cluster = minimal(resources=NOTHING)
    ours = {"vitessctl.io/cluster": "guestbook"}
    names = [f"data-{one.name}-0" for one in render(cluster, "kubernetes") if one.kind == "StatefulSet"]
    api = api_with(node(), *(claim(name, ours) for name in names), healthy=False)
    assert look(api, cluster) == Ready("v1.34.4")


# ---- room ----


def test_a_pod_that_is_too_large_for_every_node_names_both_numbers() -> None:
    cluster = minimal(resources={"vtctld": {"requests": {"cpu": "64", "memory": "1Ti"}}})
    found = fault(api_with(node("node-2", cpu="8", memory="8Gi")), cluster)
    assert isinstance(found, PreflightError)
    single = next(one for one in found.errors if isinstance(one, TooLargeForAnyNode))
    assert single.what == "a pod of Deployment/guestbook-vtctld is too large for any node"
    assert single.why == "it asks for 64 cpu and 1Ti memory; the largest of 2 nodes has 8 cpu and 16Gi memory"
    assert "resources: none" in single.fix


def test_all_pods_together_can_be_too_much() -> None:
    found = fault(api_with(node(cpu="1"), storage_class(), healthy=False), minimal(resources=RECOMMENDED))
    assert isinstance(found, TooLargeForAllNodes)
    assert (found.resource, found.there) == ("cpu", 1)
    assert found.why.endswith("all nodes together can give 1")


def test_nodes_that_take_no_pods_do_not_count() -> None:
    cordoned = {**node("node-2", cpu="99"), "spec": {"unschedulable": True}}
    api = api_with(node(ready="False"), cordoned, storage_class(), healthy=False)
    assert isinstance(fault(api), NoNode)


def test_a_zone_without_a_node() -> None:
    cluster = minimal(resources=NOTHING)
    zoned = replace(cluster, cells=(replace(cluster.cells[0], zone="eu-west-1a"),))
    found = fault(api_with(), zoned)
    faults_ = found.errors if isinstance(found, PreflightError) else (found,)
    assert all(isinstance(one, NoSuchNode) for one in faults_)
    assert "topology.kubernetes.io/zone=eu-west-1a" in faults_[0].why
    here = node("node-2", labels={"topology.kubernetes.io/zone": "eu-west-1a"})
    assert look(api_with(here), zoned).notices == ()


def test_where_nodes_come_as_they_are_needed_it_is_only_said() -> None:
    growing = node(labels={"karpenter.sh/nodepool": "default"}, cpu="1")
    ready = look(api_with(growing, storage_class(), healthy=False), minimal(resources=RECOMMENDED))
    assert [notice.endswith("a node has to be added for it") for notice in ready.notices] == [True]


# ---- quotas ----


def test_a_quota_that_is_too_small_names_what_is_asked_and_what_is_taken() -> None:
    found = fault(api_with(quota({"pods": "5"}, {"pods": "2"})))
    assert isinstance(found, QuotaTooSmall)
    assert found.what == "the quota small leaves too little pods"
    assert found.why.endswith("more; 2 of 5 are taken")


def test_what_exists_already_is_not_counted_twice() -> None:
    cluster = minimal(resources=NOTHING)
    api = api_with(quota({"pods": "10", "persistentvolumeclaims": "99"}, {"pods": "6"}))
    for document in render(cluster, "kubernetes"):
        api.apply({**document.data, "metadata": {**document.data["metadata"], "namespace": NAMESPACE}})
    assert look(api, cluster) == Ready("v1.34.4")


def test_a_quota_on_volumes() -> None:
    found = fault(api_with(quota({"requests.storage": "20Gi"})))
    assert isinstance(found, QuotaTooSmall)
    assert found.why == "this asks for 31Gi more; 0 of 20Gi are taken"


def test_a_quota_on_memory_wants_every_container_to_say_what_it_takes() -> None:
    found = fault(api_with(quota({"memory": "999Gi"})))
    assert isinstance(found, QuotaWantsResources)
    assert "Deployment/guestbook-vtctld lacks requests.memory" in found.why
    assert "resources: recommended" in found.fix


def test_defaults_of_a_limit_range_satisfy_the_quota() -> None:
    limits = {"apiVersion": "v1", "kind": "LimitRange", "metadata": {"name": "defaults", "namespace": NAMESPACE}}
    assert look(api_with(quota({"memory": "999Gi"}), limits)) == Ready("v1.34.4")


def test_a_quota_still_counts_where_limit_ranges_may_not_be_looked_at() -> None:
    api = api_with(quota({"pods": "1", "memory": "999Gi"}))
    api.deny("list", "limitranges")
    assert isinstance(fault(api), QuotaTooSmall)


def test_a_quota_for_some_pods_only_is_left_to_the_api_server() -> None:
    assert look(api_with(quota({"pods": "0"}, scopes=["BestEffort"]))) == Ready("v1.34.4")


# ---- Pod Security ----


def test_the_packaged_templates_keep_to_the_strictest_level() -> None:
    labels = {"pod-security.kubernetes.io/enforce": "restricted"}
    body = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE, "labels": labels}}
    assert look(api_with(body)).notices == ()


@pytest.mark.parametrize(
    ("spec", "level", "objections"),
    [
        ({"hostNetwork": True}, "baseline", ["hostNetwork"]),
        ({"volumes": [{"name": "data", "hostPath": {"path": "/"}}]}, "baseline", ["volume data is a hostPath"]),
        (
            {"containers": [{"name": "c", "securityContext": {"privileged": True}, "ports": [{"hostPort": 1}]}]},
            "baseline",
            ["container c is privileged", "container c has a hostPort"],
        ),
        (
            {"containers": [{"name": "c"}]},
            "restricted",
            [
                "container c does not set allowPrivilegeEscalation: false",
                "container c does not set runAsNonRoot: true",
                "container c does not drop all capabilities",
                "container c has no seccompProfile",
            ],
        ),
    ],
)
def test_what_the_pod_security_standards_object_to(spec: Mapping[str, Any], level: str, objections: list[str]) -> None:
    assert violations(spec, level) == objections


def test_several_faults_come_in_one_error() -> None:
    api = api_with(quota({"pods": "1"}), node(), healthy=False)
    api.deny("create", "secrets")
    found = fault(api)
    assert isinstance(found, PreflightError)
    assert {type(one) for one in found.errors} == {MissingRights, NoStorageClass, QuotaTooSmall}
    assert list(failure_lines(found))[-1] == "3 things in this Kubernetes cluster are in the way"

"""Kinds and paths, as the API's own documentation has them."""

from __future__ import annotations

import pytest

from vitessctl.targets.kubernetes import faults, kinds, routes


@pytest.mark.parametrize(
    ("api_version", "kind", "path"),
    [
        ("v1", "Pod", "/api/v1/namespaces/shop/pods"),
        ("v1", "Node", "/api/v1/nodes"),
        ("apps/v1", "StatefulSet", "/apis/apps/v1/namespaces/shop/statefulsets"),
        ("networking.k8s.io/v1", "NetworkPolicy", "/apis/networking.k8s.io/v1/namespaces/shop/networkpolicies"),
        ("storage.k8s.io/v1", "StorageClass", "/apis/storage.k8s.io/v1/storageclasses"),
        ("operator.etcd.io/v1alpha1", "EtcdCluster", "/apis/operator.etcd.io/v1alpha1/namespaces/shop/etcdclusters"),
    ],
)
def test_where_the_server_has_a_kind(api_version: str, kind: str, path: str) -> None:
    assert routes.collection(kinds.find(api_version, kind), "shop") == path


def test_one_object_and_its_parts() -> None:
    assert routes.item(kinds.NODE, "", "n1") == "/api/v1/nodes/n1"
    assert routes.item(kinds.POD, "shop", "p", "log") == "/api/v1/namespaces/shop/pods/p/log"
    assert routes.item(kinds.POD, "a/b", "../c") == "/api/v1/namespaces/a%2Fb/pods/..%2Fc"
    assert routes.with_query("/x", [("command", "a b"), ("command", "c")]) == "/x?command=a+b&command=c"
    assert routes.selector({"b": "2", "a": "1"}) == "a=1,b=2"


def test_all_namespaces_are_never_asked_for() -> None:
    with pytest.raises(ValueError, match="ClusterRole"):
        routes.collection(kinds.POD, "")
    with pytest.raises(ValueError, match="all of them"):
        routes.item(kinds.POD, "shop", "")


def test_kinds_are_told_apart() -> None:
    assert len({(kind.api_version, kind.plural) for kind in kinds.ALL}) == len(kinds.ALL)
    assert (
        kinds.of({"apiVersion": "etcd.database.coreos.com/v1beta2", "kind": "EtcdCluster"}) is kinds.COREOS_ETCD_CLUSTER
    )


@pytest.mark.parametrize("body", [{}, {"kind": "Pod"}, {"apiVersion": "batch/v1", "kind": "Job"}])
def test_other_kinds_are_not_handled(body: dict[str, str]) -> None:
    with pytest.raises(faults.NotSupported):
        kinds.of(body)


def test_a_version_that_is_not_handled_names_the_one_that_is() -> None:
    with pytest.raises(faults.NotSupported, match="it handles Deployment of apps/v1"):
        kinds.find("extensions/v1beta1", "Deployment")

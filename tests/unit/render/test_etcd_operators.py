"""What an etcd operator is given: its EtcdCluster, and what it can no longer make itself."""

from __future__ import annotations

from typing import Any

from tests.unit.render.clusters import images, minimal
from vitessctl.model.cluster import Cluster, Topology
from vitessctl.render.layout_kubernetes import KubernetesLayout
from vitessctl.render.render import render

NOTES = {"annotations": {"example.com/team": "databases"}}


def run_by(operator: str, **components: Any) -> Cluster:
    named = {**images("24"), "etcd": "registry.example.com/etcd:v3.6.7"}
    return minimal(topology=Topology(operator=operator, members=3), images=named, components=components)


def objects(cluster: Cluster) -> dict[str, Any]:
    return {each.label: each.data for each in render(cluster, "kubernetes") if each.component == "etcd"}


def test_the_operator_of_the_etcd_project_takes_image_labels_and_annotations() -> None:
    """Without the registry it would take its own default image; without the labels nobody would find the pods."""
    found = objects(run_by("etcd-io", etcd=NOTES))
    assert set(found) == {"ServiceAccount/guestbook", "EtcdCluster/guestbook-etcd"}
    spec = found["EtcdCluster/guestbook-etcd"]["spec"]
    assert (spec["imageRegistry"], spec["version"], spec["size"]) == ("registry.example.com/etcd", "v3.6.7", 3)
    metadata = spec["podTemplate"]["metadata"]
    assert metadata["labels"]["vitessctl.io/cluster"] == "guestbook"
    assert metadata["labels"]["vitessctl.io/component"] == "etcd"
    assert metadata["annotations"] == NOTES["annotations"]


def test_without_annotations_there_is_no_such_key() -> None:
    spec = objects(run_by("etcd-io"))["EtcdCluster/guestbook-etcd"]["spec"]
    assert set(spec["podTemplate"]["metadata"]) == {"labels"}
    assert "annotations" not in objects(run_by("coreos"))["EtcdCluster/guestbook-etcd"]["metadata"]


def test_the_operator_of_coreos_puts_a_v_before_the_version() -> None:
    spec = objects(run_by("coreos"))["EtcdCluster/guestbook-etcd"]["spec"]
    assert (spec["repository"], spec["version"], spec["size"]) == ("registry.example.com/etcd", "3.6.7", 3)


def test_its_annotations_are_the_etcd_clusters_too_since_one_of_them_chooses_the_operator() -> None:
    scope = {"etcd.database.coreos.com/scope": "clusterwide"}
    found = objects(run_by("coreos", etcd={"annotations": scope}))["EtcdCluster/guestbook-etcd"]
    assert found["metadata"]["annotations"] == scope
    assert found["spec"]["pod"]["annotations"] == scope


def test_its_members_find_each_other_before_they_are_ready() -> None:
    """It selects by the operator's own labels, and comes first, so that the operator finds it."""
    found = objects(run_by("coreos"))
    assert list(found) == ["ServiceAccount/guestbook", "Service/guestbook-etcd", "EtcdCluster/guestbook-etcd"]
    service = found["Service/guestbook-etcd"]["spec"]
    assert service["clusterIP"] == "None"
    assert service["publishNotReadyAddresses"] is True
    assert service["selector"] == {"app": "etcd", "etcd_cluster": "guestbook-etcd"}
    assert [port["port"] for port in service["ports"]] == [2379, 2380]


def test_clients_find_etcd_at_the_service_that_the_operator_makes() -> None:
    assert KubernetesLayout(run_by("coreos")).topology_address() == "guestbook-etcd-client:2379"
    assert KubernetesLayout(run_by("etcd-io")).topology_address() == "guestbook-etcd:2379"

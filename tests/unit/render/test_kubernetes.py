"""The Kubernetes target's documents."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import yaml

from tests.unit.render.clusters import minimal, production
from vitessctl.model.cluster import Cell, Topology, User, Vtgate
from vitessctl.render.documents import Document, of_stage
from vitessctl.render.render import render

TABLET = "StatefulSet/guestbook-vttablet-zone1-0000000100"


def objects(cluster: Any) -> dict[str, Document]:
    documents = render(cluster, "kubernetes")
    found = {document.label: document for document in documents}
    assert len(found) == len(documents), "two documents of one label"
    return found


def pod_of(document: Document) -> dict[str, Any]:
    return document.data["spec"]["template"]["spec"]  # type: ignore[no-any-return]


def containers(document: Document) -> Iterator[dict[str, Any]]:
    pod = pod_of(document)
    yield from pod.get("initContainers", [])
    yield from pod["containers"]


def keys(data: Any) -> Iterator[str]:
    if isinstance(data, dict):
        yield from data
        for value in data.values():
            yield from keys(value)
    elif isinstance(data, list):
        for value in data:
            yield from keys(value)


def test_documents_come_in_the_order_of_the_stages() -> None:
    documents = render(minimal(users=(User("a", "b"),)), "kubernetes")
    assert [(document.stage, document.label, document.subject) for document in documents] == [
        ("etcd", "ServiceAccount/guestbook", ""),
        ("etcd", "NetworkPolicy/guestbook-etcd", ""),
        ("etcd", "Service/guestbook-etcd", ""),
        ("etcd", "Service/guestbook-etcd-peer", ""),
        ("etcd", "StatefulSet/guestbook-etcd", ""),
        ("vtctld", "NetworkPolicy/guestbook-vtctld", ""),
        ("vtctld", "Service/guestbook-vtctld", ""),
        ("vtctld", "Deployment/guestbook-vtctld", ""),
        ("mysql", "NetworkPolicy/guestbook-vttablet", ""),
        ("mysql", "ConfigMap/guestbook-mysql", ""),
        ("mysql", "Service/guestbook-vttablet", ""),
        ("mysql", "PodDisruptionBudget/guestbook-vttablet-messages-0", "messages/0"),
        ("mysql", TABLET, "zone1-0000000100"),
        ("mysql", "StatefulSet/guestbook-vttablet-zone1-0000000101", "zone1-0000000101"),
        ("mysql", "StatefulSet/guestbook-vttablet-zone1-0000000102", "zone1-0000000102"),
        ("vtorc", "Deployment/guestbook-vtorc-zone1", "zone1"),
        ("vtgate", "NetworkPolicy/guestbook-vtgate", ""),
        ("vtgate", "Secret/guestbook-vtgate-users", ""),
        ("vtgate", "Service/guestbook-vtgate-zone1", "zone1"),
        ("vtgate", "PodDisruptionBudget/guestbook-vtgate-zone1", "zone1"),
        ("vtgate", "Deployment/guestbook-vtgate-zone1", "zone1"),
    ]


@pytest.mark.parametrize("cluster", [minimal(), minimal("2.1"), production()], ids=["minimal", "2.1", "production"])
def test_the_data_of_every_object_is_what_yaml_reads(cluster: Any) -> None:
    for document in render(cluster, "kubernetes"):
        assert yaml.safe_load(document.text) == document.data
        assert document.data["metadata"]["namespace"] == cluster.namespace
        assert document.data["metadata"]["labels"]["vitessctl.io/cluster"] == cluster.name
        assert (document.kind, document.name) == (document.data["kind"], document.data["metadata"]["name"])


def test_without_resources_no_container_has_such_a_key() -> None:
    for document in render(minimal(), "kubernetes"):
        found = [key for key in keys(document.data.get("spec", {}).get("template", {})) if key == "resources"]
        assert found == [], document.label


def test_resources_are_where_they_are_given_and_nowhere_else() -> None:
    cluster = minimal(resources={"mysqlctld": {"limits": {"memory": "1Gi"}}, "etcd": {"requests": {"cpu": 0.5}}})
    found = {
        (document.component, container["name"]): container["resources"]
        for document in render(cluster, "kubernetes")
        if document.kind in ("StatefulSet", "Deployment")
        for container in containers(document)
        if "resources" in container
    }
    assert found == {
        ("vttablet", "mysqld"): {"limits": {"memory": "1Gi"}},
        ("etcd", "etcd"): {"requests": {"cpu": 0.5}},
    }


def test_every_pod_is_locked_down() -> None:
    for document in render(production(), "kubernetes"):
        if document.kind not in ("StatefulSet", "Deployment"):
            continue
        pod = pod_of(document)
        assert pod["automountServiceAccountToken"] is False
        assert pod["serviceAccountName"] == "shop"
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["securityContext"]["runAsUser"] == pod["securityContext"]["fsGroup"] == 999
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        for container in containers(document):
            assert container["securityContext"]["allowPrivilegeEscalation"] is False
            assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
            assert container["imagePullPolicy"] == "IfNotPresent"


def test_selectors_find_their_own_pods_and_no_others() -> None:
    documents = render(production(), "kubernetes")
    pods = [
        (document.label, document.data["spec"]["template"]["metadata"]["labels"])
        for document in documents
        if document.kind in ("StatefulSet", "Deployment")
    ]
    for document in documents:
        if document.kind in ("StatefulSet", "Deployment"):
            selector = document.data["spec"]["selector"]["matchLabels"]
            chosen = [label for label, labels in pods if selector.items() <= labels.items()]
            assert chosen == [document.label]
        if document.kind == "Service":
            chosen = [label for label, labels in pods if document.data["spec"]["selector"].items() <= labels.items()]
            assert chosen, document.label
            assert all(document.component in label for label in chosen)


def test_ports_that_services_name_are_there() -> None:
    documents = render(production(), "kubernetes")
    for service in documents:
        if service.kind != "Service":
            continue
        workloads = [
            document
            for document in documents
            if document.component == service.component and document.kind in ("StatefulSet", "Deployment")
        ]
        for workload in workloads:
            ports = [port for part in containers(workload) for port in part.get("ports", [])]
            named = {port["name"]: port["containerPort"] for port in ports}
            for port in service.data["spec"]["ports"]:
                assert named.get(port["targetPort"], port["targetPort"]) == port["port"]


def test_a_tablet_is_a_stateful_set_that_only_vitessctl_restarts() -> None:
    spec = objects(minimal())[TABLET].data["spec"]
    assert spec["replicas"] == 1
    assert spec["serviceName"] == "guestbook-vttablet"
    assert spec["podManagementPolicy"] == "Parallel"
    assert spec["updateStrategy"] == {"type": "OnDelete"}
    assert spec["persistentVolumeClaimRetentionPolicy"] == {"whenDeleted": "Retain", "whenScaled": "Retain"}
    (claim,) = spec["volumeClaimTemplates"]
    assert claim["spec"] == {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "10Gi"}}}


def test_mysqld_is_a_sidecar_and_vttablet_starts_the_moment_it_is_up() -> None:
    pod = pod_of(objects(minimal())[TABLET])
    mysqld, keyspace = pod["initContainers"]
    assert keyspace["name"] == "keyspace"
    assert mysqld["image"] == "mysql:8.4.8"
    assert mysqld["restartPolicy"] == "Always"
    assert mysqld["args"][0] == "/vt/shared/mysqlctld"
    assert "startupProbe" not in mysqld
    assert mysqld["readinessProbe"]["tcpSocket"] == {"port": "mysqlctld"}
    assert {"name": "mysqlctld", "containerPort": 15001} in mysqld["ports"]
    (vttablet,) = pod["containers"]
    assert vttablet["readinessProbe"]["httpGet"] == {"path": "/healthz", "port": "http"}
    data = {"name": "data", "mountPath": "/vt/vtdataroot"}
    assert data in mysqld["volumeMounts"]
    assert data in vttablet["volumeMounts"]


def test_the_container_beside_lends_mysqlctld_to_an_image_of_mysql() -> None:
    mysqld, keyspace = pod_of(objects(minimal())[TABLET])["initContainers"]
    assert keyspace["image"] == "vitess/lite:v24"
    assert keyspace["args"][:3] == ["/vt/bin", "mysqlctld", "/vt/shared"]
    assert {"name": "shared", "mountPath": "/vt/shared"} in keyspace["volumeMounts"]
    assert {"name": "shared", "mountPath": "/vt/shared", "readOnly": True} in mysqld["volumeMounts"]


def test_a_mysqlctld_of_an_image_of_its_own_is_copied_before() -> None:
    images = {**minimal().images, "mysqlctld": "my/ctl:v24"}
    copy, mysqld, keyspace = pod_of(objects(minimal(images=images))[TABLET])["initContainers"]
    assert (copy["image"], copy["command"]) == ("my/ctl:v24", ["cp", "/vt/bin/mysqlctld", "/vt/shared"])
    assert mysqld["command"] == ["/vt/shared/mysqlctld"]
    assert "shared" not in {mount["name"] for mount in keyspace["volumeMounts"]}
    assert keyspace["args"][0] == "guestbook-vtctld", "nothing is lent"


def test_before_20_one_image_holds_all_of_a_tablet() -> None:
    pod = pod_of(objects(minimal("19"))[TABLET])
    mysqld, _keyspace = pod["initContainers"]
    assert mysqld["image"] == pod["containers"][0]["image"] == "vitess/lite:v19"
    assert mysqld["command"] == ["/vt/bin/mysqlctld"]
    assert "shared" not in {volume["name"] for volume in pod["volumes"]}


def test_mounted_volumes_are_there() -> None:
    for cluster in (minimal(), minimal("2.1"), production()):
        for document in render(cluster, "kubernetes"):
            if document.kind not in ("StatefulSet", "Deployment"):
                continue
            claims = document.data["spec"].get("volumeClaimTemplates", [])
            volumes = {volume["name"] for volume in pod_of(document)["volumes"]}
            volumes |= {claim["metadata"]["name"] for claim in claims}
            mounted = {mount["name"] for part in containers(document) for mount in part["volumeMounts"]}
            assert mounted == volumes, document.label


def test_an_ephemeral_tablet_has_no_claim() -> None:
    cluster = minimal()
    shard = cluster.keyspaces[0].shards[0]
    tablets = tuple(replace(tablet, ephemeral=True) for tablet in shard.tablets)
    keyspace = replace(cluster.keyspaces[0], shards=(replace(shard, tablets=tablets),))
    document = objects(replace(cluster, keyspaces=(keyspace,)))[TABLET]
    assert "volumeClaimTemplates" not in document.data["spec"]
    assert {"name": "data", "emptyDir": {}} in pod_of(document)["volumes"]


def test_one_etcd_has_no_disruption_budget_and_three_have() -> None:
    assert "PodDisruptionBudget/guestbook-etcd" not in objects(minimal())
    three = objects(production())
    assert three["PodDisruptionBudget/shop-etcd"].data["spec"]["maxUnavailable"] == 1
    etcd = three["StatefulSet/shop-etcd"].data["spec"]
    assert (etcd["replicas"], etcd["podManagementPolicy"]) == (3, "Parallel")
    assert etcd["volumeClaimTemplates"][0]["spec"]["storageClassName"] == "fast"
    assert three["Service/shop-etcd-peer"].data["spec"]["publishNotReadyAddresses"] is True


def test_somebody_elses_etcd_is_not_made() -> None:
    found = objects(minimal(topology=Topology(external=("etcd:2379",))))
    assert [label for label in found if "etcd" in label] == []
    assert "ServiceAccount/guestbook" in found


def test_cells_live_in_their_zones() -> None:
    found = objects(production())
    for label, zone in (("Deployment/shop-vtgate-zone1", "eu-west-1a"), ("Deployment/shop-vtorc-zone2", "eu-west-1b")):
        assert pod_of(found[label])["nodeSelector"] == {"topology.kubernetes.io/zone": zone}
    assert "nodeSelector" not in pod_of(objects(minimal())["Deployment/guestbook-vtgate-zone1"])


def test_a_cells_vtgate_service_is_as_asked_for() -> None:
    gate = Vtgate(2, "LoadBalancer", {"example.com/x": "yes", "a b": "1"}, 30306, "example.com/lb")
    with pytest.raises(Exception, match="not right"):
        objects(minimal(cells=(Cell("zone1", vtgate=gate),)))
    gate = replace(gate, annotations={"example.com/x": "yes"})
    found = objects(minimal(cells=(Cell("zone1", vtgate=gate),)))
    service = found["Service/guestbook-vtgate-zone1"].data
    assert service["metadata"]["annotations"] == {"example.com/x": "yes"}
    assert service["spec"]["type"] == "LoadBalancer"
    assert service["spec"]["loadBalancerClass"] == "example.com/lb"
    assert service["spec"]["ports"][0] == {"name": "mysql", "port": 3306, "targetPort": "mysql", "nodePort": 30306}
    assert found["Deployment/guestbook-vtgate-zone1"].data["spec"]["replicas"] == 2


def test_users_are_a_secret_that_vtgate_mounts() -> None:
    found = objects(production())
    secret = found["Secret/shop-vtgate-users"]
    assert secret.secret
    assert json.loads(base64.b64decode(secret.data["data"]["users.json"])) == {
        "app": [{"Password": "correct horse"}],
        "reader": [{"Password": "battery: 'staple'"}],
    }
    vtgate = pod_of(found["Deployment/shop-vtgate-zone1"])
    assert {"name": "users", "secret": {"secretName": "shop-vtgate-users"}} in vtgate["volumes"]
    assert "--mysql-auth-server-static-file=/vt/secrets/vtgate/users.json" in vtgate["containers"][0]["args"]
    assert [document.label for document in found.values() if document.secret] == ["Secret/shop-vtgate-users"]


def test_key_ranges_are_spelled_as_labels_can_be() -> None:
    found = objects(production())
    budgets = [label for label in found if label.startswith("PodDisruptionBudget/shop-vttablet")]
    assert budgets == [
        "PodDisruptionBudget/shop-vttablet-commerce-x-80",
        "PodDisruptionBudget/shop-vttablet-commerce-80-x",
    ]
    shards = {
        document.data["metadata"]["labels"]["vitessctl.io/shard"]
        for document in of_stage(tuple(found.values()), "mysql")
        if document.kind == "StatefulSet"
    }
    assert shards == {"x-80", "80-x"}


def test_dollar_signs_are_the_users_own_but_for_the_pods_name() -> None:
    flags = {"vtgate": {"warn-payload-size": "$(POD_NAME)$$x"}}
    found = objects(minimal(extra_flags=flags))
    gate = pod_of(found["Deployment/guestbook-vtgate-zone1"])["containers"][0]
    assert "--warn-payload-size=$$(POD_NAME)$$$$x" in gate["args"]
    assert "--name=$(POD_NAME)" in pod_of(found["StatefulSet/guestbook-etcd"])["containers"][0]["args"]


def test_a_cell_whose_name_kubernetes_cannot_spell() -> None:
    cluster = minimal(cells=(Cell("zone_1.A"), Cell("zone_1_A")), keyspaces=())
    found = [label for label in objects(cluster) if label.startswith("Deployment/guestbook-vtgate")]
    assert len(found) == len(set(found)) == 2
    assert all(label.startswith("Deployment/guestbook-vtgate-zone-1-a-") for label in found)


@pytest.mark.parametrize("release", ["2.1", "14"])
def test_releases_without_vtorc_have_none(release: str) -> None:
    assert not of_stage(render(minimal(release), "kubernetes"), "vtorc")

"""What people add to pods is where it belongs, and nearer words win."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.unit.render.clusters import minimal, production
from vitessctl.model.cluster import Cell, Vtgate
from vitessctl.render.render import render

EVERYTHING: dict[str, Any] = {
    "node_selector": {"disk": "ssd"},
    "affinity": {"nodeAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": []}},
    "tolerations": [{"key": "databases", "operator": "Exists"}],
    "priority_class": "databases",
    "annotations": {"example.com/scrape": "true"},
    "labels": {"team": "shop"},
    "env": [{"name": "TZ", "value": "UTC"}],
    "volumes": [{"name": "extra", "emptyDir": {}}],
    "volume_mounts": [{"name": "extra", "mountPath": "/extra"}],
    "containers": [{"name": "exporter", "image": "exporter:1"}],
    "image_pull_secrets": [{"name": "registry"}],
    "image_pull_policy": "Always",
}
WORKLOADS = {
    "etcd": "StatefulSet/guestbook-etcd",
    "vtctld": "Deployment/guestbook-vtctld",
    "vttablet": "StatefulSet/guestbook-vttablet-zone1-0000000100",
    "vtorc": "Deployment/guestbook-vtorc-zone1",
    "vtgate": "Deployment/guestbook-vtgate-zone1",
}


def template(cluster: Any, label: str) -> dict[str, Any]:
    (found,) = (document for document in render(cluster, "kubernetes") if document.label == label)
    return dict(found.data["spec"]["template"])


@pytest.mark.parametrize("component", sorted(WORKLOADS))
def test_every_addition_reaches_the_pod_of_its_component_alone(component: str) -> None:
    cluster = minimal(components={component: EVERYTHING})
    found = template(cluster, WORKLOADS[component])
    assert found["metadata"]["annotations"] == {"example.com/scrape": "true"}
    assert found["metadata"]["labels"]["team"] == "shop"
    assert found["metadata"]["labels"]["vitessctl.io/component"] == component
    pod = found["spec"]
    assert pod["nodeSelector"] == {"disk": "ssd"}
    assert pod["affinity"]["nodeAffinity"] == EVERYTHING["affinity"]["nodeAffinity"]
    assert pod["tolerations"] == EVERYTHING["tolerations"]
    assert pod["priorityClassName"] == "databases"
    assert pod["imagePullSecrets"] == [{"name": "registry"}]
    assert {"name": "extra", "emptyDir": {}} in pod["volumes"]
    own, exporter = pod["containers"]
    assert (own["name"], own["imagePullPolicy"]) == (component, "Always")
    assert own["env"][-1] == {"name": "TZ", "value": "UTC"}
    assert own["volumeMounts"][-1] == {"name": "extra", "mountPath": "/extra"}
    assert exporter == {"name": "exporter", "image": "exporter:1"}
    for other, label in WORKLOADS.items():
        if other != component:
            assert template(cluster, label) == template(minimal(), label)


def test_mysqlds_additions_reach_its_container_alone() -> None:
    settings = {key: EVERYTHING[key] for key in ("env", "volume_mounts", "image_pull_policy")}
    volumes = {"volumes": EVERYTHING["volumes"]}
    pod = template(minimal(components={"mysqld": settings, "vttablet": volumes}), WORKLOADS["vttablet"])["spec"]
    mysqld, _ = pod["initContainers"]
    assert mysqld["env"][-1] == {"name": "TZ", "value": "UTC"}
    assert mysqld["volumeMounts"][-1] == {"name": "extra", "mountPath": "/extra"}
    assert mysqld["imagePullPolicy"] == "Always"
    assert {"name": "TZ", "value": "UTC"} not in pod["containers"][0]["env"]


def test_the_cell_wins_over_the_component_and_the_pool_over_the_cell() -> None:
    cluster = minimal(
        cells=(Cell("zone1", zone="a", pod={"node_selector": {"disk": "cells", "pool": "x"}}),),
        components={"vttablet": {"node_selector": {"disk": "components", "cpu": "fast"}}},
    )
    (keyspace,) = cluster.keyspaces
    (shard,) = keyspace.shards
    first = replace(shard.tablets[0], pod={"node_selector": {"disk": "pools"}})
    shard = replace(shard, tablets=(first, *shard.tablets[1:]))
    cluster = replace(cluster, keyspaces=(replace(keyspace, shards=(shard,)),))
    wanted = {"topology.kubernetes.io/zone": "a", "cpu": "fast", "pool": "x"}
    assert template(cluster, WORKLOADS["vttablet"])["spec"]["nodeSelector"] == {**wanted, "disk": "pools"}
    other = "StatefulSet/guestbook-vttablet-zone1-0000000101"
    assert template(cluster, other)["spec"]["nodeSelector"] == {**wanted, "disk": "cells"}


def test_a_vtgates_own_word_wins_over_its_cells() -> None:
    cell = Cell("zone1", pod={"priority_class": "cell"}, vtgate=Vtgate(pod={"priority_class": "gate"}))
    found = {
        name: template(minimal(cells=(cell,)), WORKLOADS[name])["spec"] for name in ("vtgate", "vtorc", "vttablet")
    }
    assert {name: pod["priorityClassName"] for name, pod in found.items()} == {
        "vtgate": "gate",
        "vtorc": "cell",
        "vttablet": "cell",
    }


def test_tablets_of_a_shard_are_kept_apart_unless_somebody_knows_better() -> None:
    label = WORKLOADS["vttablet"]
    ours = template(minimal(), label)["spec"]["affinity"]["podAntiAffinity"]
    (term,) = ours["preferredDuringSchedulingIgnoredDuringExecution"]
    assert term["podAffinityTerm"]["labelSelector"]["matchLabels"] == {
        "vitessctl.io/cluster": "guestbook",
        "vitessctl.io/keyspace": "messages",
        "vitessctl.io/shard": "0",
    }
    theirs = {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": []}}
    found = template(minimal(components={"vttablet": {"affinity": theirs}}), label)
    assert found["spec"]["affinity"] == theirs


def test_a_spread_without_a_selector_means_the_components_pods() -> None:
    spread = {"maxSkew": 1, "topologyKey": "zone", "whenUnsatisfiable": "DoNotSchedule"}
    label = WORKLOADS["vtgate"]
    (found,) = template(minimal(components={"vtgate": {"topology_spread": [spread]}}), label)["spec"][
        "topologySpreadConstraints"
    ]
    (own,) = template(minimal(), label)["spec"]["topologySpreadConstraints"]
    assert found == {**spread, "labelSelector": own["labelSelector"]}
    chosen = {**spread, "labelSelector": {"matchLabels": {"team": "shop"}}}
    cluster = minimal(components={"vtgate": {"topology_spread": [chosen]}})
    assert template(cluster, label)["spec"]["topologySpreadConstraints"] == [chosen]


def test_containers_that_only_prepare_ask_for_no_more_than_the_tablet() -> None:
    cluster = production()
    cluster = replace(cluster, images={**cluster.images, "mysqlctld": "my/ctl:v24"})
    pod = next(
        document.data["spec"]["template"]["spec"]
        for document in render(cluster, "kubernetes")
        if document.component == "vttablet" and document.kind == "StatefulSet"
    )
    copy, _, keyspace = pod["initContainers"]
    assert copy["resources"] == keyspace["resources"] == cluster.resources["vttablet"]

"""From a spec to the cluster: defaults, names, numbers; and that they stay when something is added."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vitessctl.model.build import build
from vitessctl.model.cluster import COMPONENTS, Cluster, Local, Timeouts, Topology, User, Vtgate
from vitessctl.model.ports import tablet_ports
from vitessctl.model.resources import RECOMMENDED
from vitessctl.spec import load

Builder = Callable[..., Cluster]
LITTLE: dict[str, Any] = {
    "cluster": "shop",
    "image": "vitess/lite:v24.0.4",
    "cells": ["zone1"],
    "keyspaces": {"messages": {"tablets": {"replica": 3}}},
}


@pytest.fixture
def cluster_of(tmp_path: Path) -> Builder:
    """The cluster of the smallest spec with some fields replaced or added."""

    def build_it(**fields: Any) -> Cluster:
        path = tmp_path / "cluster.yaml"
        path.write_text(json.dumps({**LITTLE, **fields}))
        return build(load(path, target="kubernetes"))

    return build_it


def aliases(cluster: Cluster) -> list[str]:
    return [
        f"{tablet.alias} {tablet.keyspace}/{tablet.shard} {tablet.type} {tablet.index}" for tablet in cluster.tablets()
    ]


def test_defaults(cluster_of: Builder) -> None:
    cluster = cluster_of()
    assert (cluster.name, cluster.namespace, cluster.release) == ("shop", "shop", "24")
    assert cluster.topology == Topology(global_root="/vitess/global", members=1, storage="1Gi")
    assert cluster.topology.managed
    assert cluster.cell("zone1").root == "/vitess/zone1"
    assert cluster.cell("zone1").vtgate == Vtgate(replicas=1, service="ClusterIP")
    keyspace = cluster.keyspace("messages")
    assert (keyspace.durability, keyspace.sidecar_database, keyspace.schema, keyspace.vschema) == (
        "semi_sync",
        "_vt",
        "",
        "",
    )
    assert [shard.path for shard in keyspace.shards] == ["messages/0"]
    assert not keyspace.sharded
    assert [tablet.storage for tablet in keyspace.tablets()] == ["10Gi"] * 3
    assert (cluster.users, cluster.resources, cluster.extra_flags) == ((), {}, {})
    assert (cluster.local, cluster.timeouts) == (Local(), Timeouts())
    assert aliases(cluster) == [
        "zone1-3703741600 messages/0 replica 0",
        "zone1-3703741601 messages/0 replica 1",
        "zone1-3703741602 messages/0 replica 2",
    ]


@pytest.mark.parametrize(
    ("tablets", "durability"),
    [({"replica": 1}, "none"), ({"replica": 1, "rdonly": 5}, "none"), ({"replica": 2}, "semi_sync")],
)
def test_durability_follows_from_who_can_confirm(tablets: dict[str, int], durability: str, cluster_of: Builder) -> None:
    keyspaces = {"messages": {"tablets": tablets}}
    assert cluster_of(keyspaces=keyspaces).keyspace("messages").durability == durability


def test_the_short_form_counts_for_each_cell(cluster_of: Builder) -> None:
    cluster = cluster_of(
        cells=["zone1", "zone2"], keyspaces={"messages": {"tablets": {"replica": 1, "rdonly": 1}, "shards": 2}}
    )
    assert [(tablet.cell, tablet.shard, tablet.type) for tablet in cluster.tablets()] == [
        ("zone1", "-80", "replica"),
        ("zone1", "-80", "rdonly"),
        ("zone2", "-80", "replica"),
        ("zone2", "-80", "rdonly"),
        ("zone1", "80-", "replica"),
        ("zone1", "80-", "rdonly"),
        ("zone2", "80-", "replica"),
        ("zone2", "80-", "rdonly"),
    ]
    assert cluster.keyspace("messages").durability == "semi_sync", "two replicas in all, one in each cell"
    assert cluster.keyspace("messages").sharded


def test_a_chosen_uid_is_counted_on(cluster_of: Builder) -> None:
    pools = [
        {"cell": "zone1", "tablets": 2, "uid": {"-80": 100, "80-": 300}},
        {"cell": "zone1", "type": "rdonly", "tablets": 1, "uid": {"-80": 200, "80-": 400}},
    ]
    assert aliases(cluster_of(keyspaces={"messages": {"shards": 2, "pools": pools}})) == [
        "zone1-0000000100 messages/-80 replica 0",
        "zone1-0000000101 messages/-80 replica 1",
        "zone1-0000000200 messages/-80 rdonly 0",
        "zone1-0000000300 messages/80- replica 0",
        "zone1-0000000301 messages/80- replica 1",
        "zone1-0000000400 messages/80- rdonly 0",
    ]


def test_a_pool_takes_over_what_the_keyspace_says(cluster_of: Builder) -> None:
    pools = [
        {"cell": "zone1", "tablets": 1},
        {"cell": "zone1", "tablets": 1, "name": "big", "storage": "1Ti", "storage_class": "slow", "ephemeral": True},
    ]
    settings = {"pools": pools, "storage": "5Gi", "storage_class": "fast"}
    tablets = list(cluster_of(keyspaces={"messages": settings}).tablets())
    found = [(tablet.storage, tablet.storage_class, tablet.ephemeral) for tablet in tablets]
    assert found == [("5Gi", "fast", False), ("1Ti", "slow", True)]


@pytest.mark.parametrize(
    ("images", "mysqld", "mysqlctld"),
    [
        ({"vitess": "vitess/lite:v24.0.4"}, "mysql:8.4.8", "vitess/lite:v24.0.4"),
        ({"vitess": "vitess/lite:v19.0.10"}, "vitess/lite:v19.0.10", "vitess/lite:v19.0.10"),
        ({"vitess": "vitess/lite:v24.0.4", "mysqld": "mysql:8.0.40"}, "mysql:8.0.40", "vitess/lite:v24.0.4"),
        ({"vitess": "vitess/lite:v14.0.5", "mysqlctld": "a/mysqlctld:v14"}, "vitess/lite:v14.0.5", "a/mysqlctld:v14"),
        ({"vitess": "vitess/lite:v24.0.4", "mysqlctld": "my/ctl:v24"}, "mysql:8.4.8", "my/ctl:v24"),
    ],
)
def test_images(images: dict[str, str], mysqld: str, mysqlctld: str, cluster_of: Builder) -> None:
    cluster = cluster_of(
        image=images["vitess"], images={name: image for name, image in images.items() if name != "vitess"}
    )
    assert set(cluster.images) == set(COMPONENTS)
    assert (cluster.images["mysqld"], cluster.images["mysqlctld"]) == (mysqld, mysqlctld)
    assert cluster.images["vtgate"] == images["vitess"]
    assert cluster.images["etcd"].startswith("quay.io/coreos/etcd:v3")


def test_mysql_is_that_of_mysqlctlds_image_where_none_is_for_all(tmp_path: Path) -> None:
    images = {"mysqlctld": "a/b:v14", "vttablet": "a/c:v14", "vtctld": "a/c:v14", "vtgate": "a/c:v14"}
    spec = {"cluster": "a", "cells": ["zone1"], "keyspaces": {"b": {"tablets": {"replica": 3}}}, "images": images}
    assert _built(tmp_path, spec).images["mysqld"] == "a/b:v14"


@pytest.mark.parametrize(
    ("resources", "expected"),
    [
        ("none", {}),
        ("recommended", RECOMMENDED),
        ({"vtgate": "recommended", "etcd": "none"}, {"vtgate": RECOMMENDED["vtgate"]}),
        ({"mysqld": {"limits": {"memory": "2Gi"}}}, {"mysqlctld": {"limits": {"memory": "2Gi"}}}),
        ({"vtorc": {}}, {}),
        ({}, {}),
    ],
)
def test_resources_that_are_absent_are_absent(resources: Any, expected: Any, cluster_of: Builder) -> None:
    assert cluster_of(resources=resources).resources == expected


def test_everything_else(tmp_path: Path, cluster_of: Builder) -> None:
    (tmp_path / "my.cnf").write_text("[mysqld]\n")
    (tmp_path / "tables.sql").write_text("CREATE TABLE a (b INT);\n")
    (tmp_path / "vschema.json").write_text('{"sharded": false}')
    cluster = cluster_of(
        namespace="db",
        topology={"external": {"addresses": ["etcd:2379"]}, "root": "/v"},
        cells={
            "zone1": {"zone": "a", "root": "/z", "vtgate": {"replicas": 2, "service": "NodePort", "node_port": 30306}}
        },
        keyspaces={
            "a": {
                "tablets": {"replica": 1},
                "schema": "tables.sql",
                "vschema": "vschema.json",
                "sidecar_database": "side",
            },
            "b": {"tablets": {"replica": 1}, "vschema": {"sharded": False}},
        },
        users=[{"name": "app", "password": "correct horse"}, {"name": "made"}],
        extra_flags={"vtgate": {"enable-buffer": True}},
        timeouts={"default": "1m", "mysql": "1h"},
        drills="allowed",
        local={"base_port": 16000, "my_cnf": "my.cnf", "user": "vitess", "vitess": "bin/vt", "mysql": "~/mysql"},
    )
    assert cluster.namespace == "db"
    assert cluster.topology == Topology(global_root="/v", external=("etcd:2379",))
    assert not cluster.topology.managed
    assert (cluster.cell("zone1").zone, cluster.cell("zone1").root) == ("a", "/z")
    assert cluster.cell("zone1").vtgate == Vtgate(replicas=2, service="NodePort", node_port=30306)
    assert cluster.keyspace("a").schema == "CREATE TABLE a (b INT);\n"
    assert [json.loads(keyspace.vschema) for keyspace in cluster.keyspaces] == [{"sharded": False}] * 2
    assert [keyspace.sidecar_database for keyspace in cluster.keyspaces] == ["side", "_vt"]
    assert cluster.users == (User("app", "correct horse"), User("made"))
    assert "correct horse" not in repr(cluster)
    assert cluster.extra_flags == {"vtgate": {"enable-buffer": "true"}}
    assert (cluster.timeouts.of("mysql"), cluster.timeouts.of("etcd")) == (3600, 60)
    assert cluster.drills
    assert cluster.local == Local(
        base_port=16000, my_cnf="[mysqld]\n", user="vitess", vitess=str(tmp_path / "bin" / "vt"), mysql="~/mysql"
    )


def test_what_is_not_there(cluster_of: Builder) -> None:
    with pytest.raises(KeyError):
        cluster_of().cell("zone9")
    with pytest.raises(KeyError):
        cluster_of().keyspace("none")


COUNTS = st.integers(1, 3)
CELLS = st.sampled_from(["zone1", "zone2", "zone3"])
POOLS = st.lists(
    st.fixed_dictionaries({"cell": CELLS, "type": st.sampled_from(["replica", "rdonly"]), "tablets": COUNTS}),
    min_size=1,
    max_size=4,
    unique_by=lambda pool: (pool["cell"], pool["type"]),
).map(lambda pools: [{"cell": "zone1", "type": "replica", "tablets": 1, "name": "first"}, *pools])
SHARDS = st.sampled_from([["-80", "80-"], ["-40", "40-80", "80-"], ["-40", "40-80", "80-c0", "c0-"]])
KEYSPACE = st.fixed_dictionaries({"pools": POOLS, "shards": SHARDS})
KEYSPACES = st.dictionaries(st.sampled_from(["a", "b", "c", "d"]), KEYSPACE, min_size=1, max_size=3)


@st.composite
def grown(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any]]:
    """A spec, and the same with a cell, a keyspace, shards, pools and tablets added."""
    before = {**LITTLE, "cells": ["zone1", "zone2", "zone3"], "keyspaces": draw(KEYSPACES)}
    keyspaces = json.loads(json.dumps(before["keyspaces"]))
    for keyspace in keyspaces.values():
        keyspace["pools"].insert(0, {"cell": "zone4", "type": "replica", "tablets": draw(COUNTS), "name": "new"})
        for pool in keyspace["pools"]:
            pool["tablets"] += draw(st.integers(0, 2))
        if draw(st.booleans()):
            keyspace["shards"] = ["-40", "40-80", "80-c0", "c0-"]
    keyspaces = {"new": {"tablets": {"replica": 1}}, **keyspaces}
    return before, {**before, "cells": ["zone0", *before["cells"], "zone4"], "keyspaces": keyspaces}


def numbers(cluster: Cluster) -> dict[tuple[Any, ...], tuple[str, Any]]:
    """Alias and ports of every tablet, by what a person would call it: the n-th of the m-th such pool in a shard."""
    found = {}
    pools: Counter[tuple[str, ...]] = Counter()
    for tablet in cluster.tablets():
        kind = (tablet.keyspace, tablet.shard, tablet.cell, tablet.type)
        pools[kind] += tablet.index == 0
        found[(*kind, pools[kind], tablet.index)] = (tablet.alias, tablet_ports(15000, tablet.uid))
    return found


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(grown())
def test_what_is_added_moves_nothing(tmp_path: Path, specs: tuple[dict[str, Any], dict[str, Any]]) -> None:
    before, after = (numbers(_built(tmp_path, spec)) for spec in specs)
    kept = {name: settings["shards"] for name, settings in specs[1]["keyspaces"].items() if "shards" in settings}
    expected = {identity: number for identity, number in before.items() if identity[1] in kept[identity[0]]}
    assert {identity: after.get(identity) for identity in expected} == expected


def _built(folder: Path, spec: dict[str, Any]) -> Cluster:
    path = folder / "cluster.yaml"
    path.write_text(json.dumps(spec))
    return build(load(path, target="kubernetes"))


@pytest.mark.parametrize(
    ("spec", "release", "others"),
    [
        ({"image": "vitess/lite:v24.0.4"}, "24", {}),
        ({"images": {"vitess": "vitess/lite:v24.0.4", "vtgate": "vitess/vtgate:v23.0.7"}}, "24", {"vtgate": "23"}),
        ({"images": {"vitess": "vitess/lite:v24.0.4", "vtgate": "a/vtgate:v23.0.7"}}, "24", {"vtgate": "23"}),
        ({"images": {"vitess": "a/b:v24.0.4", "vtgate": "a/vtgate:v3"}, "release": "24"}, "24", {}),
        ({"images": {"vitess": "a/b", "vtgate": "a/vitess/vtgate:v23.0.7"}, "release": "24"}, "24", {"vtgate": "23"}),
        ({"images": {"vitess": "a/b:v24.0.4", "vtgate": "a/vtgate@sha256:" + "0" * 64}, "release": "24"}, "24", {}),
    ],
)
def test_a_components_own_image_can_be_of_another_release(
    tmp_path: Path, spec: dict[str, Any], release: str, others: dict[str, str]
) -> None:
    fields = {"cluster": "a", "cells": ["zone1"], "keyspaces": {"b": {"tablets": {"replica": 3}}}}
    path = tmp_path / "cluster.yaml"
    path.write_text(json.dumps({**fields, **spec}))
    cluster = build(load(path))
    assert (cluster.release, cluster.other_releases) == (release, others)
    assert cluster.release_of("vttablet") == release
    assert cluster.release_of("vtgate") == others.get("vtgate", release)

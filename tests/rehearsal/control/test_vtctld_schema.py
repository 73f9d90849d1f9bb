"""Schema and VSchema through vtctld, with several shards and cells; and what looking at the whole shows."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.rehearsal.control.fake_tablets import FakePool, FakeShard
from tests.rehearsal.control.memory_etcd import add_keyspace, memory_topology
from tests.rehearsal.control.rig import KEYSPACE, ONE, TWO, Rig, rig
from vitessctl.rehearsal.topology import Reason, TopologyError
from vitessctl.rehearsal.topology_names import Refused, from_nanoseconds, parse_alias
from vitessctl.vtctld.proto import topodata_pb2 as topodata

SHARDED = {
    "sharded": True,
    "vindexes": {"hash": {"type": "hash"}, "by_name": {"type": "xxhash"}},
    "tables": {
        "users": {"column_vindexes": [{"column": "id", "name": "hash"}]},
        "names": {"column_vindexes": [{"column": "name", "name": "by_name"}]},
        "countries": {"type": "reference"},
    },
}


class Sharded(Rig):
    """Two shards of two tablets in two cells."""

    def __init__(self) -> None:
        topology = memory_topology("zone1", "zone2")
        add_keyspace(topology, KEYSPACE, "semi_sync", "-80", "80-")
        self.low, self.high = (FakeShard(topology, KEYSPACE, name) for name in ("-80", "80-"))
        super().__init__(topology, self.low)
        for number, shard in enumerate((self.low, self.high)):
            shard.add(f"zone1-{number:08d}00", 16000 + 100 * number)
            shard.add(f"zone2-{number:08d}01", 16001 + 100 * number)
            self.call("PlannedReparentShard", keyspace=KEYSPACE, shard=shard.shard)

    def context(self, seconds: float = 10.0) -> Any:
        found = super().context(seconds)
        object.__setattr__(found, "tablets", FakePool(self.low, self.high))
        return found

    def statements(self) -> list[list[str]]:
        """What every primary was told to do."""
        primaries = [shard.tablets[shard.primary_of_record()] for shard in (self.low, self.high)]
        return [[call for call in tablet.calls if " " in call] for tablet in primaries]


@pytest.fixture
def sharded() -> Sharded:
    return Sharded()


def test_a_statement_runs_on_every_shards_primary(sharded: Sharded) -> None:
    sql = ["create table a(id int)", "alter table a add column b int"]

    answer = sharded.call("ApplySchema", keyspace=KEYSPACE, sql=sql, ddl_strategy="direct")

    assert sharded.statements() == [sql, sql]
    assert dict(answer.rows_affected_by_shard) == {"-80": 0, "80-": 0}


def test_a_statement_that_fails_on_one_shard_tells_which_and_ends_there(sharded: Sharded) -> None:
    primary = sharded.high.tablets[sharded.high.primary_of_record()]
    primary.mysqld.read_only = True

    with pytest.raises(Refused) as caught:
        sharded.call("ApplySchema", keyspace=KEYSPACE, sql=["create table a(id int)", "create table b(id int)"])

    shown = json.loads(str(caught.value).partition(": ")[2])
    assert [shard["Shard"] for shard in shown["FailedShards"]] == ["80-"]
    assert [shard["Shard"] for shard in shown["SuccessShards"]] == ["-80"]
    assert shown["CurSQLIndex"] == 0
    assert shown["Sqls"] == ["create table a(id int)", "create table b(id int)"]
    assert (shown["UUIDs"], shown["ExecutorErr"]) == (None, "")
    assert sharded.statements()[0] == ["create table a(id int)"]


def test_a_shard_without_a_primary_takes_no_schema() -> None:
    cluster = rig(elected=False)

    with pytest.raises(Refused, match=r"^shard: 0 does not have a primary$"):
        cluster.call("ApplySchema", keyspace=KEYSPACE, sql=["create table a(id int)"])


def test_online_ddl_says_that_it_is_the_rehearsal_that_cannot() -> None:
    with pytest.raises(Refused, match=r"^rehearsal: "):
        rig().call("ApplySchema", keyspace=KEYSPACE, sql=["create table a(id int)"], ddl_strategy="vitess -x")


@pytest.mark.parametrize(("include_primary", "reloads"), [(False, 1), (True, 2)])
def test_reloading_a_keyspaces_schema(sharded: Sharded, include_primary: bool, reloads: int) -> None:
    sharded.call("ReloadSchemaKeyspace", keyspace=KEYSPACE, include_primary=include_primary)

    for shard in (sharded.low, sharded.high):
        assert sum("reload_schema" in tablet.calls for tablet in shard.tablets.values()) == reloads


def test_a_vschema_reaches_every_cell(sharded: Sharded) -> None:
    answer = sharded.call_json("ApplyVSchema", {"keyspace": KEYSPACE, "v_schema": SHARDED})

    assert answer == {"v_schema": SHARDED}
    for cell in ("zone1", "zone2"):
        srv = sharded.call_json("GetSrvVSchema", {"cell": cell})["srv_v_schema"]
        assert srv["keyspaces"][KEYSPACE] == SHARDED


def test_a_vschema_may_reach_one_cell_or_none(sharded: Sharded) -> None:
    request = {"keyspace": KEYSPACE, "v_schema": SHARDED}

    sharded.call_json("ApplyVSchema", request | {"cells": ["zone2"]})
    assert "keyspaces" in sharded.call_json("GetSrvVSchema", {"cell": "zone2"})["srv_v_schema"]
    with pytest.raises(TopologyError) as caught:
        sharded.call_json("GetSrvVSchema", {"cell": "zone1"})
    assert caught.value.reason is Reason.ABSENT

    other = {"keyspace": KEYSPACE, "v_schema": {"tables": {"t": {}}}, "skip_rebuild": True}
    sharded.call_json("ApplyVSchema", other)
    assert sharded.call_json("GetSrvVSchema", {"cell": "zone2"})["srv_v_schema"]["keyspaces"][KEYSPACE] == SHARDED
    assert sharded.call_json("GetVSchema", {"keyspace": KEYSPACE}) == {"v_schema": {"tables": {"t": {}}}}

    sharded.call_json("RebuildVSchemaGraph", {})
    found = sharded.call_json("GetSrvVSchema", {"cell": "zone1"})["srv_v_schema"]["keyspaces"][KEYSPACE]
    assert found == {"tables": {"t": {}}}


@pytest.mark.parametrize(
    ("content", "trouble"),
    [
        ({"vindexes": {"v": {"type": "nope"}}}, 'vindexType "nope" not found'),
        ({"sharded": True, "tables": {"t": {}}}, "missing primary col vindex for table: t"),
        (
            {"sharded": True, "tables": {"t": {"column_vindexes": [{"column": "id", "name": "v"}]}}},
            "vindex v not found for table t",
        ),
    ],
)
def test_vschemas_that_no_vtgate_could_use(content: dict[str, Any], trouble: str) -> None:
    cluster = rig()

    with pytest.raises(Refused) as caught:
        cluster.call_json("ApplyVSchema", {"keyspace": KEYSPACE, "v_schema": content})

    assert str(caught.value) == f"BuildKeyspace({KEYSPACE}): {trouble}"
    assert cluster.call_json("GetVSchema", {"keyspace": KEYSPACE}) == {"v_schema": {}}


@pytest.mark.parametrize(
    "table", [{"type": "sequence", "pinned": "00"}, {"type": "reference"}, {"pinned": "00"}], ids=str
)
def test_tables_that_need_no_vindex(table: dict[str, Any]) -> None:
    content = {"sharded": True, "tables": {"t": table}}

    assert rig().call_json("ApplyVSchema", {"keyspace": KEYSPACE, "v_schema": content}) == {"v_schema": content}


@pytest.mark.parametrize("request_fields", [{}, {"sql": "alter vschema add table t", "v_schema": {}}])
def test_exactly_one_form_of_a_vschema(request_fields: dict[str, Any]) -> None:
    with pytest.raises(Refused, match=r"^must pass exactly one of req\.VSchema and req\.Sql$"):
        rig().call_json("ApplyVSchema", {"keyspace": KEYSPACE, **request_fields})


def test_alter_vschema_says_that_it_is_the_rehearsal_that_cannot() -> None:
    with pytest.raises(Refused, match=r"^rehearsal: "):
        rig().call_json("ApplyVSchema", {"keyspace": KEYSPACE, "sql": "alter vschema add table t"})


def results(cluster: Rig, ping: bool = False) -> list[str]:
    return list(cluster.call("ValidateShard", keyspace=KEYSPACE, shard="0", ping_tablets=ping).results)


def test_validate_finds_two_primaries(monkeypatch: pytest.MonkeyPatch) -> None:
    cluster = rig()
    record = cluster.topology.tablet(parse_alias(TWO))
    record.type = topodata.PRIMARY
    record.primary_term_start_time.CopyFrom(from_nanoseconds(5))
    cluster.topology.save_tablet(record)

    assert results(cluster) == [f"shard {KEYSPACE}/0 already has primary {ONE} but found other primary {TWO}"]


def test_validate_finds_a_primary_that_the_shard_does_not_name() -> None:
    cluster = rig()
    cluster.topology.update_shard(KEYSPACE, "0", lambda record: record.primary_alias.CopyFrom(parse_alias(TWO)) is None)

    assert results(cluster) == [f"primary mismatch for shard {KEYSPACE}/0: found {ONE}, expected {TWO}"]


def test_validate_of_a_shard_without_a_primary() -> None:
    cluster = rig(elected=False)

    assert results(cluster, ping=True) == [
        f"no primary for shard {KEYSPACE}/0",
        f"no primary in shard record {KEYSPACE}/0",
    ]


def test_validate_does_not_see_replication_that_is_broken_or_was_never_set_up() -> None:
    cluster = rig()
    cluster.tablet(TWO).mysqld.io_running = False
    cluster.tablet(TWO).mysqld.io_error = "Got fatal error 1236"
    cluster.tablet(ONE).mysqld.read_only = True

    assert results(cluster, ping=True) == []


def test_a_dead_primary_is_asked_twice() -> None:
    cluster = rig()
    cluster.tablet(ONE).dead = True
    error = "rpc error: code = DeadlineExceeded desc = latest balancer error: connection refused"

    assert results(cluster, ping=True) == [
        f"GetReplicas(Tablet{{{ONE}}}) failed: Code: DEADLINE_EXCEEDED\n{error}\n",
        f"Ping({ONE}) failed: Code: DEADLINE_EXCEEDED\n{error}\n tablet hostname: 127.0.0.1",
    ]


@pytest.mark.parametrize(
    ("path", "cell"),
    [
        ("/zone1", {"name": "zone1", "path": "/zone1", "children": ["SrvVSchema", "keyspaces", "tablets"]}),
        (
            f"/zone1/keyspaces/{KEYSPACE}",
            {"name": KEYSPACE, "path": f"/zone1/keyspaces/{KEYSPACE}", "children": ["SrvKeyspace", "shards"]},
        ),
    ],
)
def test_paths_of_a_cell(path: str, cell: dict[str, Any]) -> None:
    assert rig().call_json("GetTopologyPath", {"path": path}) == {"cell": cell}


def test_a_path_that_is_none() -> None:
    with pytest.raises(Refused, match=r"^invalid path: global$"):
        rig().call_json("GetTopologyPath", {"path": "global"})


def test_a_record_by_its_path() -> None:
    cluster = rig()

    found = cluster.call("GetTopologyPath", path=f"/zone1/tablets/{ONE}/Tablet").cell

    assert found.name == "Tablet"
    assert found.data.startswith('alias:{cell:"zone1" uid:100} hostname:"127.0.0.1"')
    assert found.version > 0


def test_the_graph_is_rebuilt_in_the_named_cells(sharded: Sharded) -> None:
    sharded.call("RebuildKeyspaceGraph", keyspace=KEYSPACE, cells=["zone2"])

    found = sharded.call("GetSrvKeyspaces", keyspace=KEYSPACE).srv_keyspaces
    assert {cell: len(record.partitions) for cell, record in found.items()} == {"zone1": 0, "zone2": 3}
    with pytest.raises(TopologyError):
        sharded.call("RebuildKeyspaceGraph", keyspace="nope")


def test_the_cells_that_do_not_know_a_keyspace_have_an_empty_answer(sharded: Sharded) -> None:
    assert sharded.call_json("GetSrvKeyspaces", {"keyspace": KEYSPACE}) == {"srv_keyspaces": {"zone1": {}, "zone2": {}}}
    sharded.call("RebuildKeyspaceGraph", keyspace=KEYSPACE)
    found = sharded.call_json("GetSrvKeyspaces", {"keyspace": KEYSPACE, "cells": ["zone1"]})
    assert list(found["srv_keyspaces"]) == ["zone1"]


def test_deleting_a_keyspace_takes_shards_tablets_and_graphs(sharded: Sharded) -> None:
    sharded.call("RebuildKeyspaceGraph", keyspace=KEYSPACE)

    sharded.call("DeleteKeyspace", keyspace=KEYSPACE, recursive=True)

    left = sorted(sharded.topology.store.read_all("/"))
    assert left == ["/vitess/global/cells/zone1/CellInfo", "/vitess/global/cells/zone2/CellInfo"]


def test_a_deleted_keyspace_stays_in_what_vtgate_reads_until_that_is_rebuilt(sharded: Sharded) -> None:
    sharded.call("RebuildVSchemaGraph")
    sharded.call("DeleteKeyspace", keyspace=KEYSPACE, recursive=True)
    assert KEYSPACE in sharded.call("GetSrvVSchema", cell="zone1").srv_v_schema.keyspaces

    sharded.call("RebuildVSchemaGraph")
    assert KEYSPACE not in sharded.call("GetSrvVSchema", cell="zone1").srv_v_schema.keyspaces

"""Calls about single tablets and their records: what they do to the tablet, and when they refuse."""

from __future__ import annotations

from typing import Any

import pytest

from tests.rehearsal.control.fake_tablets import MYSQL_GONE
from tests.rehearsal.control.rig import KEYSPACE, ONE, THREE, TWO, Rig, rig
from vitessctl.rehearsal.tablet_rpc import TabletError
from vitessctl.rehearsal.topology import TopologyError
from vitessctl.rehearsal.topology_names import Refused, alias_text, from_nanoseconds, parse_alias
from vitessctl.vtctld.proto import topodata_pb2 as topodata


@pytest.fixture
def cluster() -> Rig:
    return rig()


def aliases(answer: Any) -> list[str]:
    return [alias_text(tablet.alias) for tablet in answer.tablets]


def types(answer: Any) -> dict[str, str]:
    return {alias_text(tablet.alias): topodata.TabletType.Name(tablet.type) for tablet in answer.tablets}


def test_all_tablets_sorted_by_alias(cluster: Rig) -> None:
    assert aliases(cluster.call("GetTablets")) == [ONE, TWO, THREE]


@pytest.mark.parametrize(
    ("request_fields", "found"),
    [
        ({"keyspace": KEYSPACE}, [ONE, TWO, THREE]),
        ({"keyspace": KEYSPACE, "shard": "0"}, [ONE, TWO, THREE]),
        ({"cells": ["zone1"]}, [ONE, TWO, THREE]),
        ({"cells": ["zone1", "nope"]}, [ONE, TWO, THREE]),
        ({"keyspace": "nope"}, []),
        ({"tablet_type": topodata.PRIMARY}, [ONE]),
        ({"tablet_type": topodata.REPLICA, "keyspace": KEYSPACE, "shard": "0"}, [TWO, THREE]),
        ({"tablet_aliases": [parse_alias(THREE), parse_alias(ONE)]}, [ONE, THREE]),
        ({"tablet_aliases": [parse_alias(THREE), parse_alias("zone1-999")]}, [THREE]),
    ],
)
def test_some_tablets(cluster: Rig, request_fields: dict[str, Any], found: list[str]) -> None:
    assert aliases(cluster.call("GetTablets", **request_fields)) == found


def test_strictly_an_absent_tablet_is_an_error(cluster: Rig) -> None:
    with pytest.raises(Refused, match="zone1-0000000999"):
        cluster.call("GetTablets", tablet_aliases=[parse_alias("zone1-999")], strict=True)


def test_strictly_an_unknown_cell_is_an_error(cluster: Rig) -> None:
    with pytest.raises(Refused, match=r"GetTabletsByCell\(nope\) failed"):
        cluster.call("GetTablets", cells=["zone1", "nope"], strict=True)


def claim(cluster: Rig, alias: str, term: int) -> None:
    """Write a record that says PRIMARY since then."""
    record = cluster.topology.tablet(parse_alias(alias))
    record.type = topodata.PRIMARY
    record.primary_term_start_time.CopyFrom(from_nanoseconds(term))
    cluster.topology.save_tablet(record)


def test_of_several_primaries_only_the_newest_is_shown_as_one(cluster: Rig) -> None:
    claim(cluster, TWO, 5)
    claim(cluster, THREE, 2**62)

    shown = types(cluster.call("GetTablets", keyspace=KEYSPACE, shard="0"))

    assert shown == {ONE: "UNKNOWN", TWO: "UNKNOWN", THREE: "PRIMARY"}
    assert types(cluster.call("GetTablets")) == shown
    (record,) = cluster.call("GetTablets", tablet_aliases=[parse_alias(TWO)]).tablets
    assert record.type == topodata.PRIMARY, "alone it has nobody to be compared with"
    assert cluster.call("GetTablet", tablet_alias=parse_alias(TWO)).tablet.type == topodata.PRIMARY


def test_a_type_is_changed_by_the_tablet_itself(cluster: Rig) -> None:
    answer = cluster.call("ChangeTabletType", tablet_alias=parse_alias(THREE), db_type=topodata.RDONLY)

    assert (answer.before_tablet.type, answer.after_tablet.type) == (topodata.REPLICA, topodata.RDONLY)
    assert cluster.tablet(THREE).type == "rdonly"
    assert not cluster.tablet(THREE).mysqld.semi_sync_replica, "rdonly tablets do not acknowledge with semi_sync"

    cluster.call("ChangeTabletType", tablet_alias=parse_alias(THREE), db_type=topodata.REPLICA)
    assert cluster.tablet(THREE).mysqld.semi_sync_replica


def test_a_dry_run_changes_nothing(cluster: Rig) -> None:
    answer = cluster.call("ChangeTabletType", tablet_alias=parse_alias(THREE), db_type=topodata.SPARE, dry_run=True)

    assert (answer.was_dry_run, answer.after_tablet.type) == (True, topodata.SPARE)
    assert cluster.type_shown(THREE) == "REPLICA"


@pytest.mark.parametrize(("alias", "kind"), [(ONE, "REPLICA"), (TWO, "PRIMARY"), (TWO, "BACKUP")])
def test_into_and_out_of_some_types_no_hand_leads(cluster: Rig, alias: str, kind: str) -> None:
    with pytest.raises(Refused, match="is not an allowed transition for ChangeTabletType"):
        cluster.call("ChangeTabletType", tablet_alias=parse_alias(alias), db_type=topodata.TabletType.Value(kind))


def test_records_are_deleted(cluster: Rig) -> None:
    cluster.call("DeleteTablets", tablet_aliases=[parse_alias(THREE)])
    assert aliases(cluster.call("GetTablets")) == [ONE, TWO]

    cluster.call("DeleteTablets", tablet_aliases=[parse_alias(ONE)], allow_primary=True)
    assert aliases(cluster.call("GetTablets")) == [TWO]


def test_the_record_of_an_old_primary_is_deleted_without_being_asked_twice(cluster: Rig) -> None:
    claim(cluster, TWO, 5)

    cluster.call("DeleteTablets", tablet_aliases=[parse_alias(TWO)])

    assert aliases(cluster.call("GetTablets")) == [ONE, THREE]


def test_a_cell_with_tablets_is_not_deleted(cluster: Rig) -> None:
    with pytest.raises(Refused, match="still has tablets"):
        cluster.call("DeleteCellInfo", name="zone1")

    cluster.call("DeleteCellInfo", name="zone1", force=True)
    assert list(cluster.call("GetCellInfoNames").names) == []


def test_replication_is_stopped_and_started(cluster: Rig) -> None:
    replica = cluster.tablet(TWO).mysqld

    cluster.call("StopReplication", tablet_alias=parse_alias(TWO))
    assert (replica.io_running, replica.sql_running) == (False, False)
    replica.semi_sync_replica = False

    cluster.call("StartReplication", tablet_alias=parse_alias(TWO))
    assert (replica.io_running, replica.sql_running, replica.semi_sync_replica) == (True, True, True)


def test_replication_without_a_source_is_mysqls_error(cluster: Rig) -> None:
    cluster.tablet(TWO).mysqld.source_port = 0

    with pytest.raises(TabletError, match="errno 1200"):
        cluster.call("StartReplication", tablet_alias=parse_alias(TWO))


@pytest.mark.parametrize("name", ["StartReplication", "ReparentTablet"])
def test_without_a_primary_nobody_can_follow_it(name: str) -> None:
    cluster = rig(elected=False)
    field = "tablet" if name == "ReparentTablet" else "tablet_alias"

    with pytest.raises(Refused, match=f"^no primary tablet for shard {KEYSPACE}/0$"):
        cluster.call(name, **{field: parse_alias(TWO)})


def test_a_shards_primary_that_does_not_know_it_is_refused(cluster: Rig) -> None:
    record = cluster.topology.tablet(parse_alias(ONE))
    record.type = topodata.REPLICA
    cluster.topology.save_tablet(record)

    with pytest.raises(Refused, match=f"^TopologyServer has incosistent state for shard primary {ONE}$"):
        cluster.call("StartReplication", tablet_alias=parse_alias(TWO))


def test_reparenting_one_tablet_leaves_stopped_threads_stopped(cluster: Rig) -> None:
    replica = cluster.tablet(TWO).mysqld
    replica.io_running = replica.sql_running = False
    replica.source_port = 16102

    cluster.call("ReparentTablet", tablet=parse_alias(TWO))

    assert (replica.source_port, replica.io_running) == (cluster.tablet(ONE).mysqld.port, False)


def test_reparenting_a_tablet_without_any_source_starts_it(cluster: Rig) -> None:
    replica = cluster.tablet(TWO).mysqld
    replica.io_running = replica.sql_running = False
    replica.source_port = 0

    cluster.call("ReparentTablet", tablet=parse_alias(TWO))

    assert replica.io_running


def test_a_primary_that_somebody_else_made(cluster: Rig) -> None:
    answer = cluster.call("TabletExternallyReparented", tablet=parse_alias(TWO))

    assert (alias_text(answer.new_primary), alias_text(answer.old_primary)) == (TWO, ONE)
    assert cluster.primary == TWO
    assert cluster.type_shown(ONE) == "UNKNOWN"


@pytest.mark.parametrize("writable", [True, False])
def test_writable_or_not(cluster: Rig, writable: bool) -> None:
    cluster.call("SetWritable", tablet_alias=parse_alias(TWO), writable=writable)

    assert cluster.tablet(TWO).mysqld.read_only is not writable


def test_a_statement_may_reload_the_schema(cluster: Rig) -> None:
    request = {"tablet_alias": parse_alias(ONE), "query": "create table t(id int)", "max_rows": 10}

    cluster.call("ExecuteFetchAsDBA", **request)
    assert cluster.tablet(ONE).calls[-1] == "create table t(id int)"

    cluster.call("ExecuteFetchAsDBA", **request, reload_schema=True)
    assert cluster.tablet(ONE).calls[-2:] == ["create table t(id int)", "reload_schema"]


def test_a_dead_mysqld_is_seen_by_those_who_ask_it_only(cluster: Rig) -> None:
    cluster.tablet(TWO).mysqld.alive = False
    alias = parse_alias(TWO)

    cluster.call("PingTablet", tablet_alias=alias)
    cluster.call("RunHealthCheck", tablet_alias=alias)
    for name, more in (("GetFullStatus", {}), ("GetSchema", {}), ("ExecuteFetchAsDBA", {"query": "select 1"})):
        with pytest.raises(TabletError, match="errno 2002"):
            cluster.call(name, tablet_alias=alias, **more)


def test_positions_with_a_dead_mysqld_name_every_tablet_that_has_one(cluster: Rig) -> None:
    for alias in (TWO, THREE):
        cluster.tablet(alias).mysqld.alive = False

    with pytest.raises(Refused) as caught:
        cluster.call("ShardReplicationPositions", keyspace=KEYSPACE, shard="0")

    assert str(caught.value) == ";".join(
        f"ReplicationStatus({alias}) failed: rpc error: code = Unavailable desc = {MYSQL_GONE}"
        for alias in (TWO, THREE)
    )


def test_a_tablet_of_an_unknown_cell(cluster: Rig) -> None:
    with pytest.raises(TopologyError, match="node doesn't exist: /vitess/global/cells/zone9/CellInfo"):
        cluster.call("PingTablet", tablet_alias=parse_alias("zone9-1"))

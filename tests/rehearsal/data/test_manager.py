"""Admin calls of a tablet: statements, status, reparents; in this process, on real sockets."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.rehearsal.data.contents import contents
from tests.rehearsal.data.rig import eventually
from tests.rehearsal.data.shard import Member, led_shard, member, shard
from vitessctl.rehearsal.tablet_rpc import NOT_A_REPLICA, TabletError
from vitessctl.rehearsal.topology_names import nanoseconds_of
from vitessctl.vtctld.proto import topodata_pb2 as topodata

RECORDED = yaml.safe_load((Path(__file__).parent / "recorded/execute_fetch.yaml").read_text())


@pytest.fixture
def three(folder: Path) -> Iterator[list[Member]]:
    """A primary with the table t, and two replicas that follow it with semi-sync."""
    with led_shard(folder, 3) as members:
        yield members


@pytest.fixture
def blank(folder: Path) -> Iterator[list[Member]]:
    """Two tablets of a shard that never had a primary."""
    with shard(folder, 2) as members:
        yield members


# Statements


@pytest.fixture(scope="module")
def kinds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Member]]:
    """A tablet of each kind that the recorded statements went to."""
    with (
        led_shard(tmp_path_factory.mktemp("led"), 2) as (primary, replica),
        shard(tmp_path_factory.mktemp("blank"), 1) as (empty,),
    ):
        yield {"primary": primary, "replica": replica, "empty": empty}


@pytest.mark.parametrize("case", [pytest.param(case, id=case["case"]) for case in RECORDED])
def test_statements_are_answered_as_recorded(kinds: dict[str, Member], case: dict[str, Any]) -> None:
    manager = kinds[case["tablet"]].manager
    max_rows = case.get("max_rows", 10000)

    def call() -> Any:
        if case.get("call") == "app":
            return manager.execute_fetch_as_app(case["query"], max_rows)
        return manager.execute_fetch_as_dba(case["query"], max_rows, disable_binlogs=False)

    if "text" in case:
        with pytest.raises(TabletError) as refused:
            call()
        assert (refused.value.code, refused.value.text) == (case["code"], case["text"])
        return
    result = call()
    if case["query"].startswith("create"):
        kinds["primary"].query("drop table t_dba")
    if "result" in case:
        assert result == case["result"]
        return
    assert result["rows"] == case["rows"]
    for key, name in (("columns", "name"), ("types", "type")):
        if key in case:
            assert [field[name] for field in result["fields"]] == case[key]


def test_several_statements_give_several_results(kinds: dict[str, Member]) -> None:
    results = kinds["primary"].manager.execute_multi_fetch_as_dba("select 1 as a; select 'x;y' as b;", 100, False)
    assert [result["rows"] for result in results] == [[["1"]], [["x;y"]]]


def test_statements_can_stay_out_of_the_log(three: list[Member]) -> None:
    primary, replica, _ = three
    before = primary.manager.primary_position()
    primary.manager.execute_fetch_as_dba("insert into t(v) values('hidden')", 10, disable_binlogs=True)
    assert primary.manager.primary_position() == before
    assert primary.query("select count(*) from t") == [["1"]]
    assert replica.query("select count(*) from t") == [["0"]]


def test_a_dead_mysqld_is_said_by_every_call_but_two(three: list[Member]) -> None:
    primary = three[0]
    path = primary.node.server.config.socket
    primary.stop_mysqld()
    gone = f"net.Dial({path}) to local server failed: dial unix {path}: connect: connection refused"
    with pytest.raises(TabletError) as refused:
        primary.manager.execute_fetch_as_dba("select 1", 10, False)
    assert (refused.value.code, refused.value.text) == ("Unknown", f"{gone} (errno 2002) (sqlstate HY000)")
    with pytest.raises(TabletError) as refused:
        primary.manager.full_status()
    assert (refused.value.code, refused.value.text) == ("Unavailable", f"{gone} (errno 2002) (sqlstate HY000)")
    primary.manager.ping()
    primary.manager.run_health_check()


# Status


def test_full_status_of_a_primary_and_a_replica(three: list[Member]) -> None:
    primary, replica, _ = three
    mine, theirs = primary.manager.full_status(), replica.manager.full_status()
    assert mine["tablet_type"] == "primary"
    assert (mine["read_only"], mine["super_read_only"]) == (False, False)
    for switch in ("semi_sync_primary_enabled", "semi_sync_primary_status", "semi_sync_replica_enabled"):
        assert mine[switch], switch  # type: ignore[literal-required]
    assert mine["semi_sync_primary_clients"] == 2
    assert mine["replication"] is None
    assert not mine["semi_sync_blocked"]
    assert mine["position"] == f"{mine['server_uuid']}:1-2"
    assert theirs["tablet_type"] == "replica"
    assert (theirs["read_only"], theirs["super_read_only"]) == (True, True)
    assert (theirs["semi_sync_primary_enabled"], theirs["semi_sync_replica_status"]) == (False, True)
    status = theirs["replication"]
    assert status is not None
    assert (status["source_host"], status["source_port"]) == ("127.0.0.1", primary.node.port)
    assert (status["io_state"], status["sql_state"], status["lag_seconds"]) == (3, 3, 0)
    assert status["position"] == status["relay_position"] == mine["position"]
    assert status["source_uuid"] == mine["server_uuid"]


def test_a_primary_has_no_replication_status(three: list[Member]) -> None:
    with pytest.raises(TabletError) as refused:
        three[0].manager.replication_status()
    assert (refused.value.code, refused.value.text) == ("Unknown", NOT_A_REPLICA)
    with pytest.raises(TabletError, match="before status failed: no replication status") as refused:
        three[0].manager.stop_replication_and_get_status()


def test_schema(three: list[Member]) -> None:
    three[0].query("CREATE TABLE other (id int primary key)")
    three[0].query("INSERT INTO t (v) VALUES ('a')")
    whole = three[0].manager.get_schema([], [], False, False)
    assert whole["database_schema"].startswith("CREATE DATABASE /*!32312 IF NOT EXISTS*/ {{.DatabaseName}} ")
    assert [table["name"] for table in whole["tables"]] == ["other", "t"]
    table = whole["tables"][1]
    assert table["schema"].startswith("CREATE TABLE `t` (\n  `id` bigint NOT NULL AUTO_INCREMENT,\n")
    assert (table["columns"], table["primary_key_columns"]) == (["id", "v"], ["id"])
    assert (table["type"], table["data_length"], table["row_count"]) == ("BASE TABLE", 16384, 1)
    recorded = {
        "name": "id",
        "type": "INT64",
        "table": "t",
        "org_table": "t",
        "database": "vt_ks",
        "org_name": "id",
        "column_length": 20,
        "charset": 63,
        "decimals": 0,
        "flags": 49667,
    }
    assert table["fields"][0] == recorded
    assert table["fields"][1] | {"flags": 0} == recorded | {
        "name": "v",
        "org_name": "v",
        "type": "VARCHAR",
        "column_length": 160,
        "charset": 255,
        "flags": 0,
    }
    some = three[0].manager.get_schema(["t"], [], False, True)
    assert some["tables"] == [
        {
            "name": "t",
            "schema": "",
            "columns": [],
            "primary_key_columns": [],
            "type": "",
            "data_length": 0,
            "row_count": 0,
            "fields": [],
        }
    ]
    assert [table["name"] for table in three[0].manager.get_schema([], ["t"], False, False)["tables"]] == ["other"]


def test_a_tablet_without_its_database_has_no_schema(blank: list[Member]) -> None:
    assert blank[0].manager.get_schema([], [], False, False) == {"database_schema": "", "tables": []}


# The first primary


def test_a_replica_that_is_initialised_takes_the_position_for_its_own_and_has_the_database_all_the_same(
    blank: list[Member],
) -> None:
    """What made the database is purged there, so that an empty tablet cannot copy everything from it later."""
    primary, replica = blank
    position = primary.manager.init_primary(semi_sync=False)
    address = primary.tablet.settings
    replica.manager.init_replica(address.name, "127.0.0.1", primary.node.port, position, semi_sync=False)
    status = replica.manager.full_status()
    assert status["gtid_purged"] == position
    assert replica.node.rows("SHOW DATABASES LIKE '%vt%'") == [["_vt"], ["vt_ks"]]


def test_before_a_primary_nothing_serves(blank: list[Member]) -> None:
    for one in blank:
        assert not one.tablet.serving
        assert one.manager.primary_position() == ""
        assert one.manager.full_status()["super_read_only"]


def test_the_first_primary_makes_the_database_and_claims_the_shard(blank: list[Member]) -> None:
    primary, replica = blank
    position = primary.manager.init_primary(semi_sync=True)
    assert primary.tablet.serving
    assert position == primary.manager.primary_position() != ""
    assert primary.node.rows("SHOW DATABASES LIKE '%vt%'") == [["_vt"], ["vt_ks"]]
    shard_record = primary.tablet.topology.shard("ks", "0")
    record = primary.tablet.topology.tablet(primary.tablet.settings.alias)
    assert shard_record.primary_alias == record.alias
    assert record.type == topodata.PRIMARY
    assert shard_record.primary_term_start_time == record.primary_term_start_time
    assert nanoseconds_of(record.primary_term_start_time) > 0
    replica.follow(primary)
    assert replica.tablet.serving
    assert replica.node.rows("SHOW DATABASES LIKE 'vt%'") == [["vt_ks"]]


def test_the_reparent_journal_waits_for_a_replica(blank: list[Member]) -> None:
    primary, replica = blank
    position = primary.manager.init_primary(semi_sync=True)
    replica.follow(primary)
    primary.manager.populate_reparent_journal(1795367590988935392, "InitShardPrimary", primary.alias, position)
    row = "SELECT time_created_ns, action_name, primary_alias, replication_position FROM _vt.reparent_journal"
    wanted = [["1795367590988935392", "InitShardPrimary", primary.alias, position]]
    assert replica.node.rows(row) == primary.node.rows(row) == wanted


def test_promoting_again_costs_no_transaction(three: list[Member]) -> None:
    primary = three[0]
    before = primary.manager.primary_position()
    term = nanoseconds_of(primary.tablet.record.primary_term_start_time)
    assert primary.manager.promote_replica(semi_sync=True) == before
    assert nanoseconds_of(primary.tablet.record.primary_term_start_time) > term


# Planned reparents


def test_a_demoted_primary_refuses_writes_and_keeps_its_type(three: list[Member]) -> None:
    primary = three[0]
    position = primary.manager.demote_primary()
    assert primary.manager.demote_primary() == position
    assert not primary.tablet.serving
    assert primary.tablet.type_word == "primary"
    with pytest.raises(TabletError, match="operation not allowed in state NOT_SERVING"):
        primary.query("INSERT INTO t (v) VALUES ('x')")
    primary.manager.undo_demote_primary(semi_sync=True)
    assert primary.tablet.serving
    primary.query("INSERT INTO t (v) VALUES ('x')")
    assert primary.manager.full_status()["semi_sync_primary_enabled"]


def test_a_tablet_that_is_no_primary_serves_on_when_it_is_demoted(three: list[Member]) -> None:
    """An emergency reparent demotes an emptied replica, which has no source yet. Nobody takes that back."""
    replica = three[1]
    replica.manager.demote_primary()
    assert replica.tablet.serving
    assert replica.manager.full_status()["super_read_only"]


def test_a_planned_reparent_by_hand(three: list[Member]) -> None:
    old, new, other = three
    old.query("INSERT INTO t (v) VALUES ('before')")
    position = old.manager.demote_primary()
    new.manager.wait_for_position(position, 5)
    at = new.manager.promote_replica(semi_sync=True)
    for one in (old, other):
        one.manager.set_replication_source(
            new.alias, "127.0.0.1", new.node.port, start=False, semi_sync=True, wait_position=at, seconds=5
        )
    new.query("INSERT INTO t (v) VALUES ('after')")
    for one in (old, other):
        one.node.catches_up_with(new.node)
        assert contents(one.node.server.engine) == contents(new.node.server.engine)
        assert one.tablet.type_word == "replica"
        assert one.tablet.serving
    assert new.tablet.topology.shard("ks", "0").primary_alias == new.tablet.settings.alias
    assert not old.tablet.record.HasField("primary_term_start_time")
    assert old.manager.full_status()["super_read_only"]


def test_waiting_for_what_never_comes_ends(three: list[Member]) -> None:
    replica = three[1]
    with pytest.raises(TabletError) as late:
        replica.manager.wait_for_position("cccc:1", 0.1)
    assert (late.value.code, late.value.text) == ("DeadlineExceeded", "timed out waiting for position cccc:1")
    with pytest.raises(TabletError, match="WaitSourcePos failed: timed out waiting for position cccc:1"):
        replica.manager.set_replication_source(
            three[0].alias,
            "127.0.0.1",
            three[0].node.port,
            start=True,
            semi_sync=True,
            wait_position="cccc:1",
            seconds=0.1,
        )


# Replication


def test_the_io_thread_is_stopped_and_its_state_told(three: list[Member]) -> None:
    stopped = three[1].manager.stop_replication_and_get_status()
    assert (stopped["before"]["io_state"], stopped["before"]["sql_state"]) == (3, 3)
    assert (stopped["after"]["io_state"], stopped["after"]["sql_state"]) == (1, 3)
    three[1].manager.start_replication(semi_sync=True)
    eventually("it runs", lambda: three[1].manager.replication_status()["io_state"] == 3)


def test_a_stopped_replica_is_healthy_and_stale(three: list[Member]) -> None:
    primary, replica, _ = three
    replica.manager.stop_replication()
    primary.query("INSERT INTO t (v) VALUES ('new')")
    assert replica.tablet.serving
    assert replica.tablet.report()["lag_seconds"] == 0
    assert replica.query("SELECT count(*) FROM t") == [["0"]]
    assert replica.manager.replication_status()["lag_seconds"] is None


def test_the_same_source_again_leaves_stopped_threads_stopped(three: list[Member]) -> None:
    primary, replica, _ = three
    replica.manager.stop_replication()
    again = ("127.0.0.1", primary.node.port)
    replica.manager.set_replication_source(
        primary.alias, *again, start=False, semi_sync=True, wait_position="", seconds=0
    )
    assert replica.manager.replication_status()["io_state"] == 1
    replica.manager.set_replication_source(
        primary.alias, *again, start=True, semi_sync=True, wait_position="", seconds=0
    )
    eventually("it runs", lambda: replica.manager.replication_status()["io_state"] == 3)


def test_starting_without_a_source(blank: list[Member]) -> None:
    with pytest.raises(TabletError, match=r"not configured as replica.*\(errno 1200\)") as refused:
        blank[0].manager.start_replication(semi_sync=True)
    assert refused.value.code == "Unknown"


def test_a_dead_tablets_type_changes_though_its_mysqld_does_not_follow(three: list[Member]) -> None:
    old, new, _ = three
    old.stop_mysqld()
    new.manager.promote_replica(semi_sync=False)
    with pytest.raises(TabletError, match="errno 2002"):
        old.manager.set_replication_source(
            new.alias, "127.0.0.1", new.node.port, start=True, semi_sync=True, wait_position="", seconds=0
        )
    assert old.tablet.topology.tablet(old.tablet.settings.alias).type == topodata.REPLICA


# What loses rows


def test_a_forced_initialisation_of_an_empty_tablet_loses_the_tables(folder: Path) -> None:
    """The first trial's story: everything looks healthy afterwards, and the primary is empty."""
    with shard(folder, 2) as (full, empty):
        full.manager.init_primary(semi_sync=False)
        full.query("CREATE TABLE t (id int primary key)")
        full.query("INSERT INTO t VALUES (1), (2)")
        for one in (full, empty):
            one.manager.reset_replication()
        position = empty.manager.init_primary(semi_sync=True)
        full.manager.init_replica(empty.alias, "127.0.0.1", empty.node.port, position, semi_sync=True)
        eventually("it replicates", lambda: full.manager.replication_status()["io_state"] == 3)
        assert (full.tablet.serving, empty.tablet.serving) == (True, True)
        assert empty.query("SHOW TABLES") == []
        assert full.query("SELECT count(*) FROM t") == [["2"]]
        with pytest.raises(TabletError, match="errno 1146"):
            empty.query("SELECT * FROM t")
        full.manager.wait_for_position(empty.manager.primary_position(), 10)
        assert full.manager.primary_position() == empty.manager.primary_position()


def test_a_tablet_that_lost_its_data_after_a_purge_never_serves(three: list[Member], folder: Path) -> None:
    primary = three[0]
    primary.node.sql("FLUSH BINARY LOGS")
    primary.node.sql("PURGE BINARY LOGS BEFORE now()")
    lost = member(folder, primary.tablet.topology, 103)
    lost.manager.set_replication_source(
        primary.alias, "127.0.0.1", primary.node.port, start=True, semi_sync=True, wait_position="", seconds=0
    )
    eventually("it is refused", lambda: "1236" in lost.manager.replication_status()["last_io_error"])
    lost.tablet.look()
    assert not lost.tablet.serving
    status = lost.manager.replication_status()
    assert (status["io_state"], status["sql_state"]) == (1, 3)
    with pytest.raises(TabletError, match="errno 1046"):
        lost.manager.execute_fetch_as_dba("show tables", 10, False)
    lost.node.close()


# Types


def test_types_change_by_call(three: list[Member]) -> None:
    replica = three[1]
    replica.manager.change_type("rdonly", semi_sync=False)
    assert replica.tablet.topology.tablet(replica.tablet.settings.alias).type == topodata.RDONLY
    assert replica.tablet.serving
    assert not replica.manager.full_status()["semi_sync_replica_enabled"]
    replica.manager.change_type("drained", semi_sync=False)
    assert not replica.tablet.serving
    replica.manager.change_type("replica", semi_sync=True)
    assert replica.tablet.serving


def test_a_record_that_somebody_else_wrote_is_read_on_request(three: list[Member]) -> None:
    replica = three[1]
    record = replica.tablet.topology.tablet(replica.tablet.settings.alias)
    record.type = topodata.DRAINED
    replica.tablet.topology.save_tablet(record)
    assert replica.tablet.serving
    replica.manager.refresh_state()
    assert not replica.tablet.serving


def test_read_only_by_call(three: list[Member]) -> None:
    primary = three[0]
    primary.manager.set_read_only()
    with pytest.raises(TabletError, match="errno 1290"):
        primary.query("INSERT INTO t (v) VALUES ('x')")
    primary.manager.set_read_write()
    primary.query("INSERT INTO t (v) VALUES ('x')")
    primary.manager.reload_schema()

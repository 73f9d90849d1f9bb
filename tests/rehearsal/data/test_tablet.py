"""vttablet as a process: what it refuses, what it writes into the topology, how it comes back and how it goes."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rehearsal.data.rig import Rig, eventually, http
from vitessctl.rehearsal.tablet_client import QueryClient, open_channel
from vitessctl.rehearsal.tablet_rpc import TabletError
from vitessctl.rehearsal.topology_names import nanoseconds_of, now
from vitessctl.vtctld.proto import topodata_pb2 as topodata

pytestmark = pytest.mark.rehearsal


def with_cell(rig: Rig) -> Rig:
    rig.etcd()
    info = topodata.CellInfo(server_address=rig.topology_address, root="/vitess/zone1")
    rig.topology().create_cell("zone1", info)
    return rig


@pytest.fixture
def cell(rig: Rig) -> Rig:
    """etcd with the record of zone1; no tablet."""
    return with_cell(rig)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    """The same, shared by tests that only see a vttablet refuse."""
    rig = with_cell(Rig(tmp_path_factory.mktemp("town")))
    (rig.folder / "vt_0000000100").mkdir()
    yield rig
    rig.close()


# What it refuses


@pytest.mark.parametrize(
    ("changed", "code", "text"),
    [
        (
            {"--tablet-path": ""},
            1,
            "failed to parse --tablet-path: invalid tablet alias: '', expecting format:"
            " '^(?P<cell>[-_.a-zA-Z0-9]+)-(?P<uid>[0-9]+)$'",
        ),
        ({"--init-keyspace": ""}, 1, "failed to parse --tablet-path: init-keyspace and init-shard must be specified"),
        ({"--init-shard": ""}, 1, "failed to parse --tablet-path: init-keyspace and init-shard must be specified"),
        (
            {"--init-tablet-type": "primary"},
            1,
            "invalid init-tablet-type PRIMARY; can only be REPLICA, RDONLY or SPARE",
        ),
        ({"--init-tablet-type": "king"}, 1, "unknown TabletType king"),
        ({"--no-such-flag": "1"}, 1, "unknown flag: --no-such-flag"),
        ({"--topo-global-server-address": ""}, 1, "topo-global-server-address must be configured"),
        (
            {"--tablet-path": "nope-0000000100"},
            2,
            "node doesn't exist: /vitess/global/cells/nope/CellInfo: UpdateSrvVSchema(nope) failed",
        ),
        ({"--tablet-path": "zone1-0000000199"}, 1, "/vt_0000000199/my.cnf: no such file or directory"),
    ],
)
def test_bad_starts(town: Rig, changed: dict[str, str], code: int, text: str) -> None:
    more = [word for pair in changed.items() for word in pair]
    server = town.vttablet(100, *more, wait=False)
    assert server.ends() == code, server.said()
    assert text in server.said().replace('\\"', '"')


def test_root_is_refused(town: Rig) -> None:
    town.environment["VITESSCTL_REHEARSAL_ROOT"] = "0"
    try:
        server = town.vttablet(100, wait=False)
        code = server.ends()
    finally:
        town.environment.clear()
    assert code == 1
    assert "servenv.Init: running this as root makes no sense" in server.said()


def test_an_unreachable_topology_ends_it(rig: Rig) -> None:
    rig.topology_address = "127.0.0.1:1"
    server = rig.vttablet(100, wait=False)
    assert server.ends() == 1
    assert "Failed to open topo server (etcd2,127.0.0.1:1,/vitess/global): context deadline exceeded" in server.said()


# Before there is a primary


def test_a_first_tablet_makes_keyspace_and_shard_and_does_not_serve(cell: Rig) -> None:
    cell.mysqlctld(100)
    cell.vttablet(100)
    topology = cell.topology()
    assert topology.keyspace("ks") == topodata.Keyspace(), "no durability policy: keyspaces come first"
    assert topology.shard("ks", "0") == topodata.Shard(is_primary_serving=True)
    partitions = topology.srv_keyspace("zone1", "ks").partitions
    assert [partition.served_type for partition in partitions] == [topodata.PRIMARY, topodata.REPLICA, topodata.RDONLY]
    assert list(topology.srv_vschema("zone1").keyspaces) == ["ks"]
    record = cell.record(100)
    start = record.tablet_start_time
    assert abs(nanoseconds_of(start) / 1e9 - time.time()) < 60
    assert record == topodata.Tablet(
        alias=topodata.TabletAlias(cell="zone1", uid=100),
        hostname="127.0.0.1",
        port_map={"vt": cell.http_ports[100], "grpc": cell.grpc_ports[100]},
        keyspace="ks",
        shard="0",
        type=topodata.REPLICA,
        mysql_hostname="127.0.0.1",
        mysql_port=cell.mysql_ports[100],
        default_conn_collation=255,
        tablet_start_time=start,
    )
    assert cell.page(100, "/healthz") == (500, "500 internal server error: vttablet is not serving\n")
    assert cell.page(100, "/debug/health") == (
        500,
        "not ok: Code: CLUSTER_EVENT\noperation not allowed in state NOT_SERVING\n\n",
    )
    assert cell.page(100, "/debug/liveness") == (200, "")
    assert "REHEARSAL" in cell.page(100, "/debug/status")[1]
    assert cell.page(100, "/nosuch")[0] == 404
    told = cell.variables(100)
    assert (told["TabletStateName"], told["TabletState"], told["TabletType"]) == ("NOT_SERVING", 1, "replica")
    assert told["TabletServerState"] == {"NOT_SERVING.REPLICA.ks.0": 1}
    assert (told["TabletAlias"], told["TabletKeyspace"], told["TabletShard"]) == ("zone1-0000000100", "ks", "0")


def test_it_waits_for_a_mysqld_that_comes_later(cell: Rig) -> None:
    cell.mysqlctld(100).stop()
    cell.vttablet(100)
    assert cell.page(100, "/healthz")[0] == 500
    cell.mysqlctld(100)
    cell.tablet(100).init_primary(semi_sync=False)
    eventually("it serves", lambda: cell.healthy(100))
    assert cell.page(100, "/debug/health") == (200, "ok")
    assert cell.variables(100)["TabletServerState"] == {"SERVING.PRIMARY.ks.0": 1}


def test_a_keyspace_name_that_is_none_is_tried_for_ever(cell: Rig) -> None:
    cell.mysqlctld(100)
    server = cell.vttablet(100, keyspace="bad/ks", wait=False)
    words = "creating keyspace and shard failed (invalid character / in name bad/ks), backing off"
    eventually("it warns", lambda: words in server.said())
    assert server.is_running()


# A shard of two


@pytest.fixture
def pair(cell: Rig) -> Rig:
    """100 is the primary, 101 follows it; semi_sync is the keyspace's policy; t has one row."""
    cell.topology().create_keyspace("ks", topodata.Keyspace(durability_policy="semi_sync", sidecar_db_name="_vt"))
    cell.tablets(100, 101)
    lead(cell, 100, 101)
    fetch(cell, 100, "create table t (id int primary key)")
    fetch(cell, 100, "insert into t values (1)")
    return cell


def lead(rig: Rig, primary: int, *replicas: int) -> None:
    position = rig.tablet(primary).init_primary(semi_sync=True)
    for uid in replicas:
        follow(rig, uid, primary, position)
        eventually(f"{uid} serves", lambda uid=uid: rig.healthy(uid))  # type: ignore[misc]


def follow(rig: Rig, uid: int, primary: int, position: str = "") -> None:
    rig.tablet(uid).set_replication_source(
        f"zone1-{primary:010d}", "127.0.0.1", rig.mysql_ports[primary], True, True, position, 60
    )


def fetch(rig: Rig, uid: int, sql: str) -> list[list[str | None]]:
    return rig.tablet(uid).execute_fetch_as_dba(sql, 1000, disable_binlogs=False)["rows"]


def query(rig: Rig, uid: int, sql: str, kind: str = "primary") -> list[list[str | None]]:
    address = f"127.0.0.1:{rig.grpc_ports[uid]}"
    return QueryClient(open_channel(address), address, 20).execute("ks", "0", kind, sql, 0)["result"]["rows"]


def test_a_primary_keeps_its_role_over_a_restart_but_is_read_only(pair: Rig) -> None:
    term = pair.record(100).primary_term_start_time
    stop_tablet(pair, 100)
    pair.vttablet(100)
    eventually("it serves", lambda: pair.healthy(100))
    assert pair.record(100).type == topodata.PRIMARY
    assert pair.record(100).primary_term_start_time == term
    query(pair, 100, "insert into t values (2)")
    stop_tablet(pair, 100)
    stop_mysql(pair, 100)
    pair.mysqlctld(100)
    pair.vttablet(100)
    eventually("it serves", lambda: pair.healthy(100))
    with pytest.raises(TabletError, match=r"--super-read-only option .*\(errno 1290\)"):
        query(pair, 100, "insert into t values (3)")
    status = pair.tablet(100).full_status()
    assert (status["super_read_only"], status["semi_sync_primary_enabled"]) == (True, False)
    assert query(pair, 101, "select count(*) from t", "replica") == [["2"]]
    pair.tablet(100).set_read_write()
    query(pair, 100, "insert into t values (3)")


def stop_tablet(rig: Rig, uid: int) -> float:
    """SIGTERM to its vttablet, which ends with code 0; gives the seconds that took."""
    server = next(
        one
        for one in reversed(rig.servers)
        if one.name == "vttablet" and one.is_running() and f"zone1-{uid:010d}".encode() in _command_line(one.pid)
    )
    began = time.monotonic()
    assert server.stop() == 0
    return time.monotonic() - began


def stop_mysql(rig: Rig, uid: int) -> None:
    server = next(
        one
        for one in reversed(rig.servers)
        if one.name == "mysqlctld" and one.is_running() and f"mysqlctl{uid}.sock".encode() in _command_line(one.pid)
    )
    assert server.stop() == 0


def _command_line(pid: int) -> bytes:
    return Path(f"/proc/{pid}/cmdline").read_bytes()


RESTORES = ("--restore-from-backup", "--backup-storage-implementation=file")


@pytest.mark.parametrize(("flag", "threads"), [((), (3, 3)), (RESTORES, (1, 1))])
def test_a_restarted_replica_replicates_only_without_restore_from_backup(
    pair: Rig, flag: tuple[str, ...], threads: tuple[int, int]
) -> None:
    stop_tablet(pair, 101)
    stop_mysql(pair, 101)
    pair.mysql(100)("SET GLOBAL rpl_semi_sync_source_enabled = 0")
    query(pair, 100, "insert into t values (2)")
    pair.mysqlctld(101)
    server = pair.vttablet(101, *flag)
    eventually("it serves", lambda: pair.healthy(101))
    assert pair.variables(101)["replicationLagSec"] == 0

    def states() -> bool:
        status = pair.tablet(101).replication_status()
        return (status["io_state"], status["sql_state"]) == threads

    eventually("the threads", states)
    if not flag:
        eventually("it catches up", lambda: query(pair, 101, "select count(*) from t", "replica") == [["2"]])
        assert pair.tablet(101).full_status()["semi_sync_replica_enabled"]
        return
    assert "mysqld already contains data. Assuming vttablet was just restarted" in server.said()
    assert query(pair, 101, "select count(*) from t", "replica") == [["1"]], "healthy, and stale"
    pair.tablet(101).start_replication(semi_sync=True)
    eventually("it catches up", lambda: query(pair, 101, "select count(*) from t", "replica") == [["2"]])


def test_an_old_primary_stays_a_replica_when_another_leads(pair: Rig) -> None:
    server = next(one for one in reversed(pair.servers) if one.name == "vttablet" and _is_for(one.pid, 100))
    server.kill()
    assert pair.record(100).type == topodata.PRIMARY, "kill -9 leaves the record as it was"
    pair.tablet(101).promote_replica(semi_sync=False)
    again = pair.vttablet(100)
    eventually("it follows", lambda: pair.record(100).type == topodata.REPLICA)
    words = "Existing tablet type is primary, but the shard record has a different primary with a newer timestamp"
    assert words in again.said()
    query(pair, 101, "insert into t values (2)")
    eventually("it has the row", lambda: fetch(pair, 100, "select count(*) from t") == [["2"]])


def _is_for(pid: int, uid: int) -> bool:
    return f"zone1-{uid:010d}".encode() in _command_line(pid)


def test_a_primary_steps_down_when_the_shard_names_another(pair: Rig) -> None:
    topology = pair.topology()
    record = pair.record(101)
    record.type = topodata.PRIMARY
    record.primary_term_start_time.CopyFrom(now())
    topology.save_tablet(record)

    def name_101(shard: topodata.Shard) -> bool:
        shard.primary_alias.CopyFrom(record.alias)
        shard.primary_term_start_time.CopyFrom(record.primary_term_start_time)
        return True

    topology.update_shard("ks", "0", name_101)
    eventually("100 is a replica", lambda: pair.record(100).type == topodata.REPLICA)
    status = pair.tablet(100).full_status()
    assert status["super_read_only"]
    replication = status["replication"]
    assert replication is not None
    assert replication["source_port"] == pair.mysql_ports[101]


def test_a_stopped_tablet_leaves_its_type_and_takes_its_addresses(pair: Rig) -> None:
    primary_term = pair.record(100).primary_term_start_time
    for uid in (101, 100):
        stop_tablet(pair, uid)
        record = pair.record(uid)
        stopped = record.tablet_shutdown_time
        assert abs(nanoseconds_of(stopped) / 1e9 - time.time()) < 60
        wanted = topodata.Tablet(
            alias=topodata.TabletAlias(cell="zone1", uid=uid),
            keyspace="ks",
            shard="0",
            type=topodata.PRIMARY if uid == 100 else topodata.REPLICA,
            mysql_port=pair.mysql_ports[uid],
            default_conn_collation=255,
            tablet_shutdown_time=stopped,
        )
        if uid == 100:
            wanted.primary_term_start_time.CopyFrom(primary_term)
        assert record == wanted
    assert pair.topology().shard("ks", "0").primary_alias.uid == 100
    assert pair.mysql(100)("select @@global.read_only") == [["0"]], "a stopped primary's mysqld stays writable"


def test_it_waits_for_the_vtgates_that_listen(pair: Rig) -> None:
    address = f"127.0.0.1:{pair.grpc_ports[101]}"
    ended = threading.Event()
    last: list[bool] = []

    def listen() -> None:
        try:
            for report in QueryClient(open_channel(address), address, 60).stream_health():
                last.append(report["serving"])
        except TabletError:
            ended.set()

    thread = threading.Thread(target=listen)
    thread.start()
    eventually("it listens", lambda: last)
    took = stop_tablet(pair, 101)
    thread.join(10)
    assert ended.is_set()
    assert last[-1] is False, "it was told that the tablet serves no more"
    assert 0.9 < took < 8
    assert stop_tablet(pair, 100) < took


def test_mysqld_comes_back_under_a_living_vttablet(pair: Rig) -> None:
    pair.kill_mysqld(100)
    with pytest.raises(TabletError, match="errno 20") as refused:
        query(pair, 100, "select 1")
    assert refused.value.code == "Unavailable"
    assert pair.page(100, "/healthz")[0] == 500
    pair.mysqlctld(100)
    eventually("it serves", lambda: pair.healthy(100))
    assert query(pair, 100, "select id from t") == [["1"]]


def test_an_empty_folder_is_filled_again_by_the_whole_log(pair: Rig) -> None:
    stop_tablet(pair, 101)
    stop_mysql(pair, 101)
    shutil.rmtree(pair.tablet_folder(101))
    pair.mysqlctld(101)
    pair.vttablet(101)
    eventually("it serves", lambda: pair.healthy(101))
    eventually("it has the row", lambda: fetch(pair, 101, "select id from t") == [["1"]])


def test_an_empty_folder_stays_empty_when_the_log_was_purged(pair: Rig) -> None:
    stop_tablet(pair, 101)
    stop_mysql(pair, 101)
    shutil.rmtree(pair.tablet_folder(101))
    pair.mysql(100)("flush binary logs")
    pair.mysql(100)("purge binary logs before now()")
    pair.mysqlctld(101)
    pair.vttablet(101)
    eventually("it is refused", lambda: "1236" in pair.tablet(101).replication_status()["last_io_error"])
    assert pair.page(101, "/healthz")[0] == 500
    assert pair.record(101).type == topodata.REPLICA
    with pytest.raises(TabletError, match="errno 1046"):
        fetch(pair, 101, "show tables")


def test_blocked_writers_are_counted_where_monitors_look(pair: Rig) -> None:
    pair.kill_mysqld(101)
    assert http(pair.http_ports[100], "/healthz") == (200, "ok\n")
    with pytest.raises(TabletError, match="errno 3024"):
        query(pair, 100, "insert into t values (9)")
    assert pair.variables(100)["SemiSyncMonitorWritesBlocked"] == 1
    assert pair.healthy(100), "a blocked primary looks healthy"
    assert query(pair, 100, "select count(*) from t") == [["1"]]

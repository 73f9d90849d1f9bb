"""All stand-ins together, started by hand with the command lines of real servers: rows outlive what is killed."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pymysql
import pytest

from tests.rehearsal.data.rig import Rig, Server, eventually, free_port, http
from vitessctl import releases
from vitessctl.vtctld.client import connect
from vitessctl.vtctld.interface import Vtctld
from vitessctl.vtctld.records import CellRecord, KeyspaceRecord

pytestmark = pytest.mark.rehearsal
UIDS = (100, 101, 102)


def alias(uid: int) -> str:
    return f"zone1-{uid:010d}"


@dataclass
class Cluster:
    """Three tablets of keyspace ks, and the ways to reach them."""

    rig: Rig
    vtctld: Vtctld
    vtgate_http: int
    mysql_port: int
    tablets: dict[int, tuple[Server, Server]] = field(default_factory=dict)

    def primary(self) -> int:
        """The uid that the shard's record names, 0 for none."""
        shard = self.vtctld.shard("ks", "0")
        return int(shard.primary.rpartition("-")[2]) if shard is not None and shard.primary else 0

    def start_tablet(self, uid: int) -> None:
        mysqlctld = self.rig.mysqlctld(uid)
        self.tablets[uid] = (mysqlctld, self.rig.vttablet(uid, "--onterm-timeout", "1s"))

    def kill_tablet(self, uid: int) -> None:
        """kill -9 to all three processes, vttablet first."""
        mysqlctld, vttablet = self.tablets[uid]
        vttablet.kill()
        mysqlctld.kill()
        self.rig.kill_mysqld(uid)

    @contextmanager
    def client(self, target: str) -> Iterator[Any]:
        connection = pymysql.connect(
            host="127.0.0.1", port=self.mysql_port, user="app", database=target, autocommit=True, read_timeout=30
        )
        try:
            yield connection.cursor()
        finally:
            connection.close()

    def ask(self, sql: str, target: str = "ks") -> tuple[tuple[Any, ...], ...]:
        with self.client(target) as cursor:
            cursor.execute(sql)
            return tuple(cursor.fetchall())

    def works(self, sql: str, target: str = "ks") -> bool:
        try:
            self.ask(sql, target)
        except pymysql.MySQLError:
            return False
        return True

    def ids_on(self, uid: int) -> set[int]:
        """The rows that a tablet itself has."""
        result = self.vtctld.fetch_as_dba(alias(uid), "select id from t")
        return {int(row[0] or 0) for row in result.rows}

    def sees(self, connections: dict[str, int]) -> bool:
        import json

        found = http(self.vtgate_http, "/debug/vars")
        return found is not None and json.loads(found[1])["HealthcheckConnections"] == connections


class Writer(threading.Thread):
    """Inserts one number after the other; a number counts once it was answered."""

    def __init__(self, cluster: Cluster, first: int) -> None:
        super().__init__(daemon=True)
        self._cluster = cluster
        self._number = first
        self._done = threading.Event()
        self.acknowledged: set[int] = set()
        self.errors: list[str] = []
        self.stale_reads: list[str] = []

    def run(self) -> None:
        while not self._done.wait(0.01):
            self._number += 1
            try:
                self._cluster.ask(f"insert into t (id, v) values ({self._number}, 'x')")
                self.acknowledged.add(self._number)
            except pymysql.MySQLError as error:
                self.errors.append(str(error))
            try:
                self._cluster.ask("select count(*) from t", "ks@replica")
            except pymysql.MySQLError as error:
                self.stale_reads.append(str(error))

    def wait_for(self, more: int) -> None:
        goal = len(self.acknowledged) + more
        eventually(f"{more} more rows; errors {self.errors[-2:]}", lambda: len(self.acknowledged) >= goal, 40)

    def __enter__(self) -> Writer:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self.join(40)


@pytest.fixture
def cluster(rig: Rig) -> Iterator[Cluster]:
    """Up: etcd, vtctld, cell, keyspace, three tablets, a primary elected by PlannedReparentShard, vtorc, vtgate."""
    early = {uid: rig.mysqlctld(uid, wait=False) for uid in UIDS}
    rig.etcd()
    vtctld_port, vtctld_grpc = free_port(), free_port()
    rig.start(
        "vtctld",
        *rig.topology_flags,
        *("--cell", "zone1", "--service-map", "grpc-vtctl,grpc-vtctld", "--bind-address", "127.0.0.1"),
        *("--port", str(vtctld_port), "--grpc-bind-address", "127.0.0.1", "--grpc-port", str(vtctld_grpc)),
    )
    eventually("vtctld answers", lambda: http(vtctld_port, "/debug/health"))
    vtctld = connect(f"127.0.0.1:{vtctld_grpc}", releases.get("24"))
    vtctld.add_cell(CellRecord("zone1", rig.topology_address, "/vitess/zone1"))
    vtctld.create_keyspace(KeyspaceRecord("ks", "semi_sync", "_vt"))
    made = Cluster(rig, vtctld, free_port(), free_port())
    for uid in UIDS:
        rig.wait_for_mysql(uid, early[uid])
        made.tablets[uid] = (early[uid], rig.vttablet(uid, "--onterm-timeout", "1s", wait=False))
    for uid in UIDS:
        rig.wait_for_tablet(uid, made.tablets[uid][1])
    assert vtctld.plan_reparent("ks", "0", alias(100)) == alias(100)
    start_vtorc(made)
    start_vtgate(made)
    made.ask("create table t (id bigint primary key, v varchar(20))")
    yield made
    vtctld.close()


def start_vtorc(cluster: Cluster) -> None:
    port = free_port()
    cluster.rig.start(
        "vtorc",
        *cluster.rig.topology_flags,
        *("--cell", "zone1", "--bind-address", "127.0.0.1", "--port", str(port), "--clusters-to-watch", "ks"),
    )
    eventually("vtorc is healthy", lambda: (http(port, "/debug/health") or (0, ""))[0] == 200)


def start_vtgate(cluster: Cluster) -> None:
    cluster.rig.start(
        "vtgate",
        *cluster.rig.topology_flags,
        *("--cell", "zone1", "--cells-to-watch", "zone1", "--tablet-types-to-wait", "PRIMARY,REPLICA"),
        *("--bind-address", "127.0.0.1", "--port", str(cluster.vtgate_http)),
        *("--grpc-bind-address", "127.0.0.1", "--grpc-port", str(free_port())),
        *("--service-map", "grpc-vtgateservice", "--mysql-server-bind-address", "127.0.0.1"),
        *("--mysql-server-port", str(cluster.mysql_port), "--mysql-auth-server-impl", "none"),
    )
    eventually("vtgate sees all", lambda: cluster.sees({"ks.0.primary": 1, "ks.0.replica": 2}))


def test_rows_written_through_vtgate_are_read_at_replicas_and_survive_a_planned_reparent(cluster: Cluster) -> None:
    with Writer(cluster, 0) as writer:
        writer.wait_for(10)
        assert cluster.vtctld.plan_reparent("ks", "0", alias(101), expected_primary=alias(100)) == alias(101)
        writer.wait_for(10)
    assert cluster.primary() == 101
    assert not writer.stale_reads
    for uid in UIDS:
        eventually(f"{uid} has all", lambda uid=uid: writer.acknowledged <= cluster.ids_on(uid))  # type: ignore[misc]
    assert cluster.ask("select count(*) from t", "ks@replica")[0][0] >= len(writer.acknowledged)


def test_the_whole_primary_is_killed_and_comes_back_as_a_replica(cluster: Cluster) -> None:
    with Writer(cluster, 0) as writer:
        writer.wait_for(10)
        cluster.kill_tablet(100)
        eventually("vtorc promotes another", lambda: cluster.primary() not in {0, 100}, 40)
        writer.wait_for(10)
        cluster.start_tablet(100)
        eventually("it is a replica", lambda: _type_of(cluster, 100) == "replica", 40)
        writer.wait_for(5)
    assert not writer.stale_reads, "reads at replicas go on all the time"
    assert writer.errors, "writes failed while there was no primary"
    for uid in UIDS:
        eventually(f"{uid} has all", lambda uid=uid: writer.acknowledged <= cluster.ids_on(uid), 40)  # type: ignore[misc]
    assert cluster.ids_on(100) == cluster.ids_on(cluster.primary())


def _type_of(cluster: Cluster, uid: int) -> str:
    return next(tablet.type for tablet in cluster.vtctld.tablets("ks", "0") if tablet.alias == alias(uid))


def test_a_killed_mysqld_and_an_emptied_folder(cluster: Cluster) -> None:
    with Writer(cluster, 0) as writer:
        writer.wait_for(10)
        cluster.rig.kill_mysqld(100)
        eventually("vtorc promotes another", lambda: cluster.primary() not in {0, 100}, 40)
        writer.wait_for(10)
        mysqlctld, vttablet = cluster.tablets[100]
        assert mysqlctld.ends() == 0
        vttablet.kill()
        shutil.rmtree(cluster.rig.tablet_folder(100))
        cluster.start_tablet(100)
        eventually("it has everything", lambda: writer.acknowledged <= _ids_or_none(cluster, 100), 40)
    assert cluster.primary() != 100
    for uid in UIDS:
        eventually(f"{uid} has all", lambda uid=uid: writer.acknowledged <= cluster.ids_on(uid))  # type: ignore[misc]


def _ids_or_none(cluster: Cluster, uid: int) -> set[int]:
    from vitessctl.errors import VitessctlError

    try:
        return cluster.ids_on(uid)
    except VitessctlError:
        return set()


def test_everything_is_stopped_and_started_again(cluster: Cluster) -> None:
    for number in range(20):
        cluster.ask(f"insert into t (id, v) values ({number}, 'kept')")
    for name in ("vtgate", "vtorc", "vttablet", "mysqlctld"):
        for server in [one for one in cluster.rig.servers if one.name == name and one.is_running()]:
            assert server.stop() == 0, server.said()
    for uid in UIDS:
        cluster.start_tablet(uid)
    eventually("the primary serves", lambda: cluster.rig.healthy(100))
    assert cluster.vtctld.full_status(alias(100)).super_read_only, "until vtorc or a reparent"
    start_vtorc(cluster)
    start_vtgate(cluster)
    eventually("it takes writes", lambda: cluster.works("insert into t (id, v) values (100, 'new')"), 40)
    for uid in (101, 102):
        eventually(f"{uid} has all", lambda uid=uid: cluster.ids_on(uid) == {*range(20), 100}, 40)  # type: ignore[misc]
    began = time.monotonic()
    assert cluster.ask("select count(*) from t", "ks@replica") == ((21,),)
    assert time.monotonic() - began < 5

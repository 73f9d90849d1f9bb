"""vtctld as a process, over gRPC and HTTP, with etcd's stand-in below it and tablets of this test beside it."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Iterator
from typing import Any

import grpc
import pytest

from tests.rehearsal.control.fake_tablets import FakeShard
from tests.rehearsal.control.programs import (
    EtcdMember,
    Programs,
    Running,
    eventually,
    free_port,
    page,
    programs,
    start_etcd,
    topo_flags,
)
from tests.rehearsal.control.rig import KEYSPACE, ONE, THREE, TWO
from vitessctl.rehearsal.etcd.client import EtcdClient
from vitessctl.rehearsal.servenv.rpc import RpcServer
from vitessctl.rehearsal.tablet_rpc import MANAGER_SERVICE
from vitessctl.rehearsal.tablet_server import manager_handler
from vitessctl.rehearsal.topology import Store
from vitessctl.rehearsal.topology_names import alias_text, parse_alias
from vitessctl.rehearsal.topology_records import Topology
from vitessctl.vtctld.methods import EXECUTE_VTCTL_COMMAND, METHODS
from vitessctl.vtctld.proto import topodata_pb2 as topodata
from vitessctl.vtctld.proto import vtctldata_pb2 as pb


class Cluster:
    """etcd, vtctld, and three tablets in this process, each on a port of its own."""

    def __init__(self, started: Programs) -> None:
        self.etcd: EtcdMember = start_etcd(started)
        self.http, self.grpc = free_port(), free_port()
        self.vtctld: Running = started.start(
            "vtctld",
            *topo_flags(self.etcd.client),
            *("--cell", "zone1", "--service-map", "grpc-vtctl,grpc-vtctld"),
            *("--bind-address", "127.0.0.1", "--port", str(self.http)),
            *("--grpc-bind-address", "127.0.0.1", "--grpc-port", str(self.grpc)),
        )
        self.channel = grpc.insecure_channel(f"127.0.0.1:{self.grpc}")
        self.topology = Topology(Store(EtcdClient(self.etcd.client), "/vitess/global"), self.etcd.client)
        self.servers: dict[str, RpcServer] = {}

    def call(self, name: str, /, seconds: float = 20.0, **request: Any) -> Any:
        method = METHODS[name]
        call = self.channel.unary_unary(method.path, method.request.SerializeToString, method.response.FromString)
        return call(method.request(**request), timeout=seconds, wait_for_ready=True)

    def legacy(self, *words: str) -> str:
        method = EXECUTE_VTCTL_COMMAND
        call = self.channel.unary_stream(method.path, method.request.SerializeToString, method.response.FromString)
        answers = call(pb.ExecuteVtctlCommandRequest(args=words), timeout=10)
        return "".join(answer.event.value for answer in answers)

    def add_tablets(self) -> FakeShard:
        shard = FakeShard(self.topology, KEYSPACE, "0")
        for alias in (ONE, TWO, THREE):
            server = RpcServer(8)
            port = free_port()
            server.add(MANAGER_SERVICE, manager_handler(alias, shard.add(alias, port)))
            server.listen("127.0.0.1", port)
            self.servers[alias] = server
        return shard


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with programs() as started:
        made = Cluster(started)
        info = topodata.CellInfo(server_address=made.etcd.client, root="/vitess/zone1")
        made.call("AddCellInfo", name="zone1", cell_info=info)
        made.call("CreateKeyspace", name=KEYSPACE, durability_policy="semi_sync", sidecar_db_name="_vt")
        made.call("CreateShard", keyspace=KEYSPACE, shard_name="0")
        yield made
        for server in made.servers.values():
            server.stop()


@pytest.fixture(scope="module")
def shard(cluster: Cluster) -> FakeShard:
    """The tablets, 100 elected."""
    made = cluster.add_tablets()
    cluster.call("PlannedReparentShard", keyspace=KEYSPACE, shard="0", new_primary=parse_alias(ONE))
    return made


def refused(cluster: Cluster, name: str, /, **request: Any) -> tuple[str, str]:
    with pytest.raises(grpc.RpcError) as caught:
        cluster.call(name, **request)
    return caught.value.code().name, caught.value.details()


def test_every_refusal_is_unknown(cluster: Cluster) -> None:
    assert refused(cluster, "GetKeyspace", keyspace="nope") == (
        "UNKNOWN",
        "node doesn't exist: /vitess/global/keyspaces/nope/Keyspace",
    )
    assert refused(cluster, "PlannedReparentShard", keyspace="nope", shard="0")[0] == "UNKNOWN"


def test_unknown_calls_and_health(cluster: Cluster) -> None:
    with pytest.raises(grpc.RpcError) as caught:
        cluster.channel.unary_unary("/vtctlservice.Vtctl/NoSuchRpc")(b"", timeout=5)
    assert caught.value.details() == "unknown method NoSuchRpc for service vtctlservice.Vtctl"

    service = b"vtctlservice.Vtctld"
    request = b"\n" + bytes([len(service)]) + service
    assert cluster.channel.unary_unary("/grpc.health.v1.Health/Check")(request, timeout=5) == b"\x08\x01"


def test_pages(cluster: Cluster) -> None:
    assert page(cluster.http, "/debug/health") == (200, "ok")
    assert page(cluster.http, "/healthz") == (404, "404 page not found\n")
    assert page(cluster.http, "/") == (404, "404 page not found\n")
    assert page(cluster.http, "/debug/liveness") == (200, "")
    shown = json.loads((page(cluster.http, "/debug/vars") or (0, ""))[1])
    assert shown["cmdline"][0] == "vtctld"
    assert "REHEARSAL" in shown["BuildVersion"]


def test_a_reparent_over_the_wire(cluster: Cluster, shard: FakeShard) -> None:
    answer = cluster.call("GetShard", keyspace=KEYSPACE, shard_name="0")

    assert alias_text(answer.shard.shard.primary_alias) == ONE
    assert [alias for alias, tablet in shard.tablets.items() if not tablet.mysqld.read_only] == [ONE]


def test_full_status_over_the_wire(cluster: Cluster, shard: FakeShard) -> None:
    status = cluster.call("GetFullStatus", tablet_alias=parse_alias(TWO)).status

    assert status.replication_status.io_state == status.replication_status.sql_state == 3
    assert status.replication_status.position == f"MySQL56/{shard.tablets[TWO].mysqld.executed}"
    assert status.primary_status.server_uuid == shard.tablets[TWO].mysqld.server_uuid
    assert (status.read_only, status.semi_sync_replica_enabled) == (True, True)


def test_errors_of_a_tablet_are_nested(cluster: Cluster, shard: FakeShard) -> None:
    code, text = refused(
        cluster, "ExecuteFetchAsDBA", tablet_alias=parse_alias(TWO), query="insert into t values (1)", max_rows=1
    )

    assert code == "UNKNOWN"
    assert text == (
        f"rpc error: code = Unknown desc = TabletManager.ExecuteFetchAsDba on {TWO}: rpc error: code = Unknown desc = "
        "The MySQL server is running with the --super-read-only option (errno 1290)"
    )
    assert (
        "No database selected (errno 1046)"
        in (
            refused(cluster, "ExecuteFetchAsApp", tablet_alias=parse_alias(ONE), query="select 1 from t", max_rows=1)[1]
        )
    )


def test_schema_changes_that_fail_say_where(cluster: Cluster, shard: FakeShard) -> None:
    shard.tablets[ONE].mysqld.read_only = True
    code, text = refused(cluster, "ApplySchema", keyspace=KEYSPACE, sql=["create table t(id int)"])
    shard.tablets[ONE].mysqld.read_only = False

    head, _, body = text.partition(": ")
    assert (code, head) == ("UNKNOWN", "schema change failed, ExecuteResult")
    shown = json.loads(body)
    assert list(shown) == [
        *("FailedShards", "SuccessShards", "CurSQLIndex", "Sqls", "UUIDs", "ExecutorErr", "TotalTimeSpent")
    ]
    assert shown["FailedShards"][0]["Shard"] == "0"
    assert shown["FailedShards"][0]["Err"].startswith(
        f"rpc error: code = Unknown desc = TabletManager.ExecuteFetchAsDba on {ONE}: rpc error: code = Unknown desc = "
    )


def test_positions(cluster: Cluster, shard: FakeShard) -> None:
    answer = cluster.call("ShardReplicationPositions", keyspace=KEYSPACE, shard="0")
    executed = shard.tablets[ONE].mysqld.executed
    positions = {alias: status.position for alias, status in answer.replication_statuses.items()}
    assert positions == dict.fromkeys((ONE, TWO, THREE), f"MySQL56/{executed}")

    port, shard.tablets[THREE].mysqld.source_port = shard.tablets[THREE].mysqld.source_port, 0
    refusal = refused(cluster, "ShardReplicationPositions", keyspace=KEYSPACE, shard="0")
    shard.tablets[THREE].mysqld.source_port = port
    assert refusal == (
        "UNKNOWN",
        f"ReplicationStatus({THREE}) failed: rpc error: code = Unknown desc = TabletManager.ReplicationStatus on "
        f"{THREE}: no replication status (errno 100) (sqlstate HY000)",
    )


def test_legacy_commands(cluster: Cluster, shard: FakeShard) -> None:
    listed = cluster.legacy("ListAllTablets").splitlines()
    assert [line.split()[:4] for line in listed] == [
        [ONE, KEYSPACE, "0", "primary"],
        [TWO, KEYSPACE, "0", "replica"],
        [THREE, KEYSPACE, "0", "replica"],
    ]
    assert listed[0].split()[6:][0] == "[]"
    assert [line.split()[-1] == "<null>" for line in listed] == [False, True, True]
    assert cluster.legacy("GetKeyspaces") == f"{KEYSPACE}\n"
    assert json.loads(cluster.legacy("GetShard", f"{KEYSPACE}/0"))["primary_alias"] == {"cell": "zone1", "uid": 100}
    with pytest.raises(grpc.RpcError) as caught:
        cluster.legacy("NoSuchCommand")
    assert (caught.value.code().name, caught.value.details()) == ("UNKNOWN", "unknown command")


def test_a_call_about_a_dead_tablet_hangs_until_the_client_gives_up(cluster: Cluster, shard: FakeShard) -> None:
    cluster.servers.pop(THREE).stop()
    began = time.monotonic()

    with pytest.raises(grpc.RpcError) as caught:
        cluster.call("PingTablet", seconds=0.5, tablet_alias=parse_alias(THREE))

    assert caught.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED
    assert time.monotonic() - began > 0.45


def test_positions_with_a_dead_tablet_are_empty_for_it(cluster: Cluster, shard: FakeShard) -> None:
    answer = cluster.call("ShardReplicationPositions", keyspace=KEYSPACE, shard="0")

    assert answer.replication_statuses[THREE].position == ""
    assert answer.replication_statuses[TWO].position != ""


def test_validate_sees_a_dead_tablet_and_says_so_in_its_results(cluster: Cluster, shard: FakeShard) -> None:
    answer = cluster.call("ValidateShard", keyspace=KEYSPACE, shard="0", ping_tablets=True)

    address = f"127.0.0.1:{shard.tablets[THREE].mysqld.port}"
    (text,) = answer.results
    assert text == (
        f"Ping({THREE}) failed: Code: DEADLINE_EXCEEDED\nrpc error: code = DeadlineExceeded desc = latest balancer "
        f'error: connection error: desc = "transport: Error while dialing: dial tcp {address}: connect: connection '
        'refused"\n tablet hostname: 127.0.0.1'
    )


def test_a_tablet_that_was_stopped_cleanly_is_not_waited_for(cluster: Cluster, shard: FakeShard) -> None:
    record = cluster.topology.tablet(parse_alias(THREE))
    stopped = topodata.Tablet(alias=record.alias, keyspace=KEYSPACE, shard="0", type=record.type)
    stopped.tablet_shutdown_time.seconds = 1
    cluster.topology.save_tablet(stopped)

    assert refused(cluster, "PingTablet", tablet_alias=parse_alias(THREE)) == ("UNKNOWN", "tablet is shutdown")
    cluster.topology.save_tablet(record)


def test_while_etcd_is_frozen_vtctld_hangs(cluster: Cluster) -> None:
    os.kill(cluster.etcd.running.process.pid, signal.SIGSTOP)
    try:
        with pytest.raises(grpc.RpcError) as caught:
            cluster.call("GetKeyspaces", seconds=0.4)
        assert caught.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED
    finally:
        os.kill(cluster.etcd.running.process.pid, signal.SIGCONT)
    assert [keyspace.name for keyspace in cluster.call("GetKeyspaces").keyspaces] == [KEYSPACE]


def test_vtorc_as_a_process(started: Programs, cluster: Cluster, shard: FakeShard) -> None:
    """It comes up, is unhealthy before it has looked, watches, and mends: here a primary that turned read-only."""
    port = free_port()
    vtorc = started.start(
        "vtorc",
        *topo_flags(cluster.etcd.client),
        *("--cell", "zone1", "--bind-address", "127.0.0.1", "--port", str(port), "--clusters-to-watch", KEYSPACE),
    )
    eventually(lambda: (page(port, "/debug/health") or (0,))[0] == 200, "vtorc has looked once")
    shard.tablets[ONE].mysqld.read_only = True

    eventually(lambda: not shard.tablets[ONE].mysqld.read_only, "vtorc makes the primary writable")

    status, _ = page(port, "/healthz") or (0, "")
    assert status == 302
    counted = eventually(
        lambda: json.loads((page(port, "/debug/vars") or (0, "{}"))[1]).get("SuccessfulRecoveries"), "it is counted"
    )
    assert counted == {f"FixPrimary.{KEYSPACE}.0": 1}
    assert vtorc.terminate() == 0


def test_sigterm_ends_vtctld_at_once(cluster: Cluster) -> None:
    """The last test of this module: it takes vtctld away."""
    began = time.monotonic()

    assert cluster.vtctld.terminate() == 0
    assert time.monotonic() - began < 5

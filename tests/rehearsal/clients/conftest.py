"""A vtctld with one keyspace, one shard and the records of two tablets, for clients to ask."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.rehearsal.control.memory_etcd import add_keyspace
from tests.rehearsal.control.programs import eventually, free_port, page, programs, start_etcd, topo_flags
from vitessctl.rehearsal.etcd.client import EtcdClient
from vitessctl.rehearsal.topology import Store
from vitessctl.rehearsal.topology_records import Topology
from vitessctl.vtctld.proto import topodata_pb2 as topodata


@dataclass(frozen=True)
class Control:
    """Where the servers answer, `host:port`."""

    etcd: str
    vtctld: str


@pytest.fixture(scope="session")
def control() -> Iterator[Control]:
    with programs() as started:
        member = start_etcd(started)
        eventually(lambda: page(member.metrics, "/health"), "etcd answers")
        http, grpc = free_port(), free_port()
        ports = ("--port", str(http), "--grpc-port", str(grpc), "--service-map", "grpc-vtctl,grpc-vtctld")
        started.start("vtctld", *topo_flags(member.client), "--cell", "zone1", *ports)
        eventually(lambda: page(http, "/debug/health"), "vtctld answers")
        _fill(member.client)
        yield Control(member.client, f"127.0.0.1:{grpc}")


def _fill(etcd: str) -> None:
    topology = Topology(Store(EtcdClient(etcd), "/vitess/global"), etcd)
    topology.create_cell("zone1", topodata.CellInfo(server_address=etcd, root="/vitess/zone1"))
    add_keyspace(topology, "ks", "semi_sync", "0")
    for uid in (100, 101):
        topology.save_tablet(_tablet(uid))


def _tablet(uid: int) -> topodata.Tablet:
    """Nobody listens where it points to."""
    return topodata.Tablet(
        alias=topodata.TabletAlias(cell="zone1", uid=uid),
        hostname=f"tablet-{uid}.tablets",
        port_map={"vt": 15000, "grpc": 15999},
        keyspace="ks",
        shard="0",
        type=topodata.REPLICA,
        mysql_hostname=f"tablet-{uid}.tablets",
        mysql_port=3306,
    )

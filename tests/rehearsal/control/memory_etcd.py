"""etcd in memory, behind the methods of EtcdClient: no process, no port, for tests of what lies above it."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Sequence
from typing import Any, cast

from vitessctl.rehearsal.etcd.client import EtcdClient, prefix_end
from vitessctl.rehearsal.etcd.proto import etcd_pb2 as pb
from vitessctl.rehearsal.etcd.proto import peer_pb2 as peer
from vitessctl.rehearsal.etcd.state import State
from vitessctl.rehearsal.topology import Store
from vitessctl.rehearsal.topology_records import Topology
from vitessctl.vtctld.proto import topodata_pb2 as topodata

ADDRESS = "127.0.0.1:1"


class MemoryEtcd:
    """The store of the stand-in without its server."""

    def __init__(self) -> None:
        self.state = State(lambda revision: pb.ResponseHeader(revision=revision))
        self._lock = threading.Lock()
        self._leases = itertools.count(7)

    def get(self, key: bytes, seconds: float) -> pb.KeyValue | None:
        found = self.range(pb.RangeRequest(key=key), seconds).kvs
        return found[0] if found else None

    def keys(self, prefix: bytes, seconds: float) -> Sequence[bytes]:
        request = pb.RangeRequest(key=prefix, range_end=prefix_end(prefix))
        return [pair.key for pair in self.range(request, seconds).kvs]

    def range(self, request: pb.RangeRequest, seconds: float) -> pb.RangeResponse:
        with self._lock:
            return self.state.range(request)

    def put(self, key: bytes, value: bytes, seconds: float, lease: int = 0) -> int:
        put = pb.RequestOp(request_put=pb.PutRequest(key=key, value=value, lease=lease))
        self.txn(pb.TxnRequest(success=[put]), seconds)
        return self.state.revision

    def delete(self, key: bytes, seconds: float) -> int:
        delete = pb.RequestOp(request_delete_range=pb.DeleteRangeRequest(key=key))
        return self.txn(pb.TxnRequest(success=[delete]), seconds).responses[0].response_delete_range.deleted

    def txn(self, request: pb.TxnRequest, seconds: float) -> pb.TxnResponse:
        return cast(pb.TxnResponse, self._apply(peer.Command(txn=request)))

    def grant(self, ttl: int, seconds: float) -> int:
        lease = next(self._leases)
        self._apply(peer.Command(grant=pb.LeaseGrantRequest(id=lease, ttl=ttl)))
        return lease

    def keep_alive(self, lease: int, seconds: float) -> int:
        return self.state.leases.get(lease, 0)

    def revoke(self, lease: int, seconds: float) -> None:
        self._apply(peer.Command(revoke=pb.LeaseRevokeRequest(id=lease)))

    def _apply(self, command: peer.Command) -> Any:
        with self._lock:
            return self.state.apply(command)[0]


def memory_topology(*cells: str) -> Topology:
    """An empty topology with those cells."""
    etcd = cast(EtcdClient, MemoryEtcd())
    topology = Topology(Store(etcd, "/vitess/global"), ADDRESS)
    for cell in cells:
        topology.create_cell(cell, topodata.CellInfo(server_address=ADDRESS, root=f"/vitess/{cell}"))
    return topology


def add_keyspace(topology: Topology, name: str, durability: str, *shards: str) -> None:
    topology.create_keyspace(name, topodata.Keyspace(durability_policy=durability, sidecar_db_name="_vt"))
    for shard in shards:
        topology.create_shard(name, shard)

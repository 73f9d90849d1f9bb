"""Reading all of a topology: from one member or the other, page by page, at one moment."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import grpc
import pytest

from tests.rehearsal.control.memory_etcd import MemoryEtcd
from tests.rehearsal.control.programs import EtcdMember
from vitessctl.errors import UnreachableError
from vitessctl.rehearsal.etcd.client import EtcdClient, EtcdError
from vitessctl.rehearsal.etcd.proto import etcd_pb2 as pb
from vitessctl.targets.base import Address
from vitessctl.topology import etcd as reading
from vitessctl.topology.etcd import read_topology
from vitessctl.vtctld.proto import topodata_pb2 as topodata

DEAD = Address("127.0.0.1", 1, "port 2379 of pod dead")


def fill(client: EtcdClient, root: str, tablets: int = 0) -> None:
    cell = topodata.CellInfo(server_address="x:1", root=f"{root}/zone1")
    client.put(f"{root}/global/cells/zone1/CellInfo".encode(), cell.SerializeToString(), 5.0)
    client.put(f"{root}/global/keyspaces/a/Keyspace".encode(), b"", 5.0)
    client.put(f"{root}/global2/keyspaces/b/Keyspace".encode(), b"", 5.0)
    for number in range(tablets):
        client.put(f"{root}/zone1/tablets/zone1-{number:010d}/Tablet".encode(), b"", 5.0)


def place(etcd: EtcdMember) -> Address:
    host, _, port = etcd.client.rpartition(":")
    return Address(host, int(port))


def test_global_and_every_cell_and_nothing_else(etcd: EtcdMember, client: EtcdClient, root: str) -> None:
    fill(client, root, tablets=2)
    lease = client.grant(60, 5.0)
    client.put(f"{root}/global/keyspaces/a/locks/{lease}".encode(), b"{}", 5.0, lease)

    found = read_topology([place(etcd)], f"{root}/global")

    assert [node.address for node in found.nodes] == [
        "/global/cells/zone1/CellInfo",
        "/global/keyspaces/a/Keyspace",
        f"/global/keyspaces/a/locks/{lease}",
        "/zone1/tablets/zone1-0000000000/Tablet",
        "/zone1/tablets/zone1-0000000001/Tablet",
    ]
    assert [node.is_lock for node in found.nodes] == [False, False, True, False, False]
    assert found.nodes[2].lease == lease
    assert found.roots == {"global": f"{root}/global", "zone1": f"{root}/zone1"}
    assert (found.stale, found.server) == ("", str(place(etcd)))
    versions = [node.version for node in found.nodes]
    assert versions[0] < versions[1] < versions[3] < versions[4] < versions[2] <= found.revision


def test_many_records_come_in_pages(
    etcd: EtcdMember, client: EtcdClient, root: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "PAGE", 2)
    fill(client, root, tablets=5)

    found = read_topology([place(etcd)], f"{root}/global")

    assert len([node for node in found.nodes if node.cell == "zone1"]) == 5
    assert len({node.address for node in found.nodes}) == len(found.nodes)


def test_a_dead_member_is_passed_over(etcd: EtcdMember, client: EtcdClient, root: str) -> None:
    fill(client, root)

    assert read_topology([DEAD, place(etcd)], f"{root}/global", seconds=0.3).stale == ""


def test_where_none_answers_each_is_named() -> None:
    with pytest.raises(UnreachableError) as fault:
        read_topology([DEAD], "/vitess/global", seconds=0.2)

    assert fault.value.where == "port 2379 of pod dead"
    assert fault.value.why.startswith("port 2379 of pod dead: ")


@contextmanager
def without_quorum(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[bool]]:
    """A member that gives only what it knows itself; notes how it is asked."""
    store, asked = MemoryEtcd(), []
    record = pb.PutRequest(key=b"/v/global/keyspaces/a/Keyspace")
    store.txn(pb.TxnRequest(success=[pb.RequestOp(request_put=record)]), 1.0)

    class Lonely:
        def __init__(self, addresses: str) -> None:
            pass

        def range(self, request: pb.RangeRequest, seconds: float) -> Any:
            asked.append(request.serializable)
            if not request.serializable:
                raise EtcdError(grpc.StatusCode.UNAVAILABLE, "etcdserver: request timed out")
            return store.range(request, seconds)

        def close(self) -> None:
            pass

    monkeypatch.setattr(reading, "EtcdClient", Lonely)
    yield asked


def test_without_a_quorum_the_last_that_is_known_is_given_and_said_to_be(monkeypatch: pytest.MonkeyPatch) -> None:
    with without_quorum(monkeypatch) as asked:
        found = read_topology([DEAD], "/v/global")

    assert [node.path for node in found.nodes] == ["keyspaces/a/Keyspace"]
    assert found.stale == "no quorum: this is what one member knew last"
    assert asked == [False, True]

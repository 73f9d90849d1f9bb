"""Records, locks and graphs in the topology: keys and bytes as a real cluster had them."""

from __future__ import annotations

import json
import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rehearsal.control.memory_etcd import ADDRESS, add_keyspace, memory_topology
from tests.rehearsal.control.programs import EtcdMember
from vitessctl.rehearsal.etcd.client import EtcdClient
from vitessctl.rehearsal.topology import Reason, Store, TopologyError
from vitessctl.rehearsal.topology_graph import rebuild_keyspace, rebuild_srv_vschema
from vitessctl.rehearsal.topology_lock import keyspace_lock, shard_lock
from vitessctl.rehearsal.topology_names import (
    Refused,
    alias_text,
    check_name,
    key_range,
    overlap,
    parse_alias,
    type_number,
)
from vitessctl.rehearsal.topology_records import Topology
from vitessctl.vtctld.proto import topodata_pb2 as topodata
from vitessctl.vtctld.proto import vschema_pb2 as vschema


def tablet(alias: str, keyspace: str = "test_keyspace", shard: str = "0") -> topodata.Tablet:
    return topodata.Tablet(alias=parse_alias(alias), keyspace=keyspace, shard=shard, type=topodata.REPLICA)


def test_the_keys_of_a_fresh_cluster() -> None:
    """The ten keys that etcd held after a bring-up of real Vitess 24."""
    topology = memory_topology("zone1")
    add_keyspace(topology, "test_keyspace", "semi_sync", "0")
    topology.save_vschema("test_keyspace", vschema.Keyspace())
    for number in (100, 101, 102):
        topology.save_tablet(tablet(f"zone1-{number}"))
    rebuild_keyspace(topology, "test_keyspace")
    rebuild_srv_vschema(topology)

    assert sorted(topology.store.read_all("/")) == [
        "/vitess/global/cells/zone1/CellInfo",
        "/vitess/global/keyspaces/test_keyspace/Keyspace",
        "/vitess/global/keyspaces/test_keyspace/VSchema",
        "/vitess/global/keyspaces/test_keyspace/shards/0/Shard",
        "/vitess/zone1/SrvVSchema",
        "/vitess/zone1/keyspaces/test_keyspace/SrvKeyspace",
        "/vitess/zone1/keyspaces/test_keyspace/shards/0/ShardReplication",
        "/vitess/zone1/tablets/zone1-0000000100/Tablet",
        "/vitess/zone1/tablets/zone1-0000000101/Tablet",
        "/vitess/zone1/tablets/zone1-0000000102/Tablet",
    ]


RECORDED = {
    # Bytes that real Vitess 24 wrote for the same content.
    "/vitess/global/keyspaces/test_keyspace/Keyspace": "420973656d695f73796e6352035f7674",
    "/vitess/global/keyspaces/test_keyspace/VSchema": "",
    "/vitess/zone1/SrvVSchema": "0a110a0d746573745f6b6579737061636512001200" + "1a002a00",
    "/vitess/zone1/keyspaces/test_keyspace/SrvKeyspace": (
        "0a0708011203" + "0a0130" + "0a0708021203" + "0a0130" + "0a0708031203" + "0a0130"
    ),
    "/vitess/zone1/keyspaces/test_keyspace/shards/0/ShardReplication": "0a0b0a090a057a6f6e65311064",
}


@pytest.mark.parametrize("path", RECORDED)
def test_records_are_the_bytes_that_vitess_writes(path: str) -> None:
    topology = memory_topology("zone1")
    add_keyspace(topology, "test_keyspace", "semi_sync", "0")
    topology.save_vschema("test_keyspace", vschema.Keyspace())
    topology.save_tablet(tablet("zone1-100"))
    rebuild_keyspace(topology, "test_keyspace")
    rebuild_srv_vschema(topology)

    assert topology.store.read(path)[0].hex() == RECORDED[path]


ABSENT = {
    "cell": (lambda topology: topology.cell("nope"), "/vitess/global/cells/nope/CellInfo"),
    "keyspace": (lambda topology: topology.keyspace("nope"), "/vitess/global/keyspaces/nope/Keyspace"),
    "vschema": (lambda topology: topology.vschema("nope"), "/vitess/global/keyspaces/nope/VSchema"),
    "shards": (lambda topology: topology.shard_names("nope"), "/vitess/global/keyspaces/nope/shards"),
    "shard": (lambda topology: topology.shard("ks", "-80"), "/vitess/global/keyspaces/ks/shards/-80/Shard"),
    "tablet": (
        lambda topology: topology.tablet(parse_alias("zone1-999")),
        "/vitess/zone1/tablets/zone1-0000000999/Tablet",
    ),
    "tablet of an unknown cell": (
        lambda topology: topology.tablet(parse_alias("nope-1")),
        "/vitess/global/cells/nope/CellInfo",
    ),
}


@pytest.mark.parametrize("what", ABSENT)
def test_what_is_absent_is_named_by_its_path(what: str, topology: Topology) -> None:
    add_keyspace(topology, "ks", "none")
    read, path = ABSENT[what]

    with pytest.raises(TopologyError) as caught:
        read(topology)

    assert str(caught.value) == f"node doesn't exist: {path}"


def test_making_twice(topology: Topology) -> None:
    add_keyspace(topology, "ks", "none", "0")

    for make in (
        lambda: topology.create_cell("zone1", topodata.CellInfo()),
        lambda: topology.create_keyspace("ks", topodata.Keyspace()),
        lambda: topology.create_shard("ks", "0"),
    ):
        with pytest.raises(TopologyError, match=r"^node already exists: /vitess/global/"):
            make()


def test_a_cell_is_updated_field_by_field(topology: Topology) -> None:
    topology.update_cell("zone1", topodata.CellInfo(root="/other"))

    assert topology.cell("zone1") == topodata.CellInfo(server_address=ADDRESS, root="/other")


def test_a_shard_that_overlaps_another_does_not_serve(topology: Topology) -> None:
    add_keyspace(topology, "ks", "none", "0", "-80")

    assert topology.shard("ks", "0").is_primary_serving
    assert not topology.shard("ks", "-80").is_primary_serving


def test_an_update_is_made_again_when_another_came_first(topology: Topology) -> None:
    add_keyspace(topology, "ks", "none", "0")
    interrupted = []

    def change(record: topodata.Shard) -> bool:
        if not interrupted:
            interrupted.append(True)
            topology.update_shard("ks", "0", lambda other: setattr(other, "is_primary_serving", False) or True)
        record.primary_alias.CopyFrom(parse_alias("zone1-7"))
        return True

    topology.update_shard("ks", "0", change)

    found = topology.shard("ks", "0")
    assert (alias_text(found.primary_alias), found.is_primary_serving) == ("zone1-0000000007", False)


def test_tablets_are_listed_in_their_shard_as_long_as_they_exist(topology: Topology) -> None:
    add_keyspace(topology, "ks", "none", "0")
    for alias in ("zone2-5", "zone1-7", "zone1-7"):
        topology.save_tablet(tablet(alias, "ks"))

    assert sorted(topology.tablets_of_shard("ks", "0")) == ["zone1-0000000007", "zone2-0000000005"]
    assert len(topology.replication("zone1", "ks", "0").nodes) == 1

    topology.delete_tablet(parse_alias("zone1-7"))
    assert sorted(topology.tablets_of_shard("ks", "0")) == ["zone2-0000000005"]
    assert len(topology.replication("zone1", "ks", "0").nodes) == 0


@pytest.mark.parametrize(
    ("shards", "trouble"),
    [
        (["40-80", "80-"], "keyspace partition for PRIMARY in cell zone1 does not start with min key"),
        (["-80"], "keyspace partition for PRIMARY in cell zone1 does not end with max key"),
        (["-40", "80-"], "non-contiguous KeyRange values for PRIMARY in cell zone1 at shard 0 to 1: 40 != 80"),
    ],
)
def test_a_hole_in_the_shards_is_refused(topology: Topology, shards: list[str], trouble: str) -> None:
    add_keyspace(topology, "ks", "none", *shards)

    with pytest.raises(Refused) as caught:
        rebuild_keyspace(topology, "ks")

    assert str(caught.value) == trouble


def test_shards_are_served_in_the_order_of_their_keys(topology: Topology) -> None:
    add_keyspace(topology, "ks", "none", "80-", "40-80", "-40")

    rebuild_keyspace(topology, "ks", ["zone2"])

    partition = topology.srv_keyspace("zone2", "ks").partitions[0]
    assert [reference.name for reference in partition.shard_references] == ["-40", "40-80", "80-"]
    with pytest.raises(TopologyError):
        topology.srv_keyspace("zone1", "ks")


def test_one_after_the_other_holds_a_lock(topology: Topology) -> None:
    add_keyspace(topology, "ks", "none", "0")
    inside, seen = [], []

    def work(number: int) -> None:
        with shard_lock(topology, "ks", "0", f"action {number}"):
            inside.append(number)
            seen.append(len(inside))
            time.sleep(0.01)
            inside.remove(number)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert seen == [1] * 5
    assert not [path for path in topology.store.read_all("/") if "/locks/" in path]


def test_a_lock_says_who_holds_it(topology: Topology) -> None:
    add_keyspace(topology, "ks", "none", "0")

    with keyspace_lock(topology, "ks", "CreateShard"):
        held = {path: body for path, body in topology.store.read_all("/").items() if "/locks/" in path}

    ((path, body),) = held.items()
    assert path.startswith("/vitess/global/keyspaces/ks/locks/")
    assert list(json.loads(body)) == ["Action", "HostName", "UserName", "Time", "Options", "Status"]
    assert json.loads(body)["Action"] == "CreateShard"


def test_a_lock_is_given_back_after_a_failure(topology: Topology) -> None:
    add_keyspace(topology, "ks", "none", "0")

    with pytest.raises(ZeroDivisionError), shard_lock(topology, "ks", "0", "first"):
        raise ZeroDivisionError

    with shard_lock(topology, "ks", "0", "second"):
        assert topology.shard("ks", "0")


def test_a_shard_that_is_not_there_cannot_be_locked(topology: Topology) -> None:
    with pytest.raises(TopologyError) as caught, shard_lock(topology, "nope", "0", "x"):
        pass

    assert str(caught.value) == "node doesn't exist: /vitess/global/keyspaces/nope/shards/0/"


def test_an_etcd_that_does_not_answer_is_a_timeout() -> None:
    store = Store(EtcdClient("127.0.0.1:1"), "/vitess/global").within(0.2)

    with pytest.raises(TopologyError) as caught:
        store.read("/vitess/global/x")

    assert caught.value.reason is Reason.TIMEOUT


def test_a_cell_with_an_etcd_of_its_own(topology: Topology, etcd: EtcdMember, root: str) -> None:
    topology.create_cell("far", topodata.CellInfo(server_address=etcd.client, root=root))
    add_keyspace(topology, "ks", "none", "0")

    topology.save_tablet(tablet("far-1", "ks"))

    assert not [path for path in topology.store.read_all("/") if "far-0000000001" in path]
    assert EtcdClient(etcd.client).keys(root.encode(), 5.0)
    assert sorted(topology.tablets_of_shard("ks", "0")) == ["far-0000000001"]


@pytest.mark.parametrize(
    ("shard", "start", "end"),
    [("-80", "", "80"), ("80-", "80", ""), ("40-80", "40", "80"), ("-", "", ""), ("-8", "", "80")],
)
def test_key_ranges(shard: str, start: str, end: str) -> None:
    found = key_range(shard)

    assert found == topodata.KeyRange(start=bytes.fromhex(start), end=bytes.fromhex(end))


@pytest.mark.parametrize(
    ("shard", "trouble"),
    [
        ("80-40", "out of order keys: 80 is not strictly smaller than 40"),
        ("1-2-3", "invalid shardId, can only contain one '-': 1-2-3"),
        ("-8g", "encoding/hex: invalid byte: U+0067 'g'"),
        ("a/b", "invalid character / in name a/b"),
        ("x" * 65, f"name {'x' * 65} is too long"),
    ],
)
def test_names_that_are_refused(shard: str, trouble: str) -> None:
    with pytest.raises(Refused) as caught:
        key_range(shard)

    assert str(caught.value) == trouble


RANGES = st.tuples(st.integers(0, 255), st.integers(1, 256)).filter(lambda pair: pair[0] < pair[1])


@given(RANGES, RANGES)
def test_ranges_overlap_when_they_share_a_first_byte(one: tuple[int, int], other: tuple[int, int]) -> None:
    def as_range(pair: tuple[int, int]) -> topodata.KeyRange:
        start, end = pair
        return topodata.KeyRange(start=bytes([start]) if start else b"", end=bytes([end]) if end < 256 else b"")

    shared = set(range(*one)) & set(range(*other))

    assert overlap(as_range(one), as_range(other)) is bool(shared)


@given(st.integers(0, 2**32 - 1), st.from_regex(r"[a-z][a-z0-9_-]{0,10}", fullmatch=True))
def test_aliases_are_read_as_they_are_written(uid: int, cell: str) -> None:
    alias = topodata.TabletAlias(cell=cell, uid=uid)

    assert parse_alias(alias_text(alias)) == alias


def test_an_alias_that_is_none() -> None:
    with pytest.raises(Refused, match=r"^invalid tablet alias: '', expecting format: "):
        parse_alias("")


def test_types_by_name() -> None:
    assert (type_number("replica"), type_number("master")) == (topodata.REPLICA, topodata.PRIMARY)
    with pytest.raises(KeyError):
        type_number("king")


def test_good_names_pass() -> None:
    check_name("test_keyspace-2")

"""Records as JSON: key ranges as people write them, nothing hidden, nothing that cannot be read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitessctl.topology.records import Decoded, Node, decode
from vitessctl.vtctld.proto import topodata_pb2, vschema_pb2

ALIAS = topodata_pb2.TabletAlias(cell="zone1", uid=100)
SHARD = topodata_pb2.Shard(
    primary_alias=ALIAS, key_range=topodata_pb2.KeyRange(start=b"\x80", end=b"\xc0"), is_primary_serving=True
)
PATHS = [
    "keyspaces/a/Keyspace",
    "keyspaces/a/VSchema",
    "keyspaces/a/shards/0/Shard",
    "tablets/zone1-1/Tablet",
    "SrvVSchema",
    "keyspaces/a/locks/1",
    "other",
]


def read(path: str, value: bytes) -> Decoded:
    return decode(Node("global", path, 1, value))


def test_a_shard() -> None:
    assert read("keyspaces/messages/shards/80-c0/Shard", SHARD.SerializeToString()) == Decoded(
        "Shard",
        {
            "primary_alias": {"cell": "zone1", "uid": 100},
            "key_range": {"start": "80", "end": "c0"},
            "is_primary_serving": True,
        },
    )


def test_maps_come_in_the_order_of_their_names() -> None:
    tablet = topodata_pb2.Tablet(port_map={"vt": 2, "grpc": 1}, tags={"b": "1", "a": "2"})

    content = read("tablets/zone1-1/Tablet", tablet.SerializeToString()).content

    assert ([*content["port_map"]], [*content["tags"]]) == (["grpc", "vt"], ["a", "b"])


def test_a_vschema_is_told_from_a_keyspace() -> None:
    vschema = vschema_pb2.Keyspace(sharded=True)

    assert read("keyspaces/a/VSchema", vschema.SerializeToString()) == Decoded("VSchema", {"sharded": True})
    assert read("keyspaces/a/Keyspace", b"") == Decoded("Keyspace", {})


def test_a_field_of_another_release_is_not_hidden() -> None:
    value = topodata_pb2.CellInfo(root="/a").SerializeToString() + bytes([200 % 128 | 128, 6, 1])

    found = read("cells/zone1/CellInfo", value)

    assert found.content == {"root": "/a"}
    assert len(found.unknown_fields) == 1


@pytest.mark.parametrize(
    ("path", "value", "content"),
    [
        ("cells/zone1/CellInfo", b"\xff\xff", "0xffff"),
        ("schema-migration/requests/sentry", b"", ""),
        ("elections/a/x", b"host:1", "host:1"),
        ("elections/a/y", b"a\x1b[2J", "0x611b5b324a"),
    ],
)
def test_what_nobody_knows_is_given_as_it_is(path: str, value: bytes, content: str) -> None:
    assert read(path, value) == Decoded("", content)


@pytest.mark.parametrize(
    ("path", "lease", "is_lock"),
    [
        ("keyspaces/a/locks/123", 123, True),
        ("keyspaces/a/shards/0/locks/123", 123, True),
        ("keyspaces/locks/Keyspace", 0, False),
        ("keyspaces/a/shards/locks/Shard", 0, False),
        ("elections/a/123", 123, False),
    ],
)
def test_what_is_a_lock(path: str, lease: int, is_lock: bool) -> None:
    """A keyspace or a shard may be called so."""
    assert Node("global", path, 1, b"{}", lease).is_lock == is_lock


def test_a_lock_that_is_no_json_is_given_as_text() -> None:
    assert decode(Node("global", "keyspaces/a/locks/1", 1, b"me", 1)) == Decoded("lock", "me")


@given(st.sampled_from(PATHS), st.binary(max_size=60))
def test_no_record_is_too_broken(path: str, value: bytes) -> None:
    assert isinstance(read(path, value), Decoded)

"""The topology on the screen."""

from __future__ import annotations

from dataclasses import replace

from vitessctl.report.topology import record_lines, topology_data, tree_lines
from vitessctl.topology.etcd import Snapshot
from vitessctl.topology.records import Node
from vitessctl.vtctld.proto import topodata_pb2, vttime_pb2

ALIAS = topodata_pb2.TabletAlias(cell="zone1", uid=100)
CELL = Node("global", "cells/zone1/CellInfo", 2, topodata_pb2.CellInfo(root="/v/zone1").SerializeToString())
SHARD = Node(
    "global",
    "keyspaces/a/shards/0/Shard",
    30,
    topodata_pb2.Shard(
        primary_alias=ALIAS,
        is_primary_serving=True,
        primary_term_start_time=vttime_pb2.Time(seconds=1774555976, nanoseconds=5),
    ).SerializeToString(),
)
LOCK = Node("global", "keyspaces/a/shards/0/locks/12", 32, b'{"Action": "PlannedReparentShard", "Options": {}}', 12)
TABLET = Node(
    "zone1",
    "tablets/zone1-0000000100/Tablet",
    29,
    topodata_pb2.Tablet(alias=ALIAS, hostname="h", keyspace="a" * 200).SerializeToString(),
)
NODES = (CELL, SHARD, LOCK, TABLET)
SNAPSHOT = Snapshot("127.0.0.1:2379", 40, {"global": "/v/global", "zone1": "/v/zone1"}, NODES)


def test_the_tree() -> None:
    lines = [*tree_lines(SNAPSHOT, NODES, "local")]

    assert lines[:8] == [
        "global (/v/global)",
        "├── cells/zone1",
        "│   └── CellInfo v2 root=/v/zone1",
        "└── keyspaces/a/shards/0",
        "    ├── Shard v30 primary_alias=zone1-0000000100 is_primary_serving=true "
        "primary_term_start_time=2026-03-26T20:12:56Z",
        "    └── locks",
        "        └── 12 v32 (lock) Action=PlannedReparentShard Options={}",
        "zone1 (/v/zone1)",
    ]
    assert lines[-2:-1] == ["└── tablets/zone1-0000000100"]
    assert "Tablet v29 hostname=h keyspace=aaaa" in lines[-1]
    assert lines[-1].endswith("a…")


def test_a_record_alone_is_whole() -> None:
    lines = [*record_lines(SNAPSHOT, TABLET, "local")]

    assert lines[0] == "/zone1/tablets/zone1-0000000100/Tablet (version 29, Tablet)"
    assert f'  "keyspace": "{"a" * 200}"' in lines[1].splitlines()


def test_fields_that_nobody_knows_are_said() -> None:
    odd = replace(CELL, value=CELL.value + b"\xc8\x06\x01")

    assert [*record_lines(SNAPSHOT, odd, "local")][
        1
    ] == "! it also has fields that are none of the newest Vitess's: 105"


def test_a_rehearsal_and_a_stale_answer_say_so() -> None:
    lines = [*tree_lines(replace(SNAPSHOT, stale="no quorum: old"), (CELL,), "rehearsal")]

    assert lines[0].startswith("REHEARSAL")
    assert lines[1] == "! no quorum: old"


def test_json_has_everything() -> None:
    data = topology_data(SNAPSHOT, (CELL, LOCK), "shop", "local")

    assert (data["revision"], data["roots"]["zone1"], data["stale"]) == (40, "/v/zone1", "")
    assert data["records"] == [
        {
            "path": "/global/cells/zone1/CellInfo",
            "cell": "global",
            "version": 2,
            "kind": "CellInfo",
            "lock": False,
            "content": {"root": "/v/zone1"},
            "unknown_fields": [],
        },
        {
            "path": "/global/keyspaces/a/shards/0/locks/12",
            "cell": "global",
            "version": 32,
            "kind": "lock",
            "lock": True,
            "content": {"Action": "PlannedReparentShard", "Options": {}},
            "unknown_fields": [],
        },
    ]

"""Which records a path means."""

from __future__ import annotations

import pytest

from vitessctl.topology.choosing import PathMissing, below
from vitessctl.topology.records import Node

ROOTS = {"global": "/vitess/global", "zone1": "/vitess/zone1", "keyspaces": "/vitess/global/odd"}
"""A cell is called like a folder, and lies below what is global."""
NODES = tuple(
    Node(cell, path, 1, b"")
    for cell, path in (
        ("global", "cells/zone1/CellInfo"),
        ("global", "keyspaces/a/Keyspace"),
        ("global", "keyspaces/ab/Keyspace"),
        ("zone1", "tablets/zone1-0000000100/Tablet"),
        ("keyspaces", "SrvVSchema"),
    )
)


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("", [0, 1, 2, 3, 4]),
        ("/", [0, 1, 2, 3, 4]),
        ("global", [0, 1, 2]),
        ("/global/keyspaces", [1, 2]),
        ("/global/keyspaces/a/", [1]),
        ("cells", [0]),
        ("cells/zone1/CellInfo", [0]),
        ("zone1", [3]),
        ("/zone1/tablets", [3]),
        ("/vitess/zone1/tablets", [3]),
        ("/vitess/global/keyspaces/ab", [2]),
        ("keyspaces", [4]),
        ("/vitess/global/odd/SrvVSchema", [4]),
    ],
)
def test_what_is_below(path: str, found: list[int]) -> None:
    assert below(NODES, path, ROOTS) == tuple(NODES[index] for index in found)


@pytest.mark.parametrize(
    ("path", "fix"),
    [
        ("/zone1/tablet", "did you mean /zone1/tablets?"),
        ("/global/keyspaces/a/Keyspac", "did you mean /global/keyspaces/a/Keyspace?"),
        ("/vitess/zone1/tablets/zone1-0000000101", "did you mean /zone1/tablets/zone1-0000000100?"),
        ("qqqqqqqq", "see what there is: vitessctl topology"),
    ],
)
def test_a_path_with_nothing_there(path: str, fix: str) -> None:
    with pytest.raises(PathMissing) as missing:
        below(NODES, path, ROOTS)

    assert missing.value.fix == fix

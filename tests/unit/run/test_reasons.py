"""One line says why a gate is closed, whether it waits for one thing or for a hundred."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitessctl.run.reasons import together


def many(count: int, reason: str = "it starts", first: int = 100) -> dict[str, str]:
    return {f"zone1-{number}": reason for number in range(first, first + count)}


@pytest.mark.parametrize(
    ("reasons", "line"),
    [
        ({}, ""),
        ({"etcd-0": "no quorum"}, "etcd-0: no quorum"),
        (many(2), "zone1-100, zone1-101: it starts"),
        (many(3), "zone1-100, zone1-101, zone1-102: it starts"),
        (many(4), "zone1-100, zone1-101, zone1-102 and 1 more: it starts"),
        (many(100), "zone1-100, zone1-101, zone1-102 and 97 more: it starts"),
        ({"a": "x", "b": "y", "c": "x"}, "a, c: x; b: y"),
        ({"a": "1", "b": "2", "c": "3", "d": "4"}, "a: 1; b: 2; c: 3; d: 4"),
        ({"a": "1", "b": "2", "c": "3", "d": "4", "e": "5", "f": "6"}, "a: 1; b: 2; c: 3; d: 4; and 2 more"),
        ({**many(50, "x"), **many(50, "y", 200)}, "zone1-100, zone1-101, zone1-102 and 47 more: x; "
         "zone1-200, zone1-201, zone1-202 and 47 more: y"),
    ],
)  # fmt: skip
def test_together(reasons: dict[str, str], line: str) -> None:
    assert together(reasons) == line


@given(st.dictionaries(st.text(alphabet="abc", min_size=1, max_size=3), st.sampled_from("123456789")))
def test_everything_is_named_or_counted(reasons: dict[str, str]) -> None:
    line = together(reasons)

    named = sum(
        len(part.partition(":")[0].partition(" and ")[0].split(", ")) for part in line.split("; ") if ":" in part
    )
    counted = sum(int(piece.split()[0]) for piece in line.split("and ")[1:])
    assert named + counted == len(reasons)

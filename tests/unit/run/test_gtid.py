"""GTID sets: read and written as MySQL does, and compared as sets of transactions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.world.mysql import text_of
from vitessctl.model.gtid import GtidSet, parse_gtid_set

A = "3e11fa47-71ca-11e1-9e33-c80aa9429562"
B = "8a94f357-aab4-11df-86ab-c80aa9429444"
members = st.sets(st.tuples(st.sampled_from([A, B, f"{A}:tag"]), st.integers(1, 30)))


@pytest.mark.parametrize(
    ("text", "count", "written"),
    [
        ("", 0, ""),
        (f"{A}:1", 1, f"{A}:1"),
        (f"{A}:1-5", 5, f"{A}:1-5"),
        (f"{A}:1-5:7:9-10", 8, f"{A}:1-5:7:9-10"),
        (f"{A}:1-5:6-8", 8, f"{A}:1-8"),
        (f"{A}:4-9:1-5", 9, f"{A}:1-9"),
        (f"{A.upper()}:3", 1, f"{A}:3"),
        (f"{B}:1,{A}:1-2", 3, f"{A}:1-2,{B}:1"),
        (f"{A}:1-2,\n{B}:1", 3, f"{A}:1-2,{B}:1"),
        (f" {A}:1 , {A}:3 ", 2, f"{A}:1:3"),
        (f"MySQL56/{A}:1-5", 5, f"{A}:1-5"),
        ("MySQL56/", 0, ""),
        (f"{A}:1-3:blue:1-2:red:5", 6, f"{A}:1-3,{A}:blue:1-2,{A}:red:5"),
    ],
)
def test_read_and_written(text: str, count: int, written: str) -> None:
    found = parse_gtid_set(text)

    assert found.count() == count
    assert str(found) == written
    assert parse_gtid_set(written) == found


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (A, f"'{A}' is not a GTID set: it is a server's UUID, a colon, and intervals such as 1-5"),
        ("1-5", "'1-5' is not a GTID set: it is a server's UUID, a colon, and intervals such as 1-5"),
        (":1-5", "':1-5' is not a GTID set: it is a server's UUID, a colon, and intervals such as 1-5"),
        (f"{A}:5-1", f"'{A}:5-1' is not a GTID set: 5-1 is no interval"),
        (f"{A}:0-1", f"'{A}:0-1' is not a GTID set: 0-1 is no interval"),
        (f"{A}:1-", f"'{A}:1-' is not a GTID set: '1-' is neither an interval nor a tag"),
        (f"{A}:", f"'{A}:' is not a GTID set: '' is neither an interval nor a tag"),
        (f"{A}:1-2-3", f"'{A}:1-2-3' is not a GTID set: '1-2-3' is neither an interval nor a tag"),
        ("MariaDB/0-41983-12", "'MariaDB/0-41983-12' is not a GTID set: it is a server's UUID, a colon, and "),
        ("FilePos/binlog.000003:154:", "'FilePos/binlog.000003:154:' is not a GTID set: '' is neither"),
        (f"{A}:١", f"'{A}:١' is not a GTID set: '١' is neither an interval nor a tag"),
    ],
)
def test_what_is_no_set_is_refused(text: str, why: str) -> None:
    with pytest.raises(ValueError) as caught:
        parse_gtid_set(text)

    assert str(caught.value).startswith(why)


def set_of(executed: set[tuple[str, int]]) -> GtidSet:
    return parse_gtid_set(text_of(executed))


@given(members)
def test_reading_what_was_written_gives_the_same(executed: set[tuple[str, int]]) -> None:
    found = set_of(executed)

    assert found.count() == len(executed)
    assert parse_gtid_set(str(found)) == found


@given(members, members)
def test_it_compares_as_a_set_of_transactions(one: set[tuple[str, int]], other: set[tuple[str, int]]) -> None:
    assert set_of(one).contains(set_of(other)) == (one >= other)
    assert set_of(one).minus(set_of(other)) == set_of(one - other)
    assert set_of(one).union(set_of(other)) == set_of(one | other)


@given(st.text(alphabet="abc0123456789:-,/ \n", max_size=40))
def test_any_text_is_a_set_or_a_value_error(text: str) -> None:
    try:
        found = parse_gtid_set(text)
    except ValueError:
        return
    assert parse_gtid_set(str(found)) == found

"""GTID sets: notation, and the laws that sets obey whatever they hold."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitessctl.rehearsal.storage.gtid import Gtid, GtidSet, position

A = "f8bba172-e697-11f1-b793-02fc00000001"
B = "f8bd945a-e697-11f1-9cfe-02fc00000001"


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("", ""),
        (f"{A}:1", f"{A}:1"),
        (f"{A}:1-27", f"{A}:1-27"),
        (f"{A}:1-3:5", f"{A}:1-3:5"),
        (f"{A}:4-5:1-3", f"{A}:1-5"),
        (f"{A}:1-3:2-9", f"{A}:1-9"),
        (f"{B}:1, {A}:2", f"{A}:2,{B}:1"),
        (f"{A}:1-2,\n{B}:1-3", f"{A}:1-2,{B}:1-3"),
        (f"{A.upper()}:7", f"{A}:7"),
        (f"{A}:1,{A}:3", f"{A}:1:3"),
        (f"MySQL56/{A}:1-27", f"{A}:1-27"),
        ("MySQL56/", ""),
    ],
)
def test_notation(written: str, normal: str) -> None:
    assert str(GtidSet.parse(written)) == normal
    assert position(GtidSet.parse(written)) == f"MySQL56/{normal}"


@pytest.mark.parametrize("written", ["nonsense", ":1", f"{A}:", f"{A}:0", f"{A}:5-3", f"{A}:x", f"{A}:1-x", f"{A}:-1"])
def test_what_is_no_set_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="GTID set"):
        GtidSet.parse(written)


@pytest.mark.parametrize(
    ("mine", "other", "left"),
    [
        (f"{A}:1-10", f"{A}:3-5", f"{A}:1-2:6-10"),
        (f"{A}:1-10", f"{A}:1-10", ""),
        (f"{A}:1-10", f"{B}:1-10", f"{A}:1-10"),
        (f"{A}:1-3:7-9", f"{A}:2-8", f"{A}:1:9"),
        (f"{A}:1-3,{B}:1", f"{A}:1-3", f"{B}:1"),
        ("", f"{A}:1", ""),
    ],
)
def test_what_a_replica_lacks(mine: str, other: str, left: str) -> None:
    assert str(GtidSet.parse(mine) - GtidSet.parse(other)) == left


def test_an_errant_transaction_is_what_the_primary_does_not_have() -> None:
    primary, replica = GtidSet.parse(f"{A}:1-9"), GtidSet.parse(f"{A}:1-8,{B}:1")
    assert not primary >= replica
    assert str(replica - primary) == f"{B}:1"


def test_a_server_numbers_its_own_transactions() -> None:
    assert GtidSet().next_number(A) == 1
    assert GtidSet.parse(f"{A}:1-27,{B}:1-99").next_number(A) == 28
    assert GtidSet.parse(f"{B}:1-99").next_number(A) == 1
    assert GtidSet.parse(f"{A}:5-9").next_number(A) == 1


gtids = st.frozensets(st.builds(Gtid, st.sampled_from([A, B]), st.integers(1, 30)), max_size=40)


@given(gtids)
def test_a_set_holds_what_it_was_made_of(members: frozenset[Gtid]) -> None:
    made = GtidSet.of(members)
    every = {Gtid(uuid, number) for uuid in (A, B) for number in range(1, 32)}
    assert {gtid for gtid in every if gtid in made} == members
    assert len(made) == len(members)
    assert bool(made) == bool(members)


@given(gtids)
def test_reading_back_what_was_written(members: frozenset[Gtid]) -> None:
    made = GtidSet.of(members)
    assert GtidSet.parse(str(made)) == made
    assert hash(GtidSet.parse(str(made))) == hash(made)


@given(gtids)
def test_adding_one_by_one_gives_the_same(members: frozenset[Gtid]) -> None:
    grown = GtidSet()
    for gtid in members:
        grown = grown.add(gtid)
    assert grown == GtidSet.of(members)


@given(gtids, gtids)
def test_union_difference_and_order_are_those_of_sets(left: frozenset[Gtid], right: frozenset[Gtid]) -> None:
    one, other = GtidSet.of(left), GtidSet.of(right)
    assert one | other == GtidSet.of(left | right)
    assert one - other == GtidSet.of(left - right)
    assert (one >= other) == (left >= right)
    assert (one == other) == (left == right)


@given(gtids)
def test_intervals_do_not_touch(members: frozenset[Gtid]) -> None:
    last = ("", 0)
    for uuid, first, end in GtidSet.of(members).intervals():
        assert first <= end
        assert uuid != last[0] or first > last[1] + 1
        last = (uuid, end)

"""Ranges of releases, as the data files write them."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitessctl.releases import ranges

NAMES = ("2.1", "2.2", "3", "4", "5-dev")


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        ("..", ["2.1", "2.2", "3", "4", "5-dev"]),
        ("..2.2", ["2.1", "2.2"]),
        ("2.2..4", ["2.2", "3", "4"]),
        ("3..", ["3", "4", "5-dev"]),
        ("3", ["3"]),
        ("5-dev..", ["5-dev"]),
        ("4..3", []),
    ],
)
def test_both_ends_count_and_an_open_end_goes_on(text: str, inside: list[str]) -> None:
    assert [name for name in NAMES if ranges.holds(text, name, NAMES)] == inside


def test_an_end_that_is_no_release_is_a_mistake_in_the_data() -> None:
    with pytest.raises(ValueError):
        ranges.holds("3..7", "3", NAMES)


def test_the_first_range_that_holds_a_release_gives_its_value() -> None:
    table = {"..3": "old", "4..": "new"}
    assert [ranges.pick(table, name, NAMES) for name in NAMES] == ["old", "old", "old", "new", "new"]
    assert ranges.pick({"4..": "new"}, "3", NAMES) is None


@given(st.sets(st.sampled_from(NAMES)))
def test_spans_hold_what_went_into_them_and_nothing_else(chosen: set[str]) -> None:
    members = [name for name in NAMES if name in chosen]
    spans = ranges.spans(members, NAMES)
    back = [name for first, last in spans for name in NAMES if ranges.holds(f"{first}..{last}", name, NAMES)]
    assert back == members
    for (_, last), (first, _) in itertools.pairwise(spans):
        assert NAMES.index(first) > NAMES.index(last) + 1, "neighbours are one span"

"""Key ranges: what they hold, how they split, where a set of them has holes."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from vitessctl.model.keyrange import CoverageFault, KeyRange, coverage_faults, equal_parts, parse_key_range

BOUNDS = st.binary(max_size=2).map(bytes.hex)
IDS = st.binary(max_size=3)


@pytest.mark.parametrize(
    ("count", "names"),
    [
        (1, ["-"]),
        (2, ["-80", "80-"]),
        (3, ["-55", "55-aa", "aa-"]),
        (4, ["-40", "40-80", "80-c0", "c0-"]),
        (8, ["-20", "20-40", "40-60", "60-80", "80-a0", "a0-c0", "c0-e0", "e0-"]),
    ],
)
def test_equal_parts(count: int, names: list[str]) -> None:
    assert [str(part) for part in equal_parts(count)] == names


def test_more_parts_than_one_byte_can_tell_apart() -> None:
    parts = equal_parts(512)
    assert [str(part) for part in parts[:3]] == ["-0080", "0080-0100", "0100-0180"]


@pytest.mark.parametrize("count", [0, -1, 65537])
def test_a_number_of_parts_that_cannot_be(count: int) -> None:
    with pytest.raises(ValueError, match="1 to 65536 shards"):
        equal_parts(count)


@given(st.integers(1, 700))
def test_equal_parts_cover_everything_once(count: int) -> None:
    parts = equal_parts(count)
    assert len(parts) == count
    assert coverage_faults(parts) == []


@pytest.mark.parametrize("text", ["-", "-80", "80-", "40-80", "8000-80ff", "-0001"])
def test_a_range_reads_and_writes_the_same(text: str) -> None:
    assert str(parse_key_range(text)) == text


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("0", "'0' is not a key range: it is two lower-case hex bounds with a dash between, like -80 or 40-80"),
        ("", "'' is not a key range: it is two lower-case hex bounds with a dash between, like -80 or 40-80"),
        ("-8", "'-8' is not a key range: it is two lower-case hex bounds with a dash between, like -80 or 40-80"),
        ("-AB", "'-AB' is not a key range: it is two lower-case hex bounds with a dash between, like -80 or 40-80"),
        ("80-40", "'80-40' is empty: its start 80 is not below its end 40"),
        ("80-8000", "'80-8000' is empty: its start 80 is not below its end 8000"),
        ("80-80", "'80-80' is empty: its start 80 is not below its end 80"),
        ("-80\n", "'-80\n' is not a key range: it is two lower-case hex bounds with a dash between, like -80 or 40-80"),
    ],
)
def test_what_is_no_range(text: str, sentence: str) -> None:
    with pytest.raises(ValueError) as caught:
        parse_key_range(text)
    assert str(caught.value) == sentence


def test_an_empty_range_at_the_very_start() -> None:
    with pytest.raises(ValueError, match="is empty"):
        parse_key_range("-00")


@pytest.mark.parametrize(
    ("name", "inside", "outside"),
    [
        ("-80", [b"", b"\0", b"\x7f\xff"], [b"\x80", b"\x80\0", b"\xff"]),
        ("80-", [b"\x80", b"\x80\0", b"\xff\xff"], [b"", b"\x7f"]),
        ("40-80", [b"\x40", b"\x7f\xff\xff"], [b"\x3f", b"\x80"]),
        ("-", [b"", b"\xff"], []),
    ],
)
def test_what_a_range_holds(name: str, inside: list[bytes], outside: list[bytes]) -> None:
    key_range = parse_key_range(name)
    assert all(key_range.contains(keyspace_id) for keyspace_id in inside)
    assert not any(key_range.contains(keyspace_id) for keyspace_id in outside)


def test_full_ranges() -> None:
    assert parse_key_range("-").is_full
    assert KeyRange("00", "").is_full
    assert not parse_key_range("-80").is_full


@pytest.mark.parametrize(
    ("names", "faults"),
    [
        (["-80", "80-"], []),
        (["80-", "-80"], []),
        (["-80", "8000-"], []),
        (["-"], []),
        ([], [("gap", "start", "end")]),
        (["-80"], [("gap", "-80", "end")]),
        (["80-"], [("gap", "start", "80-")]),
        (["-40", "80-"], [("gap", "-40", "80-")]),
        (["-80", "40-"], [("overlap", "-80", "40-")]),
        (["-80", "-80", "80-"], [("overlap", "-80", "-80")]),
        (["-", "40-80"], [("overlap", "-", "40-80")]),
        (["-c0", "40-80", "c0-"], [("overlap", "-c0", "40-80")]),
        (["20-40", "60-80"], [("gap", "start", "20-40"), ("gap", "20-40", "60-80"), ("gap", "60-80", "end")]),
    ],
)
def test_faults(names: list[str], faults: list[tuple[str, str, str]]) -> None:
    found = coverage_faults(parse_key_range(name) for name in names)
    assert found == [CoverageFault(*fault) for fault in faults]


@given(st.lists(st.tuples(BOUNDS, BOUNDS), min_size=1, max_size=5), IDS)
def test_no_fault_means_exactly_one_shard_for_every_id(bounds: list[tuple[str, str]], keyspace_id: bytes) -> None:
    ranges = []
    for start, end in bounds:
        try:
            ranges.append(parse_key_range(f"{start}-{end}"))
        except ValueError:
            assume(False)
    holders = sum(key_range.contains(keyspace_id) for key_range in ranges)
    if holders != 1:
        assert coverage_faults(ranges)


@given(st.sets(st.binary(min_size=1, max_size=2).filter(lambda bound: bound.strip(b"\0") != b""), max_size=5), IDS)
def test_neighbouring_ranges_have_no_fault(cuts: set[bytes], keyspace_id: bytes) -> None:
    ordered = sorted({cut.rstrip(b"\0") for cut in cuts})
    texts = ["", *(cut.hex() for cut in ordered), ""]
    ranges = [KeyRange(start, end) for start, end in itertools.pairwise(texts)]
    assert coverage_faults(ranges) == []
    assert sum(key_range.contains(keyspace_id) for key_range in ranges) == 1

"""Key ranges: which part of the keyspace-id space a shard holds.

A keyspace id is a string of bytes; a bound is a hex string, compared as bytes padded with zeros on the
right, so `80` and `8000` are the same bound (upstream go/vt/key). The empty bound is the open end.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

_SHAPE = re.compile(r"(?P<start>(?:[0-9a-f]{2})*)-(?P<end>(?:[0-9a-f]{2})*)")


class KeyRange(NamedTuple):
    """Half-open range [start, end) of keyspace ids, as lower-case hex; "" is the open end."""

    start: str
    end: str

    def __str__(self) -> str:
        return f"{self.start}-{self.end}"

    @property
    def is_full(self) -> bool:
        """Whether this range holds every keyspace id."""
        return not _bound(self.start) and not self.end

    def contains(self, keyspace_id: bytes) -> bool:
        """Whether a keyspace id falls into this range."""
        id_bound = keyspace_id.rstrip(b"\0")
        return _bound(self.start) <= id_bound and (not self.end or id_bound < _bound(self.end))


def _bound(text: str) -> bytes:
    return bytes.fromhex(text).rstrip(b"\0")


def parse_key_range(text: str) -> KeyRange:
    """The range that a shard name such as `-80`, `40-80` or `80-` stands for.

    Raises ValueError with a sentence that says what is wrong.
    """
    match = _SHAPE.fullmatch(text)
    if match is None:
        raise ValueError(
            f"'{text}' is not a key range: it is two lower-case hex bounds with a dash between, like -80 or 40-80"
        )
    start, end = match["start"], match["end"]
    if end and _bound(start) >= _bound(end):
        raise ValueError(f"'{text}' is empty: its start {start} is not below its end {end}")
    return KeyRange(start, end)


def equal_parts(count: int) -> tuple[KeyRange, ...]:
    """`count` ranges of equal size that cover everything, with the shortest bounds that tell them apart.

    One part is the whole range. Counts that are no power of two get bounds rounded down, as upstream's
    key.GenerateShardRanges does.
    """
    if not 1 <= count <= 65536:
        raise ValueError(f"a keyspace has 1 to 65536 shards, not {count}")
    width = 1 if count <= 256 else 2
    size = 256**width
    bounds = [size * index // count for index in range(1, count)]
    texts = ["", *(f"{bound:0{2 * width}x}" for bound in bounds), ""]
    return tuple(KeyRange(start, end) for start, end in itertools.pairwise(texts))


class CoverageFault(NamedTuple):
    """Two neighbours that overlap, or that leave a hole: `kind` is "overlap" or "gap"."""

    kind: str
    left: str
    right: str


def coverage_faults(ranges: Iterable[KeyRange]) -> Sequence[CoverageFault]:
    """Where a set of ranges does not cover everything exactly once.

    `left` and `right` name the ranges on both sides of the fault; "start" and "end" are the open ends.
    """
    ordered = sorted(ranges, key=lambda key_range: (_bound(key_range.start), key_range.end or "g"))
    if not ordered:
        return [CoverageFault("gap", "start", "end")]
    faults: list[CoverageFault] = []
    if _bound(ordered[0].start):
        faults.append(CoverageFault("gap", "start", str(ordered[0])))
    furthest = ordered[0]
    for current in ordered[1:]:
        if not furthest.end or _bound(furthest.end) > _bound(current.start):
            faults.append(CoverageFault("overlap", str(furthest), str(current)))
        elif _bound(furthest.end) < _bound(current.start):
            faults.append(CoverageFault("gap", str(furthest), str(current)))
        if furthest.end and (not current.end or _bound(current.end) > _bound(furthest.end)):
            furthest = current
    if furthest.end:
        faults.append(CoverageFault("gap", str(furthest), "end"))
    return faults

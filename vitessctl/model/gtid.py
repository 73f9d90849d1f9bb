"""GTID sets, as far as completeness needs them: which tablet has everything that another has.

Text form as MySQL writes it: `uuid:1-5:7,uuid2:1-3`, perhaps with Vitess's prefix `MySQL56/`. Tagged GTIDs
(MySQL 8.3 and later, `uuid:tag:1-3`) keep their tag as part of the source's name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

Intervals = tuple[tuple[int, int], ...]
_INTERVAL = re.compile(r"([0-9]+)(?:-([0-9]+))?")
_TAG = re.compile(r"[a-z_][a-z0-9_]{0,31}")


@dataclass(frozen=True)
class GtidSet:
    """Transactions by source: closed intervals, merged and sorted."""

    sources: Mapping[str, Intervals]

    def contains(self, other: GtidSet) -> bool:
        """Whether every transaction of `other` is in this set."""
        return not other.minus(self).sources

    def minus(self, other: GtidSet) -> GtidSet:
        """What this set has and `other` has not."""
        left = {name: _subtract(intervals, other.sources.get(name, ())) for name, intervals in self.sources.items()}
        return GtidSet({name: intervals for name, intervals in left.items() if intervals})

    def union(self, other: GtidSet) -> GtidSet:
        """What either has."""
        names = self.sources.keys() | other.sources.keys()
        every = {name: [*self.sources.get(name, ()), *other.sources.get(name, ())] for name in names}
        return GtidSet({name: _merge(intervals) for name, intervals in every.items()})

    def count(self) -> int:
        """How many transactions."""
        return sum(end - start + 1 for intervals in self.sources.values() for start, end in intervals)

    def __str__(self) -> str:
        return ",".join(
            name + "".join(f":{start}-{end}" if end > start else f":{start}" for start, end in intervals)
            for name, intervals in sorted(self.sources.items())
        )


def parse_gtid_set(text: str) -> GtidSet:
    """The set that a text stands for; "" is the empty set. Raises ValueError on anything else."""
    sources: dict[str, list[tuple[int, int]]] = {}
    for part in "".join(text.split()).removeprefix("MySQL56/").split(","):
        if part:
            _read_source(part, sources)
    return GtidSet({name: _merge(intervals) for name, intervals in sources.items()})


def _read_source(part: str, sources: dict[str, list[tuple[int, int]]]) -> None:
    """One server's transactions: its UUID, then intervals, each perhaps under a tag."""
    uuid, *pieces = part.lower().split(":")
    if not uuid or not pieces:
        raise ValueError(f"'{part}' is not a GTID set: it is a server's UUID, a colon, and intervals such as 1-5")
    name = uuid
    for piece in pieces:
        if match := _INTERVAL.fullmatch(piece):
            start, end = int(match[1]), int(match[2] or match[1])
            if not 1 <= start <= end:
                raise ValueError(f"'{part}' is not a GTID set: {piece} is no interval")
            sources.setdefault(name, []).append((start, end))
        elif _TAG.fullmatch(piece):
            name = f"{uuid}:{piece}"
        else:
            raise ValueError(f"'{part}' is not a GTID set: '{piece}' is neither an interval nor a tag")


def _merge(intervals: list[tuple[int, int]]) -> Intervals:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(intervals):
        if merged and start <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)


def _subtract(intervals: Intervals, taken: Intervals) -> Intervals:
    left = list(intervals)
    for start, end in taken:
        left = [
            piece
            for low, high in left
            for piece in ((low, min(high, start - 1)), (max(low, end + 1), high))
            if piece[0] <= piece[1]
        ]
    return tuple(left)

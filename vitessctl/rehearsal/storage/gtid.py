"""Sets of global transaction identifiers, as MySQL writes and compares them.

A transaction is `server uuid:number`; a set is `uuid:1-5:7,uuid:1-3`. Intervals are closed, sorted and
never touch, so two equal sets are equal values.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

Intervals = tuple[tuple[int, int], ...]

FLAVOR_PREFIX = "MySQL56/"
"""What Vitess writes before a set when it calls it a position."""


@dataclass(frozen=True)
class Gtid:
    """One transaction: the uuid of the server that committed it first, and its number there."""

    uuid: str
    number: int

    def __str__(self) -> str:
        return f"{self.uuid}:{self.number}"


class GtidSet:
    """An immutable set of transactions."""

    __slots__ = ("_by_uuid",)

    def __init__(self, by_uuid: Mapping[str, Intervals] | None = None) -> None:
        self._by_uuid = {uuid: intervals for uuid, intervals in (by_uuid or {}).items() if intervals}

    @classmethod
    def parse(cls, text: str) -> GtidSet:
        """Reads MySQL's notation, with or without Vitess's flavour before it; ValueError says what is wrong."""
        result: dict[str, Intervals] = {}
        body = text.strip().removeprefix(FLAVOR_PREFIX)
        for part in filter(None, (piece.strip() for piece in body.split(","))):
            uuid, *ranges = part.split(":")
            if not uuid or not ranges:
                raise ValueError(f"'{part}' is not a GTID set: it is written uuid:1-5:7")
            merged = (*result.get(uuid.lower(), ()), *map(_parse_interval, ranges))
            result[uuid.lower()] = _normal(merged)
        return cls(result)

    @classmethod
    def of(cls, gtids: Iterable[Gtid]) -> GtidSet:
        """The set that holds just these transactions."""
        numbers: dict[str, list[tuple[int, int]]] = {}
        for gtid in gtids:
            numbers.setdefault(gtid.uuid, []).append((gtid.number, gtid.number))
        return cls({uuid: _normal(intervals) for uuid, intervals in numbers.items()})

    def __str__(self) -> str:
        return ",".join(f"{uuid}:{_intervals_text(self._by_uuid[uuid])}" for uuid in sorted(self._by_uuid))

    def __repr__(self) -> str:
        return f"GtidSet({str(self)!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, GtidSet) and self._by_uuid == other._by_uuid

    def __hash__(self) -> int:
        return hash(str(self))

    def __bool__(self) -> bool:
        return bool(self._by_uuid)

    def __len__(self) -> int:
        return sum(end - start + 1 for _, start, end in self.intervals())

    def __contains__(self, gtid: Gtid) -> bool:
        return any(start <= gtid.number <= end for start, end in self._by_uuid.get(gtid.uuid, ()))

    def __or__(self, other: GtidSet) -> GtidSet:
        uuids = self._by_uuid.keys() | other._by_uuid.keys()
        return GtidSet({uuid: _normal((*self._by_uuid.get(uuid, ()), *other._by_uuid.get(uuid, ()))) for uuid in uuids})

    def __sub__(self, other: GtidSet) -> GtidSet:
        return GtidSet({uuid: _subtract(mine, other._by_uuid.get(uuid, ())) for uuid, mine in self._by_uuid.items()})

    def __ge__(self, other: GtidSet) -> bool:
        """Whether every transaction of `other` is in this set."""
        return not other - self

    def intervals(self) -> Iterator[tuple[str, int, int]]:
        """Every interval as (uuid, first, last), uuids in alphabetical order."""
        for uuid in sorted(self._by_uuid):
            for start, end in self._by_uuid[uuid]:
                yield uuid, start, end

    def add(self, gtid: Gtid) -> GtidSet:
        """This set and one more transaction."""
        mine = self._by_uuid.get(gtid.uuid, ())
        if mine and mine[-1][1] == gtid.number - 1:
            extended: Intervals = (*mine[:-1], (mine[-1][0], gtid.number))
        else:
            extended = _normal((*mine, (gtid.number, gtid.number)))
        return GtidSet({**self._by_uuid, gtid.uuid: extended})

    def next_number(self, uuid: str) -> int:
        """The number that a server gives to its next transaction: the lowest that it has not used."""
        mine = self._by_uuid.get(uuid, ())
        return mine[0][1] + 1 if mine and mine[0][0] == 1 else 1


def position(gtids: GtidSet) -> str:
    """A set as Vitess writes it in RPCs and records: `MySQL56/uuid:1-5`."""
    return f"{FLAVOR_PREFIX}{gtids}"


def _parse_interval(text: str) -> tuple[int, int]:
    start, _, end = text.partition("-")
    try:
        first, last = int(start), int(end or start)
    except ValueError:
        raise ValueError(f"'{text}' is not an interval of a GTID set") from None
    if not 1 <= first <= last:
        raise ValueError(f"'{text}' is not an interval of a GTID set: it counts from 1 upwards")
    return first, last


def _intervals_text(intervals: Intervals) -> str:
    return ":".join(f"{start}-{end}" if end > start else f"{start}" for start, end in intervals)


def _normal(intervals: Iterable[tuple[int, int]]) -> Intervals:
    """Sorted, with overlapping and touching intervals joined."""
    result: list[tuple[int, int]] = []
    for start, end in sorted(intervals):
        if result and start <= result[-1][1] + 1:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((start, end))
    return tuple(result)


def _subtract(mine: Intervals, other: Intervals) -> Intervals:
    """What is left of `mine`; both are normal, so one pass over the holes is enough."""
    remaining = list(mine)
    for cut_start, cut_end in other:
        pieces: list[tuple[int, int]] = []
        for start, end in remaining:
            pieces.extend(
                (low, high)
                for low, high in ((start, min(end, cut_start - 1)), (max(start, cut_end + 1), end))
                if low <= high
            )
        remaining = pieces if other else remaining
    return _normal(remaining)

"""Which tablet has everything that the others of its shard have. The only ground to elect one on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from vitessctl.model.cluster import Tablet
from vitessctl.model.gtid import GtidSet, parse_gtid_set
from vitessctl.vtctld.interface import Vtctld

ASK_SECONDS = 5.0
"""A dead tablet hangs until the deadline, so it is short."""


def positions_of(vtctld: Vtctld, tablets: Iterable[Tablet]) -> dict[str, GtidSet]:
    """The transactions that each tablet has, by alias. Raises as soon as one does not say."""
    return {
        tablet.alias: parse_gtid_set(vtctld.full_status(tablet.alias, seconds=ASK_SECONDS).position)
        for tablet in tablets
    }


def most_complete(positions: Mapping[str, GtidSet], candidates: Iterable[Tablet]) -> Tablet | None:
    """The first candidate that lacks nothing any tablet has; None where the histories differ."""
    for tablet in candidates:
        if all(positions[tablet.alias].contains(other) for other in positions.values()):
            return tablet
    return None

"""What PlannedReparentShard checked until release 12, when it could not make a shard's first primary yet."""

from __future__ import annotations

from typing import Final

from vitessctl.rehearsal.topology_names import Refused
from vitessctl.rehearsal.vtctld.election import Position, furthest_first, replicated
from vitessctl.rehearsal.vtctld.reparent import Place, Shard
from vitessctl.rehearsal.vtctld.tablets import ask_all
from vitessctl.vtctld.proto import topodata_pb2 as topodata

CANNOT_INITIALISE: Final = "..12"
MASTER_ELECT: Final = "..9"
"""These call the candidate `master-elect`; after them it is `primary-elect`, also in 10 and 11."""
NO_PRIMARY: Final = (
    ("..9", "the shard has no master, use EmergencyReparentShard"),
    ("10..12", "the shard has no current primary, use EmergencyReparentShard instead"),
)
NO_CANDIDATE: Final = (
    ("..11", "cannot find a tablet to reparent to"),
    ("12", "cannot find a tablet to reparent to in the same cell as the current primary"),
)
REFUSES_SAME: Final = "..3"
"""These refuse to make a primary of the tablet that is it already; later ones repair its replicas."""


def elect(place: Place, shard: Shard, new: str, avoid: str) -> str:
    """The candidate; "" if another tablet than the one to avoid is primary, so that nothing is to do.

    Refused in the release's words: also where the shard never had a primary.
    """
    word = "master" if place.within(MASTER_ELECT) else "primary"
    if not new and not avoid and place.within("4.."):
        avoid = shard.primary_alias
    if new == avoid:
        raise Refused(f"{word}-elect tablet {new or '<nil>'} is the same as the tablet to avoid")
    if not new:
        if avoid != shard.primary_alias:
            return ""
        new = _furthest(place, shard, avoid)
        place.events.info(f"elected new {word} candidate {new}")
    if new not in shard.tablets:
        raise Refused(f"{word}-elect tablet {new} is not in the shard")
    if new == shard.primary_alias and place.within(REFUSES_SAME):
        raise Refused(f"master-elect tablet {new} is already the master")
    if not shard.primary_alias:
        raise Refused(next(text for range_, text in NO_PRIMARY if place.within(range_)))
    return new


def _furthest(place: Place, shard: Shard, avoid: str) -> str:
    """The replica in the primary's cell with the most transactions; tablets that do not answer are passed over."""
    cell = shard.record.primary_alias.cell
    candidates = {
        alias: tablet
        for alias, tablet in shard.others(avoid).items()
        if tablet.type == topodata.REPLICA and cell in ("", tablet.alias.cell)
    }

    def position(alias: str, tablet: topodata.Tablet) -> Position:
        place.events.info(f"getting replication position from {alias}")
        return replicated(place.remote(tablet).replication_status())

    answers = ask_all(candidates, position)
    for alias, error in answers.errors.items():
        place.events.warning(f"failed to get replication status from {alias}, ignoring tablet: {error}")
    if not answers.values:
        raise Refused(next(text for range_, text in NO_CANDIDATE if place.within(range_)))
    return furthest_first(answers.values)[0]

"""Which tablets of a shard could lead it, and what each of them lacks. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from vitessctl.heal.look import SeenShard
from vitessctl.heal.replicating import EMPTY, differences
from vitessctl.model.cluster import Tablet
from vitessctl.model.gtid import GtidSet, parse_gtid_set
from vitessctl.run.stages.replication import WRITABLE, replica_fault
from vitessctl.vtctld.records import FullStatus


@dataclass(frozen=True)
class Candidate:
    """A tablet beside the primary."""

    alias: str
    cell: str
    transactions: int = 0
    lacks: GtidSet = EMPTY
    """What it does not have: of the primary's, or with a dead primary of what anybody has that answers."""
    errant: GtidSet = EMPTY
    """What it has and the primary, which lives, has not."""
    unfit: str = ""
    """Why it cannot lead; "" if it can."""

    @property
    def complete(self) -> bool:
        """Whether it could lead with nothing lost and nothing foreign."""
        return not (self.unfit or self.lacks.sources or self.errant.sources)


def held(status: FullStatus) -> GtidSet:
    """What a tablet has, applied or only received: an emergency reparent applies it first (from 8 on)."""
    received = status.replication.received if status.replication else ""
    return parse_gtid_set(status.position).union(parse_gtid_set(received))


def beside_living_primary(seen: SeenShard) -> tuple[Candidate, ...]:
    """With a primary that lives: measured by what it has."""
    leader = seen.tablets[seen.primary].full_status
    assert leader is not None, "whoever calls this has seen that it answers"
    return tuple(_beside(seen, tablet, leader) for tablet in seen.shard.tablets if tablet.alias != seen.primary)


def _beside(seen: SeenShard, tablet: Tablet, leader: FullStatus) -> Candidate:
    status = seen.tablets[tablet.alias].full_status
    unfit = _unfit(seen, tablet)
    if status is None:
        return Candidate(tablet.alias, tablet.cell, unfit=unfit)
    lacks, errant = differences(status, leader)
    return Candidate(
        tablet.alias,
        tablet.cell,
        parse_gtid_set(status.position).count(),
        lacks,
        errant,
        unfit or _not_copying(seen, status) or _without_tables(seen, tablet),
    )


def _not_copying(seen: SeenShard, status: FullStatus) -> str:
    """A planned reparent waits until the new primary has everything, which it never gets if it does not copy."""
    fault = replica_fault(status, seen.records[seen.primary])
    return "" if fault in ("", WRITABLE) else f"does not copy from the primary: {fault}"


def _without_tables(seen: SeenShard, tablet: Tablet) -> str:
    """As after a forced initialisation, which leaves equal GTID sets over different rows."""
    own, leader = seen.tablets[tablet.alias].tables, seen.tablets[seen.primary].tables
    missing = sorted(leader - own) if own is not None and leader is not None else []
    return f"lacks the tables {', '.join(missing)}" if missing else ""


def without_primary(seen: SeenShard) -> tuple[Candidate, ...]:
    """With a dead primary, or none: measured by what all that answer have together, the old primary too if it does."""
    holdings = holdings_of(seen)
    every = EMPTY
    for holding in holdings.values():
        every = every.union(holding)
    return tuple(_among(seen, tablet, holdings, every) for tablet in seen.shard.tablets if tablet.alias != seen.primary)


def holdings_of(seen: SeenShard) -> dict[str, GtidSet]:
    """What each tablet has that answers."""
    statuses = {alias: tablet.full_status for alias, tablet in seen.tablets.items()}
    return {alias: held(status) for alias, status in statuses.items() if status is not None}


def _among(seen: SeenShard, tablet: Tablet, holdings: Mapping[str, GtidSet], every: GtidSet) -> Candidate:
    own = holdings.get(tablet.alias, EMPTY)
    lacks = every.minus(own) if tablet.alias in holdings else EMPTY
    return Candidate(tablet.alias, tablet.cell, own.count(), lacks, unfit=_unfit(seen, tablet))


def _unfit(seen: SeenShard, tablet: Tablet) -> str:
    """What forbids it whatever the reparent."""
    record = seen.records.get(tablet.alias)
    if record is None:
        return "is not in the topology"
    if not seen.answers(tablet.alias):
        return seen.tablets[tablet.alias].error or "does not answer"
    if record.type not in ("replica", "primary", "unknown"):
        return f"is of type {record.type}, which never leads"
    return ""

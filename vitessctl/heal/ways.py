"""How a tablet can be made anew, and whether it may be. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from vitessctl.errors import UsageError, VitessctlError
from vitessctl.heal.look import SeenShard
from vitessctl.heal.replicating import TabletReplication, judge
from vitessctl.model.durability import acknowledgers
from vitessctl.plan.safety import Danger, Hazard
from vitessctl.spec.words import counted
from vitessctl.vtctld.records import FullStatus

FIRST_WITH_CLONE = (8, 0, 17)
"""MySQL's clone plugin is there from this version on (its release notes)."""


class Way(str, Enum):
    """Where the tablet's new data come from."""

    BINLOGS = "binlogs"
    """It starts empty, and gets every transaction that there ever was from the primary's binary logs."""
    CLONE = "clone"
    """It starts empty, and MySQL's clone plugin copies another tablet's files while that goes on serving."""
    BACKUP = "backup"
    """Another replica is backed up, for which its MySQL stops; the tablet starts empty and restores that."""


@dataclass(frozen=True)
class Means:
    """What the target and its servers can do."""

    clones: bool
    """Whether its MySQL is a real one; the stand-in does not clone."""
    backs_up: bool
    """Whether its tablets are told of a place for backups that all of them reach."""


@dataclass(frozen=True)
class Rebuild:
    """What is about to be done."""

    alias: str
    shard: str
    way: Way
    why: str
    donor: str
    """Whose data it gets."""
    holds: str
    """What the tablet has now, in words."""
    hazards: tuple[Hazard, ...] = ()
    notes: tuple[str, ...] = ()


class CannotRebuild(VitessctlError):
    """The tablet is not made anew: it is needed, or there is nothing to make it from."""

    def __init__(self, alias: str, why: str, fix: str, evidence: Sequence[str] = ()) -> None:
        super().__init__(
            f"{alias} is not rebuilt; nothing was changed", where=alias, why=why, fix=fix, evidence=evidence
        )


def decide(seen: SeenShard, alias: str, means: Means, has_vtorc: bool) -> Rebuild:
    """Choose the way, or raise CannotRebuild; UsageError for a tablet that the spec does not have."""
    if alias not in seen.tablets:
        raise UsageError(f"{alias} is no tablet of {seen.shard.path}", fix=f"name one of {', '.join(seen.tablets)}")
    leader = _source(seen, alias)
    shard = judge(seen, has_vtorc)
    own = next(tablet for tablet in shard.tablets if tablet.alias == alias)
    sound = [each.alias for each in shard.tablets if each.alias not in (alias, seen.primary) and not each.faults]
    way, why, donor = _way(seen, leader, sound, means)
    return Rebuild(
        alias=alias,
        shard=seen.shard.path,
        way=way,
        why=why,
        donor=donor,
        holds=_holds(own),
        hazards=tuple(_hazards(own)),
        notes=tuple(_notes(seen, alias, way, donor, sound)),
    )


def _source(seen: SeenShard, alias: str) -> FullStatus:
    """The primary's status: it has to live, to be complete, and to be another."""
    if not seen.primary:
        raise CannotRebuild(
            alias, f"{seen.shard.path} has no primary", f"elect one: vitessctl reparent {seen.shard.path}"
        )
    if seen.primary == alias:
        raise CannotRebuild(
            alias,
            f"it is the primary of {seen.shard.path}",
            f"make another tablet primary first: vitessctl reparent {seen.shard.path}",
        )
    leader = seen.tablets[seen.primary].full_status if seen.primary in seen.tablets else None
    if leader is None:
        raise CannotRebuild(
            alias,
            f"{seen.primary}, the primary, does not answer, so this tablet may have the last good copy",
            f"bring the primary back, or make another one: vitessctl reparent {seen.shard.path}",
        )
    if not leader.position:
        raise CannotRebuild(
            alias, f"{seen.primary}, the primary, is empty, so this tablet may have the last good copy", "see why first"
        )
    return leader


def _way(seen: SeenShard, leader: FullStatus, sound: Sequence[str], means: Means) -> tuple[Way, str, str]:
    if not leader.gtid_purged:
        return Way.BINLOGS, f"{seen.primary} still has every transaction in its binary logs", seen.primary
    purged = f"{seen.primary} no longer has its first transactions"
    if means.clones and version(leader.version) >= FIRST_WITH_CLONE:
        donor = sound[0] if sound else seen.primary
        return Way.CLONE, f"{purged}, and MySQL {leader.version} clones", donor
    if means.backs_up and sound:
        return Way.BACKUP, f"{purged}, and MySQL {leader.version} cannot clone", sound[0]
    raise CannotRebuild(
        seen.shard.path,
        f"{purged}, so a tablet cannot begin with nothing",
        _otherwise(seen, sound),
        evidence=list(_against(leader, sound, means)),
    )


def _otherwise(seen: SeenShard, sound: Sequence[str]) -> str:
    """What a person can do: until 12 one tablet may have all binary logs although the primary has not."""
    leaders = [tablet.alias for tablet in seen.shard.tablets if tablet.type == "replica" and tablet.alias in sound]
    for alias in leaders:
        status = seen.tablets[alias].full_status
        if status is not None and not status.gtid_purged:
            return (
                f"let {alias} lead, which still has every transaction in its binary logs, and do this again: "
                f"vitessctl reparent {seen.shard.path} --to {alias}"
            )
    return "restore it by hand from a backup"


def _against(leader: FullStatus, sound: Sequence[str], means: Means) -> Iterator[str]:
    """Why none of the other ways is open."""
    if not means.clones:
        yield "clone: the stand-in for MySQL does not clone"
    else:
        needed = ".".join(map(str, FIRST_WITH_CLONE))
        yield f"clone: MySQL {leader.version} is older than {needed}, the first that clones"
    if not means.backs_up:
        yield "backup: the tablets of this cluster have no place for backups"
    elif not sound:
        yield "backup: no other replica is healthy and complete, and a primary is not stopped for it"


def version(text: str) -> tuple[int, ...]:
    """Three numbers of a MySQL version: `8.0.34-26` is (8, 0, 34); nothing for what is none."""
    found = re.match(r"(\d+)\.(\d+)\.(\d+)", text)
    return tuple(map(int, found.groups())) if found else ()


def _holds(own: TabletReplication) -> str:
    if own.error:
        return f"does not say what it holds: {own.error}"
    tables = "" if own.tables is None else f" and {counted(own.tables, 'table')}"
    return f"holds {counted(own.transactions, 'transaction')}{tables}, and lacks {own.missing_transactions}"


def _hazards(own: TabletReplication) -> Iterator[Hazard]:
    """What only this tablet has."""
    if own.errant:
        yield Hazard(
            Danger.data_loss,
            f"{own.alias} has {counted(own.errant_transactions, 'transaction')} that the primary lacks: {own.errant}",
        )
    if own.tables_only_here:
        yield Hazard(
            Danger.data_loss,
            f"{own.alias} has tables that the primary lacks: {', '.join(own.tables_only_here)}; the primary may be the "
            "one that lost them",
        )


def _notes(seen: SeenShard, alias: str, way: Way, donor: str, sound: Sequence[str]) -> Iterator[str]:
    """What a person should know besides."""
    acking = [tablet.alias for tablet in acknowledgers(seen.durability, seen.primary, seen.shard.tablets)]
    left = [each for each in acking if each != alias and each in sound and not (way is Way.BACKUP and each == donor)]
    if acking and not left:
        yield f"until it is done nobody acknowledges writes (durability {seen.durability}): they wait"
    if way is Way.BACKUP:
        yield f"{donor} serves nothing while it is backed up"

"""Going on without tablets whose MySQL cannot come up: where that is safe, and how such a run ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from vitessctl.errors import NotReadyError
from vitessctl.model.cluster import Shard, Tablet
from vitessctl.model.durability import ALONE, acknowledgers
from vitessctl.run.completeness import most_complete, positions_of
from vitessctl.run.context import Context
from vitessctl.run.promotion import promote
from vitessctl.run.reasons import together
from vitessctl.targets.base import Verdict


def hopeless(context: Context, shard: Shard, held: Sequence[Tablet], others: Sequence[Tablet]) -> Verdict | None:
    """Why a shard cannot serve without the tablets that are left out; None where it can, or where none is.

    `held` are those whose data is gone; `others` those that are there.
    """
    lost = [tablet.alias for tablet in shard.tablets if tablet.alias in context.left_out]
    if not lost:
        return None
    leader = _leader(context, shard)
    own = context.left_out[leader if leader in lost else lost[0]]
    told = replace(own, reason=f"{leader if leader in lost else lost[0]}: {own.reason}")
    if not leader:
        return _because(told, f"{shard.path} has no primary yet, and this may be the tablet with the rows")
    if leader in {tablet.alias for tablet in held}:
        return _because(
            told, f"the data of {leader}, the primary of {shard.path}, is gone, and this may have what it had"
        )
    if leader in lost and not _has_acknowledged(context, shard, lost, held, others):
        return _alone(told, shard)
    if not _acknowledged_from_now_on(context, shard, leader, others):
        return _because(told, f"without it no tablet of {shard.path} acknowledges writes, which would hang")
    return None


def give_role_away(context: Context, shard: Shard, others: Sequence[Tablet]) -> Verdict | None:
    """Make one of the others primary where a tablet that is left out leads; why not, if that would not be safe."""
    leader = _leader(context, shard)
    if leader not in context.left_out:
        return None
    own = context.left_out[leader]
    (tablet,) = (each for each in shard.tablets if each.alias == leader)
    if context.target.socket_ready(tablet).ready:
        return Verdict.doomed(f"the MySQL of {leader} came up after all", "Run the same command again.")
    positions = positions_of(context.vtctld, others)
    best = most_complete(positions, [tablet for tablet in others if tablet.type == "replica"])
    if best is None or not positions[best.alias].count():
        return _alone(replace(own, reason=f"{leader}: {own.reason}"), shard)
    primary = promote(context, shard, others, best, leader)
    context.acted("tablets", f"made {primary} primary of {shard.path}: the MySQL of {leader} cannot come up", True)
    return None


def error(context: Context) -> NotReadyError | None:
    """Which tablets cannot come up, why, and what to do; None where every tablet did."""
    if not context.left_out:
        return None
    told = next(iter(context.left_out.values()))
    return NotReadyError(
        f"{', '.join(context.left_out)} cannot come up; everything else is ready",
        where=context.cluster.name,
        why=together({alias: verdict.reason for alias, verdict in context.left_out.items()}),
        fix=told.fix,
        evidence=told.evidence,
    )


def _leader(context: Context, shard: Shard) -> str:
    record = context.vtctld.shard(shard.keyspace, shard.name)
    return record.primary if record else ""


def _has_acknowledged(
    context: Context, shard: Shard, lost: Sequence[str], held: Sequence[Tablet], others: Sequence[Tablet]
) -> bool:
    """Whether the others have all that a client was told is safe.

    With semi-sync another has it, if nobody else is away. Before 15 semi-sync is off after each start of MySQL until
    somebody turns it on again.
    """
    known = {*lost, *(tablet.alias for tablet in others)}
    strangers = {record.alias for record in context.vtctld.tablets(shard.keyspace, shard.name)} - known
    return (
        len(lost) == 1
        and not held
        and not strangers
        and context.release.has_vtorc
        and context.cluster.keyspace(shard.keyspace).durability != ALONE
    )


def _acknowledged_from_now_on(context: Context, shard: Shard, leader: str, others: Sequence[Tablet]) -> bool:
    """Whether one that may lead finds somebody who acknowledges its writes, or waits for nobody."""
    policy = context.cluster.keyspace(shard.keyspace).durability
    leaders = [leader] if leader not in context.left_out else [each.alias for each in others if each.type == "replica"]
    return policy == ALONE or any(acknowledgers(policy, each, others) for each in leaders)


def _because(verdict: Verdict, why: str) -> Verdict:
    return replace(verdict, reason=f"{verdict.reason}; {why}")


def _alone(verdict: Verdict, shard: Shard) -> Verdict:
    """It leads, and nobody else is known to have its last writes."""
    by_hand = f"To go on without them: vitessctl reparent {shard.path}, and then this again."
    why = f"it is the primary of {shard.path}, and its last writes may be nowhere else"
    return _because(replace(verdict, fix=f"{verdict.fix} {by_hand}"), why)

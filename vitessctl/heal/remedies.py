"""What can be wrong with a shard's replication, each with what to do about it. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vitessctl.run.stages.replication import UNSAFE, primary_fault, replica_fault
from vitessctl.spec.words import counted
from vitessctl.vtctld.records import FullStatus

if TYPE_CHECKING:
    from vitessctl.heal.look import SeenShard
    from vitessctl.heal.replicating import TabletReplication

PURGED = ("1236", "purged required binary logs")
"""MySQL's error where the primary no longer has what a replica still needs: no start helps."""
UNREACHED = ("error connecting to", "error reconnecting to")
"""How MySQL begins where the source does not let the replica in."""


@dataclass(frozen=True)
class Fault:
    """Something that is wrong, and what mends it."""

    what: str
    remedy: str


def shard_faults(seen: SeenShard) -> Iterator[Fault]:
    """What is wrong with a shard as a whole."""
    path = seen.shard.path
    if seen.record is None:
        yield Fault("the shard is not in the topology", "bring it up: vitessctl up")
    elif not seen.primary:
        yield Fault("nobody is its primary", f"elect the tablet that has everything: vitessctl reparent {path}")
    elif seen.primary not in seen.tablets:
        yield Fault(
            f"its primary {seen.primary} has no record any more", f"make another one: vitessctl reparent {path}"
        )
    elif not seen.answers(seen.primary):
        yield Fault(
            f"its primary {seen.primary} does not answer",
            f"bring it back (vitessctl logs {seen.primary} says what it said last), or make another tablet primary: "
            f"vitessctl reparent {path}",
        )


def primary_faults(status: FullStatus, wants_semi_sync: bool) -> Iterator[Fault]:
    """What is wrong with a primary that answers."""
    fault = primary_fault(status, wants_semi_sync)
    if fault.startswith("writes wait"):
        yield Fault(fault, "mend the replicas; a write goes on as soon as one of them acknowledges it")
    elif fault == UNSAFE:
        yield Fault(fault, "vitessctl up turns it on")
    elif fault:
        yield Fault(fault, "vitessctl up makes it writable")


def replica_faults(found: TabletReplication, status: FullStatus, seen: SeenShard, has_vtorc: bool) -> Iterator[Fault]:
    """What is wrong with a replica that answers: how it copies, and what it holds."""
    rebuild = f"vitessctl rebuild {found.alias}"
    primary = seen.records.get(seen.primary)
    fault = replica_fault(status, primary) if primary is not None else ""
    if fault:
        yield Fault(fault, _copying(found, rebuild, has_vtorc))
    if found.missing_transactions:
        yield Fault(
            f"incomplete: lacks {counted(found.missing_transactions, 'transaction')} of the primary's",
            f"mend its replication; where that cannot be done: {rebuild}"
            if fault
            else f"it copies, so wait; if the number does not shrink: {rebuild}",
        )
    if found.tables_missing:
        yield Fault(f"incomplete: lacks the tables {', '.join(found.tables_missing)}", rebuild)
    if found.errant_transactions or found.tables_only_here:
        yield Fault(_errant(found), f"see whether these rows are needed; without them: {rebuild} --allow data-loss")


def _copying(found: TabletReplication, rebuild: str, has_vtorc: bool) -> str:
    error = found.io_error or found.sql_error
    if any(word in error for word in PURGED):
        return f"the primary no longer has what it needs, so it has to be made anew: {rebuild}"
    if found.io_error.startswith(UNREACHED):
        return "see whether the primary's MySQL can be reached from it, and whether its replication user is there"
    if error:
        return f"mend what MySQL says and run vitessctl up, or make it anew: {rebuild}"
    waits = "vtorc repairs it within seconds; if it does not, " if has_vtorc else ""
    return f"{waits}vitessctl up repairs it"


def _errant(found: TabletReplication) -> str:
    parts = []
    if found.errant_transactions:
        parts.append(
            f"{counted(found.errant_transactions, 'transaction')} that the primary lacks (errant): {found.errant}"
        )
    if found.tables_only_here:
        parts.append(f"tables that the primary lacks: {', '.join(found.tables_only_here)}")
    return f"has {' and '.join(parts)}"

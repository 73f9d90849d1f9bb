"""Whether it is certain who leads a shard. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from vitessctl.doctor.examined import Case
from vitessctl.status.catalogue import Finding
from vitessctl.status.view import ShardView, TabletView

DOUBTS = ("two-primaries", "primary-disagrees", "primary-lacks-tables", "shard-no-primary", "primary-dead",
          "primary-without-record", "primary-not-in-spec", "shard-missing")  # fmt: skip
"""Findings of a shard, or of its primary, that leave a doubt."""


def shard_of(case: Case, alias: str) -> ShardView | None:
    """The shard of a tablet of the spec."""
    return next((s for s in case.view.shards() if any(tablet.alias == alias for tablet in s.tablets)), None)


def doubt(shard: ShardView | None, findings: Sequence[Finding]) -> str:
    """Why it is not certain that the primary of the record leads; "" if it is."""
    if shard is None or shard.record is None:
        return "its shard could not be read"
    about = {shard.shard.path, shard.primary, *(tablet.alias for tablet in shard.tablets)}
    for each in findings:
        if each.id in DOUBTS and each.subject in about:
            return f"it is not certain who leads {shard.shard.path}: {each.sentence}"
    leader = shard.leader
    if leader is None or leader.status is None or leader.position is None:
        return f"the primary of {shard.shard.path} could not be asked"
    if leader.seen.type != "primary":
        return f"{shard.primary} does not take itself for the primary of {shard.shard.path}"
    return ""


def copies_from_leader(shard: ShardView, tablet: TabletView) -> bool:
    """Whether the source of a tablet is the primary, whether or not its threads run."""
    replication = tablet.status.replication if tablet.status else None
    leader = shard.leader_record
    return (
        replication is not None
        and leader is not None
        and (replication.source_host, replication.source_port) == (leader.mysql_hostname, leader.mysql_port)
    )

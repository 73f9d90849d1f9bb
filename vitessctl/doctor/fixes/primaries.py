"""A primary that takes no writes, or that waits for nobody. vtorc mends both within seconds, where it runs (15)."""

from __future__ import annotations

from collections.abc import Sequence

from vitessctl.doctor.examined import Case
from vitessctl.doctor.fixes.leading import copies_from_leader, doubt, shard_of
from vitessctl.errors import NotReadyError
from vitessctl.run.context import Context
from vitessctl.status.catalogue import Finding
from vitessctl.status.rules.tablets import errant_of
from vitessctl.status.view import ShardView, TabletView
from vitessctl.targets.ground import Ground

SWITCHES = ("rpl_semi_sync_source_enabled", "rpl_semi_sync_master_enabled")
"""By which name depends on the plugin that MySQL has loaded."""


def refusal_to_open(case: Case, findings: Sequence[Finding], subject: str) -> str:
    """Only one that all others follow is certain to lead: a primary that was replaced is read-only just so."""
    shard = shard_of(case, subject)
    if why := doubt(shard, findings):
        return why
    assert shard is not None, "of that there is a doubt"
    return next((why for tablet in shard.others if (why := _not_behind(shard, tablet))), "")


def _not_behind(shard: ShardView, tablet: TabletView) -> str:
    leader = shard.leader
    if tablet.position is None or leader is None or leader.position is None or leader.status is None:
        return f"{tablet.alias} could not be asked whom it follows"
    if not copies_from_leader(shard, tablet):
        return f"{tablet.alias} does not copy from it"
    if errant_of(tablet.position, leader.position, leader.status.server_uuid).sources:
        return f"{tablet.alias} has transactions that it lacks"
    return ""


def refusal_of_semi_sync(case: Case, findings: Sequence[Finding], subject: str) -> str:
    """Without somebody who acknowledges, the next write hangs."""
    shard = shard_of(case, subject)
    if why := doubt(shard, findings):
        return why
    assert shard is not None, "of that there is a doubt"
    ready = [t for t in shard.others if t.copies and copies_from_leader(shard, t) and _acknowledges(t)]
    return "" if ready else "no replica that copies would acknowledge, so every write would hang"


def _acknowledges(tablet: TabletView) -> bool:
    return tablet.status is not None and tablet.status.semi_sync_replica_enabled


def open_for_writes(context: Context, ground: Ground, case: Case, subject: str) -> str:
    """As vtorc does, and until 14 `up`."""
    context.vtctld.set_writable(subject)
    return f"made {subject} writable"


def turn_semi_sync_on(context: Context, ground: Ground, case: Case, subject: str) -> str:
    """By the name that its MySQL has for it."""
    query = "show global variables like 'rpl_semi_sync_%_enabled'"
    there = {str(row[0]).lower() for row in context.vtctld.fetch_as_dba(subject, query).rows}
    name = next((name for name in SWITCHES if name in there), "")
    if not name:
        raise NotReadyError(f"MySQL of {subject} has no semi-sync plugin", where=subject)
    context.vtctld.fetch_as_dba(subject, f"set global {name} = 1")
    return f"turned semi-sync on at {subject}"

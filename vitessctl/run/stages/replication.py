"""Replication: the primary takes writes, and every other tablet copies from it.

Health pages do not show it: after a full restart every /healthz is 200 while the primary is read-only and no
replica copies, and a restarted replica may serve stale rows for ever (measured on Vitess 24). So each
tablet's MySQL is asked.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from vitessctl import releases
from vitessctl.model.cluster import Cluster, Shard
from vitessctl.run.context import Context
from vitessctl.run.reasons import NAMES, together
from vitessctl.run.stage import Stage
from vitessctl.targets.base import Verdict
from vitessctl.vtctld.records import FullStatus, ReplicationStatus, TabletRecord

UNSAFE = "the primary would not wait for a replica to acknowledge (semi-sync is off)"
"""So it is after each start of its MySQL; from 15 on Vitess itself turns it on again."""
BLOCKED = "writes wait for a replica to acknowledge (semi-sync)"
"""So it is where every replica that could acknowledge has a fault of its own."""
WRITABLE = "its MySQL takes writes, though it does not lead"
"""As that of a primary which was replaced while only its vttablet was away. From 15 on vtorc sees to it; before,
nothing in Vitess does: SetMaster and SetReplicationSource leave read_only as it is (source of 2.1, 9 and 14)."""
SETTLED_SECONDS = 6.0
"""How long something has to be wrong before it is mended: as long as a pod may take to give its role away. In the
middle of that the old primary is read-only and the new one has no source: who mends it breaks the reparent."""
LASTING = re.compile(
    r"fatal error 1236\b|Could not execute|failed executing transaction|^Error '.*' on query", re.DOTALL
)
"""What MySQL says where no wait and no start helps: the primary has purged what the tablet needs (1236), or its rows
are others, so that a change of the primary's cannot be applied (1062, 1032; MySQL has tried again by itself)."""
GIVEN_UP_SECONDS = 15.0
"""How long nothing but that has to be wrong. A reparent in the meantime may be the cure."""
_SEMI_SYNC_ON = "set global rpl_semi_sync_master_enabled = 1"
_READ_ONLY_ON = "set global read_only = 1"


def converge(context: Context) -> Verdict:
    """Ready when each shard replicates. Where the release has vtorc, it repairs; else the tool does."""
    faults: dict[str, str] = {}
    for shard in context.cluster.shards():
        faults |= shard_faults(context, shard, repair=not context.release.has_vtorc)
    causes = {alias: fault for alias, fault in faults.items() if fault != BLOCKED}
    hopeless = bool(causes) and all(LASTING.search(fault) for fault in causes.values())
    if context.lasts("replication that no wait mends", hopeless) >= GIVEN_UP_SECONDS:
        return _hopeless(causes)
    if faults:
        return Verdict.waiting(together(faults))
    copies = sum(len(context.present(shard)) - 1 for shard in context.cluster.shards())
    return Verdict.done(f"{copies} replicating, primaries writable")


def _hopeless(faults: Mapping[str, str]) -> Verdict:
    """They serve old rows, or none, and only a copy of the primary makes them whole."""
    made_anew = " and ".join(f"vitessctl rebuild {alias}" for alias in list(faults)[:NAMES])
    fix = f"make what cannot catch up anew from another tablet: {made_anew}; vitessctl status says what each lacks"
    return Verdict.doomed(f"waiting does not help: {together(faults)}", fix)


def shard_faults(context: Context, shard: Shard, *, repair: bool = False) -> dict[str, str]:
    """What is wrong with a shard's replication, by tablet; empty if nothing is. `repair`: also mend it."""
    record = context.vtctld.shard(shard.keyspace, shard.name)
    if record is None or not record.primary:
        return {shard.path: "no primary"}
    tablets = {tablet.alias: tablet for tablet in context.vtctld.tablets(shard.keyspace, shard.name)}
    primary = tablets.get(record.primary)
    if primary is None:
        return {record.primary: "its record is gone"}
    faults = {}
    for tablet in context.present(shard):
        status = context.vtctld.full_status(tablet.alias)
        fault = _fault(context, shard, status, primary)
        lasts = context.lasts(f"replication of {tablet.alias}", bool(fault))
        if fault:
            faults[tablet.alias] = fault
            if repair and lasts >= SETTLED_SECONDS:
                repair_tablet(context, status, primary, fault)
    return faults


def _fault(context: Context, shard: Shard, status: FullStatus, primary: TabletRecord) -> str:
    if status.alias != primary.alias:
        return replica_fault(status, primary)
    return primary_fault(status, wants_semi_sync(context.cluster, shard.keyspace))


def wants_semi_sync(cluster: Cluster, keyspace: str) -> bool:
    """Whether a primary of the keyspace has to have semi-sync on, and nobody but us sees to that."""
    return not releases.get(cluster.release).has_vtorc and cluster.keyspace(keyspace).durability != "none"


def primary_fault(status: FullStatus, semi_sync: bool = False) -> str:
    """Why a primary does not take writes, or should not; "" if all is well. `semi_sync`: see wants_semi_sync."""
    if semi_sync and not status.semi_sync_primary_enabled:
        return UNSAFE
    if status.read_only or status.super_read_only:
        return "the primary is still read-only"
    if status.semi_sync_blocked:
        return BLOCKED
    return ""


def replica_fault(status: FullStatus, primary: TabletRecord) -> str:
    """Why a replica does not copy from the primary, "" if it does."""
    replication = status.replication
    if replication is None or not replication.source_host:
        return "has no replication source"
    if not _copies_from(replication, primary):
        return f"copies from {replication.source_host}:{replication.source_port}, which is not the primary"
    if error := replication.io_error or replication.sql_error:
        return error
    if not (replication.io_running and replication.sql_running):
        return "replication is stopped"
    return "" if status.read_only else WRITABLE


def _copies_from(replication: ReplicationStatus, primary: TabletRecord) -> bool:
    return (replication.source_host, replication.source_port) == (primary.mysql_hostname, primary.mysql_port)


def repair_tablet(context: Context, status: FullStatus, primary: TabletRecord, fault: str) -> None:
    """Mend what is wrong with one tablet, as vtorc does from release 15 on.

    What MySQL itself calls an error, a start would only meet again.
    """
    alias, replication = status.alias, status.replication
    if alias == primary.alias:
        if fault == UNSAFE:
            context.vtctld.fetch_as_dba(alias, _SEMI_SYNC_ON)
            context.acted("replication", f"turned semi-sync on again at {alias}", True)
        if status.read_only:
            context.vtctld.set_writable(alias)
            context.acted("replication", f"made {alias} writable", True)
    elif replication is None or not _copies_from(replication, primary):
        context.vtctld.reparent_tablet(alias)
        context.acted("replication", f"made {alias} copy from {primary.alias}", True)
    elif fault == WRITABLE:
        context.vtctld.fetch_as_dba(alias, _READ_ONLY_ON)
        context.acted("replication", f"made {alias} read-only", True)
    elif not (replication.io_error or replication.sql_error):
        context.vtctld.start_replication(alias)
        context.acted("replication", f"started replication on {alias}", True)


STAGE = Stage("replication", ("vtorc", "rollout"), "every tablet to replicate", converge)

"""What is wrong with a shard. Pure: a view in, problems out; the names are vtorc's own.

vtorc's blind spot is here: a primary whose vttablet is dead, but whose MySQL still feeds the replicas, is only
`UnreachablePrimary`, and nothing is done about it, however long it lasts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from vitessctl.rehearsal.tablet_rpc import IO_RUNNING, IO_STOPPED, FullStatus
from vitessctl.rehearsal.topology_names import alias_text
from vitessctl.rehearsal.vtorc.view import ShardView
from vitessctl.vtctld.proto import topodata_pb2 as topodata

DESCRIPTIONS: Final[dict[str, str]] = {
    "ClusterHasNoPrimary": "Cluster has no primary",
    "PrimaryTabletDeleted": "Primary tablet has been deleted",
    "DeadPrimary": "Primary cannot be reached by vtorc and none of its replicas is replicating",
    "DeadPrimaryWithoutReplicas": "Primary cannot be reached by vtorc and has no replica",
    "DeadPrimaryAndReplicas": "Primary cannot be reached by vtorc and none of its replicas is replicating",
    "UnreachablePrimary": "Primary cannot be reached by vtorc but all of its replicas seem to be replicating",
    "PrimaryIsReadOnly": "Primary is read-only",
    "PrimaryHasPrimary": "Primary is replicating from somewhere else",
    "PrimaryCurrentTypeMismatch": "Primary tablet's current type is not PRIMARY",
    "PrimarySemiSyncMustBeSet": "Primary semi-sync must be set",
    "PrimarySemiSyncMustNotBeSet": "Primary semi-sync must not be set",
    "NotConnectedToPrimary": "Not connected to the primary",
    "ConnectedToWrongPrimary": "Connected to wrong primary",
    "ReplicationStopped": "Replication is stopped",
    "ReplicaIsWritable": "Replica is writable",
    "ReplicaSemiSyncMustBeSet": "Replica semi-sync must be set",
    "ReplicaSemiSyncMustNotBeSet": "Replica semi-sync must not be set",
    "InvalidReplica": "VTOrc hasn't been able to reach the replica even once since restart/shutdown",
}
"""Every problem and how vtorc words it."""
WITHOUT_ACTION: Final = frozenset(
    {"DeadPrimaryWithoutReplicas", "DeadPrimaryAndReplicas", "UnreachablePrimary", "InvalidReplica"}
)
"""Problems that vtorc only reports."""


@dataclass(frozen=True)
class Problem:
    """One problem of one tablet; `alias` is "" where there is no tablet to name."""

    code: str
    alias: str
    keyspace: str
    shard: str

    @property
    def key(self) -> str:
        """Its name in the DetectedProblems variable."""
        return f"{self.code}.{self.alias}.{self.keyspace}.{self.shard}"

    @property
    def actionable(self) -> bool:
        """Whether vtorc does something about it."""
        return self.code not in WITHOUT_ACTION


def problems(view: ShardView) -> list[Problem]:
    """All problems of a shard, the worst first. While the primary is ill nothing is said about replicas."""
    if not view.tablets:
        return []
    return [Problem(code, alias, view.keyspace, view.name) for code, alias in _find(view)]


def _find(view: ShardView) -> Iterator[tuple[str, str]]:
    primary = view.primary
    if primary is None:
        ever = view.record.HasField("primary_term_start_time")
        yield "PrimaryTabletDeleted" if ever else "ClusterHasNoPrimary", next(iter(sorted(view.tablets)))
        return
    alias = alias_text(primary.alias)
    status = view.statuses.get(alias)
    if status is None:
        yield _unreachable(view, primary), alias
        return
    ill = _primary_problem(view, status)
    if ill:
        yield ill, alias
        return
    for name, replica in sorted(view.replicas().items()):
        code = _replica_problem(view, primary, name, replica)
        if code:
            yield code, name


def _unreachable(view: ShardView, primary: topodata.Tablet) -> str:
    replicas = view.replicas()
    if not replicas:
        return "DeadPrimaryWithoutReplicas"
    statuses = [view.statuses[alias] for alias in replicas if alias in view.statuses]
    if not statuses:
        return "DeadPrimaryAndReplicas"
    if any(_replicates_from(status, primary) for status in statuses):
        return "UnreachablePrimary"
    return "DeadPrimary"


def _replicates_from(status: FullStatus, primary: topodata.Tablet) -> bool:
    source = status["replication"]
    return (
        source is not None
        and _same(source["source_host"], source["source_port"], primary)
        and (source["io_state"] == IO_RUNNING)
    )


def _primary_problem(view: ShardView, status: FullStatus) -> str:
    semi_sync = view.policy.ackers > 0
    found = {
        "PrimaryIsReadOnly": status["read_only"],
        "PrimaryHasPrimary": status["replication"] is not None,
        "PrimaryCurrentTypeMismatch": status["tablet_type"] != "primary",
        "PrimarySemiSyncMustBeSet": semi_sync and not status["semi_sync_primary_enabled"],
        "PrimarySemiSyncMustNotBeSet": status["semi_sync_primary_enabled"] and not semi_sync,
    }
    return next((code for code, holds in found.items() if holds), "")


def _replica_problem(view: ShardView, primary: topodata.Tablet, alias: str, replica: topodata.Tablet) -> str:
    status = view.statuses.get(alias)
    if status is None:
        return "InvalidReplica"
    source = status["replication"]
    if source is None:
        return "NotConnectedToPrimary"
    acknowledges = view.policy.acknowledges(primary, replica)
    found = {
        "ConnectedToWrongPrimary": not _same(source["source_host"], source["source_port"], primary),
        "ReplicationStopped": IO_STOPPED in (source["io_state"], source["sql_state"]),
        "ReplicaIsWritable": not status["read_only"],
        "ReplicaSemiSyncMustBeSet": acknowledges and not status["semi_sync_replica_enabled"],
        "ReplicaSemiSyncMustNotBeSet": status["semi_sync_replica_enabled"] and not acknowledges,
    }
    return next((code for code, holds in found.items() if holds), "")


def _same(host: str, port: int, tablet: topodata.Tablet) -> bool:
    return (host, port) == (tablet.mysql_hostname, tablet.mysql_port)

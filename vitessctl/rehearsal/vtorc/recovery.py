"""What vtorc does about a problem: one function a kind, all with the shard's lock held."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from vitessctl.rehearsal.servenv.log import Log
from vitessctl.rehearsal.topology_lock import shard_lock
from vitessctl.rehearsal.topology_names import Refused, alias_text
from vitessctl.rehearsal.topology_records import Topology
from vitessctl.rehearsal.vtctld.emergency import EmergencyOptions, emergency_reparent
from vitessctl.rehearsal.vtctld.events import Events
from vitessctl.rehearsal.vtctld.planned import PlannedOptions, planned_reparent
from vitessctl.rehearsal.vtctld.reparent import Place
from vitessctl.rehearsal.vtctld.tablets import Tablets
from vitessctl.rehearsal.vtorc.analysis import Problem, problems
from vitessctl.rehearsal.vtorc.view import ShardView, ask, read_shard


@dataclass(frozen=True)
class Settings:
    """What the flags say about recoveries."""

    wait: float
    prevent_cross_cell: bool = False
    emergency: bool = True


@dataclass(frozen=True)
class Recovery:
    """One attempt: a problem, its shard as it is under the lock, and how to reach everything."""

    problem: Problem
    view: ShardView
    place: Place
    settings: Settings

    def semi_sync(self) -> bool:
        """Whether the shard's primary waits for acknowledgements."""
        return self.view.policy.ackers > 0


def recover(
    problem: Problem, view: ShardView, topology: Topology, tablets: Tablets, log: Log, settings: Settings
) -> bool:
    """Lock the shard, look again, and act if the problem is still there; whether anything was done.

    Raises Refused, TopologyError and TabletError when the action fails.
    """
    with shard_lock(topology, view.keyspace, view.name, f"VTOrc Recovery: {KINDS[problem.code][0]}"):
        now = ask(read_shard(topology, view), tablets)
        if problem not in problems(now):
            return False
        place = Place(topology, tablets, Events(log), view.keyspace, view.name)
        KINDS[problem.code][1](Recovery(problem, now, place, settings))
    return True


def _elect(recovery: Recovery) -> None:
    planned_reparent(recovery.place, PlannedOptions(wait=recovery.settings.wait))


def _replace_primary(recovery: Recovery) -> None:
    if not recovery.settings.emergency:
        raise Refused("emergency reparents are not allowed (--allow-emergency-reparent=false)")
    old = alias_text(recovery.view.record.primary_alias)
    options = EmergencyOptions(
        expected_primary=old,
        wait=recovery.settings.wait,
        prevent_cross_cell=recovery.settings.prevent_cross_cell,
    )
    others = {alias: tablet for alias, tablet in recovery.view.tablets.items() if alias != old}
    promotable = any(recovery.view.policy.promotable(tablet) for tablet in others.values())
    if not promotable:
        raise Refused("no valid candidates for emergency reparent")
    emergency_reparent(recovery.place, replace(options, action="EmergencyReparentShard"))


def _fix_primary(recovery: Recovery) -> None:
    tablet = recovery.view.tablets[recovery.problem.alias]
    recovery.place.remote(tablet).undo_demote_primary(recovery.semi_sync())


def _fix_replica(recovery: Recovery) -> None:
    primary = recovery.view.primary
    if primary is None:
        return
    tablet = recovery.view.tablets[recovery.problem.alias]
    client = recovery.place.remote(tablet)
    client.set_read_only()
    client.set_replication_source(
        alias_text(primary.alias),
        primary.mysql_hostname,
        primary.mysql_port,
        start=True,
        semi_sync=recovery.view.policy.acknowledges(primary, tablet),
        wait_position="",
        seconds=0,
    )


Action = Callable[[Recovery], None]
KINDS: Final[dict[str, tuple[str, Action]]] = {
    "ClusterHasNoPrimary": ("ElectNewPrimary", _elect),
    "PrimaryTabletDeleted": ("RecoverPrimaryTabletDeleted", _replace_primary),
    "DeadPrimary": ("RecoverDeadPrimary", _replace_primary),
    "PrimaryIsReadOnly": ("FixPrimary", _fix_primary),
    "PrimaryHasPrimary": ("FixPrimary", _fix_primary),
    "PrimaryCurrentTypeMismatch": ("FixPrimary", _fix_primary),
    "PrimarySemiSyncMustBeSet": ("FixPrimary", _fix_primary),
    "PrimarySemiSyncMustNotBeSet": ("FixPrimary", _fix_primary),
    "NotConnectedToPrimary": ("FixReplica", _fix_replica),
    "ConnectedToWrongPrimary": ("FixReplica", _fix_replica),
    "ReplicationStopped": ("FixReplica", _fix_replica),
    "ReplicaIsWritable": ("FixReplica", _fix_replica),
    "ReplicaSemiSyncMustBeSet": ("FixReplica", _fix_replica),
    "ReplicaSemiSyncMustNotBeSet": ("FixReplica", _fix_replica),
}
"""Problem to the recovery's name and what it does; problems without action are not here."""
EMERGENCY: Final = frozenset({"RecoverDeadPrimary", "RecoverPrimaryTabletDeleted"})
PLANNED: Final = frozenset({"ElectNewPrimary"})
"""Recoveries that count as a reparent of that kind."""

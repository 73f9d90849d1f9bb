"""Legacy commands that change who is primary."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from vitessctl.rehearsal.servenv.times import asked, seconds
from vitessctl.rehearsal.topology_lock import shard_lock
from vitessctl.rehearsal.topology_names import Refused, alias_text
from vitessctl.rehearsal.vtctld import old_emergency, tablet_calls
from vitessctl.rehearsal.vtctld.emergency import EmergencyOptions, emergency_reparent
from vitessctl.rehearsal.vtctld.events import Events
from vitessctl.rehearsal.vtctld.initial import init_shard_primary
from vitessctl.rehearsal.vtctld.legacy.job import Job, Work
from vitessctl.rehearsal.vtctld.planned import PlannedOptions, planned_reparent
from vitessctl.rehearsal.vtctld.reparent import Place
from vitessctl.vtctld.proto import vtctldata_pb2 as pb

NAMED: Final = ("new_primary", "new_master")
AVOIDED: Final = ("avoid_tablet", "avoid_master")
WAITS: Final = ("wait_replicas_timeout", "wait_slave_timeout")


def initial(job: Job) -> None:
    """InitShardMaster, InitShardPrimary"""
    keyspace, shard = job.shard(job.words[0])
    elected = alias_text(job.alias(job.words[1]))
    word = job.release.primary_type

    def work(place: Place) -> None:
        init_shard_primary(place, elected, job.true("force"), _wait(job))

    _locked(job, keyspace, shard, f"InitShard{word.title()}({elected})", work)


def planned(job: Job) -> None:
    """PlannedReparentShard"""
    keyspace, shard, new = _target(job)
    avoid = _alias_of(job, AVOIDED)
    options = PlannedOptions(
        new_primary=new,
        avoid_primary=avoid,
        wait=_wait(job),
        allow_cross_cell=job.true("allow-cross-cell-promotion"),
    )
    action = f"PlannedReparentShard({new or '<nil>'}, AvoidPrimary = {avoid or '<nil>'})"

    def work(place: Place) -> None:
        planned_reparent(place, options)

    _locked(job, keyspace, shard, action, work)


def emergency(job: Job) -> None:
    """EmergencyReparentShard: until 7 the new primary has to be named."""
    keyspace, shard, new = _target(job)
    action = f"EmergencyReparentShard({new})" if new else "EmergencyReparentShard"
    if job.release.within(old_emergency.NEEDS_A_NAME):
        name = new or alias_text(job.alias(""))
        _locked(job, keyspace, shard, action, lambda place: old_emergency.emergency_reparent(place, name, _wait(job)))
        return
    options = EmergencyOptions(
        new_primary=new,
        ignored=frozenset(alias_text(job.alias(word)) for word in job.list("ignore_replicas")),
        wait=_wait(job),
        prevent_cross_cell=job.true("prevent_cross_cell_promotion"),
        wait_for_all=job.true("wait_for_all_tablets"),
        action=action,
    )
    _locked(job, keyspace, shard, action, lambda place: emergency_reparent(place, options))


def reparent_tablet(job: Job) -> None:
    """ReparentTablet"""
    tablet_calls.reparent(job.call, pb.ReparentTabletRequest(tablet=job.alias(job.words[0])))


def externally(job: Job) -> None:
    """TabletExternallyReparented"""
    request = pb.TabletExternallyReparentedRequest(tablet=job.alias(job.words[0]))
    tablet_calls.externally_reparented(job.call, request)


def _target(job: Job) -> tuple[str, str, str]:
    """Keyspace, shard and new primary: from flags, or from two words, as long ago."""
    where, new = job.text("keyspace_shard"), job.text(*NAMED)
    if len(job.words) == 2:
        if where or new:
            raise Refused("cannot use legacy syntax and flags at the same time")
        where, new = job.words
    keyspace, shard = job.shard(where)
    return keyspace, shard, alias_text(job.alias(new)) if new else ""


def _alias_of(job: Job, flags: tuple[str, ...]) -> str:
    given = job.text(*flags)
    return alias_text(job.alias(given)) if given else ""


def _wait(job: Job) -> float:
    given = job.seconds(*WAITS)
    return asked(given) if given else seconds("wait_replicas")


def _locked(job: Job, keyspace: str, shard: str, action: str, work: Callable[[Place], object]) -> None:
    """Work under the shard's lock; what it logs goes out as log lines, also if it fails."""
    call = job.call
    place = Place(call.topology, call.tablets, Events(call.log), keyspace, shard, call.release)
    try:
        with shard_lock(call.topology, keyspace, shard, action):
            work(place)
    finally:
        job.output.events.extend(place.events.lines)


COMMANDS: Final[Mapping[str, Work]] = {
    "InitShardMaster": initial,
    "InitShardPrimary": initial,
    "PlannedReparentShard": planned,
    "EmergencyReparentShard": emergency,
    "ReparentTablet": reparent_tablet,
    "TabletExternallyReparented": externally,
}

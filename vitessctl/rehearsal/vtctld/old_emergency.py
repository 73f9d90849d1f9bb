"""EmergencyReparentShard until release 7: the new primary has to be named, and the old one's record is deleted."""

from __future__ import annotations

from typing import Final

from vitessctl.rehearsal.tablet_rpc import IO_RUNNING, StoppedReplication, TabletError
from vitessctl.rehearsal.topology import TopologyError
from vitessctl.rehearsal.topology_names import Refused, alias_text
from vitessctl.rehearsal.vtctld.election import replicated
from vitessctl.rehearsal.vtctld.reparent import NewSource, Place, Shard, joined, journal_time, read_shard
from vitessctl.rehearsal.vtctld.tablets import ask_all
from vitessctl.vtctld.proto import topodata_pb2 as topodata

NEEDS_A_NAME: Final = "..7"


def emergency_reparent(place: Place, elected: str, wait: float) -> str:
    """Do it, with the shard's lock held; gives the primary's alias. Refused in those releases' words."""
    shard = read_shard(place, "")
    if elected not in shard.tablets:
        raise Refused(f"master-elect tablet {elected} is not in the shard")
    if elected == shard.primary_alias:
        raise Refused(f"master-elect tablet {elected} is already the master")
    shard = _without_old_primary(place, shard)
    statuses = _statuses(place, shard)
    _refuse_behind(statuses, elected)
    _promote(place, shard, statuses, elected, wait)
    return elected


def _without_old_primary(place: Place, shard: Shard) -> Shard:
    """Delete the old primary's record: it is taken for dead, and must register anew."""
    old = shard.primary_alias
    if not old or old not in shard.tablets:
        return shard
    place.events.info(f"deleting old master {old}")
    try:
        place.topology.delete_tablet(shard.tablets[old].alias)
    except TopologyError as error:
        place.events.warning(f"failed to delete old master tablet {old}: {error}")
    return Shard(shard.record, shard.others(old), shard.policy)


def _statuses(place: Place, shard: Shard) -> dict[str, StoppedReplication]:
    """Stop replication everywhere; tablets that do not answer are passed over."""

    def ask(alias: str, tablet: topodata.Tablet) -> StoppedReplication:
        place.events.info(f"getting replication position from {alias}")
        return place.remote(tablet).stop_replication_and_get_status()

    answers = ask_all(shard.tablets, ask)
    for alias, error in answers.errors.items():
        place.events.warning(f"failed to get replication status from {alias}, ignoring tablet: {error}")
    return answers.values


def _refuse_behind(statuses: dict[str, StoppedReplication], elected: str) -> None:
    if elected not in statuses:
        raise Refused(f"couldn't get master elect {elected} replication position")
    own = replicated(statuses[elected]["after"])
    for alias, status in sorted(statuses.items()):
        position = replicated(status["after"])
        if not own.executed.contains(position.executed):
            raise Refused(
                f"tablet {alias} is more advanced than master elect tablet {elected}: "
                f"MySQL56/{position.executed} > MySQL56/{own.executed}"
            )


def _promote(place: Place, shard: Shard, statuses: dict[str, StoppedReplication], elected: str, wait: float) -> None:
    candidate = shard.tablets[elected]
    place.events.info(f"promote tablet {elected} to master")
    client = place.patient(candidate, wait)
    try:
        position = client.promote_replica(shard.policy.ackers > 0)
    except TabletError as error:
        raise Refused(f"master-elect tablet {elected} failed to be upgraded to master: {error}") from None
    source = NewSource(place, shard, candidate, wait, {alias: _ran(each) for alias, each in statuses.items()})
    attached = ask_all(shard.others(elected), source.attach)
    try:
        client.populate_reparent_journal(journal_time(), "EmergencyReparentShard", elected, position)
    except TabletError as error:
        raise Refused(f"failed to PopulateReparentJournal on master: {error}") from None
    place.topology.update_shard(place.keyspace, place.shard, lambda record: _name(record, candidate))
    if attached.errors:
        raise Refused(joined(attached.errors, "tablet {alias} SetMaster failed: {error}"))


def _ran(status: StoppedReplication) -> bool:
    return IO_RUNNING in (status["before"]["io_state"], status["before"]["sql_state"])


def _name(record: topodata.Shard, primary: topodata.Tablet) -> bool:
    changed = alias_text(record.primary_alias) != alias_text(primary.alias)
    record.primary_alias.CopyFrom(primary.alias)
    return changed

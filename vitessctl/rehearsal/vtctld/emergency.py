"""EmergencyReparentShard: the primary is given up, and whoever has the most transactions takes over.

The old primary is not waited for: when all tablets but one have answered, the rest is cut off. It finds out by itself
when it comes back. A candidate that lacks a transaction that another reached tablet has is never promoted before it
has caught up.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from vitessctl.rehearsal.tablet_rpc import IO_RUNNING, TabletError
from vitessctl.rehearsal.topology_names import Refused, alias_proto_text
from vitessctl.rehearsal.vtctld.durability import Policy
from vitessctl.rehearsal.vtctld.election import Position, executed, furthest_first, not_a_replica, replicated
from vitessctl.rehearsal.vtctld.reparent import NewSource, Place, Shard, joined, journal_time, read_shard
from vitessctl.rehearsal.vtctld.tablets import ask_all
from vitessctl.vtctld.proto import topodata_pb2 as topodata

NEVER_CANDIDATES = (topodata.BACKUP, topodata.RESTORE, topodata.DRAINED)


@dataclass(frozen=True)
class EmergencyOptions:
    """What the caller wants. Aliases are text, "" where nothing is asked."""

    new_primary: str = ""
    expected_primary: str = ""
    ignored: frozenset[str] = frozenset()
    wait: float = 30.0
    prevent_cross_cell: bool = False
    wait_for_all: bool = False
    action: str = field(default="EmergencyReparentShard")
    """What the reparent journal calls it."""


@dataclass(frozen=True)
class Stopped:
    """A tablet that no longer takes anything in."""

    position: Position
    replica: bool
    """False for one that had no source: the old primary, or one that thinks it is."""
    was_running: bool


def emergency_reparent(place: Place, options: EmergencyOptions) -> str:
    """Do it, with the shard's lock held; gives the primary's alias. Refused and TabletError in Vitess's words."""
    where = f"keyspace - {place.keyspace}, shard - {place.shard}"
    place.events.info(f"will initiate emergency reparent shard in {where}")
    shard = read_shard(place, options.expected_primary)
    stopped = _stop_all(place, shard, options)
    candidates = {alias: found for alias, found in stopped.items() if shard.tablets[alias].type not in NEVER_CANDIDATES}
    if not candidates:
        raise Refused("no valid candidates for emergency reparent")
    _apply_relay_logs(place, shard, candidates, options.wait)
    source = _most_advanced(place, candidates, shard, options)
    chosen = _choose(place, shard, stopped, source, options)
    if chosen != source:
        _catch_up(place, shard, source, chosen, options.wait)
    _promote(place, shard, stopped, chosen, options)
    return chosen


def _stop_all(place: Place, shard: Shard, options: EmergencyOptions) -> dict[str, Stopped]:
    """Stop replication everywhere; Refused if somebody unreached could still take writes."""
    asked = {alias: tablet for alias, tablet in shard.tablets.items() if alias not in options.ignored}
    enough = len(asked) if options.wait_for_all else max(1, len(asked) - 1)
    answers = ask_all(asked, lambda alias, tablet: _stop(place, alias, tablet), enough, options.new_primary)
    for alias, error in answers.errors.items():
        place.events.warning(f"failed to get replication status from {alias}: {error}")
    reached = [shard.tablets[alias] for alias in answers.values]
    only_primary_failed = set(answers.errors) <= {shard.primary_alias}
    if not only_primary_failed and not shard.policy.revoked(reached, list(shard.tablets.values())):
        problems = joined(answers.errors, "error when getting replication status for alias {alias}: {error}")
        raise Refused(
            "failed to stop replication and build status maps: "
            f"could not reach sufficient tablets to guarantee safety: {problems}"
        )
    return answers.values


def _stop(place: Place, alias: str, tablet: topodata.Tablet) -> Stopped:
    place.events.info(f"getting replication position from {alias}")
    client = place.remote(tablet)
    try:
        status = client.stop_replication_and_get_status()
    except TabletError as error:
        if not not_a_replica(error):
            raise
        return Stopped(executed(client.demote_primary()), replica=False, was_running=False)
    before = status["before"]
    running = IO_RUNNING in (before["io_state"], before["sql_state"])
    return Stopped(replicated(status["after"]), replica=True, was_running=running)


def _apply_relay_logs(place: Place, shard: Shard, candidates: dict[str, Stopped], wait: float) -> None:
    """What a candidate has received it must also have executed."""

    def apply(alias: str, tablet: topodata.Tablet) -> None:
        position = str(candidates[alias].position.received)
        if candidates[alias].replica:
            place.patient(tablet, wait).wait_for_position(position, wait)

    answers = ask_all({alias: shard.tablets[alias] for alias in candidates}, apply)
    if answers.errors:
        problems = joined(answers.errors, "{error}")
        raise Refused(f"could not apply all relay logs within the provided waitReplicasTimeout ({wait:g}s): {problems}")


def _most_advanced(place: Place, candidates: dict[str, Stopped], shard: Shard, options: EmergencyOptions) -> str:
    """The tablet that all others can follow. Refused if there is none (split brain)."""
    place.events.info("started finding the intermediate source")
    order = furthest_first({alias: found.position for alias, found in candidates.items()})
    for alias in order:
        name = alias_proto_text(shard.tablets[alias].alias)
        place.events.info(f"finding intermediate source - sorted replica: {name}")
    best = order[0]
    for alias in order:
        if not candidates[best].position.at_least(candidates[alias].position):
            names = (alias_proto_text(shard.tablets[one].alias) for one in (best, alias))
            raise Refused("split brain detected between servers - {} and {}".format(*names))
    wanted = options.new_primary
    if wanted and wanted not in candidates:
        raise Refused(f"requested primary elect {wanted} has errant GTIDs")
    if wanted and candidates[wanted].position.at_least(candidates[best].position):
        best = wanted
    place.events.info(f"intermediate source selected - {alias_proto_text(shard.tablets[best].alias)}")
    return best


def _choose(place: Place, shard: Shard, stopped: dict[str, Stopped], source: str, options: EmergencyOptions) -> str:
    """Who becomes primary: the one that is asked for, else the source, else one that may."""
    reached = [shard.tablets[alias] for alias in stopped]
    fit = {alias: _unfit(shard, shard.tablets[alias], reached, options) for alias in stopped}
    wanted = options.new_primary
    if wanted:
        if fit[wanted]:
            raise Refused(f"proposed primary {wanted} {fit[wanted]}")
        return wanted
    for alias in sorted(fit, key=lambda name: (name != source, name)):
        if not fit[alias]:
            return alias
    raise Refused("no valid candidates for emergency reparent")


def _unfit(shard: Shard, tablet: topodata.Tablet, reached: list[topodata.Tablet], options: EmergencyOptions) -> str:
    """Why a tablet may not become primary, "" if it may."""
    policy: Policy = shard.policy
    cell = shard.record.primary_alias.cell
    if not policy.promotable(tablet):
        return "has a must not promotion rule"
    if options.prevent_cross_cell and cell and tablet.alias.cell != cell:
        return "is is a different cell as the previous primary"
    return "" if policy.can_work(tablet, reached) else "will not be able to make forward progress on being promoted"


def _catch_up(place: Place, shard: Shard, source: str, chosen: str, wait: float) -> None:
    """Let the chosen one replicate from the source until it has everything."""
    origin, candidate = shard.tablets[source], shard.tablets[chosen]
    place.events.info(
        f"waiting for {alias_proto_text(candidate.alias)} to catch up to {alias_proto_text(origin.alias)}"
    )
    position = place.remote(origin).primary_position()
    place.patient(candidate, wait).set_replication_source(
        source,
        origin.mysql_hostname,
        origin.mysql_port,
        start=True,
        semi_sync=shard.acknowledges(origin, candidate),
        wait_position=position,
        seconds=wait,
    )


def _promote(place: Place, shard: Shard, stopped: dict[str, Stopped], chosen: str, options: EmergencyOptions) -> None:
    """Make it primary while the others attach; the journal needs one of them where semi-sync is on."""
    candidate = shard.tablets[chosen]
    others = {alias: tablet for alias, tablet in shard.others(chosen).items() if alias not in options.ignored}
    running = {alias: found.was_running or not found.replica for alias, found in stopped.items()}
    source = NewSource(place, shard, candidate, options.wait, running)
    semi_sync = shard.policy.ackers > 0
    client = place.patient(candidate, options.wait)
    try:
        if shard.primary_alias:
            place.events.info(f"starting promotion for the new primary - {chosen}")
            position = client.promote_replica(semi_sync)
        else:
            place.events.info(f"setting up {chosen} as new primary for an uninitialized cluster")
            position = client.init_primary(semi_sync)
        attached = ask_all(others, source.attach, enough=1)
        place.events.info(f"populating reparent journal on new primary {chosen}")
        client.populate_reparent_journal(journal_time(), options.action, chosen, position)
    except TabletError as error:
        raise Refused(
            f"failed to promote {chosen} to primary: primary-elect tablet {chosen} "
            f"failed to be upgraded to primary: {error}"
        ) from None
    if others and not attached.values and len(shard.tablets) > 2:
        problems = joined(attached.errors, "tablet {alias} SetReplicationSource failed: {error}")
        raise Refused(f"{len(others)} replica(s) failed: {problems}")

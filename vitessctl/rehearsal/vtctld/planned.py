"""PlannedReparentShard: all tablets must answer, nothing is lost, the old primary is demoted first.

Which of the four ways is taken depends on who is primary: nobody ever (the first is made), nobody now (the candidate
must have everything that any tablet has), the candidate itself (made writable again), another tablet (demoted).
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from vitessctl.rehearsal.servenv.times import seconds
from vitessctl.rehearsal.tablet_rpc import TabletError
from vitessctl.rehearsal.topology_names import Refused, alias_text
from vitessctl.rehearsal.vtctld import old_planned
from vitessctl.rehearsal.vtctld.election import EMPTY, Position, executed, furthest_first, not_a_replica, replicated
from vitessctl.rehearsal.vtctld.reparent import (
    NewSource,
    Place,
    Shard,
    await_running,
    current_primary,
    journal_time,
    read_shard,
)
from vitessctl.rehearsal.vtctld.tablets import ask_all
from vitessctl.vtctld.proto import topodata_pb2 as topodata

ASKS_ALL_FIRST: Final = "18.."
"""These begin with a call to every tablet, and stop if one is dead."""
NAMED_IS_TAKEN: Final = "..18"
"""A tablet that is named is not looked for among those that may be primary: it is there or it is not."""
NO_REASONS: Final = "..19"
"""These do not say what is wrong with each tablet."""


@dataclass(frozen=True)
class PlannedOptions:
    """What the caller wants. Aliases are text, "" where nothing is asked."""

    new_primary: str = ""
    avoid_primary: str = ""
    expected_primary: str = ""
    wait: float = 30.0
    allow_cross_cell: bool = False


def planned_reparent(place: Place, options: PlannedOptions) -> str:
    """Do it, with the shard's lock held; gives the primary's alias. Refused and TabletError in Vitess's words."""
    shard = read_shard(place, options.expected_primary)
    avoid = options.avoid_primary
    if place.within(old_planned.CANNOT_INITIALISE):
        chosen = old_planned.elect(place, shard, options.new_primary, avoid)
        if chosen:
            _promote(place, shard, shard.tablets[chosen], options.wait)
        return chosen or shard.primary_alias
    if not options.new_primary and not avoid:
        avoid = shard.primary_alias
    if place.within(ASKS_ALL_FIRST):
        _verify_reachable(place, shard)
    if options.new_primary and options.new_primary == avoid:
        raise Refused(f"primary-elect tablet {options.new_primary} is the same as the tablet to avoid")
    if not options.new_primary and shard.primary_alias and avoid != shard.primary_alias:
        return shard.primary_alias
    elected = _elect(place, shard, options, avoid)
    place.events.info(f"elected new primary candidate {elected}")
    candidate = shard.tablets[elected]
    if not shard.policy.can_work(candidate, list(shard.tablets.values())):
        raise Refused(f"primary-elect tablet {elected} won't be able to make forward progress on promotion")
    _promote(place, shard, candidate, options.wait)
    return elected


def _verify_reachable(place: Place, shard: Shard) -> None:
    answers = ask_all(shard.tablets, lambda alias, tablet: place.remote(tablet).primary_position())
    for error in answers.errors.values():
        raise error


def _elect(place: Place, shard: Shard, options: PlannedOptions, avoid: str) -> str:
    """The candidate: the one that is named, or the furthest of those that may be."""
    reasons = {alias: _unfit(shard, tablet, options, avoid) for alias, tablet in shard.tablets.items()}
    candidates = {alias: shard.tablets[alias] for alias, reason in reasons.items() if not reason}
    if not candidates:
        raise _nobody(place, reasons, options.new_primary)
    if len(candidates) == 1:
        return next(iter(candidates))
    answers = ask_all(candidates, lambda alias, tablet: _position(place, alias, tablet))
    for error in answers.errors.values():
        raise error
    return furthest_first(answers.values)[0]


def _nobody(place: Place, reasons: Mapping[str, str], named: str) -> Refused:
    if named and place.within(NAMED_IS_TAKEN):
        return Refused(f"primary-elect tablet {named} is not in the shard")
    if place.within(NO_REASONS):
        return Refused("cannot find a tablet to reparent to in the same cell as the current primary")
    lines = [f"\n{alias} {reason}" for alias, reason in sorted(reasons.items())]
    return Refused("cannot find a tablet to reparent to" + "".join(lines))


def _unfit(shard: Shard, tablet: topodata.Tablet, options: PlannedOptions, avoid: str) -> str:
    """Why a tablet cannot be the candidate, "" if it can."""
    alias = alias_text(tablet.alias)
    cell = shard.record.primary_alias.cell
    if options.new_primary:
        return "" if alias == options.new_primary else "does not match the new primary alias provided"
    if not options.allow_cross_cell and cell and tablet.alias.cell != cell:
        return "is not in the same cell as the previous primary"
    if alias == avoid:
        return "matches the primary alias to avoid"
    return "" if tablet.type == topodata.REPLICA else "is not a replica"


def _position(place: Place, alias: str, tablet: topodata.Tablet) -> Position:
    place.events.info(f"getting replication position from {alias}")
    client = place.remote(tablet)
    try:
        return replicated(client.replication_status())
    except TabletError as error:
        if not not_a_replica(error):
            raise
    return EMPTY


def _promote(place: Place, shard: Shard, candidate: topodata.Tablet, wait: float) -> None:
    """Take the way that fits, then point everybody at the candidate."""
    primary = current_primary(shard.tablets)
    never_had_one = not shard.record.HasField("primary_term_start_time")
    if primary is None and never_had_one:
        _attach_all(place, shard, candidate, _first(place, shard, candidate, wait), wait)
        place.remote(candidate).refresh_state()
        return
    if primary is not None and primary.alias == candidate.alias:
        client = place.remote(candidate)
        client.set_read_write()
        _attach_all(place, shard, candidate, client.primary_position(), wait)
        return
    if primary is None:
        _contested(place, shard, candidate)
    else:
        _demote(place, shard, primary, candidate, wait)
    position = place.patient(candidate, wait).promote_replica(shard.policy.ackers > 0)
    _attach_all(place, shard, candidate, position, wait)


def _first(place: Place, shard: Shard, candidate: topodata.Tablet, wait: float) -> str:
    """Nobody was ever primary: the candidate is, and nobody's data is compared."""
    alias = alias_text(candidate.alias)
    try:
        return place.patient(candidate, wait).init_primary(shard.policy.ackers > 0)
    except TabletError as error:
        text = f"primary-elect tablet {alias} failed to be promoted to primary; please try again"
        raise Refused(f"{text}: {error}") from None


def _contested(place: Place, shard: Shard, candidate: topodata.Tablet) -> None:
    """There was a primary and there is none: stop everybody, and compare."""
    elected = alias_text(candidate.alias)

    def demote(alias: str, tablet: topodata.Tablet) -> Position:
        place.events.info(f"demoting tablet {alias}")
        return executed(place.remote(tablet).demote_primary())

    answers = ask_all(shard.tablets, demote)
    for alias, error in sorted(answers.errors.items()):
        raise Refused(f"failed to demote all tablets: DemotePrimary({alias}) failed on contested primary: {error}")
    best = answers.values[elected]
    for alias, position in sorted(answers.values.items()):
        if not best.at_least(position):
            raise Refused(
                f"tablet {alias} (position: {position.executed}) contains transactions "
                f"not found in primary-elect {elected} (position: {best.executed})"
            )


def _demote(place: Place, shard: Shard, primary: topodata.Tablet, candidate: topodata.Tablet, wait: float) -> None:
    """Let the candidate catch up, demote the primary, let it catch up again; undo the demotion if it does not."""
    old, new = alias_text(primary.alias), alias_text(candidate.alias)
    place.events.info(f"checking replication on primary-elect {new}")
    snapshot = place.remote(primary).primary_position()
    try:
        place.patient(candidate, wait).set_replication_source(
            old,
            primary.mysql_hostname,
            primary.mysql_port,
            start=True,
            semi_sync=shard.acknowledges(primary, candidate),
            wait_position=snapshot,
            seconds=wait,
        )
    except TabletError as error:
        hint = "replication must be healthy to perform PlannedReparent"
        raise Refused(f"replication on primary-elect {new} did not catch up in time; {hint}: {error}") from None
    place.events.info(f"demoting current primary: {old}")
    position = place.remote(primary).demote_primary()
    try:
        place.patient(candidate, wait).wait_for_position(position, wait)
    except TabletError as error:
        place.remote(primary).undo_demote_primary(shard.policy.ackers > 0)
        text = f"primary-elect tablet {new} failed to catch up with replication MySQL56/{position}"
        raise Refused(f"{text}: {error}") from None
    time.sleep(seconds("prs_demotion"))


def _attach_all(place: Place, shard: Shard, candidate: topodata.Tablet, position: str, wait: float) -> None:
    """Point the others at the primary, write the journal, and see that the replicas that run get that."""
    elected = alias_text(candidate.alias)
    others = shard.others(elected)
    source = NewSource(place, shard, candidate, wait)
    attached = ask_all(others, source.attach)
    place.events.info(f"populating reparent journal on new primary {elected}")
    client = place.patient(candidate, wait)
    client.populate_reparent_journal(journal_time(), "PlannedReparentShard", elected, position)
    failed = [f"tablet {alias} failed to SetReplicationSource({elected}): {e}" for alias, e in attached.errors.items()]
    reached = {alias: others[alias] for alias in attached.values}
    failed += await_running(place, reached, client.primary_position(), wait)
    if failed:
        hint = f"retry PlannedReparentShard with the same new primary alias ({elected}) to retry failed replicas"
        raise Refused(f"some replicas failed to reparent; {hint}: {';'.join(failed)}")

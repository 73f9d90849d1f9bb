"""Tablets: the process is up, and the topology has its record with the wanted type.

Not its health: a vttablet is not healthy before its shard has a primary, which is the next stage's work.
"""

from __future__ import annotations

from collections.abc import Mapping

from vitessctl.errors import NotReadyError, UnreachableError
from vitessctl.model.cluster import Shard, Tablet
from vitessctl.run import left_out
from vitessctl.run.completeness import ASK_SECONDS, most_complete, positions_of
from vitessctl.run.context import Context
from vitessctl.run.promotion import promote
from vitessctl.run.reasons import together
from vitessctl.run.stage import Stage
from vitessctl.targets.base import Force, State, Verdict
from vitessctl.vtctld.errors import VtctldError
from vitessctl.vtctld.records import TabletRecord

LOST_SECONDS = 60.0
"""How long a primary may be away before another takes its role, where no vtorc decides that: twice what a restart with
crash recovery usually takes."""
UNRECORDED_SECONDS = 10.0
"""How long a tablet may be without a record before it is asked whether it runs: a bring-up is over by then."""
ANSWERING_SECONDS = 5.0
"""How long its vttablet has to answer then. It writes its record when it starts and never again: where etcd has lost
its data, or somebody deleted the record, it serves on and nobody finds it."""


def converge(context: Context) -> Verdict:
    """Ready when every tablet of the spec is there."""
    records = {record.alias: record for record in context.vtctld.tablets()}
    faults: dict[str, str] = {}
    for shard in context.cluster.shards():
        present = context.present(shard)
        sockets = {tablet.alias: context.target.socket_ready(tablet) for tablet in present}
        held = [tablet for tablet in present if sockets[tablet.alias].state is State.HELD]
        others = [tablet for tablet in present if tablet not in held]
        found = {
            tablet.alias: fault
            for tablet in others
            if (fault := _fault(context, tablet, records, sockets[tablet.alias]))
        }
        for tablet in others:
            _record_again(context, tablet, tablet.alias in records)
        if not context.release.has_vtorc:
            found |= _lost_primary(context, shard, found)
        if verdict := left_out.hopeless(context, shard, held, others):
            return verdict
        if held and not found:
            verdict = _replace_held_primary(context, shard, held, others)
            if verdict.state is State.DOOMED:
                return verdict
            found = dict.fromkeys((tablet.alias for tablet in held), verdict.reason)
        elif not found and (verdict := left_out.give_role_away(context, shard, others)):
            return verdict
        faults |= found
    if faults:
        return Verdict.waiting(together(faults))
    count = sum(len(context.present(shard)) for shard in context.cluster.shards())
    return Verdict.done(f"{count} in the topology")


def _fault(context: Context, tablet: Tablet, records: Mapping[str, TabletRecord], socket: Verdict) -> str:
    """`socket`: where its MySQL is up, its reason is what keeps vttablet from starting."""
    record = records.get(tablet.alias)
    if record is None:
        return f"not in the topology yet{f': {socket.reason}' if socket.ready and socket.reason else ''}"
    if not record.hostname:
        return "its record is that of a stopped tablet"
    if not context.target.known_ready("vttablet", tablet.alias):
        answer = context.tablet_page(tablet, "/debug/status")
        if not answer.ok:
            return answer.text if not answer.status else f"HTTP status {answer.status}"
    if record.type not in _acceptable(tablet):
        return f"is of type {record.type}, wanted is {tablet.type}"
    return ""


def _record_again(context: Context, tablet: Tablet, recorded: bool) -> None:
    """Start a vttablet again that runs and has no record, so that it writes one."""
    missing, answers = f"{tablet.alias} has no record", f"{tablet.alias} answers without a record"
    late = context.lasts(missing, not recorded) >= UNRECORDED_SECONDS
    if context.lasts(answers, late and _answers_itself(context, tablet)) < ANSWERING_SECONDS:
        return
    context.lasts(missing, False)
    context.lasts(answers, False)
    if context.target.kill(context.components("vttablet", tablet), Force.RESTART, context.cancelled):
        reason = "it ran without a record in the topology, which it writes only when it starts"
        context.acted("tablets", f"restarted {tablet.alias}: {reason}", True)


def _answers_itself(context: Context, tablet: Tablet) -> bool:
    """Whether a vttablet has been through its start, in which it writes its record."""
    try:
        return context.tablet_page(tablet, "/debug/status").ok
    except (NotReadyError, UnreachableError):
        return False


def _acceptable(tablet: Tablet) -> tuple[str, ...]:
    return ("replica", "primary") if tablet.type == "replica" else (tablet.type,)


def _lost_primary(context: Context, shard: Shard, faults: Mapping[str, str]) -> Mapping[str, str]:
    """See _replace_lost_primary. What keeps it from its work in this shard is no reason to leave the next one."""
    try:
        _replace_lost_primary(context, shard, faults)
    except NotReadyError as error:
        return {shard.path: error.why or error.what}
    return {}


def _replace_lost_primary(context: Context, shard: Shard, faults: Mapping[str, str]) -> None:
    """Before 15 nobody watches a primary. One that is away for long, alone, gives its role to the one that has most.

    As any failover this gives up what the lost one had not passed on yet, so it is waited for first. One that vtctld
    still reaches is not lost, only the way to it from here: it may take writes at this moment.
    """
    alone = len(faults) == 1 and context.present(shard) == shard.tablets
    record = context.vtctld.shard(shard.keyspace, shard.name) if alone else None
    lost = record is not None and record.primary in faults
    others = [tablet for tablet in shard.tablets if tablet.alias not in faults]
    if context.lasts(f"{shard.path} has lost its primary", lost) < LOST_SECONDS or record is None:
        return
    positions = positions_of(context.vtctld, others)
    best = most_complete(positions, [tablet for tablet in others if tablet.type == "replica"])
    if best is None or not positions[best.alias].count() or _answers(context, record.primary):
        return
    primary = promote(context, shard, others, best, record.primary)
    reason = f"{record.primary} has been away for {LOST_SECONDS:.0f} s{_given_up(context, shard)}"
    context.acted("tablets", f"made {primary} primary of {shard.path}: {reason}", True)


def _answers(context: Context, alias: str) -> bool:
    """Whether vtctld reaches a tablet and its MySQL."""
    try:
        context.vtctld.full_status(alias, seconds=ASK_SECONDS)
    except VtctldError:
        return False
    return True


def _given_up(context: Context, shard: Shard) -> str:
    """Without semi-sync a client was told of writes that nobody else may have."""
    if context.cluster.keyspace(shard.keyspace).durability != "none":
        return ""
    return "; with durability none, its last writes may be on its disk alone"


def _replace_held_primary(context: Context, shard: Shard, held: list[Tablet], others: list[Tablet]) -> Verdict:
    """Give the role of a primary whose data is gone to the tablet that has everything the others have.

    Without that it would come back as the shard's primary with an empty database, and look healthy.
    """
    record = context.vtctld.shard(shard.keyspace, shard.name)
    aliases = ", ".join(tablet.alias for tablet in held)
    if record is not None and not record.primary:
        return Verdict.doomed(
            f"the data of {aliases} is gone, and {shard.path} never had a primary to copy from",
            "Put the data folder back. If nothing was ever written to this cluster, begin anew: "
            f"vitessctl down --delete-data {context.cluster.name}",
        )
    if record is None or record.primary not in {tablet.alias for tablet in held}:
        return Verdict.waiting("comes back as an empty replica")
    positions = positions_of(context.vtctld, others)
    best = most_complete(positions, [tablet for tablet in others if tablet.type == "replica"])
    if best is None or not positions[best.alias].count():
        empty = not any(position.count() for position in positions.values())
        rest = "no other tablet has any" if empty else "no other replica tablet has everything that is left"
        return Verdict.doomed(
            f"the data of {record.primary}, the primary of {shard.path}, is gone, and {rest}",
            "Put its data folder back (is a disk not mounted?), or restore the shard from a backup. It was kept from "
            "starting, because it would lead the shard with an empty database; nothing was changed.",
        )
    primary = promote(context, shard, others, best, record.primary)
    context.acted("tablets", f"made {primary} primary of {shard.path}: the data of {record.primary} is gone", True)
    return Verdict.waiting("comes back as an empty replica")


STAGE = Stage("tablets", ("keyspaces", "mysql"), "the tablets", converge, watches=("mysql",))

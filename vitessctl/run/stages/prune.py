"""Taking away what is in the spec no more, when the person asks for it (`up --prune`).

Planned like any other stop: a primary gives its role to a tablet that stays, then it is stopped, then its record
goes, so that nobody looks for it. Its data stays.
"""

from __future__ import annotations

from collections.abc import Iterator

from vitessctl.errors import NotReadyError
from vitessctl.run.completeness import most_complete, positions_of
from vitessctl.run.context import Context
from vitessctl.run.stage import Stage
from vitessctl.run.surplus import surplus_of
from vitessctl.targets.base import Verdict
from vitessctl.vtctld.records import TabletRecord


def converge(context: Context) -> Verdict:
    """Stops what has no document any more, after everything else is well."""
    if context.left_out:
        return Verdict.done(f"nothing is stopped while {', '.join(context.left_out)} cannot come up")
    leaving = _leaving(context)
    for record in leaving:
        _hand_over(context, record)
    for change in context.target.prune(context.documents):
        context.acted("prune", f"stopped {change.label}; its data stays", True)
    for record in leaving:
        context.vtctld.delete_tablet(record.alias)
        context.acted("prune", f"removed the record of {record.alias}", True)
    return Verdict.done("nothing is left that is not in the spec")


def _leaving(context: Context) -> list[TabletRecord]:
    """Records of tablets that leave. In a topology server that is not ours alone, only of those that run here."""
    wanted = {tablet.alias for tablet in context.cluster.tablets()}
    strays = [record for record in context.vtctld.tablets() if record.alias not in wanted]
    if context.cluster.topology.managed:
        return strays
    running = {change.subject for change in surplus_of(context)}
    return [record for record in strays if record.alias in running]


def foresee(context: Context) -> Iterator[str]:
    """The tablets that leave: the roles that they give away, and their records."""
    for record in _leaving(context):
        shard = context.vtctld.shard(record.keyspace, record.shard)
        if shard is not None and shard.primary == record.alias:
            place = f"{record.keyspace}/{record.shard}"
            yield f"make a tablet that stays primary of {place}, because {record.alias} leaves"
        yield f"remove the record of {record.alias}"


def _hand_over(context: Context, leaving: TabletRecord) -> None:
    shard = context.vtctld.shard(leaving.keyspace, leaving.shard)
    if shard is None or shard.primary != leaving.alias:
        return
    place = (leaving.keyspace, leaving.shard)
    staying = [tablet for tablet in context.cluster.tablets() if (tablet.keyspace, tablet.shard) == place]
    candidates = [tablet for tablet in staying if tablet.type == "replica"]
    heir = most_complete(positions_of(context.vtctld, staying), candidates) if candidates else None
    if heir is None:
        raise NotReadyError(
            f"{leaving.alias} leads {'/'.join(place)}, and no tablet of the spec could take over",
            where=context.cluster.name,
            why="no replica tablet of the spec has every transaction that the others have",
            fix="keep it in the spec until the others have caught up; nothing was stopped",
        )
    context.vtctld.plan_reparent(*place, new_primary=heir.alias, expected_primary=leaving.alias)
    context.acted("prune", f"made {heir.alias} primary of {'/'.join(place)}, because {leaving.alias} leaves", True)


def applies(context: Context) -> bool:
    """Only when it was asked for."""
    return context.prune


STAGE = Stage(
    "prune", ("replication", "schema", "vtgate"), "the rest to be stopped", converge, applies, foresee=foresee
)

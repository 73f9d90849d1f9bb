"""Tablets: the process is up, and the topology has its record with the wanted type.

Not its health: a vttablet is not healthy before its shard has a primary, which is the next stage's work.
"""

from __future__ import annotations

from collections.abc import Mapping

from vitessctl.model.cluster import Tablet
from vitessctl.run.context import Context
from vitessctl.run.stage import Stage
from vitessctl.targets.base import Verdict
from vitessctl.vtctld.records import TabletRecord


def converge(context: Context) -> Verdict:
    """Ready when every tablet of the spec is there."""
    tablets = tuple(context.cluster.tablets())
    records = {record.alias: record for record in context.vtctld.tablets()}
    faults = [fault for tablet in tablets if (fault := _fault(context, tablet, records))]
    if faults:
        return Verdict.waiting("; ".join(faults))
    return Verdict.done(f"{len(tablets)} in the topology")


def _fault(context: Context, tablet: Tablet, records: Mapping[str, TabletRecord]) -> str:
    record = records.get(tablet.alias)
    if record is None:
        return f"{tablet.alias}: not in the topology yet"
    if not record.hostname:
        return f"{tablet.alias}: its record is that of a stopped tablet"
    answer = context.tablet_page(tablet, "/debug/status")
    if not answer.ok:
        return f"{tablet.alias}: {answer.text if not answer.status else f'HTTP status {answer.status}'}"
    if record.type not in _acceptable(tablet):
        return f"{tablet.alias}: is of type {record.type}, wanted is {tablet.type}"
    return ""


def _acceptable(tablet: Tablet) -> tuple[str, ...]:
    return ("replica", "primary") if tablet.type == "replica" else (tablet.type,)


STAGE = Stage("tablets", ("keyspaces", "mysql"), "the tablets", converge)

"""Records of tablets that are not there any more and that the spec does not have."""

from __future__ import annotations

from collections.abc import Sequence

from vitessctl.doctor.examined import Case
from vitessctl.run.context import Context
from vitessctl.status.catalogue import Finding
from vitessctl.targets.ground import Ground

COMPONENTS = ("vttablet", "mysqlctld", "mysqld")


def refusal(case: Case, findings: Sequence[Finding], subject: str) -> str:
    """Where something of that alias is there, or it may be the only trace of who led last."""
    view = case.view
    record = view.observed.records.get(subject)
    if record is None:
        return "its record is gone"
    there = [each.label for name in COMPONENTS for each in view.processes(name, subject)]
    if there:
        return f"{there[0]} is still there"
    shard = view.observed.shards.get((record.keyspace, record.shard))
    read = {keyspace.name for keyspace in view.cluster.keyspaces} - view.observed.shards_errors.keys()
    if record.keyspace not in read:
        return f"who leads in its keyspace {record.keyspace} could not be read"
    if record.type == "primary" or (shard is not None and shard.primary == subject):
        return f"it is the primary of {record.keyspace}/{record.shard} by the topology's word"
    if _led_last(case, subject):
        return f"it is the last that led {record.keyspace}/{record.shard}, which has no primary"
    return ""


def _led_last(case: Case, subject: str) -> bool:
    """Whether nobody leads its shard, and nobody of it led later."""
    observed = case.view.observed
    record = observed.records[subject]
    shard = observed.shards.get((record.keyspace, record.shard))
    mates = [
        each for each in observed.records.values() if (each.keyspace, each.shard) == (record.keyspace, record.shard)
    ]
    latest = max(each.primary_term_start for each in mates)
    return not (shard and shard.primary) and 0 < latest == record.primary_term_start


def delete(context: Context, ground: Ground, case: Case, subject: str) -> str:
    """vtctld refuses to, too, where it is a primary."""
    context.vtctld.delete_tablet(subject)
    return f"deleted the record of {subject}"

"""A replica that does not copy, or that takes writes."""

from __future__ import annotations

from collections.abc import Sequence

from vitessctl.doctor.examined import Case
from vitessctl.doctor.fixes.leading import doubt, shard_of
from vitessctl.run.context import Context
from vitessctl.status.catalogue import Finding
from vitessctl.status.rules.tablets import errant_of
from vitessctl.status.view import ShardView, TabletView
from vitessctl.targets.ground import Ground


def refusal(case: Case, findings: Sequence[Finding], subject: str) -> str:
    """Rows of its own would be there beside the primary's for ever; and an error of MySQL it would only meet again."""
    shard = shard_of(case, subject)
    if why := doubt(shard, findings):
        return why
    assert shard is not None, "of that there is a doubt"
    tablet = next(each for each in shard.tablets if each.alias == subject)
    return _own_rows(shard, tablet) or _writable(tablet) or _error(tablet)


def _own_rows(shard: ShardView, tablet: TabletView) -> str:
    leader = shard.leader
    if tablet.position is None or leader is None or leader.position is None or leader.status is None:
        return "what it holds could not be asked"
    errant = errant_of(tablet.position, leader.position, leader.status.server_uuid)
    if errant.sources:
        return f"it has transactions that the primary lacks ({errant.count()} errant): {errant}"
    return ""


def _writable(tablet: TabletView) -> str:
    status = tablet.status
    return "" if status is None or status.read_only else "its MySQL takes writes, as that of a primary"


def _error(tablet: TabletView) -> str:
    replication = tablet.status.replication if tablet.status else None
    error = (replication.io_error or replication.sql_error) if replication else ""
    return f"it would meet the same error again: {error}" if error else ""


def refusal_to_close(case: Case, findings: Sequence[Finding], subject: str) -> str:
    """Only where it might be the one that leads."""
    return doubt(shard_of(case, subject), findings)


def give_source(context: Context, ground: Ground, case: Case, subject: str) -> str:
    """Vitess itself knows the primary, and whether to ask for semi-sync."""
    context.vtctld.reparent_tablet(subject)
    return f"made {subject} copy from its primary"


def start(context: Context, ground: Ground, case: Case, subject: str) -> str:
    """From where it stopped."""
    context.vtctld.start_replication(subject)
    return f"started replication on {subject}"


def close(context: Context, ground: Ground, case: Case, subject: str) -> str:
    """super_read_only is Vitess's to set, which from 17 on does so itself."""
    context.vtctld.fetch_as_dba(subject, "set global read_only = 1")
    return f"made the MySQL of {subject} read-only"

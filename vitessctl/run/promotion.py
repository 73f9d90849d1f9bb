"""Making another tablet primary where the old one is lost, so that its first writes do not wait for nobody."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from vitessctl.errors import NotReadyError
from vitessctl.model.cluster import Shard, Tablet
from vitessctl.model.gtid import parse_gtid_set
from vitessctl.run.completeness import ASK_SECONDS
from vitessctl.run.context import Context
from vitessctl.vtctld.errors import NoReplicationError


def promote(context: Context, shard: Shard, others: Sequence[Tablet], best: Tablet, lost: str) -> str:
    """An emergency reparent starts only replicas that ran before it. After a full stop none does, and with semi-sync
    the new primary's first write would then wait for an acknowledgement that nobody gives.
    """
    if not context.release.emergency_reparent_looks_at_received:
        _refuse_unapplied(context, others)
    for tablet in others:
        if tablet != best:
            with suppress(NoReplicationError):  # one without a source starts as soon as it gets one
                context.vtctld.start_replication(tablet.alias)
    return context.vtctld.emergency_reparent(shard.keyspace, shard.name, new_primary=best.alias, expected_primary=lost)


def _refuse_unapplied(context: Context, tablets: Sequence[Tablet]) -> None:
    """Until 7 an emergency reparent looks at what is applied, and throws away what tablets have received beyond that.

    With semi-sync that may be what a client was told is safe. NotReadyError, as it is applied soon if nothing is wrong.
    """
    for tablet in tablets:
        status = context.vtctld.full_status(tablet.alias, seconds=ASK_SECONDS)
        received = status.replication.received if status.replication else ""
        if not parse_gtid_set(status.position).contains(parse_gtid_set(received)):
            raise NotReadyError(f"{tablet.alias} has not applied all that it has received, which nobody else may have")

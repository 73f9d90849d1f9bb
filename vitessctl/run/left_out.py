"""How a run ends that had to do without some tablets: all else is up, and yet it has failed."""

from __future__ import annotations

from vitessctl.errors import NotReadyError
from vitessctl.run.context import Context
from vitessctl.run.reasons import together


def error(context: Context) -> NotReadyError | None:
    """Which tablets cannot come up, why, and what to do; None where every tablet did."""
    if not context.left_out:
        return None
    told = next(iter(context.left_out.values()))
    return NotReadyError(
        f"{', '.join(context.left_out)} cannot come up; everything else is ready",
        where=context.cluster.name,
        why=together({alias: verdict.reason for alias, verdict in context.left_out.items()}),
        fix=told.fix,
        evidence=told.evidence,
    )

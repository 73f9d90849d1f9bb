"""vtorc: running and discovering.

It is needed for more than failover: after a full restart only it makes the primary writable and starts the
replicas (measured on Vitess 24). It starts after the first election, so that exactly one actor elects.
"""

from __future__ import annotations

from vitessctl.run.context import Context
from vitessctl.run.reasons import together
from vitessctl.run.stage import Stage
from vitessctl.targets.base import Verdict


def converge(context: Context) -> Verdict:
    """Ready when the vtorc of every cell has finished its first discovery."""
    waiting = {}
    for cell in context.cluster.cells:
        if context.target.known_ready("vtorc", cell.name):
            continue
        answer = context.get(context.target.address("vtorc", cell.name, "http"), "/debug/health")
        if not answer.ok:
            waiting[cell.name] = answer.text if not answer.status else "its first discovery has not finished"
    if waiting:
        return Verdict.waiting(together(waiting))
    return Verdict.done("watching")


def applies(context: Context) -> bool:
    """Only for releases that have it (15 and later)."""
    return bool(context.of_stage("vtorc"))


STAGE = Stage("vtorc", ("primary",), "vtorc", converge, applies, answers=True)

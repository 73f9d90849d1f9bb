"""Stopping everything, in the reverse of the order in which it came up.

What talks to the gate goes first, then the gate, then vtorc, else it reparents under the tablets that stop; then
vttablets, MySQL, vtctld, etcd (Vitess 24 takes under ten seconds that way).
"""

from __future__ import annotations

from collections.abc import Sequence

from vitessctl.render.documents import Document, of_stage
from vitessctl.run import events
from vitessctl.run.clock import Clock, SystemClock
from vitessctl.run.engine import Recap
from vitessctl.targets.base import Operation, Target

STOP_ORDER = ("applications", "vtgate", "vtorc", "tablets", "mysql", "vtctld", "etcd")


def stop_all(
    target: Target,
    documents: Sequence[Document],
    listener: events.Listener,
    clock: Clock | None = None,
) -> Recap:
    """Stop stage after stage and tell the listener; data stays."""
    clock = clock or SystemClock()
    begun = clock.now()
    recap = Recap()
    for stage in STOP_ORDER:
        stage_documents = of_stage(documents, stage)
        stage_begun = clock.now()
        changes = target.stop(stage_documents) if stage_documents else ()
        for change in changes:
            recap.add(change.component, "changed" if change.is_change else "ok")
            listener(events.DocumentApplied(clock.now() - begun, change))
        if any(change.operation is Operation.DELETE for change in changes):
            listener(events.StageStopped(clock.now() - begun, stage, clock.now() - stage_begun))
    counts = {name: dict(row) for name, row in recap.counts.items()}
    listener(events.RunEnded(clock.now() - begun, True, counts))
    return recap

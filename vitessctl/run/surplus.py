"""What runs and is in the spec no more: left as it is and named, unless the person asks for it to be taken away."""

from __future__ import annotations

from vitessctl.run import events
from vitessctl.run.context import Context
from vitessctl.targets.base import Change, Operation


def surplus_of(context: Context) -> tuple[Change, ...]:
    """What would be deleted if everything without a document went."""
    return tuple(c for c in context.target.observe(context.documents) if c.operation is Operation.DELETE)


def name_surplus(context: Context, listener: events.Listener) -> None:
    """Tell of each that it is left running, and how to take it away."""
    for change in surplus_of(context):
        text = (
            f"{change.label} is not in the spec any more and is left as it is; up --prune stops it and keeps its data"
        )
        listener(events.Notice(0.0, text))

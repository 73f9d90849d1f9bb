"""Counting what a run changes, from its events."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from vitessctl.run import events

ACTION = "act"
"""Under this an admin action is counted, beside the operations of documents."""


class ChangeCount:
    """A listener that counts changes by operation."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()

    def __call__(self, event: events.Event) -> None:
        """Count what the event changed, if it changed anything."""
        if isinstance(event, events.DocumentApplied) and event.change.is_change:
            self._counts[event.change.operation.value] += 1
        elif isinstance(event, events.ActionTaken) and event.changed:
            self._counts[ACTION] += 1

    @property
    def counts(self) -> Mapping[str, int]:
        """By operation, how many."""
        return dict(self._counts)

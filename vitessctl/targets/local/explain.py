"""What the last lines of a program's log say about why it does not come up."""

from __future__ import annotations

from collections.abc import Sequence

from vitessctl.targets.base import State, Verdict


def explain(lines: Sequence[str], release: str, component: str) -> Verdict | None:
    """The diagnosis as a verdict: doomed if waiting cannot help; None if the lines tell nothing."""
    from vitessctl.diagnose import diagnose

    found = diagnose(lines, release, component)
    if found is None:
        return None
    state = State.DOOMED if found.doomed else State.WAITING
    return Verdict(state, found.cause, found.fix, tuple(found.evidence))

"""When a cluster has healed from what was killed. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from vitessctl.status.catalogue import Finding, Severity
from vitessctl.status.report import Status
from vitessctl.targets.base import ComponentStatus

Key = tuple[str, str]
"""Of a finding: what it is, and of what."""


def keys(findings: Sequence[Finding]) -> frozenset[Key]:
    """The errors, and what is not known, among findings."""
    return frozenset((each.id, each.subject) for each in _bad(findings))


def left(status: Status, known: Collection[Key]) -> tuple[Finding, ...]:
    """What keeps a cluster from being healed: findings that were not there before the kill."""
    return tuple(each for each in _bad(status.findings) if (each.id, each.subject) not in known)


def _bad(findings: Sequence[Finding]) -> Iterator[Finding]:
    return (each for each in findings if each.severity is not Severity.WARNING)


def still_gone(
    victims: Sequence[ComponentStatus], before: Collection[str], now: Sequence[ComponentStatus]
) -> tuple[str, ...]:
    """Those of the victims that are not back: something of each has to run that was started after the kill.

    `before`: the lives of everything that ran then. A pod of a Deployment comes back under another name, so what is
    new of a component is counted.
    """
    back = [each for each in now if each.running and each.life not in before]
    missing = []
    for key in dict.fromkeys((victim.component, victim.subject) for victim in victims):
        wanted = [each for each in victims if (each.component, each.subject) == key]
        there = sum((each.component, each.subject) == key for each in back)
        missing += [each.label for each in wanted[there:]]
    return tuple(missing)

"""From the log of a container that ended to the cause that Vitess itself tells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from vitessctl.diagnose.diagnosis import Diagnosis, diagnose
from vitessctl.diagnose.kubernetes.sight import Logs, Sight
from vitessctl.diagnose.kubernetes.symptom import Finding, Symptom, explained
from vitessctl.diagnose.lines import readable

LOG_LINES = 20
"""How many lines of a log a person gets to see."""
COMPONENTS = {"mysqld": "mysqlctld"}
"""Containers that are not named like what rules.yaml calls their program."""
WITH_LOGS = ("end", "probe")
"""Parts of causes.yaml whose containers ran, so that they have a log."""


def finding(symptom: Symptom, sight: Sight, logs: Logs, release: str) -> Finding | None:
    """What its log says, else what the table says, with the last lines as evidence."""
    by_table = explained(symptom, sight)
    if symptom.part not in WITH_LOGS or by_table is None:
        return by_table
    lines = logs(symptom.pod, symptom.container, symptom.previous)
    component = COMPONENTS.get(symptom.container, symptom.container)
    known = diagnose(lines, release, component, in_pod=True) if symptom.reason != "OOMKilled" else None
    if known is None:
        return replace(by_table, evidence=_last(symptom, lines))
    return _by_log(symptom, known, lines, sight)


def _by_log(symptom: Symptom, known: Diagnosis, lines: Sequence[str], sight: Sight) -> Finding:
    """Most ends may be bad luck once, so it is doomed when it was tried a second time, and ended in this run."""
    tried = known.at_once or symptom.restarts >= 1
    doomed = known.doomed and tried and symptom.seen >= sight.since and not symptom.running
    evidence = known.evidence or _last(symptom, lines)
    named = tuple(f"{symptom.pod} {symptom.container}: {line}" for line in evidence)
    return Finding(
        symptom, f"container {symptom.container} ends: {known.cause}", known.fix, doomed, f"log:{known.rule}", named
    )


def _last(symptom: Symptom, lines: Sequence[str]) -> tuple[str, ...]:
    return tuple(f"{symptom.pod} {symptom.container}: {line}" for line in readable(lines)[-LOG_LINES:])

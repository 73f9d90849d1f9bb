"""From what supervisord reports of a program to a verdict with a reason."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from vitessctl.targets.base import ComponentStatus, Verdict
from vitessctl.targets.local.programs import Started
from vitessctl.targets.local.rpc import ProcessReport

EVIDENCE_LINES = 20
_TRIES_BEFORE_DIAGNOSIS = 2

Logs = Callable[[], Sequence[str]]
Diagnose = Callable[[Sequence[str]], Verdict | None]
"""From log lines to a verdict that says why, doomed or waiting; None if the lines tell nothing."""


def verdict_of(report: ProcessReport | None, logs: Logs, diagnose: Diagnose) -> Verdict:
    """Ready if the process is up and did not just fail; doomed if it cannot come; else waiting, with the reason.

    A process that has only just been started counts: whether it serves is for the stage's own probe to say.
    """
    if report is None or report.state == "STOPPED":
        return Verdict.waiting("the process is not started")
    if report.state == "RUNNING" or (report.state == "STARTING" and not report.failures):
        return Verdict.done(f"process {report.pid} is up")
    if report.state == "STOPPING":
        return Verdict.waiting(f"process {report.pid} is stopping")
    return _of_failing(report, logs(), diagnose)


def _of_failing(report: ProcessReport, lines: Sequence[str], diagnose: Diagnose) -> Verdict:
    evidence = tuple(lines[-EVIDENCE_LINES:])
    found = diagnose(lines) if report.failures >= _TRIES_BEFORE_DIAGNOSIS or report.state == "FATAL" else None
    if report.state == "FATAL":
        reason = found.reason if found else f"it failed at every start: {report.last_end}"
        fix = found.fix if found else "the last lines of its log say why"
        return Verdict.doomed(reason, fix, found.evidence if found else evidence)
    if found:
        return found
    return Verdict.waiting(f"the process ended ({report.last_end}) and is started again", evidence)


def status_of(started: Started, report: ProcessReport | None) -> ComponentStatus:
    """The line of a status screen; `report` is None when supervisord does not run or does not know the program."""
    label = f"Program/{started.program}"
    if report is None:
        return ComponentStatus(label, started.component, started.subject, "STOPPED", running=False)
    since = report.start if report.alive else max(report.stop, 0.0)
    return ComponentStatus(
        label,
        started.component,
        started.subject,
        report.state,
        running=report.alive,
        pid=report.pid,
        restarts=report.deaths,
        since=max(0.0, report.now - since) if since else 0.0,
        detail="" if report.alive else report.last_end,
        life=f"{report.pid}@{report.start:g}",
    )

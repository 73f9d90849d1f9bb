"""What the doctor found, and what it did, as lines for a person or as JSON."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from vitessctl.doctor.carrying_out import Outcome, Result
from vitessctl.doctor.diagnosis import Diagnosis
from vitessctl.doctor.examined import Examined
from vitessctl.doctor.fixing import Step
from vitessctl.doctor.words import date, size
from vitessctl.report.columns import columns
from vitessctl.report.screen import REHEARSAL_BANNER
from vitessctl.report.status import Line, finding_data, findings_lines, status_data, wrapped
from vitessctl.spec.words import counted
from vitessctl.status.catalogue import Finding
from vitessctl.status.observed import Observed

STYLES = {Result.HELPED: "green", Result.GONE: "green", Result.REFUSED: "yellow"}
_SHOWN = 3
"""How many disks and certificates are shown; the JSON has all."""


def diagnosis_lines(diagnosis: Diagnosis, width: int = 0, verbose: int = 0) -> Iterator[Line]:
    """Health, every finding with its remedy and what `--fix` would do, and the figures. `width`: see status_lines."""
    status = diagnosis.status
    if status.target == "rehearsal":
        yield REHEARSAL_BANNER, "bold magenta"
    style = "bold green" if diagnosis.healthy else "bold red"
    yield f"{status.cluster} ({status.target}): {diagnosis.health}", style
    yield "", ""
    numbers = {step.key: number for number, step in enumerate(diagnosis.to_do, 1)}

    def fix_of(finding: Finding) -> str:
        step = diagnosis.step_of(finding)
        return "" if step is None else _fix(step, numbers)

    yield from findings_lines(diagnosis.findings, width, verbose, fix_of)
    if diagnosis.findings:
        yield "", ""
    yield "Examined", "bold"
    for line in columns(list(figures(diagnosis.status.target, diagnosis.case.view.observed, diagnosis.case.examined))):
        yield from ((each, "") for each in wrapped(f"  {line}", width))


def _fix(step: Step, numbers: Mapping[tuple[str, str], int]) -> str:
    if step.refusal:
        return f"--fix leaves it: {step.refusal}"
    return f"--fix ({numbers[step.key]}): {step.does}"


def figures(target: str, observed: Observed, examined: Examined) -> Iterator[tuple[str, str]]:
    """What was looked at, and the numbers that a person asks for."""
    versions = [word for word in examined.versions.values() if word]
    if versions:
        yield "Vitess", f"{_distinct(versions)} by the word of {counted(len(versions), 'server')}"
    mysqls = [seen.full_status.version for seen in observed.tablets.values() if seen.full_status]
    if mysqls:
        yield "MySQL", f"{_distinct(mysqls)} ({counted(len(mysqls), 'tablet')})"
    if examined.ground:
        yield "Kubernetes", examined.ground
    for name, numbers in examined.etcd.items():
        of_quota = f" of {size(numbers.quota)}" if numbers.quota else ""
        yield name, f"{numbers.version or 'etcd'}, its store has {size(numbers.size)}{of_quota}"
    if examined.readings:
        spread = max(each.least for each in examined.readings) - min(each.most for each in examined.readings)
        yield "clocks", f"{len(examined.readings)} asked, {_apart(spread)}"
    for volume in sorted(examined.volumes, key=lambda each: each.free / (each.size or 1))[:_SHOWN]:
        logs = examined.binlogs.get(volume.name) or (sum(examined.binlogs.values()) if target != "kubernetes" else 0)
        yield (f"disk {volume.name}", f"{size(volume.free)} of {size(volume.size)} free, binary logs {size(logs)}")
    for expiry in sorted(examined.expiries, key=lambda each: each.ends)[:_SHOWN]:
        word = "was" if expiry.ends <= examined.now else "is"
        yield "certificates", f"{expiry.name} {word} valid until {date(expiry.ends)}"
    if not examined.preflight:
        yield "next up", "nothing known is in its way"


def _distinct(words: Sequence[str]) -> str:
    return ", ".join(sorted(set(words)))


def _apart(spread: float) -> str:
    return "they agree, as far as that can be told" if spread < 0.05 else f"at least {spread:.1f} s apart"


def step_lines(diagnosis: Diagnosis) -> Iterator[str]:
    """What `--fix` is about to do, in its order."""
    for number, step in enumerate(diagnosis.to_do, 1):
        yield f"{number}. {step.does}"


def outcome_line(outcome: Outcome) -> Line:
    """What became of one step."""
    what = outcome.said if outcome.result in (Result.HELPED, Result.DID_NOT_HELP) else outcome.step.does
    why = "" if outcome.result in (Result.HELPED, Result.DID_NOT_HELP) else f" ({outcome.said})"
    return f"{outcome.result.value:<14} {what}{why}", STYLES.get(outcome.result, "red")


def diagnosis_data(diagnosis: Diagnosis) -> dict[str, Any]:
    """Everything as a JSON object; field names are part of the interface."""
    steps = {step.key: step_data(step) for step in diagnosis.steps}
    findings = []
    for finding in diagnosis.findings:
        step = diagnosis.step_of(finding)
        findings.append({**finding_data(finding), "fix": None if step is None else steps[step.key]})
    return {
        "type": "diagnosis",
        "cluster": diagnosis.status.cluster,
        "target": diagnosis.status.target,
        "healthy": diagnosis.healthy,
        "health": diagnosis.health,
        "findings": findings,
        "steps": list(steps.values()),
        "examined": _examined(diagnosis.case.examined),
        "status": status_data(diagnosis.status),
    }


def step_data(step: Step) -> dict[str, Any]:
    """One step as a JSON object."""
    return dataclasses.asdict(step) | {"findings": list(step.findings)}


def outcome_data(outcome: Outcome) -> dict[str, Any]:
    """What became of one step, as a JSON object."""
    return {"type": "fixed", "step": step_data(outcome.step), "result": outcome.result.value, "said": outcome.said}


def _examined(examined: Examined) -> dict[str, Any]:
    faults = [{"what": e.what, "where": str(e.where or ""), "why": e.why, "fix": e.fix} for e in examined.preflight]
    return {
        "now": examined.now,
        "kubernetes": examined.ground,
        "written_by": examined.written_by,
        "versions": dict(examined.versions),
        "etcd": {name: dataclasses.asdict(found) for name, found in examined.etcd.items()},
        "clocks": [
            {"name": each.name, "ahead_at_least": round(each.least, 6), "ahead_at_most": round(each.most, 6)}
            for each in examined.readings
        ],
        "volumes": [dataclasses.asdict(each) for each in examined.volumes],
        "binlogs": dict(examined.binlogs),
        "expiries": [dataclasses.asdict(each) for each in examined.expiries],
        "pods": [dataclasses.asdict(each) for each in examined.jams],
        "in_the_way": faults,
        "unseen": [dataclasses.asdict(each) for each in examined.unseen],
    }

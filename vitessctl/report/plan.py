"""A plan on the screen, in lines of at most 80 columns where words allow it."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator
from typing import Any

from rich.console import Console

from vitessctl.plan.plan import Plan, PlannedStage, Step
from vitessctl.plan.safety import hazards
from vitessctl.report.screen import MARKS, REHEARSAL_BANNER
from vitessctl.targets.base import FieldChange, Operation

WIDTH = 80
_TEXT, _FIELD = " " * 8, " " * 10
NO_CHANGES = "No changes. The cluster is as the spec says."
_COUNTED = (
    ("create", "{} to create", True),
    ("update", "{} to update", True),
    ("start", "{} to start", False),
    ("recreate", "{} to recreate", False),
    ("delete", "{} to delete", True),
    ("conflict", "{} in conflict", False),
    ("keep", "{} unchanged", True),
    ("action", "{} action(s) on the topology", False),
)
"""What the counts line says of each, and whether it does so of none."""

Line = tuple[str, str]
"""A text and its style."""


def print_plan(plan: Plan, out: Console, *, command: str = "", diff: bool = False) -> None:
    """Print it. `command` is what applies just this plan; `diff` shows every field that changes."""
    if plan.target == "rehearsal":
        out.print(REHEARSAL_BANNER, style="bold magenta")
    for text, style in plan_lines(plan, command=command, diff=diff):
        out.print(text, style=style)


def plan_lines(plan: Plan, *, command: str = "", diff: bool = False) -> Iterator[Line]:
    """The lines of a plan, each with its style."""
    yield f"plan for {plan.cluster} ({plan.target})", "bold"
    for stage in plan.stages:
        if stage.pending or stage.actions:
            yield "", ""
            yield from _stage(plan, stage, diff)
    yield "", ""
    yield from _conflicts(plan)
    yield from _hazards(plan)
    yield from _left(plan)
    if plan.is_empty:
        yield NO_CHANGES if not plan.left else NO_CHANGES.partition(" The")[0], "green"
        return
    yield counts_line(plan), "bold"
    yield f"digest: {plan.digest}", ""
    if command:
        yield f"to apply exactly this:  {command}", ""


def counts_line(plan: Plan) -> str:
    """`Plan: 3 to create, 2 to update, 0 to delete, 41 unchanged`."""
    counts = plan.counts
    parts = [text.format(counts[name]) for name, text, always in _COUNTED if always or counts[name]]
    return "Plan: " + ", ".join(parts).replace("action(s)", "action" if counts["action"] == 1 else "actions")


def _stage(plan: Plan, stage: PlannedStage, diff: bool) -> Iterator[Line]:
    yield stage.name, "bold"
    for step in stage.pending:
        yield from _step(step)
        if diff:
            for field in step.change.fields:
                yield from _field(plan, field)
    for action in stage.actions:
        for line in _wrapped(f"    {'*':<3} ", action, _TEXT):
            yield line, "yellow"


def _step(step: Step) -> Iterator[Line]:
    mark, style = MARKS[step.change.operation]
    begin = f"    {mark:<3} {step.change.label}"
    whole = f"{begin}  {step.consequence}"
    if len(whole) <= WIDTH:
        yield whole.rstrip(), style
        return
    yield begin, style
    for line in _wrapped(_FIELD, step.consequence, _FIELD):
        yield line, style


def _field(plan: Plan, field: FieldChange) -> Iterator[Line]:
    before, after = (_text(value) for value in plan.masking.pair(field))
    whole = f"{_FIELD}{field.path}: {before} → {after}"
    if len(whole) <= WIDTH:
        yield whole, ""
        return
    yield f"{_FIELD}{field.path}:", ""
    yield f"{_FIELD}  - {before}", "red"
    yield f"{_FIELD}  + {after}", "green"


def _text(value: Any) -> str:
    """A value as YAML's flow style would have it; text without quotes only where it cannot be mistaken."""
    return "(absent)" if value is None else json.dumps(value, ensure_ascii=False)


def _conflicts(plan: Plan) -> Iterator[Line]:
    found = [change for change in plan.changes if change.operation is Operation.CONFLICT]
    if not found:
        return
    yield "In conflict: these fields belong to somebody else", "bold red"
    for change in found:
        yield f"  {change.label}", "red"
        for conflict in change.conflicts:
            yield f"    {conflict.path} belongs to {conflict.manager}", "red"
    yield "", ""


def _hazards(plan: Plan) -> Iterator[Line]:
    found = hazards(plan)
    if not found:
        return
    yield "Held back:", "bold red"
    for hazard in found:
        how = f"--allow {hazard.danger.value}" if hazard.danger else "never done"
        for line in _wrapped("  ", f"{hazard.what} ({how})", "    "):
            yield line, "red"
    yield "", ""


def _left(plan: Plan) -> Iterator[Line]:
    for label in plan.left:
        yield from _note(f"{label} is not in the spec any more and is left as it is (--prune)")
    for note in plan.notes:
        yield from _note(note)
    if plan.left or plan.notes:
        yield "", ""


def _note(text: str) -> Iterator[Line]:
    for line in _wrapped("note: ", text, "      "):
        yield line, "cyan"


def _wrapped(first: str, text: str, rest: str) -> list[str]:
    return textwrap.wrap(
        text, WIDTH, initial_indent=first, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False
    )

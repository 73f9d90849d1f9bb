"""The last runs as a table, or as JSON."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from vitessctl.report.columns import columns
from vitessctl.run.runs import Result, Run, run_data

HEADER = ("when (UTC)", "who", "command", "result", "changes", "took")
RUNNING = "running"
UNKNOWN = "did not end"
WORDS: Mapping[str, str] = {
    "create": "created",
    "update": "updated",
    "start": "started",
    "recreate": "recreated",
    "delete": "deleted",
    "act": "admin actions",
}


def history_data(cluster: str, target: str, runs: Iterable[Run], running: Collection[str]) -> dict[str, Any]:
    """The runs as a JSON object, newest first; `running`: ids of those that hold the lock now."""
    entries = [{**run_data(run), "result": result_of(run, running), "seconds": run.seconds} for run in runs]
    return {"type": "history", "cluster": cluster, "target": target, "runs": entries}


def history_lines(runs: Sequence[Run], running: Collection[str]) -> Iterable[str]:
    """A table, newest first, and below each run that failed why it did."""
    if not runs:
        yield "No run has changed this cluster yet, or nothing is remembered of it."
        return
    head, *lines = columns([HEADER, *(_row(run, running) for run in runs)])
    yield head
    for run, line in zip(runs, lines, strict=True):
        yield line
        if run.error:
            yield f"  {run.error}"


def result_of(run: Run, running: Collection[str]) -> str:
    """How it ended, in a word; for one that did not say so, whether it still runs."""
    if run.result is not Result.OPEN:
        return str(run.result.value)
    return RUNNING if run.id in running else UNKNOWN


def _row(run: Run, running: Collection[str]) -> Sequence[str]:
    when = run.started.replace("T", " ").removesuffix("Z")
    return (when, run.who, run.command, result_of(run, running), _changes(run.changes), _took(run.seconds))


def _changes(changes: Mapping[str, int]) -> str:
    parts = [f"{count} {WORDS.get(name, name)}" for name, count in changes.items() if count]
    return ", ".join(parts) or "none"


def _took(seconds: float | None) -> str:
    return "-" if seconds is None else f"{seconds:.0f} s"

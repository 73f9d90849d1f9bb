"""A run on the screen: one line a thing that happened, coloured on a terminal, plain in a pipe."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rich.console import Console

from vitessctl.report.recap import recap_lines, total
from vitessctl.run import events
from vitessctl.targets.base import Operation

MARKS = {
    Operation.CREATE: ("+", "green"),
    Operation.UPDATE: ("~", "yellow"),
    Operation.START: ("^", "yellow"),
    Operation.RECREATE: ("-/+", "red"),
    Operation.DELETE: ("-", "red"),
    Operation.CONFLICT: ("!", "bold red"),
    Operation.KEEP: ("=", "dim"),
}
STAGE_WIDTH = 12


def console(stderr: bool = False) -> Console:
    """Where everything is printed: no wrapping and no guessing of colours, so that pipes get whole lines."""
    return Console(stderr=stderr, highlight=False, soft_wrap=True, markup=False, emoji=False)


class Screen:
    """A listener that prints events as a person reads them. `verbose` shows also what stayed as it was."""

    def __init__(self, out: Console, verbose: int = 0) -> None:
        self._out = out
        self._verbose = verbose
        self._writers: dict[type[events.Event], Callable[[Any], None]] = {
            events.RunStarted: self._run_started,
            events.Notice: self._notice,
            events.DocumentApplied: self._document_applied,
            events.ActionTaken: self._action_taken,
            events.Waiting: self._waiting,
            events.StageReady: self._stage_ready,
            events.StageStopped: self._stage_stopped,
            events.StageFailed: self._stage_failed,
            events.StageSkipped: self._stage_skipped,
            events.RunEnded: self._run_ended,
        }

    def __call__(self, event: events.Event) -> None:
        """Print one event."""
        writer = self._writers.get(type(event))
        if writer is not None:
            writer(event)

    def _line(self, event: events.Event, stage: str, text: str, style: str = "") -> None:
        self._out.print(f"{event.seconds:6.1f}s  {stage:<{STAGE_WIDTH}} {text}", style=style)

    def _run_started(self, event: events.RunStarted) -> None:
        if event.target == "rehearsal":
            self._out.print(REHEARSAL_BANNER, style="bold magenta")
        self._out.print(f"{event.command} {event.cluster} ({event.target})", style="bold")

    def _notice(self, event: events.Notice) -> None:
        self._out.print(f"note: {event.text}", style="cyan")

    def _document_applied(self, event: events.DocumentApplied) -> None:
        change = event.change
        if change.is_change or self._verbose:
            mark, style = MARKS[change.operation]
            self._line(event, change.stage, f"{mark} {change.label}", style)

    def _action_taken(self, event: events.ActionTaken) -> None:
        if event.changed or self._verbose:
            self._line(event, event.stage, f"* {event.action}", "yellow" if event.changed else "dim")

    def _waiting(self, event: events.Waiting) -> None:
        self._line(event, event.stage, f"  still waiting after {event.waited:.0f} s: {event.reason}", "cyan")

    def _stage_ready(self, event: events.StageReady) -> None:
        self._line(event, event.stage, f"ready: {event.summary}", "green")

    def _stage_stopped(self, event: events.StageStopped) -> None:
        self._line(event, event.stage, "stopped", "green")

    def _stage_failed(self, event: events.StageFailed) -> None:
        self._line(event, event.stage, "failed", "bold red")

    def _stage_skipped(self, event: events.StageSkipped) -> None:
        self._line(event, event.stage, f"skipped: {event.reason}", "cyan")

    def _run_ended(self, event: events.RunEnded) -> None:
        self._out.print()
        self._out.print("RECAP", style="bold")
        for line, row in zip(recap_lines(event.recap), event.recap.values(), strict=True):
            style = "red" if row["failed"] else "yellow" if row["changed"] else "cyan" if row["skipped"] else "green"
            self._out.print(line, style=style)
        if event.ok and not total(event.recap, "changed"):
            self._out.print("Nothing changed.", style="green")


REHEARSAL_BANNER = "REHEARSAL: stand-in servers, neither Vitess nor MySQL. Nothing here proves that Vitess works."

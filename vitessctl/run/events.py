"""What happens during a run, as objects. The screen and `--output json` are two readers of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from vitessctl.targets.base import Change


@dataclass(frozen=True)
class Event:
    """Anything that happens. `seconds` counts from the start of the run."""

    seconds: float


@dataclass(frozen=True)
class RunStarted(Event):
    """A command began to work on a cluster."""

    command: str
    cluster: str
    target: str


@dataclass(frozen=True)
class Notice(Event):
    """Something that a person should know, and that changes nothing."""

    text: str


@dataclass(frozen=True)
class StageStarted(Event):
    """A stage has what it needs and begins."""

    stage: str


@dataclass(frozen=True)
class DocumentApplied(Event):
    """One document was brought to what it should be, or already was."""

    change: Change


@dataclass(frozen=True)
class ActionTaken(Event):
    """An admin action: `changed` is whether it changed anything."""

    stage: str
    action: str
    changed: bool


@dataclass(frozen=True)
class Waiting(Event):
    """A gate is not open yet. Sent when the reason changes, and now and then."""

    stage: str
    waited: float
    reason: str


@dataclass(frozen=True)
class StageReady(Event):
    """A stage's gate opened."""

    stage: str
    took: float
    summary: str


@dataclass(frozen=True)
class StageStopped(Event):
    """Everything of a stage was stopped."""

    stage: str
    took: float


@dataclass(frozen=True)
class StageFailed(Event):
    """A stage ended in an error."""

    stage: str
    took: float
    error: str


@dataclass(frozen=True)
class StageSkipped(Event):
    """A stage did not run, because of an earlier failure or because it has nothing to do."""

    stage: str
    reason: str


@dataclass(frozen=True)
class RunEnded(Event):
    """The run is over: counts for the recap, by component: ok, changed, failed, skipped."""

    ok: bool
    recap: dict[str, dict[str, int]]


Listener = Callable[[Event], None]

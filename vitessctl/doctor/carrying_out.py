"""Doing what is safe, one by one, and looking again after each: what helped is not what was done but what is seen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from vitessctl.doctor.diagnosis import Diagnosis, Look
from vitessctl.doctor.fixes import ACTS
from vitessctl.doctor.fixing import Step, fixes
from vitessctl.errors import VitessctlError
from vitessctl.run.clock import Clock
from vitessctl.run.context import Context
from vitessctl.run.stages.replication import SETTLED_SECONDS
from vitessctl.targets.ground import Ground

STAGE = "doctor"
HELP_SECONDS = 12.0
"""How long a fix may take to be seen: a replica catches up, vtgate and vtorc look every few seconds."""
PAUSE = 0.5


class Result(str, Enum):
    """What became of a step."""

    HELPED = "helped"
    """It was done, and what it was to mend is not found any more."""
    DID_NOT_HELP = "did not help"
    """It was done, and the finding is still there."""
    GONE = "gone by itself"
    """It was not found any more when its turn came."""
    REFUSED = "not done"
    FAILED = "failed"


@dataclass(frozen=True)
class Outcome:
    """One step, and what became of it."""

    step: Step
    result: Result
    said: str
    """What was done, or why not, in a sentence."""


class Healer:
    """Carries out the steps of one diagnosis. Only for the holder of the cluster's lock."""

    def __init__(self, context: Context, ground: Ground, look: Look, clock: Clock) -> None:
        self._context, self._ground, self._look, self._clock = context, ground, look, clock

    def carry_out(self, first: Diagnosis, seen_at: float) -> Iterator[Outcome]:
        """Each step of `first` in its order, found again before it is done, as they are asked for.

        `seen_at`: when `first` was seen, on this clock.
        """
        now = first
        for step in first.steps:
            if self._context.cancelled.is_set():
                return
            if not step.refusal:
                if fixes()[step.fix].settled:
                    self._wait_until(seen_at + SETTLED_SECONDS)
                now = self._look()
            yield self._one(step, now)

    def _wait_until(self, moment: float) -> None:
        """In the middle of a reparent the old primary is read-only and the new one has no source: that passes."""
        left = moment - self._clock.now()
        if left > 0:
            self._clock.pause(left, self._context.cancelled)

    def _one(self, step: Step, now: Diagnosis) -> Outcome:
        if step.refusal:
            return Outcome(step, Result.REFUSED, step.refusal)
        found = next((each for each in now.steps if each.key == step.key), None)
        if found is None:
            return Outcome(step, Result.GONE, "it is not found any more")
        if found.refusal:
            return Outcome(found, Result.REFUSED, found.refusal)
        try:
            done = ACTS[step.fix](self._context, self._ground, now.case, step.subject)
        except VitessctlError as error:
            why = f": {error.why}" if error.why else ""
            return Outcome(step, Result.FAILED, f"{error.what}{why}")
        self._context.acted(STAGE, done, True)
        return Outcome(step, Result.HELPED if self._helped(step) else Result.DID_NOT_HELP, done)

    def _helped(self, step: Step) -> bool:
        end = self._clock.now() + HELP_SECONDS
        while True:
            left = {(each.id, each.subject) for each in self._look().findings}
            if not left & {(kind, step.subject) for kind in step.findings}:
                return True
            if self._clock.now() >= end or self._context.cancelled.is_set():
                return False
            self._clock.pause(PAUSE, self._context.cancelled)

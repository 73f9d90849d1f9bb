"""How a test module tells the story: `told(step, trial)` for each of STEPS, on one cluster."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import pytest

from tests.story.steps import STEPS, Step
from tests.story.trial import Trial

each_step = pytest.mark.parametrize("step", STEPS, ids=[step.name for step in STEPS])
"""One test for each step, in the order of the story."""


@dataclass
class Telling:
    """A story that is being told; it ends at the first step that fails."""

    trial: Trial
    ended_at: str = ""
    seconds: dict[str, float] = field(default_factory=dict)

    def tell(self, step: Step) -> None:
        """Tell one step; skipped if an earlier one failed."""
        if self.ended_at:
            pytest.skip(f"the story ended at: {self.ended_at}")
        self.ended_at = step.name
        begun = time.monotonic()
        step.tell(self.trial)
        self.seconds[step.name] = time.monotonic() - begun
        self.ended_at = ""

    def print_figures(self, title: str) -> None:
        """What was measured: each step's seconds, and what the trial noted."""
        lines = [f"{seconds:6.1f} s  {name}" for name, seconds in self.seconds.items()]
        total = f"{sum(self.seconds.values()):6.1f} s  altogether"
        print("\n".join(["", title, *lines, total, *self.trial.figures]))  # noqa: T201

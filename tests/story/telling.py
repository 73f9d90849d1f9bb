"""How a test module tells the story: all of it in one test, as each step begins where the one before ended."""

from __future__ import annotations

import time

from tests.story.steps import STEPS, NotHereError
from tests.story.trial import Trial


def tell(trial: Trial, title: str) -> None:
    """Tell every step; in the end, also after a failure, print what was measured (`pytest -s` shows it)."""
    lines, begun = [title], time.monotonic()
    try:
        for step in STEPS:
            started = time.monotonic()
            lines.append(f"  ??? s  {step.numbers:<20} {step.name}")
            try:
                step.tell(trial)
                skipped = ""
            except NotHereError as reason:
                skipped = f", skipped: {reason}"
            lines[-1] = f"{time.monotonic() - started:5.1f} s  {step.numbers:<20} {step.name}{skipped}"
    finally:
        lines.append(f"{time.monotonic() - begun:5.1f} s  altogether")
        print("\n".join(["", *lines, *trial.figures]))  # noqa: T201

"""Asking a person before something is done; nobody is asked where nobody sits."""

from __future__ import annotations

import sys
from collections.abc import Collection
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vitessctl.plan.plan import Plan


def somebody_there() -> bool:
    """Whether a question would reach a person: both what is read and what is printed is a terminal."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def confirmed(question: str, yes: bool) -> bool:
    """Whether to go on: asked on a terminal, unless `yes`. The answer has to be written out; anything else is no."""
    import typer

    if yes or not somebody_there():
        return True
    answer: str = typer.prompt(f"{question} Only yes goes on", default="no", show_default=False)
    return answer.strip().lower() == "yes"


def approved(plan: Plan, *, yes: bool, allowed: Collection[str]) -> bool:
    """Whether a plan that was shown may be carried out.

    What is dangerous needs its word in `allowed` (--allow) where nobody is asked; a person who is asked has seen it on
    the screen. Raises UnsafePlan, and ConflictingPlan for what nobody can allow.
    """
    from vitessctl.plan.safety import Danger, refuse, refuse_conflicts

    asks = somebody_there() and not yes
    refuse_conflicts(plan)
    refuse(plan, [danger.value for danger in Danger] if asks else allowed)
    return confirmed("Do this?", yes)

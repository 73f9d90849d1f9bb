"""Rules across fields: what the schema cannot say. One small function a rule, all of them in the table RULES."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from vitessctl.spec.rules.finding import Finding
from vitessctl.spec.spec import Spec
from vitessctl.spec.view import View

__all__ = ["RULES", "Finding", "findings"]

RULES: tuple[Callable[[View], Iterator[Finding]], ...] = ()
"""Every rule; each is a function from the spec to what is wrong with it."""


def findings(spec: Spec) -> Iterator[Finding]:
    """What all rules have against a spec whose shape is sound."""
    view = View(spec)
    for rule in RULES:
        yield from rule(view)

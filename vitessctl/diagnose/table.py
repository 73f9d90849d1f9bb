"""The table of rules, rules.yaml."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import yaml


@dataclass(frozen=True)
class Rule:
    """One row; see the head of rules.yaml."""

    name: str
    when: re.Pattern[str]
    cause: str
    fix: str
    doomed: bool
    components: tuple[str, ...] = ()
    weak: bool = False
    at_once: bool = False
    cause_in_pod: str = ""
    fix_in_pod: str = ""

    def concerns(self, component: str) -> bool:
        """Whether the rule speaks about that component."""
        return not self.components or component in self.components


@cache
def rules() -> tuple[Rule, ...]:
    """All rules in their order."""
    return tuple(_rule(row) for row in _content()["rules"])


@cache
def noise() -> tuple[re.Pattern[str], ...]:
    """Patterns of lines that tell nothing."""
    return tuple(re.compile(pattern) for pattern in _content()["noise"])


@cache
def _content() -> Mapping[str, Any]:
    text = resources.files("vitessctl.diagnose").joinpath("rules.yaml").read_text(encoding="utf-8")
    content: Mapping[str, Any] = yaml.safe_load(text)
    return content


def _rule(row: Mapping[str, Any]) -> Rule:
    given = dict(row)
    given["when"] = re.compile(given["when"])
    given["components"] = tuple(given.get("components", ()))
    return Rule(**given)

"""The table of causes, causes.yaml."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import yaml


@dataclass(frozen=True)
class Cause:
    """One row; see the head of causes.yaml."""

    name: str
    part: str
    when: re.Pattern[str]
    cause: str
    fix: str
    doomed: bool
    patience: float = 0.0
    restarts: int = 0


@cache
def causes() -> tuple[Cause, ...]:
    """All causes in their order."""
    text = resources.files("vitessctl.diagnose.kubernetes").joinpath("causes.yaml").read_text(encoding="utf-8")
    return tuple(_cause(row) for row in yaml.safe_load(text)["causes"])


def cause_of(part: str, text: str) -> tuple[Cause, re.Match[str]] | None:
    """The first cause of a part that fits a text, and how it fits."""
    for cause in causes():
        match = cause.when.search(text) if cause.part == part else None
        if match is not None:
            return cause, match
    return None


def _cause(row: Mapping[str, Any]) -> Cause:
    return Cause(**{**row, "when": re.compile(row["when"])})

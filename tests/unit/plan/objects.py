"""Objects to compare: the case files' StatefulSet, and changes to it by a place with dots."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

CASES = Path(__file__).parent / "cases"


def cases(name: str) -> Any:
    """What a case file holds."""
    return yaml.safe_load((CASES / f"{name}.yaml").read_text(encoding="utf-8"))


def statefulset() -> dict[str, Any]:
    """A tablet's StatefulSet as we want it."""
    found: dict[str, Any] = cases("statefulset")
    return found


def changed(body: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """A copy with other values at some places: `spec.containers.0.image`; None takes the place away."""
    after: dict[str, Any] = copy.deepcopy(dict(body))
    for place, value in changes.items():
        *parents, last = [int(part) if part.isdigit() else part for part in _parts(place)]
        found: Any = after
        for parent in parents:
            found = found[parent]
        if value is None:
            del found[last]
        elif isinstance(found, list) and last == len(found):
            found.append(value)
        else:
            found[last] = value
    return after


def _parts(place: str) -> list[str]:
    return place.split(".")

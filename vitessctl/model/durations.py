"""Durations as people write them: `90s`, `3m`, `500ms`."""

from __future__ import annotations

import re

_UNITS = {"ms": 0.001, "s": 1.0, "": 1.0, "m": 60.0, "h": 3600.0}
_SHAPE = re.compile(r"(?P<number>[0-9]+(?:\.[0-9]+)?)(?P<unit>ms|s|m|h|)")


def seconds(text: str) -> float:
    """How many seconds a duration has; without a unit it is seconds. ValueError if it is none."""
    match = _SHAPE.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is not a duration: write a number and a unit, like 90s, 3m or 1h")
    return float(match["number"]) * _UNITS[match["unit"]]

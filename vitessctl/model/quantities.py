"""Kubernetes quantities: `500m`, `2`, `512Mi`, `10Gi`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fractions import Fraction

_MILLI = 1000
_UNITS: dict[str, int] = {
    "": _MILLI,
    "m": 1,
    **{unit: _MILLI * 1000 ** (power + 1) for power, unit in enumerate("kMGTPE")},
    **{f"{unit}i": _MILLI * 1024 ** (power + 1) for power, unit in enumerate("KMGTPE")},
}
"""Thousandths that a unit stands for."""
_SHAPE = re.compile(r"(?P<number>[0-9]+(?:\.[0-9]+)?)(?P<unit>[a-zA-Z]*)")


def quantity(text: str) -> Fraction:
    """The exact number that a quantity stands for: bytes of memory, CPUs. ValueError if it is none."""
    match = _SHAPE.fullmatch(text)
    if match is None or match["unit"] not in _UNITS:
        raise ValueError(f"{text!r} is not a quantity: write a number and a unit, like 500m, 2, 512Mi or 10Gi")
    from fractions import Fraction

    return Fraction(match["number"]) * _UNITS[match["unit"]] / _MILLI

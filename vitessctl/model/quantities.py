"""Kubernetes quantities: `500m`, `2`, `512Mi`, `10Gi`."""

from __future__ import annotations

import re
from fractions import Fraction

_UNITS = {
    "": Fraction(1),
    "m": Fraction(1, 1000),
    **{unit: Fraction(1000 ** (power + 1)) for power, unit in enumerate("kMGTPE")},
    **{f"{unit}i": Fraction(1024 ** (power + 1)) for power, unit in enumerate("KMGTPE")},
}
_SHAPE = re.compile(r"(?P<number>[0-9]+(?:\.[0-9]+)?)(?P<unit>[a-zA-Z]*)")


def quantity(text: str) -> Fraction:
    """The exact number that a quantity stands for: bytes of memory, CPUs. ValueError if it is none."""
    match = _SHAPE.fullmatch(text)
    if match is None or match["unit"] not in _UNITS:
        raise ValueError(f"{text!r} is not a quantity: write a number and a unit, like 500m, 2, 512Mi or 10Gi")
    return Fraction(match["number"]) * _UNITS[match["unit"]]

"""Kubernetes quantities: `500m`, `2`, `512Mi`, `10Gi`, as people write them and as an API server prints them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fractions import Fraction

_NANO = 1000**3
_UNITS: dict[str, int] = {
    "n": 1,
    "u": 1000,
    "m": 1000**2,
    "": _NANO,
    **{unit: _NANO * 1000 ** (power + 1) for power, unit in enumerate("kMGTPE")},
    **{f"{unit}i": _NANO * 1024 ** (power + 1) for power, unit in enumerate("KMGTPE")},
}
"""Billionths that a unit stands for."""
_SHAPE = re.compile(r"(?P<number>[0-9]+(?:\.[0-9]+)?)(?:[eE](?P<power>[+-]?[0-9]{1,2})|(?P<unit>[a-zA-Z]*))")
_BINARY = tuple((f"{unit}i", 1024 ** (power + 1)) for power, unit in reversed(list(enumerate("KMGTPE"))))


def quantity(text: str) -> Fraction:
    """The exact number that a quantity stands for: bytes of memory, CPUs. ValueError if it is none."""
    match = _SHAPE.fullmatch(text)
    if match is None or (match["unit"] or "") not in _UNITS:
        raise ValueError(f"{text!r} is not a quantity: write a number and a unit, like 500m, 2, 512Mi or 10Gi")
    from fractions import Fraction

    power = Fraction(10) ** int(match["power"] or 0)
    return Fraction(match["number"]) * power * _UNITS[match["unit"] or ""] / _NANO


def shown(resource: str, amount: Fraction) -> str:
    """An amount for a person: `500m` or `2` for CPU; for bytes the largest unit that keeps three digits, rounded down.

    `resource` is a name such as `cpu`, `memory`, `requests.storage` or `pods`.
    """
    if resource.rpartition(".")[2] == "cpu":
        return str(int(amount)) if amount.denominator == 1 else f"{int(amount * 1000)}m"
    if not resource.rpartition(".")[2].startswith(("memory", "storage", "ephemeral-storage")):
        return str(int(amount))
    for unit, size in _BINARY:
        if amount >= size and (amount % size == 0 or amount >= 10 * size):
            return f"{int(amount / size)}{unit}"
    return str(int(amount))

"""When two values say the same to the API server, though they are written differently."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from vitessctl.plan.kinds import INT_OR_STRINGS, QUANTITIES, QUANTITY_MAPS
from vitessctl.plan.paths import Path

_QUANTITY = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+))(?:([eE][+-]?\d+)|([KMGTPE]i)|([numkMGTPE]))?")
_BINARY = {unit: Decimal(1024) ** power for power, unit in enumerate(("Ki", "Mi", "Gi", "Ti", "Pi", "Ei"), 1)}
_DECIMAL = {
    unit: Decimal(10) ** power for unit, power in zip("numkMGTPE", (-9, -6, -3, 3, 6, 9, 12, 15, 18), strict=True)
}


def quantity(value: Any) -> Decimal | None:
    """A quantity's number (`1Gi`, `500m`, `1e3`, 2); None if it is none."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    match = _QUANTITY.fullmatch(str(value))
    if match is None:
        return None
    number, exponent, binary, unit = match.groups()
    if exponent:
        return Decimal(number + exponent)
    return Decimal(number) * (_BINARY[binary] if binary else _DECIMAL[unit] if unit else 1)


def empty(value: Any) -> bool:
    """What Go leaves out when it writes an object: absent and this are one thing."""
    return value is None or value is False or (isinstance(value, int | float | str | dict | list) and not value)


def same(one: Any, other: Any, path: Path) -> bool:
    """Whether two values at a place are equal; True and 1 are not."""
    if one == other:
        return isinstance(one, bool) == isinstance(other, bool)
    field = path[-1][2:] if path else ""
    if field in QUANTITIES or (len(path) > 1 and path[-2][2:] in QUANTITY_MAPS):
        number = quantity(one)
        return number is not None and number == quantity(other)
    return field in INT_OR_STRINGS and {type(one), type(other)} == {int, str} and str(one) == str(other)

"""Ranges of releases as the data files write them: `2.1..14`, `15..`, `..19`, `24`.

Both ends are included. An open end means "until something else is said", so a new release takes part
without a change to what is older than it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

Value = TypeVar("Value")


def holds(text: str, name: str, names: Sequence[str]) -> bool:
    """Whether release `name` lies in the range; `names` gives the order. ValueError for an unknown end."""
    first, last = bounds(text, names)
    return first <= names.index(name) <= last


def bounds(text: str, names: Sequence[str]) -> tuple[int, int]:
    """Positions of the first and last release of a range."""
    start, dots, end = text.partition("..")
    first = names.index(start) if start else 0
    if not dots:
        return first, first
    return first, names.index(end) if end else len(names) - 1


def pick(by_range: Mapping[str, Value], name: str, names: Sequence[str]) -> Value | None:
    """The value whose range holds `name`; None if no range does."""
    for text, value in by_range.items():
        if holds(text, name, names):
            return value
    return None


def spans(members: Sequence[str], names: Sequence[str]) -> list[tuple[str, str]]:
    """Names in order as (first, last) runs without a hole."""
    found: list[tuple[str, str]] = []
    previous = -2
    for member in members:
        position = names.index(member)
        if position == previous + 1:
            found[-1] = (found[-1][0], member)
        else:
            found.append((member, member))
        previous = position
    return found

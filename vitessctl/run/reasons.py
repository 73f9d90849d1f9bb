"""Why a gate is closed, in one line, however many things it waits for."""

from __future__ import annotations

from collections.abc import Mapping

NAMES = 3
REASONS = 4


def together(reasons: Mapping[str, str]) -> str:
    """By what is waited for, why: `a, b, c and 6 more: MySQL is being started; d: nothing listens on 127.0.0.1:1`."""
    names: dict[str, list[str]] = {}
    for name, reason in reasons.items():
        names.setdefault(reason, []).append(name)
    parts = [f"{_some(found)}: {reason}" for reason, found in names.items()]
    left = sum(len(found) for found in list(names.values())[REASONS:])
    return "; ".join(parts[:REASONS] + ([f"and {left} more"] if left else []))


def _some(names: list[str]) -> str:
    more = len(names) - NAMES
    return ", ".join(names[:NAMES]) + (f" and {more} more" if more > 0 else "")

"""Sizes, times and spans in words."""

from __future__ import annotations

from datetime import datetime, timezone

_UNITS = ((1024**4, "TiB"), (1024**3, "GiB"), (1024**2, "MiB"), (1024, "KiB"))
_SPANS = ((86400.0, "day"), (3600.0, "hour"), (60.0, "minute"))


def size(number: int) -> str:
    """`1.5 GiB`."""
    for unit, name in _UNITS:
        if number >= unit:
            return f"{number / unit:.1f} {name}"
    return f"{number} bytes"


def date(seconds: float) -> str:
    """`2026-11-26 23:00 UTC`."""
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%d %H:%M UTC")


def span(seconds: float) -> str:
    """`12 days`, `1 hour`, `40 seconds`: the largest unit of which there are two, or one where there is no smaller."""
    for unit, name in _SPANS:
        if seconds >= 2 * unit or (name == "minute" and seconds >= unit):
            count = int(seconds // unit)
            return f"{count} {name}{'s' if count != 1 else ''}"
    return f"{max(0, int(seconds))} seconds"

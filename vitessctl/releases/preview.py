"""Releases that were not out when this package was made: what is known of them may have changed since."""

from __future__ import annotations

from collections.abc import Iterable

ENDING = "-dev"
"""Ends the name of such a release, until its first patch is tagged."""


def notes(names: Iterable[str]) -> tuple[str, ...]:
    """A sentence about each of these releases that is one."""
    previews = sorted({name for name in names if name.endswith(ENDING)})
    return tuple(
        f"Vitess {name} is a preview: {name.removesuffix(ENDING)} was not released when this vitessctl was made, "
        "and its flags and calls may be others by now"
        for name in previews
    )

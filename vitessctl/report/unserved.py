"""The note of a command that mended a shard, where not everything sends clients to it yet."""

from __future__ import annotations

from collections.abc import Iterator

from vitessctl.heal.serving import SERVE_SECONDS


def unserved_lines(missing: str) -> Iterator[str]:
    """Nothing where nothing is missing."""
    if missing:
        yield f"note: {SERVE_SECONDS:.0f} s later, {missing}; vitessctl status says what else is wrong"

"""The note of a command that mended a shard, where not everything sends clients to it yet."""

from __future__ import annotations

from collections.abc import Iterator


def unserved_lines(missing: str) -> Iterator[str]:
    """Nothing where nothing is missing."""
    if missing:
        yield f"note: but {missing}, and was not waited for any longer; vitessctl status says what else is wrong"

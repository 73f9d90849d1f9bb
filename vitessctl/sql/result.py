"""The answer to one statement."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Result:
    """Rows, or how many were changed. None is SQL NULL."""

    columns: tuple[str, ...]
    """Empty for a statement that gives no rows."""
    rows: tuple[tuple[str | None, ...], ...]
    rows_affected: int = 0
    cut: bool = False
    """Whether there are more rows than were wanted."""


def value_text(value: bytes | None) -> str | None:
    """A value as text; bytes that are no UTF-8 as `0x` and hexadecimal digits, as MySQL reads them."""
    if value is None:
        return None
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return f"0x{value.hex().upper()}"

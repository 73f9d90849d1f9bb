"""The closing table, in the form that Ansible users know."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

NAME_WIDTH = 12
COLUMNS = ("ok", "changed", "failed", "skipped")


def recap_lines(counts: Mapping[str, Mapping[str, int]]) -> Iterable[str]:
    """One line a component: `vttablet     : ok=3    changed=0    failed=0    skipped=0`, in columns."""
    for name, row in counts.items():
        numbers = " ".join(f"{column}={row[column]:<4}" for column in COLUMNS)
        yield f"{name:<{NAME_WIDTH}} : {numbers}".rstrip()


def total(counts: Mapping[str, Mapping[str, int]], column: str) -> int:
    """The sum of one column."""
    return sum(row[column] for row in counts.values())

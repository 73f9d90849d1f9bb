"""Writes the tables of docs/doctor.md from the doctor's own: `python -m tools.doctor_reference`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tools.status_reference import TITLES, row, words
from vitessctl.doctor.catalogue import kinds
from vitessctl.doctor.fixing import fixes

PAGE = Path(__file__).resolve().parents[1] / "docs" / "doctor.md"
MARK = "<!-- From here on generated: python -m tools.doctor_reference -->\n"


def page(before: str) -> str:
    """The whole page: the hand-written head of `before`, and the tables."""
    head, mark, _ = before.partition(MARK)
    if not mark:
        raise ValueError(f"docs/doctor.md has lost its mark: {MARK.strip()}")
    return head + mark + "".join((*_fixes(), *_findings()))


def _fixes() -> Iterator[str]:
    yield "\n## What --fix does, in this order\n\n"
    yield "| findings | it does | why nothing is lost by it | when it is left |\n| --- | --- | --- | --- |\n"
    for fix in fixes().values():
        named = ", ".join(f"`{name}`" for name in fix.findings)
        yield f"| {named} | {words(fix.does)} | {fix.safe} | {fix.refused} |\n"


def _findings() -> Iterator[str]:
    for severity, title in TITLES.items():
        yield f"\n## {title}\n\n| finding | it says | what is behind it | do |\n| --- | --- | --- | --- |\n"
        yield from (row(kind) for kind in kinds().values() if kind.severity is severity)


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")

"""Writes the tables of docs/status.md, every finding, from the catalogue: `python -m tools.status_reference`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from vitessctl.status.catalogue import Kind, Severity, kinds

PAGE = Path(__file__).resolve().parents[1] / "docs" / "status.md"
MARK = "<!-- From here on generated: python -m tools.status_reference -->\n"
TITLES = {
    Severity.ERROR: "Errors: something does not serve, or could lose rows",
    Severity.UNKNOWN: "Unknown: a source did not answer",
    Severity.WARNING: "Warnings: it serves, but somebody should look",
}


def page(before: str) -> str:
    """The whole page: the hand-written head of `before`, and the tables."""
    head, mark, _ = before.partition(MARK)
    if not mark:
        raise ValueError(f"docs/status.md has lost its mark: {MARK.strip()}")
    return head + mark + "".join(_sections())


def _sections() -> Iterator[str]:
    for severity, title in TITLES.items():
        yield f"\n## {title}\n\n| finding | it says | what is behind it | do |\n| --- | --- | --- | --- |\n"
        for kind in kinds().values():
            if kind.severity is severity:
                yield row(kind)


def row(kind: Kind) -> str:
    """One finding."""
    cells = (f"`{kind.id}`", words(kind.sentence), kind.cause, words(kind.remedy))
    return f"| {' | '.join(cell.replace('|', '&#124;') for cell in cells)} |\n"


def words(template: str) -> str:
    """Facts of the case in italics. One that follows a letter is a whole clause or nothing, and is left out."""
    text = re.sub(r"(?<=[a-z)])\{\w+\}", "", template)
    text = re.sub(r"(?<!\{)\{(\w+)\}(?!\})", lambda match: f"*{match[1].replace('_', ' ').upper()}*", text)
    return text.replace("{{", "{").replace("}}", "}")


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")

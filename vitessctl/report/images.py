"""What a check of images found, on the screen: a short table."""

from __future__ import annotations

from collections.abc import Iterator

from vitessctl.probe.checked import Checked, Row
from vitessctl.report.columns import columns
from vitessctl.report.screen import REHEARSAL_BANNER

Line = tuple[str, str]
"""A text and its style."""
_HEAD = ("COMPONENT", "IMAGE", "VERSION", "FLAGS LIKE", "FLAGS", "RESULT")
"""On one machine there are programs in place of images."""
RIGHT = "The images are what the documents take them for."


def image_lines(checked: Checked) -> Iterator[Line]:
    """The lines of the table, each with its style."""
    if checked.target == "rehearsal":
        yield REHEARSAL_BANNER, "bold magenta"
    yield f"images of {checked.cluster} ({checked.target}), Vitess {checked.release}", "bold"
    head = _HEAD if checked.target == "kubernetes" else tuple(cell.replace("IMAGE", "PROGRAM") for cell in _HEAD)
    styles = ["bold", *("" if row.result == "ok" else "red" for row in checked.rows)]
    yield from zip(columns([head, *map(_cells, checked.rows)]), styles, strict=True)
    for note in checked.notes:
        yield f"note: {note}", "cyan"
    if not checked.errors:
        yield RIGHT, "green"


def _cells(row: Row) -> tuple[str, ...]:
    flags = f"{row.checked} checked" if row.checked else "-"
    return row.component, row.image, row.version or "-", row.like or "-", flags, row.result

"""docs/schema.md beside the code."""

from __future__ import annotations

import re
import textwrap

import yaml

from tests.support.live import REPOSITORY
from vitessctl.schema.drift import dropped

PAGE = (REPOSITORY / "docs" / "schema.md").read_text(encoding="utf-8")
CASES = yaml.safe_load((REPOSITORY / "tests/unit/schema/cases/tables.yaml").read_text(encoding="utf-8"))
SCREEN = (REPOSITORY / "tests/unit/cli/screens/schema_diff.txt").read_text(encoding="utf-8")


def reasons() -> list[str]:
    """The last column of the table of what is destructive."""
    rows = PAGE.partition("## What is destructive")[2].partition("\n\nAn index")[0]
    return re.findall(r"^\| [^|]+ \| ([^|]+) \|$", rows, flags=re.MULTILINE)[2:]


def test_the_screen_is_what_is_printed() -> None:
    shown = PAGE.partition("its history.\n\n")[2].partition("\n## ")[0]
    banner, _, screen = SCREEN.partition("\n")
    assert banner.startswith("REHEARSAL")
    assert textwrap.dedent(shown).strip() == screen.strip()


def test_every_reason_of_the_cases_is_on_the_page() -> None:
    said = [line.partition(" !! ")[2] for case in CASES.values() for line in case["changes"] if " !! " in line]
    for text in said:
        if text.startswith("partitions"):
            assert "Partitions are shown, and not changed." in PAGE
        else:
            assert any(fits(text, reason) for reason in reasons()), text


def fits(beginning: str, reason: str) -> bool:
    """Whether the sentence on the page, where … stands for a name, begins like one of a case."""
    parts = [re.escape(part.strip()) for part in reason.split("…") if part.strip()]
    return reason.startswith(beginning) or re.search(".*".join(parts), beginning) is not None


def test_every_reason_on_the_page_is_in_the_code() -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in (REPOSITORY / "vitessctl" / "schema").glob("*.py"))
    for reason in reasons():
        for part in reason.split("…"):
            assert part.strip() in code, part
    assert dropped(["t"])[0].held in reasons()

"""Renderings as whole texts: a change of a template or a default shows here, line by line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.golden import FOLDER, files


@pytest.mark.parametrize(("path", "text"), [pytest.param(*each, id=each[0].stem) for each in files()])
def test_an_inventory_renders_to_what_was_reviewed(path: Path, text: str) -> None:
    assert text == path.read_text(encoding="utf-8"), "if the change is right: python -m tests.golden"


def test_there_is_no_golden_file_without_an_inventory() -> None:
    assert {path for path, _ in files()} == set(FOLDER.glob("*.txt"))

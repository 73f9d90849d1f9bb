"""Whole outputs as files. `EXPECTED=write pytest ...` writes them anew; look at the difference before committing."""

from __future__ import annotations

import os
from pathlib import Path


def check(text: str, path: Path) -> None:
    """Compare a text with the file that holds what it should be."""
    if os.environ.get("EXPECTED") == "write":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8"), f"differs from {path.name}; EXPECTED=write takes it over"

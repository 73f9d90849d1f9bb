"""Writes the golden files: python -m tests.golden"""

from __future__ import annotations

from tests.golden import files

for path, text in files():
    path.write_text(text, encoding="utf-8")

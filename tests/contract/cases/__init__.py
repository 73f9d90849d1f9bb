"""Cases as data, one YAML file a subject; the head of each file says what its fields mean."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml


def load(name: str) -> list[Any]:
    """The cases of a file as pytest parameters, each known by its name."""
    rows = yaml.safe_load((Path(__file__).parent / f"{name}.yaml").read_text(encoding="utf-8"))
    return [pytest.param(row, id=row["name"]) for row in rows]


def hexadecimal(text: str) -> bytes:
    """Bytes out of hexadecimal text that may be broken into lines."""
    return bytes.fromhex("".join(text.split()))

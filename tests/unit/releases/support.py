"""Cases that the tests read from YAML files beside them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml


def cases(test_file: str, name: str) -> Any:
    """The parsed content of `cases/NAME.yaml` beside a test file."""
    path = Path(test_file).parent / "cases" / f"{name}.yaml"
    return yaml.safe_load(path.read_text(encoding="utf-8"))

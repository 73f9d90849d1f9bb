"""What `vitessctl status --output json` says, without a process for each look.

Tests look many times a second while they wait. A process of its own imports everything each time, 0.35 s of a core,
which on two cores slows down what is waited for; this takes 0.06. It is the command's own code from the spec on, and
tests/e2e/test_ask.py holds both against each other.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import Any
from unittest.mock import patch

from vitessctl.cli.session import SpecOptions, Where
from vitessctl.cli.status import looker
from vitessctl.errors import VitessctlError
from vitessctl.report.status import status_data


def status_of(spec: SpecOptions, where: Where, environment: Mapping[str, str] | None = None) -> dict[str, Any]:
    """One look, over connections of its own; AssertionError with its words where the command would fail."""
    try:
        with patch.dict(os.environ, environment or {}), looker(spec, where) as look:
            seen: dict[str, Any] = json.loads(json.dumps(status_data(look())))
    except VitessctlError as error:
        raise AssertionError(f"status failed: {error}") from error
    return seen

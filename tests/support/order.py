"""Long tests first: workers that share a layer are then done at about the same time."""

from __future__ import annotations

from collections.abc import Sequence

import pytest


def first(items: list[pytest.Item], modules: Sequence[str]) -> None:
    """Puts the tests of these modules (`test_story`) before all others, which stay in their order."""
    items.sort(key=lambda item: item.path.stem not in modules)

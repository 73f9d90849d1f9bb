"""For all tests."""

from __future__ import annotations

import gc
from collections.abc import Sequence

import pytest

# What tests make in great numbers is searched for cycles rarely: by default that is a tenth of the time of the pure
# tests, and a quarter of those that kill a run after each write to an API server in memory.
gc.set_threshold(100_000, 20, 50)

LONGEST: Sequence[str] = ("test_story.py", "test_tutorial.py", "test_nothing_to_do.py")
"""A minute or two each. Begun first, so that none is left to one worker when the others are done."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The order of everything else stays: tests of a module share a cluster."""
    items.sort(key=lambda item: item.path.name not in LONGEST)

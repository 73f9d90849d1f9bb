"""Tables as lines of text."""

from __future__ import annotations

import pytest

from vitessctl.report.columns import columns


def test_cells_stand_below_each_other() -> None:
    assert list(columns([("CELL", "TABLETS"), ("zone1", "3"), ("z", "")])) == ["CELL   TABLETS", "zone1  3", "z"]


def test_a_row_that_is_shorter_than_the_first_is_a_mistake() -> None:
    with pytest.raises(IndexError):
        list(columns([("a", "b"), ("c",)]))

"""The clusters of the packaged inventories, whole: a change of any name, number or default shows here."""

from __future__ import annotations

import pytest

from tests.unit.model.golden import CASES, NAMES, cluster_text


@pytest.mark.parametrize("name", NAMES)
def test_the_cluster_of_an_inventory(name: str) -> None:
    assert cluster_text(name) == (CASES / f"{name}.yaml").read_text(encoding="utf-8")


def test_there_is_no_case_without_an_inventory() -> None:
    assert sorted(path.stem for path in CASES.glob("*.yaml")) == NAMES

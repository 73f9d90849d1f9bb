"""What is read from accepted/*.yaml: values, layers, expressions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.unit.spec.conftest import Loader

GIVEN = ("files", "extra_vars", "images", "env", "target")
CASES = [
    pytest.param(case, id=f"{file.stem}: {case['name']}")
    for file in sorted(Path(__file__).parent.glob("accepted/*.yaml"))
    for case in yaml.safe_load(file.read_text(encoding="utf-8"))
]


@pytest.mark.parametrize("case", CASES)
def test_a_spec_is_read(case: dict[str, Any], load_text: Loader) -> None:
    given = {name: case[name] for name in GIVEN if name in case}
    spec = load_text(case["spec"], **given)
    assert {field: spec.get(field) for field in case["expect"]} == case["expect"]
    assert repr(load_text(case["spec"], **given).data) == repr(spec.data), "the same input gives the same spec"

"""Every mistake in cases/*.yaml gives exactly these sentences, in this order."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.unit.spec.conftest import Loader
from vitessctl.errors import ExitCode, SpecErrors

GIVEN = ("files", "extra_vars", "images", "env", "target")
CASES = [
    pytest.param(case, id=f"{file.stem}: {case['name']}")
    for file in sorted(Path(__file__).parent.glob("cases/*.yaml"))
    for case in yaml.safe_load(file.read_text(encoding="utf-8"))
]


@pytest.mark.parametrize("case", CASES)
def test_a_mistake_is_explained(case: dict[str, Any], load_text: Loader) -> None:
    given = {name: case[name] for name in GIVEN if name in case}
    with pytest.raises(SpecErrors) as caught:
        load_text(case["spec"], **given)
    assert str(caught.value) + "\n" == case["errors"]
    assert caught.value.exit_code == ExitCode.SPEC

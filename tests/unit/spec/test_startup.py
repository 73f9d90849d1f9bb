"""What loading a spec imports: it decides how fast `validate` starts."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

INVENTORIES = Path(__file__).parents[3] / "inventories"
FOR_EXTRA_FLAGS = {"vitessctl.releases.defaults", "vitessctl.releases.values"}
PROGRAM = """
import sys
from pathlib import Path
from vitessctl.model.build import build
from vitessctl.spec import load
build(load(Path(sys.argv[1])))
print(*sys.modules)
"""


def imported(inventory: str) -> set[str]:
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(INVENTORIES / inventory)], capture_output=True, text=True, check=True
    )
    return set(run.stdout.split())


@pytest.mark.parametrize("inventory", ["minimal", "sharded", "multicell", "vitess-2.1"])
def test_a_sound_spec_without_expressions_needs_neither_jinja_nor_jsonschema(inventory: str) -> None:
    assert imported(inventory) & {"jinja2", "jsonschema", "grpc", "kubernetes", "fractions"} == set()


def test_a_spec_without_flags_of_its_own_needs_no_defaults_of_flags() -> None:
    assert imported("minimal") & FOR_EXTRA_FLAGS == set()
    assert imported("production") >= FOR_EXTRA_FLAGS


def test_a_spec_with_expressions_needs_jinja_alone() -> None:
    found = imported("production")
    assert "jinja2" in found
    assert found & {"jsonschema", "grpc", "kubernetes"} == set()

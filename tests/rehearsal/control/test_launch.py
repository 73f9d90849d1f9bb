"""How a program's name becomes a stand-in, and what it may load on the way."""

from __future__ import annotations

import importlib
import inspect
import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.rehearsal.control.programs import ROOT
from vitessctl.rehearsal import launch

FORBIDDEN = yaml.safe_load((Path(__file__).parent / "cases" / "imports.yaml").read_text())
LOADED = "import json, sys; from vitessctl.rehearsal import launch; launch.leave_out_aio(); import {}; print({})"


def loaded_by(module: str) -> set[str]:
    """The modules of a fresh interpreter after importing one."""
    code = LOADED.format(module, "json.dumps(list(sys.modules))")
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout))


@pytest.mark.parametrize("program", launch.PROGRAMS)
def test_every_program_has_a_main_that_takes_a_command_line(program: str) -> None:
    main = importlib.import_module(launch.PROGRAMS[program]).main

    assert list(inspect.signature(main).parameters) == ["arguments"]
    assert inspect.signature(main).return_annotation == "int"


@pytest.mark.parametrize("program", FORBIDDEN)
def test_a_server_loads_only_what_it_needs(program: str) -> None:
    assert sorted(loaded_by(launch.PROGRAMS[program]) & set(FORBIDDEN[program])) == []


def test_grpc_comes_without_the_part_that_nobody_uses() -> None:
    modules = loaded_by("grpc")

    assert "grpc" in modules
    assert not {name for name in modules if name.startswith("grpc.aio.")}


def test_no_server_is_loaded_before_it_is_asked_for() -> None:
    modules = loaded_by("vitessctl.rehearsal.__main__")

    assert not {name for name in modules if name.startswith(tuple(launch.PROGRAMS.values()))}
    assert "grpc" not in modules

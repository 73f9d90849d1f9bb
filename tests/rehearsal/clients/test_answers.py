"""What the client programs answer, stand-ins and real ones alike: one table for both."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.rehearsal.clients.conftest import Control
from tests.rehearsal.control.programs import PATIENCE, environment, free_port

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "answers.yaml").read_text())
PLACE = re.compile(r"^[EW]\d{4} \S+ +\d+ \S+\] ")
"""What glog writes before a line's text."""
REAL_FOLDERS = {
    "vtctldclient": os.environ.get("VITESS_BIN", ""),
    "vtctlclient": os.environ.get("VITESS_BIN", ""),
    "mysql": os.path.join(os.environ.get("MYSQL_ROOT", ""), "usr/bin"),
    "etcdctl": os.path.join(os.environ.get("MYSQL_ROOT", ""), "usr/bin"),
}
Command = Callable[[str], list[str]]


def stand_in(program: str) -> list[str]:
    return [sys.executable, "-m", "vitessctl.rehearsal", program]


def real(program: str) -> list[str]:
    found = Path(REAL_FOLDERS[program], program)
    if not found.is_absolute() or not found.is_file():
        pytest.skip(f"real {program}: neither VITESS_BIN nor MYSQL_ROOT has it")
    return [str(found)]


@pytest.fixture(scope="session")
def places(control: Control, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What the braces of the cases stand for."""
    folder = tmp_path_factory.mktemp("sockets")
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(folder / "left"))
    sockets = {"absent": str(folder / "absent"), "left": str(folder / "left")}
    return {"vtctld": control.vtctld, "etcd": control.etcd, "dead": f"127.0.0.1:{free_port()}", **sockets}


def fill(text: str, places: dict[str, str]) -> str:
    for name, value in places.items():
        text = text.replace(f"{{{name}}}", value)
    return text


@pytest.mark.parametrize("command", [stand_in, pytest.param(real, marks=pytest.mark.real)])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_answers(case: dict[str, Any], command: Command, places: dict[str, str]) -> None:
    if command is real and not case.get("real", True):
        pytest.skip("only the stand-in can be asked this")
    arguments = [fill(word, places) for word in case["arguments"]]

    done = subprocess.run(
        [*command(case["program"]), *arguments],
        env=environment(),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )

    said = [PLACE.sub("", line) for line in done.stderr.splitlines() if line]
    assert done.returncode == case.get("code", 0), done.stderr
    assert fill(case.get("error", ""), places) == (said[-1] if said else "")
    assert "output" not in case or done.stdout == case["output"]
    for part in case.get("holds", []):
        assert fill(part, places) in done.stdout

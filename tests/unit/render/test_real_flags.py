"""Real Vitess 24 knows every flag that is rendered for it."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.unit.render.clusters import production
from vitessctl import releases
from vitessctl.render.commandline import CommandLines
from vitessctl.render.layout_local import LocalLayout

BINARIES = Path(os.environ.get("VITESS_BIN", "/nonexistent"))

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not (BINARIES / "vttablet").exists(), reason="VITESS_BIN names no folder with Vitess 24"),
]


def help_of(component: str) -> set[str]:
    """The flags that a real server lists."""
    shown = subprocess.run([BINARIES / component, "--help"], capture_output=True, text=True, timeout=30)
    return set(re.findall(r"^ +(?:-\w, )?--([\w-]+)", shown.stdout + shown.stderr, re.MULTILINE))


@pytest.mark.parametrize("component", ["vtctld", "mysqlctld", "vttablet", "vtorc", "vtgate"])
def test_a_real_server_lists_every_flag_that_it_is_given(component: str) -> None:
    cluster = production()
    tablet, cell = next(cluster.tablets()), cluster.cells[0]
    subject = {"vtctld": None, "mysqlctld": tablet, "vttablet": tablet}.get(component, cell)
    line = CommandLines(cluster, LocalLayout(cluster)).of(component, subject)
    assert {flag for flag, _ in line.flags} <= help_of(component)


@pytest.mark.parametrize("component", ["vtctld", "mysqlctld", "vttablet", "vtorc", "vtgate"])
def test_the_catalogue_knows_every_flag_of_a_real_server(component: str) -> None:
    release = releases.get("24")
    assert [flag for flag in help_of(component) if not release.accepts(component, flag)] == []

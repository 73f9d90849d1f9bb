"""The legacy service's commands, in every release: cases/commands.yaml holds each for a range of releases."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.rehearsal.control.rig import rig
from vitessctl import releases
from vitessctl.rehearsal.topology import TopologyError
from vitessctl.rehearsal.topology_names import Refused
from vitessctl.rehearsal.vtctld.legacy import service
from vitessctl.rehearsal.vtctld.legacy.job import Output

CASES: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "cases/commands.yaml").read_text())


def in_every_release() -> list[Any]:
    """Each case once for every release of its range."""
    return [
        pytest.param(name, case, id=f"{case['name']}-{name}")
        for case in CASES
        for name in releases.names()
        if releases.get(name).within(case.get("releases", ".."))
    ]


@pytest.mark.parametrize(("release", "case"), in_every_release())
def test_a_command_line(release: str, case: dict[str, Any]) -> None:
    cluster = rig(durability="" if releases.get(release).within("..13") else "none")
    cluster.release = releases.get(release)
    output = Output()

    error = ""
    try:
        service.run(cluster.context(), case["words"], output)
    except (Refused, TopologyError) as refusal:
        error = str(refusal)

    if "error_begins" in case:
        assert error.startswith(case["error_begins"])
    else:
        assert error == case.get("error", "")
    if "prints" in case:
        assert output.text() == case["prints"]
    assert case.get("holds", "") in output.text()

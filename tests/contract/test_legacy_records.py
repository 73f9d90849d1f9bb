"""What real vtctlds printed is what the files say of themselves: neutral, and JSON where a command prints JSON."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from vitessctl import releases

FILES = sorted((Path(__file__).parent / "legacy").glob("*.yaml"))
PARTS = ("without_tablets", "with_tablets")


def steps(path: Path) -> list[dict[str, Any]]:
    record = yaml.safe_load(path.read_text(encoding="utf-8"))
    return [step for part in PARTS for step in record.get(part, ()) if "args" in step]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_is_of_a_release_with_the_legacy_service(path: Path) -> None:
    record = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert record["release"] == path.stem
    assert releases.get(path.stem).rpc == "legacy" or path.stem == "24"
    assert record["version"].split(".")[0] == path.stem.split(".")[0]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_nothing_of_the_machine_is_left(path: Path) -> None:
    found = set(
        re.findall(r"/(?:root|tmp|work|home)/\S*|\b20[0-9]{2}-[0-9]{2}-[0-9]{2}\b", path.read_text(encoding="utf-8"))
    )
    assert found <= {"2026-01-02"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_records_are_printed_as_json(path: Path) -> None:
    printers = (
        "GetCellInfo",
        "GetKeyspace",
        "GetShard",
        "GetTablet",
        "GetSchema",
        "GetVSchema",
        "FindAllShardsInKeyspace",
    )
    printed = [
        step for step in steps(path) if step["args"][0] in printers and "error" not in step and "-h" not in step["args"]
    ]
    assert len(printed) > 5
    for step in printed:
        assert isinstance(json.loads(step["console"]), dict), step["name"]

"""What an answer that is not a success means to a person."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from vitessctl.targets.base import FieldConflict
from vitessctl.targets.kubernetes import faults, kinds
from vitessctl.targets.kubernetes.refusals import Call, fault_of, readable, status_of

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "refusals.yaml").read_text())
KINDS = {kind.name: kind for kind in kinds.ALL}


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_refusals(case: dict[str, Any]) -> None:
    verb, kind, name = case["ask"]
    answer = case["status"]
    body = json.dumps({"kind": "Status", **answer}).encode()
    fault = fault_of(status_of(answer["code"], body), Call(verb, KINDS[kind], "shop", name), "https://api", "ctx")
    assert type(fault) is getattr(faults, case["fault"])
    for words in case["says"]:
        assert words in str(fault)
    assert case.get("hides", "\0") not in str(fault)
    assert "\n" not in fault.what
    assert fault.fix, "a person is told what to do"


@pytest.mark.parametrize("body", [b"", b"<html>\n\n no </html>", b"[1]", b'{"kind": "Pod"}', b"\xff\xfe", b"null"])
def test_anything_may_come_in_place_of_a_status(body: bytes) -> None:
    status = status_of(502, body)
    fault = fault_of(status, Call("get", kinds.POD, "shop", "p"), "https://api", "ctx")
    assert isinstance(fault, faults.ServerFailed)
    assert "\n" not in status.message


def test_a_conflict_can_be_worked_with() -> None:
    conflict = faults.ApplyConflict("Service/vtgate", [FieldConflict("spec.type", "kubectl")])
    assert conflict.conflicts[0].manager == "kubectl"
    assert conflict.exit_code == 7


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        (".data.a", "data.a"),
        ('.spec.containers[name="a"].env[name="B"].value', "spec.containers[a].env[B].value"),
        ('.spec.ports[port=3306,protocol="TCP"].name', 'spec.ports[port=3306,protocol="TCP"].name'),
    ],
)
def test_paths_are_readable(path: str, shown: str) -> None:
    assert readable(path) == shown

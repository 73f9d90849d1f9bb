"""Verdicts on what a real Kubernetes said."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from vitessctl.diagnose.kubernetes import workload_verdict
from vitessctl.diagnose.kubernetes.sight import moment
from vitessctl.render.documents import Document

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "recorded.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", [pytest.param(case, id=case["name"]) for case in CASES])
def test_what_was_recorded_is_explained(case: dict[str, Any]) -> None:
    workload = case["workload"]
    wanted = {"apiVersion": "apps/v1", **workload}
    document = Document("vtctld", "vtctld", workload["kind"], workload["metadata"]["name"], "", "t.j2", wanted)
    now = moment(case["now"])
    judgement = workload_verdict(
        document,
        workload,
        case["pods"],
        case["claims"],
        case["events"],
        lambda pod, container, previous: case["lines"],
        "24",
        now=now,
        since=now - 600,
    )
    verdict = judgement.verdict
    assert (verdict.state.value, verdict.reason, verdict.fix) == (case["state"], case["reason"], case["fix"])
    assert list(verdict.evidence) == case["evidence"]

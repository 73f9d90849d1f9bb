"""The table of causes: every text that Kubernetes was seen to write has its row and reads well."""

from __future__ import annotations

import string
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.unit.diagnose.kubernetes import scenes
from vitessctl.diagnose.kubernetes.symptom import WORDS, Symptom, explained
from vitessctl.diagnose.kubernetes.table import Cause, causes

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "causes.yaml").read_text(encoding="utf-8"))
SCENE = {
    "node": "node-1",
    "image": "vitess/lite:v99",
    "claim": "data-shop-a-0",
    "storage_class": "fast",
    "asks": "64 cpu",
    "room": "; the only node has 2 cpu and 24Gi memory",
    "probe": "startup GET /debug/health on port 15000",
    "limit": "32Mi",
}


@pytest.mark.parametrize("case", [pytest.param(case, id=case["cause"] + str(n)) for n, case in enumerate(CASES)])
def test_a_text_is_explained(case: dict[str, Any]) -> None:
    symptom = Symptom(
        case["part"], case["reason"], case.get("message", ""), "shop-a-0", "vttablet", restarts=9, words=SCENE
    )
    found = explained(symptom, scenes.sight())
    assert found is not None
    assert (found.name, found.cause, found.doomed) == (case["cause"], case["says"], case["doomed"])


def test_every_cause_has_a_case() -> None:
    assert [cause.name for cause in causes() if cause.name not in {case["cause"] for case in CASES}] == []


@pytest.mark.parametrize("cause", causes(), ids=lambda cause: cause.name)
def test_the_sentences_of_a_cause_are_in_order(cause: Cause) -> None:
    words = {name for text in (cause.cause, cause.fix) for _, name, _, _ in string.Formatter().parse(text) if name}
    assert words <= {*WORDS, *cause.when.groupindex}
    assert not cause.cause.endswith(".")
    assert cause.fix.endswith(".")
    assert cause.doomed or not (cause.patience or cause.restarts), "what is never doomed needs no patience"


def test_names_of_causes_are_unique() -> None:
    names = [cause.name for cause in causes()]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("part", sorted({cause.part for cause in causes()} - {"terminating", "end"}))
def test_a_text_that_nobody_knows_still_says_what_kubernetes_said(part: str) -> None:
    found = explained(Symptom(part, "Mystery", "the moon is full"), scenes.sight())
    assert found is None if part == "volume" else "the moon is full" in (found.cause if found else "")

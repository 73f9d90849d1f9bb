"""A plan as data: counts, digest, JSON; and that no secret is in any of them."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.plan.plans import IMAGE, PASSWORD, a_change, a_full_plan, a_plan
from vitessctl.plan.masking import Masking
from vitessctl.plan.plan import Plan, Step
from vitessctl.targets.base import FieldChange


def test_counts_are_by_operation() -> None:
    assert a_full_plan().counts == {
        "create": 1, "update": 3, "start": 0, "recreate": 1, "delete": 2, "conflict": 1, "keep": 1, "action": 2,
    }  # fmt: skip


def test_a_plan_that_keeps_everything_is_empty() -> None:
    assert a_plan(a_change("keep", "Service/x", "etcd")).is_empty
    assert not a_plan(actions={"cells": ("register cell zone1",)}).is_empty
    assert not a_plan(a_change("start", "Program/x", "etcd")).is_empty


def test_the_json_names_what_changes_and_nothing_else() -> None:
    data = a_full_plan().data

    assert (data["type"], data["cluster"], data["target"], data["pending"]) == ("plan", "shop", "kubernetes", True)
    assert [stage["name"] for stage in data["stages"]] == ["vtctld", "tablets", "vtgate", "prune", "cells"]
    first = data["stages"][1]["changes"][0]
    assert first == {
        "operation": "update",
        "label": "StatefulSet/shop-zone1-0000000100",
        "component": "vttablet",
        "subject": "",
        "consequence": "restarts the tablet; a primary gives its role away first: writers wait about a second",
        "fields": [{"path": IMAGE.path, "before": IMAGE.before, "after": IMAGE.after, "secret": False}],
        "conflicts": [],
    }
    assert json.loads(json.dumps(data)) == data


DIFFERENT: list[Plan] = [
    a_plan(),
    a_plan(a_change("update", "StatefulSet/x", "vttablet", "tablets", IMAGE)),
    a_plan(a_change("update", "StatefulSet/x", "vttablet", "tablets", replace(IMAGE, after="another"))),
    a_plan(a_change("update", "StatefulSet/x", "vttablet", "tablets", replace(IMAGE, before="another"))),
    a_plan(a_change("update", "StatefulSet/y", "vttablet", "tablets", IMAGE)),
    a_plan(a_change("recreate", "StatefulSet/x", "vttablet", "tablets", IMAGE)),
    a_plan(a_change("update", "StatefulSet/x", "vttablet", "tablets", IMAGE), actions={"cells": ("register",)}),
    a_plan(a_change("update", "StatefulSet/x", "vttablet", "tablets", IMAGE), target="local"),
    a_full_plan(),
]


def test_whatever_is_done_differently_has_another_digest() -> None:
    assert len({plan.digest for plan in DIFFERENT}) == len(DIFFERENT)


def test_a_text_that_changes_changes_the_digest() -> None:
    plan = a_plan(a_change("create", "File/my.cnf", "mysqlctld"))
    stage = plan.stages[0]
    other = replace(plan, stages=(replace(stage, steps=(Step(stage.steps[0].change, "another text"),)),))

    assert plan.digest != other.digest


def test_what_stays_as_it_is_has_no_part_in_the_digest() -> None:
    change = a_change("update", "StatefulSet/x", "vttablet", "tablets", IMAGE)

    assert a_plan(change, a_change("keep", "Service/x", "etcd")).digest == a_plan(change).digest
    assert a_plan(change, notes=("something",), left=("Program/old",)).digest == a_plan(change).digest


@settings(deadline=None)
@given(st.permutations(["a", "b", "c"]), st.permutations([IMAGE, PASSWORD, FieldChange("x", {"p": 1, "q": 2}, None)]))
def test_no_order_changes_the_digest(names: list[str], fields: list[FieldChange]) -> None:
    fields = [replace(f, before={"q": 2, "p": 1}) if f.path == "x" else f for f in fields]
    plan = a_plan(*(a_change("update", f"StatefulSet/{name}", "vttablet", "tablets", *fields) for name in names))

    assert plan.digest == "3100a882904dc0fd"


def test_another_process_comes_to_the_same_digest() -> None:
    program = "from tests.unit.plan.plans import a_full_plan; print(a_full_plan().digest)"
    for seed in ("1", "2"):
        done = subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, check=True, env={"PYTHONHASHSEED": seed}
        )
        assert done.stdout.strip() == a_full_plan().digest


def test_equal_secrets_share_a_number() -> None:
    masking = Masking()

    assert masking.pair(FieldChange("a", "one", "two", secret=True)) == ("(hidden #1)", "(hidden #2)")
    assert masking.pair(FieldChange("b", "two", None, secret=True)) == ("(hidden #2)", None)
    assert masking.pair(FieldChange("c", None, {"k": "one"}, secret=True)) == (None, {"k": "(hidden #1)"})
    assert masking.pair(FieldChange("d", "one", "two")) == ("one", "two")


SECRETS = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x4FFF), min_size=2, max_size=8)


@settings(deadline=None)
@given(SECRETS, SECRETS)
def test_no_byte_of_a_secret_is_in_the_json_or_the_digest(before: str, after: str) -> None:
    plans = [
        a_plan(a_change("update", "Secret/x", "vtgate", "", FieldChange("data.a", old, {"k": [new]}, secret=True)))
        for old, new in ((before, after), ("p", "q"))
    ]

    text = json.dumps(plans[0].data, ensure_ascii=False)
    assert not set(before + after) & set(text)
    assert plans[0].digest == plans[1].digest


@pytest.mark.parametrize("length", [16])
def test_a_digest_can_be_typed(length: int) -> None:
    assert len(a_full_plan().digest) == length
    assert int(a_full_plan().digest, 16) >= 0

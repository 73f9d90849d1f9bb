"""The last runs as a table and as JSON."""

from __future__ import annotations

from dataclasses import replace

import pytest

from vitessctl.report.history import history_data, history_lines
from vitessctl.run.runs import Result, Run

UP = Run(
    "a1",
    "up",
    "anna@laptop",
    "2026-11-26T12:00:00Z",
    "2026-11-26T12:00:21Z",
    Result.DONE,
    {"create": 31, "act": 4},
    plan="77aa",
)
FAILED = replace(UP, id="b2", who="ci", result=Result.FAILED, changes={"update": 1}, error="vtgate was not ready")
OPEN = Run("c3", "down", "ben@ci", "2026-11-26T13:00:00Z", changes={"delete": 2, "later": 1})


def test_a_row_for_each_run_and_why_it_failed_below() -> None:
    assert list(history_lines([OPEN, FAILED, UP], running={"c3"})) == [
        "when (UTC)           who          command  result   changes                      took",
        "2026-11-26 13:00:00  ben@ci       down     running  2 deleted, 1 later           -",
        "2026-11-26 12:00:00  ci           up       failed   1 updated                    21 s",
        "  vtgate was not ready",
        "2026-11-26 12:00:00  anna@laptop  up       done     31 created, 4 admin actions  21 s",
    ]


def test_one_that_did_not_end_and_does_not_run_is_not_called_done() -> None:
    _, line = history_lines([replace(OPEN, changes={})], running=())

    assert line.endswith("did not end  none     -")


def test_without_any_run_it_says_so() -> None:
    assert list(history_lines([], ())) == ["No run has changed this cluster yet, or nothing is remembered of it."]


@pytest.mark.parametrize(("running", "result"), [((), "did not end"), (("c3",), "running")])
def test_as_json(running: tuple[str, ...], result: str) -> None:
    data = history_data("shop", "kubernetes", [OPEN, UP], running)

    assert {key: data[key] for key in ("type", "cluster", "target")} == {
        "type": "history",
        "cluster": "shop",
        "target": "kubernetes",
    }
    first, second = data["runs"]
    assert (first["id"], first["result"], first["seconds"]) == ("c3", result, None)
    assert (second["id"], second["result"], second["seconds"], second["plan"]) == ("a1", "done", 21.0, "77aa")

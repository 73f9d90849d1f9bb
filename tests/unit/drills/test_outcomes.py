"""What timed outcomes make: outages, and errors as kinds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from vitessctl.drills.outcomes import LONGEST_ERROR, Outcome, outage, plain

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "outcomes.yaml").read_text(encoding="utf-8"))
KILLED = 10.0


@pytest.mark.parametrize("case", CASES, ids=[case["case"] for case in CASES])
def test_the_outage(case: dict[str, Any]) -> None:
    found = outage([Outcome(at - 0.05, at, error) for at, error in case["saw"]], KILLED, case["until"])

    assert found.longest == pytest.approx(case["longest"])
    assert found.total == pytest.approx(case["total"])
    assert (found.tries, found.failed, found.over) == (case["tries"], case["failed"], case["over"])
    assert found.first_failure == pytest.approx(case.get("first_failure"))
    assert found.last_failure == pytest.approx(case.get("last_failure"))


@given(st.lists(st.tuples(st.floats(0.01, 3.0), st.booleans()), max_size=30))
def test_the_longest_is_never_more_than_all_and_all_never_more_than_the_time(steps: list[tuple[float, bool]]) -> None:
    at, outcomes = KILLED, []
    for pause, ok in steps:
        at += pause
        outcomes.append(Outcome(at, at, "" if ok else "gone"))

    found = outage(outcomes, KILLED, at + 0.1)

    assert 0 <= found.longest <= found.total + 1e-6
    assert found.total <= at + 0.1 - KILLED + 1e-6
    assert found.failed == sum(not ok for _, ok in steps)
    assert not found.failed or found.longest > 0


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (
            "no healthy tablet available for zone1-0000000101 at 127.0.0.1:15101",
            "no healthy tablet available for TABLET at ADDRESS",
        ),
        ("vttablet: (errno 1290) (sqlstate HY000)", "vttablet: (errno 1290) (sqlstate HY000)"),
        ("a query fails (MySQL error 1105)", "a query fails (MySQL error 1105)"),
        ("vttablet: rpc error: code = Code(17) desc = it is read-only", "vttablet: it is read-only"),
        ("alias: cell:zone1 uid:101 is gone", "alias: cell:zone1 uid:N is gone"),
        ("insert into vitessctl_drill_20261127t001500z\n  fails", "insert into TABLE fails"),
        ("/data/vt_0000000100/mysql.sock", "/data/vt_N/mysql.sock"),
        ("Duplicate entry for (5123)", "Duplicate entry for (N)"),
    ],
)
def test_errors_of_a_kind_read_the_same(error: str, kind: str) -> None:
    assert plain(error) == kind


def test_kinds_of_errors_are_counted_the_most_frequent_first() -> None:
    told = ["zone1-0000000100 is gone", "refused", "zone1-0000000101 is gone"]

    found = outage([Outcome(KILLED, KILLED + 1 + n, text) for n, text in enumerate(told)], KILLED, 14.0)

    assert found.errors == (("TABLET is gone", 2), ("refused", 1))


def test_a_long_error_is_cut() -> None:
    assert len(plain("word " * 100)) == LONGEST_ERROR

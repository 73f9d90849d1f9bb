"""Runs as they are remembered: to JSON and back, whatever version wrote it, and how each ended."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.wall import NOON, Wall
from vitessctl.errors import Interrupted, NotReadyError
from vitessctl.run.counting import ChangeCount
from vitessctl.run.events import ActionTaken, DocumentApplied, StageStarted
from vitessctl.run.runs import KEPT, LONGEST_ERROR, Result, Run, ended, parse_run, parse_runs, run_data, with_run
from vitessctl.targets.base import Change, Operation

RUN = Run("a1", "up", "anna@laptop", "2026-11-26T12:00:00Z")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["id", "started", "x"]), inner),
    max_leaves=12,
)
TEXTS = st.text(max_size=20)
RUNS = st.builds(
    Run,
    id=st.text(min_size=1, max_size=12),
    command=TEXTS,
    who=TEXTS,
    started=st.text(min_size=1, max_size=20),
    ended=TEXTS,
    result=st.sampled_from(Result),
    changes=st.dictionaries(TEXTS, st.integers(1, 1000), max_size=4),
    plan=TEXTS,
    error=TEXTS,
)


@given(RUNS)
def test_a_run_survives_being_written_down(run: Run) -> None:
    assert parse_run(run_data(run)) == run


def test_what_is_empty_is_not_written() -> None:
    assert run_data(RUN) == {"id": "a1", "command": "up", "who": "anna@laptop", "started": "2026-11-26T12:00:00Z"}


@given(JSON)
def test_any_json_is_read_without_an_error(data: Any) -> None:
    for run in parse_runs(data):
        assert run.id
        assert run.started


def test_what_a_newer_version_adds_is_passed_over() -> None:
    data = {**run_data(RUN), "result": "rolled back", "tickets": [1, 2], "changes": {"create": 3, "odd": "many"}}

    run = parse_run(data)

    assert run is not None
    assert (run.result, run.changes) == (Result.FAILED, {"create": 3})


def test_the_newest_is_first_and_ten_are_kept() -> None:
    runs: tuple[Run, ...] = ()
    for number in range(KEPT + 3):
        runs = with_run(runs, Run(f"r{number}", "up", "anna@laptop", "2026-11-26T12:00:00Z", result=Result.DONE))

    assert [run.id for run in runs] == [f"r{number}" for number in range(KEPT + 2, 2, -1)]


def test_a_run_that_never_ended_was_killed_once_another_one_begins() -> None:
    runs = with_run((RUN,), Run("b2", "up", "ben@ci", "2026-11-26T13:00:00Z"))

    assert [(run.id, run.result) for run in runs] == [("b2", Result.OPEN), ("a1", Result.KILLED)]


def test_a_run_replaces_what_was_known_of_it_and_leaves_the_others_alone() -> None:
    older = Run("z0", "up", "anna@laptop", "2026-11-26T11:00:00Z", result=Result.FAILED)
    done = ended(RUN, None, NOON)

    assert with_run((RUN, older), done) == (done, older)


@pytest.mark.parametrize(
    ("error", "result", "text"),
    [
        (None, Result.DONE, ""),
        (Interrupted("interrupted"), Result.INTERRUPTED, "interrupted"),
        (KeyboardInterrupt(), Result.INTERRUPTED, ""),
        (NotReadyError("vtgate was not ready\nwithin 180 s"), Result.FAILED, "vtgate was not ready within 180 s"),
        (NotReadyError("x" * 1000), Result.FAILED, "x" * LONGEST_ERROR),
        (ZeroDivisionError("a value that may be secret"), Result.FAILED, "ZeroDivisionError"),
    ],
)
def test_how_a_run_ended(error: BaseException | None, result: Result, text: str) -> None:
    wall = Wall()
    wall.advance(75)

    run = ended(RUN, error, wall())

    assert (run.result, run.error, run.ended, run.seconds) == (result, text, "2026-11-26T12:01:15Z", 75.0)


@pytest.mark.parametrize("ending", ["", "yesterday", "2026-11-26T12:00:00"])
def test_how_long_it_took_is_unknown_without_two_times(ending: str) -> None:
    assert Run("a1", "up", "anna@laptop", RUN.started, ended=ending).seconds is None


def test_changes_are_counted_by_operation() -> None:
    count = ChangeCount()
    for operation in (Operation.CREATE, Operation.CREATE, Operation.KEEP, Operation.UPDATE):
        count(DocumentApplied(0.0, Change(operation, "Service/a", "etcd", "etcd")))
    count(ActionTaken(0.0, "cells", "cell zone1 is there", False))
    count(StageStarted(0.0, "etcd"))
    assert count.counts == {"create": 2, "update": 1}

    count(ActionTaken(0.0, "keyspaces", "create keyspace messages", True))
    assert count.counts == {"create": 2, "update": 1, "act": 1}

"""Who is asked, what counts as yes, and what wants its word where nobody is asked."""

from __future__ import annotations

import io
import sys

import pytest

from tests.unit.plan.plans import a_change, a_full_plan, a_plan
from vitessctl.cli import confirm
from vitessctl.plan.plan import Plan
from vitessctl.plan.safety import ConflictingPlan, UnsafePlan

CLAIM = a_change("delete", "PersistentVolumeClaim/data-x-0", "vttablet", "prune")
KEPT = [a_change("keep", f"Service/{number}", "etcd") for number in range(6)]
HARMLESS = a_plan(a_change("create", "Service/x", "etcd"))
LOSING = a_plan(CLAIM, *KEPT)


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Somebody sits there."""
    monkeypatch.setattr(confirm, "somebody_there", lambda: True)
    return monkeypatch


@pytest.fixture
def pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody does, and nobody may be asked."""
    monkeypatch.setattr(confirm, "somebody_there", lambda: False)
    monkeypatch.setattr("typer.prompt", lambda *given, **more: pytest.fail("it asked"))


@pytest.mark.parametrize(
    ("typed", "goes_on"),
    [("yes", True), ("YES ", True), ("", False), ("y", False), ("no", False), ("yes please", False)],
)
def test_only_yes_is_yes(terminal: pytest.MonkeyPatch, typed: str, goes_on: bool) -> None:
    terminal.setattr(sys, "stdin", io.StringIO(f"{typed}\n"))

    assert confirm.approved(HARMLESS, yes=False, allowed=()) is goes_on


def test_nobody_is_asked_in_a_pipe(pipe: None) -> None:
    assert confirm.approved(HARMLESS, yes=False, allowed=())


def test_nobody_is_asked_who_said_yes_before(terminal: pytest.MonkeyPatch) -> None:
    terminal.setattr("typer.prompt", lambda *given, **more: pytest.fail("it asked"))

    assert confirm.approved(HARMLESS, yes=True, allowed=())


def test_a_person_who_is_asked_may_lose_data(terminal: pytest.MonkeyPatch) -> None:
    terminal.setattr("typer.prompt", lambda *given, **more: "yes")

    assert confirm.approved(LOSING, yes=False, allowed=())


def test_yes_is_not_enough_to_lose_data(terminal: pytest.MonkeyPatch) -> None:
    with pytest.raises(UnsafePlan):
        confirm.approved(LOSING, yes=True, allowed=())
    assert confirm.approved(LOSING, yes=True, allowed=["data-loss"])


def test_a_pipe_needs_the_word_too(pipe: None) -> None:
    with pytest.raises(UnsafePlan):
        confirm.approved(LOSING, yes=False, allowed=["many-deletes"])
    assert confirm.approved(LOSING, yes=False, allowed=["data-loss"])


@pytest.mark.parametrize("plan", [a_full_plan()])
def test_a_conflict_is_never_asked_about(terminal: pytest.MonkeyPatch, plan: Plan) -> None:
    with pytest.raises(ConflictingPlan):
        confirm.approved(plan, yes=True, allowed=["data-loss", "many-deletes", "empty-spec"])


def test_a_terminal_is_one_that_is_read_and_written(monkeypatch: pytest.MonkeyPatch) -> None:
    for reads, writes in ((True, True), (True, False), (False, True)):
        monkeypatch.setattr(sys.stdin, "isatty", lambda reads=reads: reads, raising=False)
        monkeypatch.setattr(sys.stdout, "isatty", lambda writes=writes: writes, raising=False)
        assert confirm.somebody_there() is (reads and writes)

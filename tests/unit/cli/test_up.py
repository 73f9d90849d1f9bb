"""`vitessctl up` on Kubernetes (a world in memory that calls itself so): the plan first, then what it says."""

from __future__ import annotations

import json
import re

import pytest

from tests.support.world.target import WorldTarget
from tests.unit.cli.conftest import MINIMAL, Cli, Machine, Result
from vitessctl.cli import confirm
from vitessctl.targets.base import Run

IN = ("-i", str(MINIMAL))


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Somebody sits there and types these."""
    typed: list[str] = []
    monkeypatch.setattr(confirm, "somebody_there", lambda: True)
    monkeypatch.setattr("typer.prompt", lambda question, **more: typed.pop(0))
    return typed


def digest_of(result: Result) -> str:
    found = re.search(r"digest: (\w+)", result.out)
    assert found
    return found[1]


def test_without_a_word_it_is_kubernetes(cli: Cli, machine: Machine) -> None:
    result = cli("up", *IN)

    assert (result.code, result.err) == (0, "")
    assert machine.opened == [("minimal", "kubernetes", None)]
    assert result.lines[0] == "up minimal (kubernetes)"
    assert f"connect:          vitessctl connect -i {MINIMAL}" in result.lines


def test_nobody_is_shown_a_plan_who_is_not_asked(cli: Cli, machine: Machine) -> None:
    assert "Plan:" not in cli("up", *IN).out


def test_a_person_sees_the_plan_and_says_yes(cli: Cli, machine: Machine, answers: list[str]) -> None:
    answers.append("yes")

    result = cli("up", *IN)

    assert result.code == 0
    assert result.out.index("Plan: 10 to create") < result.out.index("up minimal (kubernetes)")
    assert machine.world.up("vtgate", "zone1")


def test_a_person_who_says_no_gets_nothing_changed(cli: Cli, machine: Machine, answers: list[str]) -> None:
    answers.append("no")

    result = cli("up", *IN)

    assert (result.code, result.lines[-1]) == (1, "Nothing was changed.")
    assert machine.session.writes == []


def test_nobody_is_asked_about_nothing(cli: Cli, machine: Machine, answers: list[str]) -> None:
    cli("up", *IN, "--yes")

    result = cli("up", *IN)

    assert result.code == 0
    assert "Nothing changed." in result.lines


def test_check_is_the_plan(cli: Cli, machine: Machine) -> None:
    result = cli("up", *IN, "--check")

    assert result.code == 0
    assert result.out.splitlines()[:-2] == cli("plan", *IN).out.splitlines()[: len(result.lines) - 2]
    assert machine.session.writes == []


def test_check_as_json_is_one_object(cli: Cli, machine: Machine) -> None:
    data = json.loads(cli("up", *IN, "--check", "--output", "json").out)
    assert data["digest"]
    assert machine.session.writes == []


def test_exactly_the_plan_that_was_looked_at(cli: Cli, machine: Machine) -> None:
    digest = digest_of(cli("up", *IN, "--check"))
    assert cli("up", *IN, "--plan", digest).code == 0
    assert machine.world.up("vtgate", "zone1")


def test_another_plan_is_not_done(cli: Cli, machine: Machine) -> None:
    result = cli("up", *IN, "--plan", "0123456789abcdef")

    assert result.code == 7
    assert "the plan moved; nothing was changed" in result.err
    assert machine.session.writes == []


def test_what_moves_between_the_plan_and_the_lock_is_seen(
    cli: Cli, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While somebody reads the plan, another run brings part of it up; then this one gets the lock."""
    digest = digest_of(cli("up", *IN, "--check"))
    takes = WorldTarget.changing

    def after_another_run(self: WorldTarget, run: Run) -> object:
        self.apply([document for document in run.documents if document.stage == "etcd"])
        machine.session.writes.clear()
        return takes(self, run)

    monkeypatch.setattr(WorldTarget, "changing", after_another_run)

    result = cli("up", *IN, "--plan", digest)

    assert (result.code, machine.session.writes) == (7, [])


def test_on_one_machine_nobody_waits_for_a_plan(
    cli: Cli, machine: Machine, monkeypatch: pytest.MonkeyPatch, answers: list[str]
) -> None:
    monkeypatch.setattr("vitessctl.run.foresee.make_plan", lambda *given: pytest.fail("it made one"))
    assert cli("up", *IN, "--rehearse").code == 0

"""`vitessctl rebuild` on a machine that is a world in memory."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.expected import check
from tests.unit.cli.conftest import MINIMAL, Cli, Machine, Result
from vitessctl.cli import confirm
from vitessctl.status import observe

FIRST, SECOND, THIRD = (f"zone1-{number:010d}" for number in (100, 101, 102))
SCREENS = Path(__file__).parent / "screens"


@pytest.fixture
def here(cli: Cli, machine: Machine, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """The command, about a cluster that is up and has rows."""
    monkeypatch.setattr(observe, "ON_ITS_WAY_SECONDS", 0.0)
    Path("cluster.yaml").write_text((MINIMAL / "cluster.yaml").read_text())
    assert cli("up", "--rehearse").code == 0
    machine.world.write_rows(40)
    return lambda *words: cli("rebuild", "--rehearse", *words)


def test_a_replica_is_made_anew(here: Callable[..., Result], machine: Machine) -> None:
    result = here("zone1-101", "--yes")

    assert (result.code, result.err) == (0, "")
    check(result.out, SCREENS / "rebuild.txt")
    assert machine.world.mysqlds[SECOND].executed == machine.world.mysqlds[FIRST].executed
    assert list(machine.world.set_aside) == [SECOND]


def test_the_primary_is_refused(here: Callable[..., Result], machine: Machine) -> None:
    result = here(FIRST, "--yes")

    assert (result.code, machine.world.set_aside) == (1, {})
    assert "fix: make another tablet primary first: vitessctl reparent messages/0" in result.err


def test_where_nobody_sits_it_has_to_be_confirmed(here: Callable[..., Result], machine: Machine) -> None:
    result = here(SECOND)

    assert (result.code, machine.world.set_aside) == (5, {})
    assert "fix: add --yes" in result.err


@pytest.mark.parametrize(("typed", "code"), [(SECOND, 0), ("yes", 1), ("zone1-101", 1), ("", 1)])
def test_a_person_types_the_alias(
    here: Callable[..., Result], machine: Machine, monkeypatch: pytest.MonkeyPatch, typed: str, code: int
) -> None:
    monkeypatch.setattr(confirm, "somebody_there", lambda: True)
    monkeypatch.setattr("typer.prompt", lambda *_, **__: typed)

    assert here(SECOND).code == code
    assert bool(machine.world.set_aside) == (code == 0)


def test_rows_that_nobody_else_has_go_only_by_their_word(here: Callable[..., Result], machine: Machine) -> None:
    machine.world.mysqlds[SECOND].executed.add(("feedbeef", 7))

    refused = here(SECOND, "--yes")

    assert (refused.code, machine.world.set_aside) == (1, {})
    assert f"{SECOND} has 1 transaction that the primary lacks: feedbeef:7" in refused.err
    assert here(SECOND, "--yes", "--allow", "data-loss").code == 0


def test_what_changed_while_a_person_thought_ends_it(
    here: Callable[..., Result], machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def think(*_: object, **__: object) -> str:
        machine.world.mysqlds[SECOND].executed.add(("feedbeef", 7))
        return SECOND

    monkeypatch.setattr(confirm, "somebody_there", lambda: True)
    monkeypatch.setattr("typer.prompt", think)

    assert (here(SECOND).code, machine.world.set_aside) == (7, {})


def test_json(here: Callable[..., Result]) -> None:
    lines = [json.loads(line) for line in here(SECOND, "--yes", "--output", "json").lines]

    assert [line["type"] for line in lines[:3]] == ["version", "run_started", "rebuild"]
    assert (lines[2]["way"], lines[2]["donor"]) == ("binlogs", FIRST)
    assert (lines[-1]["type"], lines[-1]["alias"], lines[-1]["transactions"]) == ("rebuilt", SECOND, 41)


@pytest.mark.parametrize("word", ["zone1-177", "messages", "zone1"])
def test_what_is_no_tablet(here: Callable[..., Result], word: str) -> None:
    assert here(word, "--yes").code == 5

"""`vitessctl reparent` on a machine that is a world in memory."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.expected import check
from tests.support.world import reparent as promotion
from tests.unit.cli.conftest import MINIMAL, Cli, Machine, Result
from vitessctl.cli import confirm
from vitessctl.heal import reparenting
from vitessctl.heal.gap import Gap
from vitessctl.status import observe

FIRST, SECOND, THIRD = (f"zone1-{number:010d}" for number in (100, 101, 102))
SCREENS = Path(__file__).parent / "screens"
DEAD = 1e9


@pytest.fixture
def here(cli: Cli, machine: Machine, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """The command, about a cluster that is up; its vtorc is gone, so that nobody else acts."""

    @contextmanager
    def watching(*_: object) -> Iterator[Gap]:
        yield Gap(0.0, first_new=0.7)

    monkeypatch.setattr(observe, "ON_ITS_WAY_SECONDS", 0.0)
    monkeypatch.setattr(reparenting, "watching", watching)
    Path("cluster.yaml").write_text((MINIMAL / "cluster.yaml").read_text())
    assert cli("up", "--rehearse").code == 0
    machine.world.processes.pop(("vtorc", "zone1"))
    return lambda *words: cli("reparent", "--rehearse", *words)


def test_a_living_primary_hands_over(here: Callable[..., Result], machine: Machine) -> None:
    result = here("messages")

    assert (result.code, result.err) == (0, "")
    check(result.out, SCREENS / "reparent.txt")
    assert machine.world.primary() == SECOND


def test_a_dead_primary_is_replaced(here: Callable[..., Result], machine: Machine) -> None:
    machine.world.kill_tablet(FIRST, back_in=DEAD)

    result = here("messages/0", "--yes")

    assert (result.code, result.err) == (0, "")
    check(result.out, SCREENS / "reparent_emergency.txt")


def test_to_a_tablet_that_is_named(here: Callable[..., Result], machine: Machine) -> None:
    assert here("messages", "--to", "zone1-102").code == 0
    assert machine.world.primary() == THIRD


def test_to_the_one_that_leads(here: Callable[..., Result], machine: Machine) -> None:
    before = list(machine.session.writes)

    result = here("messages", "--to", FIRST)

    assert (result.code, result.lines[-1]) == (0, f"{FIRST} is the primary of messages/0 already. Nothing was changed.")
    assert machine.session.writes == before


def test_a_living_primary_is_given_up_only_by_its_word(here: Callable[..., Result], machine: Machine) -> None:
    refused = here("messages", "--emergency", "--yes")

    assert (refused.code, machine.world.primary()) == (1, FIRST)
    assert "fix: mend the cause, or add --allow living-primary" in refused.err
    assert here("messages", "--emergency", "--yes", "--allow", "living-primary").code == 0
    assert machine.world.primary() == SECOND


def test_rows_are_given_up_only_by_their_word(here: Callable[..., Result], machine: Machine) -> None:
    world = machine.world
    world.mysqlds[SECOND].stuck = True
    world.write_rows(3)
    world.kill_tablet(FIRST, back_in=DEAD)

    refused = here("messages", "--to", SECOND)

    assert (refused.code, world.primary()) == (1, FIRST)
    assert f"{SECOND} lacks 3 transactions that others have" in refused.err
    assert "--allow data-loss" in refused.err


@pytest.mark.parametrize(("answer", "code", "leads"), [("yes", 0, SECOND), ("y", 1, FIRST), ("", 1, FIRST)])
def test_a_person_is_asked(
    here: Callable[..., Result],
    machine: Machine,
    monkeypatch: pytest.MonkeyPatch,
    answer: str,
    code: int,
    leads: str,
) -> None:
    monkeypatch.setattr(confirm, "somebody_there", lambda: True)
    monkeypatch.setattr("typer.prompt", lambda *_, **__: answer)

    assert here("messages").code == code
    assert machine.world.primary() == leads


def test_what_changed_since_the_look_ends_it(
    here: Callable[..., Result], machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While a person thinks, another tablet takes over."""
    world = machine.world

    def think(*_: object, **__: object) -> str:
        promotion.promote(world, "vtorc", world.topology.shards["messages", "0"], THIRD)
        return "yes"

    monkeypatch.setattr(confirm, "somebody_there", lambda: True)
    monkeypatch.setattr("typer.prompt", think)

    result = here("messages")

    assert result.code == 7
    assert "the shard changed meanwhile; nothing was changed" in result.err


def test_json(here: Callable[..., Result]) -> None:
    lines = [json.loads(line) for line in here("messages", "--output", "json").lines]

    assert [line["type"] for line in lines] == ["version", "run_started", "reparent", "action_taken", "reparented"]
    assert (lines[2]["old"], lines[2]["new"], lines[2]["mode"]) == (FIRST, SECOND, "planned")
    assert lines[2]["candidates"][0] == {
        "alias": SECOND, "transactions": 1, "lacks": "", "errant": "", "unfit": "", "chosen": True,
    }  # fmt: skip
    assert lines[4] == {
        "type": "reparented", "primary": SECOND, "gap_seconds": 0.7, "replicas": [FIRST, THIRD], "silent": [],
        "unserved": "",
    }  # fmt: skip


@pytest.mark.parametrize("words", [("nowhere",), ("messages", "--to", "first"), ("messages", "--to", "zone9-7")])
def test_mistakes(here: Callable[..., Result], words: tuple[str, ...]) -> None:
    assert here(*words).code == 5

"""`vitessctl check-images`, and `up --probe`, on a world in memory."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.expected import check
from tests.unit.cli.conftest import MINIMAL, Cli, Machine
from tests.unit.cli.test_up import answers, digest_of
from vitessctl.cli import check_images
from vitessctl.render.render import render

__all__ = ["answers"]

IN = ("-i", str(MINIMAL))
SCREENS = Path(__file__).parent / "screens"


@pytest.fixture
def world(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """The machine, with what is really rendered for it."""
    from vitessctl.cli import up

    for module in (check_images, up):
        monkeypatch.setattr(module, "open_target", machine.of)
    monkeypatch.setattr(check_images, "documents_of", lambda cluster, name, options: render(cluster, "local"))
    return machine


def test_what_was_checked_is_a_short_table(cli: Cli, world: Machine) -> None:
    result = cli("check-images", *IN, "--rehearse")

    assert (result.code, result.err) == (0, "")
    check(result.out, SCREENS / "check_images.txt")
    assert world.session.writes == []


def test_as_json(cli: Cli, world: Machine) -> None:
    found = json.loads(cli("check-images", *IN, "--rehearse", "--output", "json").out)

    assert (found["type"], found["cluster"], found["right"]) == ("images", "minimal", True)
    assert found["programs"][-1] == {
        **{"component": "vtgate", "image": "vtgate", "version": "24.0.1", "like": "24"},
        **{"flags": 19, "wrong": 0, "ran": True},
    }


def test_differences_end_with_the_code_of_a_wrong_spec(cli: Cli, world: Machine) -> None:
    world.world.program_release = "22"

    result = cli("check-images", *IN, "--rehearse")

    assert result.code == 5
    assert "on this machine: the programs are Vitess 22.0.1, and the spec is for 24" in result.err
    assert "vtgate     vtgate     22.0.1   22" in result.out


def test_differences_as_json_are_a_second_object(cli: Cli, world: Machine) -> None:
    world.world.program_release = "22"

    images, errors = cli("check-images", *IN, "--rehearse", "--output", "json").out.splitlines()

    assert json.loads(images)["right"] is False
    assert [error["exit_code"] for error in json.loads(errors)["errors"]] == [5]


def test_up_applies_nothing_where_they_differ(cli: Cli, world: Machine) -> None:
    world.world.program_release = "22"

    result = cli("up", *IN, "--probe", "--rehearse")

    assert result.code == 5
    assert "the programs are Vitess 22.0.1" in result.err
    assert "nothing was applied" in result.err
    assert world.session.writes == []


def test_up_goes_on_where_they_do_not(cli: Cli, world: Machine) -> None:
    result = cli("up", *IN, "--probe", "--rehearse")

    assert (result.code, result.err) == (0, "")
    lines = result.lines
    [said] = [number for number, line in enumerate(lines) if "7 programs were run" in line]
    assert said < next(number for number, line in enumerate(lines) if "+ Program/etcd" in line)


def test_who_is_asked_is_told_of_the_pods(cli: Cli, world: Machine, answers: list[str]) -> None:
    answers.append("no")

    result = cli("up", *IN, "--probe")

    words = " ".join(result.out.split())
    assert "--probe first runs" in words
    assert "in short-lived pods" in words
    assert world.session.writes == []


def test_the_plan_is_the_same_with_and_without(cli: Cli, world: Machine, answers: list[str]) -> None:
    """Pods that are gone afterwards are no part of what is applied."""
    answers += ["no", "no"]
    with_it, without = (cli("up", *IN, *words) for words in (["--probe"], []))

    assert digest_of(with_it) == digest_of(without)
    assert "--probe" in with_it.out
    assert "--probe" not in without.out


@pytest.mark.parametrize("target", [(), ("--rehearse",)])
def test_a_check_changes_nothing_so_it_makes_no_probe(cli: Cli, world: Machine, target: tuple[str, ...]) -> None:
    result = cli("up", *IN, "--check", "--probe", *target)

    assert (result.code, result.out) == (5, "")
    assert "--check and --probe exclude each other" in result.err
    assert "vitessctl check-images" in result.err
    assert world.opened == []

"""`vitessctl drill` on a machine that is a world in memory: what is asked, refused and shown. The drill itself is
told in tests/unit/drills."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.unit.cli.conftest import MINIMAL, Cli, Machine, Result
from tests.unit.report.test_drill import LATE, LOST, STOPPED, WELL
from vitessctl.cli import confirm
from vitessctl.drills.conduct import Conductor
from vitessctl.drills.report import Report
from vitessctl.drills.wanted import Wanted
from vitessctl.status import observe

FIRST = "zone1-0000000100"


@pytest.fixture
def conducted(monkeypatch: pytest.MonkeyPatch) -> list[Wanted]:
    """What was to be done; each drill ends well."""
    found: list[Wanted] = []
    _ends(monkeypatch, WELL, found)
    return found


def _ends(monkeypatch: pytest.MonkeyPatch, report: Report, found: list[Wanted]) -> None:
    def conduct(conductor: Conductor) -> Report:
        found.append(conductor.wanted)
        return report

    monkeypatch.setattr(Conductor, "conduct", conduct)


@pytest.fixture
def here(cli: Cli, machine: Machine, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """The command, about a cluster that is up and well."""
    monkeypatch.setattr(observe, "ON_ITS_WAY_SECONDS", 0.0)
    Path("cluster.yaml").write_text((MINIMAL / "cluster.yaml").read_text() + "drills: allowed\n")
    assert cli("up", "--rehearse").code == 0
    machine.world.until(lambda: cli("status", "--rehearse").code == 0)
    return lambda *words: cli("drill", *words, "--rehearse")


def test_it_says_what_it_will_kill_and_then_how_it_went(here: Callable[..., Result], conducted: list[Wanted]) -> None:
    result = here("kill-primary")

    assert (result.code, result.err) == (0, "")
    assert "kill-primary on messages/0: kill -9 of the primary's vttablet, mysqlctld and mysqld." in result.lines
    assert f"  - Program/vttablet-{FIRST}" in result.lines
    assert "  +6.2 s  healed: all is back and well" in result.lines
    (wanted,) = conducted
    assert (wanted.primary, wanted.seconds) == (FIRST, 300.0)
    assert wanted.table.startswith("vitessctl_drill_2")


@pytest.mark.parametrize(
    ("report", "code", "words"),
    [
        (LOST, 8, "2 acknowledged rows lost"),
        (LATE, 3, "not healed within 300 s"),
        (STOPPED, 130, "interrupted"),
    ],
)
def test_how_it_ends(
    report: Report, code: int, words: str, here: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    _ends(monkeypatch, report, [])

    result = here("kill-primary")

    assert result.code == code
    assert words in result.err
    assert "longest outage" in result.out


def test_json_has_the_plan_and_the_report(here: Callable[..., Result], conducted: list[Wanted]) -> None:
    lines = [json.loads(line) for line in here("kill-vtgate", "--output", "json").lines]

    assert [line["type"] for line in lines] == ["version", "run_started", "drill", "drilled"]
    assert lines[1]["command"] == "drill kill-vtgate"
    assert lines[2]["victims"] == ["Program/vtgate-zone1"]


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("kill-everybody",), "kill-everybody"),
        (("kill-primary", "--timeout", "soon"), "--timeout soon is no duration"),
        (("kill-primary", "--keyspace", "nowhere"), "the spec has no keyspace or shard nowhere"),
        (("drain-node",), "drain-node is for Kubernetes"),
        (("kill-primary", "-e", "drills=refused"), "drills are not allowed on this cluster"),
    ],
)
def test_mistakes(words: tuple[str, ...], why: str, here: Callable[..., Result], conducted: list[Wanted]) -> None:
    result = here(*words)

    assert result.code == 5
    assert why in result.err
    assert conducted == []


def test_an_ill_cluster_is_left_alone(here: Callable[..., Result], machine: Machine, conducted: list[Wanted]) -> None:
    machine.world.kill_tablet("zone1-0000000102", back_in=1e9)

    refused = here("kill-vtgate")

    assert (refused.code, conducted) == (1, [])
    assert "the cluster is not healthy; nothing was done" in refused.err
    assert here("kill-vtgate", "--anyway").code == 0
    assert conducted[0].known


def test_a_person_is_asked(
    here: Callable[..., Result], conducted: list[Wanted], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(confirm, "somebody_there", lambda: True)
    monkeypatch.setattr("typer.prompt", lambda question, **_: asked.append(question) or "no")

    result = here("kill-primary")

    assert (result.code, conducted) == (1, [])
    assert asked == ["Kill this? Only yes goes on"]
    assert result.lines[-1] == "Nothing was done."


def test_what_changed_while_a_person_thought_ends_it(
    here: Callable[..., Result], machine: Machine, conducted: list[Wanted], monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.support.world import reparent as promotion

    world = machine.world

    def think(*_: Any, **__: Any) -> str:
        promotion.promote(world, "vtorc", world.topology.shards["messages", "0"], "zone1-0000000101")
        return "yes"

    monkeypatch.setattr(confirm, "somebody_there", lambda: True)
    monkeypatch.setattr("typer.prompt", think)

    result = here("kill-primary", "--anyway")

    assert (result.code, conducted) == (7, [])
    assert "the cluster changed meanwhile; nothing was killed" in result.err

"""`vitessctl plan`, on a machine that is a world in memory: what it prints, how it ends; it changes nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import typer

from tests.support.world import context_of, documents_of
from tests.support.world.target import WorldTarget
from tests.unit.cli.conftest import MINIMAL, Cli, Machine
from vitessctl.cli import options, plan
from vitessctl.model.cluster import Cluster

Planned = Callable[..., tuple[int, str]]


@pytest.fixture
def planned(machine: Machine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Planned:
    """Runs the command on the machine: gives its exit code and what it printed."""

    def context(cluster: Cluster, target: WorldTarget, documents: Sequence[Any], prune: bool = False) -> Any:
        made = context_of(machine.world, cluster, machine.session, target.name)
        made.prune = prune
        return made

    monkeypatch.setattr(plan, "open_target", machine.of)
    monkeypatch.setattr(plan, "documents_of", lambda cluster, target, options: documents_of(cluster))
    monkeypatch.setattr(plan, "context_of", context)

    def run(**given: Any) -> tuple[int, str]:
        code = 0
        before = list(machine.session.writes)
        try:
            plan.command(inventory=MINIMAL, **{"rehearse": True, **given})
        except typer.Exit as ended:
            code = ended.exit_code
        assert machine.session.writes == before
        return code, capsys.readouterr().out

    return run


def test_a_plan_of_something_ends_with_0_and_with_2_if_asked(planned: Planned) -> None:
    code, out = planned()

    assert code == 0
    assert "Plan: 10 to create, 0 to update, 0 to delete, 0 unchanged, 4 actions on the topology" in out
    assert planned(detailed=True) == (2, out)


def test_a_plan_of_nothing_ends_with_0_either_way(planned: Planned, cli: Cli) -> None:
    assert cli("up", "-i", str(MINIMAL), "--rehearse").code == 0

    code, out = planned()

    assert code == 0
    assert "No changes." in out
    assert "digest" not in out
    assert planned(detailed=True) == (0, out)


def test_the_json_is_one_object(planned: Planned) -> None:
    data = json.loads(planned(output=options.Output.json)[1])

    assert data["type"] == "plan"
    assert data["pending"] is True
    assert data["counts"]["create"] == 10
    assert data["apply"] == f"vitessctl up -i {MINIMAL} --rehearse --plan {data['digest']}"


def test_the_command_names_what_leads_to_the_same_plan(planned: Planned, tmp_path: Path) -> None:
    _, out = planned(prune=True, state_dir=tmp_path, extra_vars=["local.base_port=17000", "users=[]"])

    command = next(line for line in out.splitlines() if line.startswith("to apply exactly this:"))
    assert f"--state-dir {tmp_path} -e local.base_port=17000 -e" in command
    assert " --prune --plan " in command
    assert "[]" not in command


def test_what_is_too_much_is_only_planned_to_go_with_prune(planned: Planned, machine: Machine, cli: Cli) -> None:
    assert cli("up", "-i", str(MINIMAL), "--rehearse").code == 0
    machine.world.start(documents_of_stray())

    assert "note: Program/vtorc-zone9 is not in the spec any more" in planned()[1]
    assert "-   Program/vtorc-zone9" in planned(prune=True)[1]


def documents_of_stray() -> Any:
    from vitessctl.render.documents import Document

    return Document("vtorc", "vtorc", "Program", "vtorc-zone9", "command = vtorc\n", "local/vtorc.conf.j2", {}, "zone9")

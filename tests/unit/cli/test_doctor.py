"""`vitessctl doctor` on a machine that is a world in memory."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.support.expected import check
from tests.support.world.changes import happen
from tests.support.world.ground import DISK, GIB, WorldGround
from tests.unit.cli.conftest import MINIMAL, Cli, Machine, Result
from vitessctl.cli import confirm, doctor
from vitessctl.errors import UnreachableError
from vitessctl.status import observe
from vitessctl.targets.ground import Expiry, Jam

FIRST, SECOND, THIRD = (f"zone1-{number:010d}" for number in (100, 101, 102))
SCREENS = Path(__file__).parent / "screens"
STOPPED = {"mysql": [THIRD, {"io_running": False, "sql_running": False}]}
ERRANT = {"add_transaction": [SECOND, "00000101-0000-0000-0000-000000000000:7"]}


@pytest.fixture
def ground() -> WorldGround:
    return WorldGround()


@pytest.fixture
def here(cli: Cli, machine: Machine, ground: WorldGround, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """The command, about a cluster that is up; its vtorc is gone, so that nobody else acts."""
    monkeypatch.setattr(observe, "ON_ITS_WAY_SECONDS", 0.0)
    monkeypatch.setattr(doctor, "ground_of", lambda target: ground)
    Path("cluster.yaml").write_text((MINIMAL / "cluster.yaml").read_text())
    assert cli("up", "--rehearse").code == 0
    machine.world.processes.pop(("vtorc", "zone1"))
    return lambda *words: cli("doctor", "--rehearse", *words)


def lines_of(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.out.splitlines()]


def test_all_that_is_wrong_on_one_screen(here: Callable[..., Result], machine: Machine, ground: WorldGround) -> None:
    happen(machine.world, [STOPPED, ERRANT, {"mysql": [SECOND, {"io_running": False, "sql_running": False}]}])
    ground.disks = {"/state": lambda: replace(DISK, free=GIB)}
    ground.valid = [Expiry("the client certificate of the kubeconfig", 0.0, 1.0, "get a new kubeconfig")]
    ground.faults = [UnreachableError("port 15000 is in use", why="process 7 has it", fix="end that")]

    result = here()

    assert (result.code, result.err) == (3, "")
    shown = re.sub(r"ended \d+ days ago", "ended N days ago", result.out)
    check(shown, SCREENS / "doctor.txt")
    assert not machine.world.mysqlds[THIRD].io_running, "without --fix nothing is changed"


def test_what_no_disk_tells_is_not_said_for_each_of_very_many(here: Callable[..., Result], ground: WorldGround) -> None:
    def refuse() -> Any:
        raise UnreachableError("we may not create pods/exec", fix="have the Role made")

    ground.disks = {f"zone1-{number:010d}": refuse for number in range(30)}

    shown = here().out

    assert shown.count("could not be looked at: we may not create pods/exec") == 5
    assert "warning  … and 25 more of this kind (not-examined)" in shown


def test_with_fix_and_check_nothing_is_changed_either(here: Callable[..., Result], machine: Machine) -> None:
    happen(machine.world, [STOPPED])
    writes = list(machine.session.writes)

    result = here("--fix", "--check", "--yes")

    assert result.code == 3
    assert result.lines[-2:] == ["--fix does this, in this order:", f"1. start replication on {THIRD}"]
    assert machine.session.writes == writes


def test_fix_says_what_it_did_and_whether_it_helped(here: Callable[..., Result], machine: Machine) -> None:
    happen(machine.world, [STOPPED, {"forget_cell": "zone1"}])

    result = here("--fix")

    at = result.lines.index("--fix does this, in this order:")
    assert result.lines[at + 1 : at + 5] == [
        "1. give cell zone1 the address and root that the spec says",
        f"2. start replication on {THIRD}",
        "helped         registered cell zone1 at /vitess/zone1",
        f"helped         started replication on {THIRD}",
    ]
    assert result.code == 3, "vtorc is still away"
    assert machine.world.mysqlds[THIRD].io_running


def test_where_a_person_sits_nothing_is_done_without_yes(
    here: Callable[..., Result], machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(confirm, "somebody_there", lambda: True)
    monkeypatch.setattr("typer.prompt", lambda *_, **__: "no")
    happen(machine.world, [STOPPED])

    result = here("--fix")

    assert result.lines[-1] == "Nothing was changed."
    assert not machine.world.mysqlds[THIRD].io_running


def test_nothing_to_fix(here: Callable[..., Result]) -> None:
    assert here("--fix").lines[-1] == "There is nothing that --fix could do."


def test_json_is_a_diagnosis_what_was_done_and_a_diagnosis(here: Callable[..., Result], machine: Machine) -> None:
    happen(machine.world, [STOPPED])

    before, done, after = lines_of(here("--fix", "--output", "json"))

    (finding,) = [each for each in before["findings"] if each["id"] == "replication-stopped"]
    step = {"fix": "replication", "subject": THIRD, "does": f"start replication on {THIRD}", "refusal": ""}
    assert finding["fix"] == {**step, "findings": ["replication-stopped"]} == done["step"]
    assert (done["type"], done["result"], done["said"]) == ("fixed", "helped", f"started replication on {THIRD}")
    assert [each["id"] for each in after["findings"]] == ["component-missing"]
    assert before["examined"]["versions"][FIRST] == "24.0.4"
    assert before["status"]["observed"]["records"].keys() == {FIRST, SECOND, THIRD}
    assert (before["type"], before["healthy"], before["cluster"]) == ("diagnosis", False, "minimal")


def test_what_fix_leaves_is_in_the_json_with_the_reason(here: Callable[..., Result], ground: WorldGround) -> None:
    ground.hanging = [Jam("Pod/a-0", THIRD, "hangs", refusal="its node n is still known", leaving=False)]

    (data,) = lines_of(here("--output", "json"))

    assert [(each["fix"], each["refusal"]) for each in data["steps"]] == [("stuck-pod", "its node n is still known")]


def test_check_without_fix_is_a_mistake(here: Callable[..., Result]) -> None:
    result = here("--check")

    assert result.code == 5
    assert "--check goes with --fix" in result.err

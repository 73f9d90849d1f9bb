"""The screen and the JSON of `replication`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.expected import check
from tests.support.world import a_cluster, open_world
from tests.support.world.changes import happen
from tests.unit.heal.worlds import FIRST, SECOND, seen_in
from vitessctl.heal.replicating import Replication, judge
from vitessctl.report.replication import abbreviated, print_replication, replication_data
from vitessctl.report.screen import console
from vitessctl.status import observe

SCREENS = Path(__file__).parent / "replication_screens"
UUID = "3e11fa47-71ca-11e1-9e33-c80aa9429562"


@pytest.fixture(autouse=True)
def _pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    monkeypatch.setattr(observe, "ON_ITS_WAY_SECONDS", 0.0)


def replication(*given: dict[str, object], target: str = "local") -> Replication:
    """What is found where these things have happened to a cluster without vtorc."""
    world = open_world()
    world.remove("vtorc", "zone1")
    world.write_rows(40)
    happen(world, given)
    found = judge(seen_in(world, a_cluster()), has_vtorc=False)
    return Replication("guestbook", target, found.broken, (found,))


def test_a_shard_that_replicates(capsys: pytest.CaptureFixture[str]) -> None:
    print_replication(replication(), console())

    check(capsys.readouterr().out, SCREENS / "replication_works.txt")


def test_a_shard_that_does_not(capsys: pytest.CaptureFixture[str]) -> None:
    stopped = {"mysql": [SECOND, {"io_running": False, "sql_running": False}]}
    found = replication(stopped, {"write_rows": 3}, {"stay_dead": ["vttablet", "zone1-0000000102"]}, target="rehearsal")

    print_replication(found, console())

    check(capsys.readouterr().out, SCREENS / "replication_broken.txt")


def test_a_primary_whose_writes_wait(capsys: pytest.CaptureFixture[str]) -> None:
    dead = [{"tablet_stays_dead": f"zone1-0000000{number}"} for number in (101, 102)]

    print_replication(replication(*dead), console())

    assert "BLOCKED" in capsys.readouterr().out


def test_json_holds_everything_that_the_screen_cuts_off() -> None:
    data = json.loads(json.dumps(replication_data(replication({"add_transaction": [SECOND, "feedbeef:7"]}))))

    tablet = data["shards"][0]["tablets"][1]
    assert tablet["gtid_set"].count(":1-41") == 1
    assert tablet["source"] == FIRST
    assert tablet["errant"] == "feedbeef:7"
    assert data["broken"] is True
    assert tablet["faults"][0]["remedy"].endswith("--allow data-loss")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", "none"),
        (f"{UUID}:1-77", "77: 3e11fa47…:1-77"),
        (f"MySQL56/{UUID}:5", "1: 3e11fa47…:5"),
        (f"{UUID}:1-3,a:1,b:1,c:1", "6: 3e11fa47…:1-3, a…:1, and 2 more servers"),
        (f"{UUID}:" + ":".join(str(n) for n in range(1, 40, 2)), "20: 3e11fa47…:1:3:…:39"),
    ],
)
def test_a_gtid_set_in_a_few_characters(text: str, shown: str) -> None:
    assert abbreviated(text) == shown

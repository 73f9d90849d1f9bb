"""vtorc's flags and switches, as they change what it does."""

from __future__ import annotations

import json
from typing import Any, cast

import pytest

from tests.rehearsal.control.fake_tablets import FakePool
from tests.rehearsal.control.memory_etcd import memory_topology
from tests.rehearsal.control.rig import KEYSPACE, ONE, TWO, Rig, rig
from vitessctl.rehearsal.servenv import times
from vitessctl.rehearsal.servenv.exits import StartError
from vitessctl.rehearsal.servenv.log import Log
from vitessctl.rehearsal.servenv.process import Process
from vitessctl.rehearsal.vtctld.tablets import Tablets
from vitessctl.rehearsal.vtorc import server
from vitessctl.rehearsal.vtorc.recovery import Settings
from vitessctl.rehearsal.vtorc.watcher import Watcher


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """No waiting, and root is allowed."""
    monkeypatch.setenv("VITESSCTL_REHEARSAL_ROOT", "1")
    monkeypatch.delenv("VITESSCTL_RELEASE", raising=False)
    for name in ("vtorc_detection", "vtorc_recovery_pause", "prs_demotion"):
        monkeypatch.setitem(times.TIMES, name, (0.0, 0.0))


def process(*arguments: str) -> Process:
    return Process("vtorc", arguments)


def served(cluster: Rig, *arguments: str, settings: Settings | None = None) -> tuple[Process, Watcher]:
    """A vtorc with its pages, but without ports and without its loop."""
    found = process(*arguments)
    pool = cast(Tablets, FakePool(cluster.shard))
    watcher = Watcher(cluster.topology, pool, (), settings or Settings(wait=1.0), Log("vtorc"))
    server._register(found, watcher)
    return found, watcher


def body(found: Process, path: str) -> Any:
    return json.loads(found.web.answer(path).body)


def test_pages_of_a_fresh_one() -> None:
    found, _ = served(rig())

    assert found.web.answer("/debug/health").status == 500
    assert found.web.answer("/healthz").status == 302
    assert found.web.answer("/").location == "/debug/status"
    assert found.web.answer("/debug/status").status == 200
    shown = body(found, "/debug/vars")
    assert shown["DetectedProblems"] == {}
    assert shown["EmergencyReparentCounts"] == {}
    assert (shown["PendingRecoveries"], shown["DiscoveriesFail"]) == (0, 0)


def test_a_problem_on_its_pages() -> None:
    cluster = rig()
    found, watcher = served(cluster)
    cluster.tablet(ONE).dead = True
    watcher.look()

    assert body(found, "/debug/vars")["DetectedProblems"] == {f"UnreachablePrimary.{ONE}.{KEYSPACE}.0": 1}
    assert body(found, "/debug/vars")["DiscoveriesFail"] == 1
    assert body(found, "/api/detection-analysis")[0]["Analysis"] == "UnreachablePrimary"
    metrics = found.web.answer("/metrics").body
    assert f'vtorc_detected_problems{{name="UnreachablePrimary.{ONE}.{KEYSPACE}.0"}} 1' in metrics


def test_recoveries_are_switched_off_and_on_again() -> None:
    cluster = rig(elected=False)
    found, watcher = served(cluster)

    found.web.answer("/api/disable-global-recoveries")
    watcher.look()
    assert cluster.primary == ""

    found.web.answer("/api/enable-global-recoveries")
    watcher.look()
    assert cluster.primary == ONE


@pytest.mark.parametrize(
    ("release", "pages"),
    [
        ("24", {"/api/detection-analysis": 200, "/api/replication-analysis": 404}),
        ("23", {"/api/detection-analysis": 200, "/api/replication-analysis": 200}),
        ("22", {"/api/detection-analysis": 404, "/api/replication-analysis": 200}),
    ],
)
def test_the_analysis_is_where_the_release_has_it(
    release: str, pages: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VITESSCTL_RELEASE", release)
    found, _ = served(rig())

    assert {path: found.web.answer(path).status for path in pages} == pages


def test_a_cell_that_is_there_is_taken_and_none_draws_a_warning(capsys: pytest.CaptureFixture[str]) -> None:
    topology = memory_topology("zone1")

    server._check_cell(process("--cell", "zone1"), topology)
    assert "required" not in capsys.readouterr().err

    server._check_cell(process(), topology)
    warning = json.loads(capsys.readouterr().err.splitlines()[-1])
    assert (warning["level"], warning["msg"]) == ("WARN", "--cell will become a required vtorc flag in v25 and up")


def test_a_release_without_the_flag_has_nothing_to_say(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("VITESSCTL_RELEASE", "23")

    server._check_cell(process(), memory_topology("zone1"))

    assert "required" not in capsys.readouterr().err


def test_a_release_that_requires_the_cell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VITESSCTL_RELEASE", "25-dev")

    with pytest.raises(StartError, match="--cell is required"):
        server._check_cell(process(), memory_topology("zone1"))


def test_failovers_may_be_kept_in_the_primarys_cell() -> None:
    cluster = rig()
    cluster.topology.update_cell("zone1", cluster.topology.cell("zone1"))
    cluster.tablet(ONE).dead, cluster.tablet(ONE).mysqld.alive = True, False
    _, watcher = served(cluster, settings=Settings(wait=1.0, prevent_cross_cell=True))

    watcher.look()

    assert cluster.primary == TWO


def test_a_keyspace_that_gets_a_policy_is_looked_after_from_then_on() -> None:
    cluster = rig(elected=False, durability="")
    _, watcher = served(cluster)
    watcher.look()
    assert cluster.primary == ""

    cluster.call("SetKeyspaceDurabilityPolicy", keyspace=KEYSPACE, durability_policy="none")
    watcher.look()

    assert cluster.primary == ONE


def test_a_policy_that_does_not_exist_is_like_none_at_all() -> None:
    cluster = rig(elected=False, durability="bogus")
    _, watcher = served(cluster)

    watcher.look()

    assert (cluster.primary, watcher.found, watcher.healthy) == ("", (), True)


def test_a_topology_that_does_not_answer_leaves_it_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    from vitessctl.rehearsal.topology import Reason, TopologyError

    cluster = rig()
    _, watcher = served(cluster)
    watcher.look()

    def unreachable() -> None:
        raise TopologyError(Reason.TIMEOUT, "/vitess/global")

    monkeypatch.setattr(cluster.topology, "everything", unreachable)
    watcher.look()

    assert watcher.healthy
    assert watcher.found == ()


def test_it_waits_before_it_tries_the_same_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(times.TIMES, "vtorc_recovery_pause", (60.0, 60.0))
    cluster = rig(tablets=1, elected=False)
    _, watcher = served(cluster)

    for _ in range(3):
        watcher.look()

    assert watcher.counts["FailedRecoveries"] == {f"ElectNewPrimary.{KEYSPACE}.0": 1}


def test_the_loop_ends_when_it_is_told_to() -> None:
    import threading

    _, watcher = served(rig())
    thread = threading.Thread(target=watcher.run)
    thread.start()

    watcher.stop()

    thread.join(10)
    assert not thread.is_alive()

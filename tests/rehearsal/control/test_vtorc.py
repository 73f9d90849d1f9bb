"""vtorc's stand-in: what it sees, what it mends, what it leaves alone, and what its pages say."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest
import yaml

from tests.rehearsal.control.fake_tablets import FakePool
from tests.rehearsal.control.rig import KEYSPACE, ONE, THREE, TWO, Rig, rig
from vitessctl.rehearsal.servenv import times
from vitessctl.rehearsal.servenv.log import Log
from vitessctl.rehearsal.vtctld.tablets import Tablets
from vitessctl.rehearsal.vtorc import server
from vitessctl.rehearsal.vtorc.analysis import DESCRIPTIONS, WITHOUT_ACTION
from vitessctl.rehearsal.vtorc.recovery import KINDS, Settings
from vitessctl.rehearsal.vtorc.view import watched
from vitessctl.rehearsal.vtorc.watcher import Watcher

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "vtorc_analysis.yaml").read_text())


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rounds follow each other at once here, so what must last lasts no time."""
    for name in ("vtorc_detection", "vtorc_recovery_pause", "prs_demotion"):
        monkeypatch.setitem(times.TIMES, name, (0.0, 0.0))


def watcher(cluster: Rig, clusters: tuple[str, ...] = (), wait: float = 1.0) -> Watcher:
    pool = cast(Tablets, FakePool(cluster.shard))
    return Watcher(cluster.topology, pool, clusters, Settings(wait=wait), Log("vtorc"))


def found(one: Watcher) -> list[str]:
    return [f"{problem.code} {int(problem.alias[-10:])}" for problem in one.found]


def kill(cluster: Rig, alias: str) -> None:
    """kill -9 of all of a tablet's processes."""
    cluster.tablet(alias).dead = True
    cluster.tablet(alias).mysqld.alive = False


STEPS: dict[str, Callable[[Any], None]] = {
    "dead": lambda tablet: setattr(tablet, "dead", True),
    "mysql_dead": lambda tablet: setattr(tablet.mysqld, "alive", False),
    "restarted": lambda tablet: tablet.restart(),
}


def prepared(case: dict[str, Any]) -> Rig:
    cluster = rig(case.get("size", 3), case.get("durability", "semi_sync"), case.get("elected", True))
    for number, steps in case.get("tablets", {}).items():
        tablet = cluster.tablet(f"zone1-{number:010d}")
        for step in steps:
            if isinstance(step, str):
                STEPS[step](tablet)
            else:
                for name, value in step.items():
                    setattr(tablet.mysqld, name, value)
    return cluster


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_what_is_wrong(case: dict[str, Any]) -> None:
    cluster = prepared(case)
    one = watcher(cluster)
    one.recovering = False
    before = (cluster.primary, cluster.writable())

    one.look()

    assert found(one) == case["problems"]
    assert [problem.actionable for problem in one.found] == [not case.get("idle", False)] * len(one.found)
    assert (cluster.primary, cluster.writable()) == before


@pytest.mark.parametrize(
    "case", [case for case in CASES if case["problems"] and not case.get("idle")], ids=lambda case: case["name"]
)
def test_what_is_wrong_is_mended_in_a_few_rounds(case: dict[str, Any]) -> None:
    cluster = prepared(case)
    one = watcher(cluster)

    for _ in range(4):
        one.look()

    assert [problem.code for problem in one.found if problem.actionable] == []
    assert len(cluster.writable()) >= 1
    assert cluster.primary in cluster.writable()


def test_every_problem_is_known_to_have_an_action_or_none() -> None:
    assert set(DESCRIPTIONS) == set(KINDS) | WITHOUT_ACTION


def test_it_elects_the_first_primary() -> None:
    cluster = rig(elected=False)
    one = watcher(cluster)

    one.look()

    assert cluster.primary == ONE
    assert one.counts["PlannedReparentCounts"] == {f"{KEYSPACE}.0.success": 1}
    assert one.counts["SuccessfulRecoveries"] == {f"ElectNewPrimary.{KEYSPACE}.0": 1}


def test_it_waits_for_a_second_tablet_where_semi_sync_needs_one() -> None:
    cluster = rig(tablets=1, elected=False)
    one = watcher(cluster)
    one.look()
    assert cluster.primary == ""
    assert one.counts["PlannedReparentCounts"] == {f"{KEYSPACE}.0.failure": 1}

    cluster.shard.add(TWO, 16101)
    one.look()

    assert cluster.primary == ONE


def test_a_dead_primary_is_replaced_by_a_tablet_that_has_everything() -> None:
    cluster = rig()
    rows = set(cluster.tablet(ONE).mysqld.rows)
    kill(cluster, ONE)
    one = watcher(cluster)

    one.look()

    assert cluster.primary == TWO
    assert rows <= cluster.tablet(TWO).mysqld.rows
    assert cluster.type_shown(ONE) == "UNKNOWN"
    assert one.counts["EmergencyReparentCounts"] == {f"{KEYSPACE}.0.success": 1}


def test_an_emptied_replica_is_not_promoted() -> None:
    cluster = rig()
    emptied = cluster.tablet(TWO).mysqld
    emptied.executed = emptied.relay = ""
    emptied.io_running = False
    kill(cluster, ONE)

    watcher(cluster).look()

    assert cluster.primary == THREE


def test_a_dead_vttablet_over_a_living_mysql_is_left_alone_until_that_dies_too() -> None:
    cluster = rig()
    cluster.tablet(ONE).dead = True
    one = watcher(cluster)
    for _ in range(5):
        one.look()
    assert cluster.primary == ONE
    assert one.counts["EmergencyReparentCounts"] == {}

    cluster.tablet(ONE).mysqld.alive = False
    one.look()

    assert cluster.primary == TWO


def test_after_a_restart_of_everything_the_primary_takes_writes_and_all_replicate() -> None:
    cluster = rig()
    for tablet in cluster.shard.tablets.values():
        tablet.restart()
    one = watcher(cluster)

    one.look()
    one.look()

    assert cluster.writable() == [ONE]
    assert all(cluster.tablet(alias).mysqld.io_running for alias in (TWO, THREE))
    assert all(cluster.tablet(alias).mysqld.semi_sync_replica for alias in (TWO, THREE))


def test_the_old_primary_comes_back_as_a_replica() -> None:
    cluster = rig()
    kill(cluster, ONE)
    one = watcher(cluster)
    one.look()

    old = cluster.tablet(ONE)
    old.restart()
    old.type = "replica"
    one.look()
    one.look()

    assert (cluster.primary, cluster.writable()) == (TWO, [TWO])
    assert old.mysqld.source_port == cluster.tablet(TWO).mysqld.port
    assert cluster.type_shown(ONE) in ("UNKNOWN", "REPLICA")


def test_it_does_not_act_on_what_ended_while_it_waited_for_the_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    cluster = rig()
    kill(cluster, ONE)
    one = watcher(cluster)

    def reborn(name: str) -> float:
        cluster.tablet(ONE).dead, cluster.tablet(ONE).mysqld.alive = False, True
        return 1.0

    monkeypatch.setattr("vitessctl.rehearsal.topology_lock.seconds", reborn)
    one.look()

    assert cluster.primary == ONE
    assert one.counts["SuccessfulRecoveries"] == {}


def test_a_dead_primary_must_look_dead_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(times.TIMES, "vtorc_detection", (60.0, 60.0))
    cluster = rig()
    kill(cluster, ONE)
    one = watcher(cluster)

    one.look()
    one.look()

    assert (found(one), cluster.primary) == (["DeadPrimary 100"], ONE)


def test_only_watched_clusters_are_looked_at() -> None:
    cluster = rig(elected=False)

    watcher(cluster, clusters=("other", f"{KEYSPACE}/-80")).look()
    assert cluster.primary == ""

    watcher(cluster, clusters=(f"{KEYSPACE}/0",)).look()
    assert cluster.primary == ONE


@pytest.mark.parametrize(
    ("clusters", "watches"), [((), True), (("ks",), True), (("ks/0",), True), (("ks/-80", "other"), False)]
)
def test_clusters_to_watch(clusters: tuple[str, ...], watches: bool) -> None:
    assert watched("ks", "0", clusters) is watches


def test_recoveries_that_are_turned_off_are_counted() -> None:
    cluster = rig(elected=False)
    one = watcher(cluster)
    one.recovering = False

    one.look()

    assert one.counts["SkippedRecoveries"] == {f"ElectNewPrimary.{KEYSPACE}.0": 1}


def test_emergency_reparents_can_be_forbidden() -> None:
    cluster = rig()
    kill(cluster, ONE)
    pool = cast(Tablets, FakePool(cluster.shard))
    one = Watcher(cluster.topology, pool, (), Settings(wait=1.0, emergency=False), Log("vtorc"))

    one.look()

    assert cluster.primary == ONE
    assert one.counts["FailedRecoveries"] == {f"RecoverDeadPrimary.{KEYSPACE}.0": 1}


def test_pages() -> None:
    cluster = rig()
    one = watcher(cluster)
    assert server.health(one).status == 500
    assert json.loads(server.health(one).body) == {"Healthy": False, "LastReported": ""}

    one.look()
    assert server.health(one).status == 200
    assert json.loads(server.health(one).body)["Healthy"] is True
    assert (server.problems_page(one.found).body, server.analysis_page(one.found).body) == ("null", "null")

    cluster.tablet(ONE).dead = True
    one.look()
    assert json.loads(server.analysis_page(one.found).body) == [
        {
            "AnalyzedInstanceAlias": ONE,
            "AnalyzedKeyspace": KEYSPACE,
            "AnalyzedShard": "0",
            "Analysis": "UnreachablePrimary",
            "Description": DESCRIPTIONS["UnreachablePrimary"],
            "IsActionableRecovery": False,
        }
    ]
    assert json.loads(server.problems_page(one.found).body) == [{"Alias": ONE, "Problem": "UnreachablePrimary"}]

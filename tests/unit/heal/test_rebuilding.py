"""Rebuilds in a world: what the tablet has afterwards, what is left behind, how it ends where it cannot."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.world import World, a_cluster, context_of, open_world
from tests.support.world import reparent as promotion
from tests.support.world.changes import happen
from tests.support.world.runs import WorldClock
from tests.support.world.session import Session
from tests.support.world.target import WorldTarget
from tests.unit.heal.worlds import FIRST, SECOND, THIRD
from vitessctl.errors import NotReadyError
from vitessctl.heal.look import look
from vitessctl.heal.rebuilding import Rebuilder, Rebuilt
from vitessctl.heal.ways import Means, Way, decide
from vitessctl.model.cluster import Cluster
from vitessctl.run import events
from vitessctl.targets.base import Verdict
from vitessctl.vtctld.errors import RefusedError, VtctldError


def a_story(*given: dict[str, Any], cluster: Cluster | None = None) -> World:
    """A cluster with forty rows and a table, to which this has happened."""
    world = open_world(cluster)
    happen(world, [{"create_table": "notes"}, {"write_rows": 40}, *given])
    return world


def rebuild(
    world: World, cluster: Cluster | None = None, *, alias: str = SECOND, backs_up: bool = False
) -> tuple[Rebuilt, list[Any], Session]:
    """Look, decide and do it; gives what came of it, the events, and what was written."""
    cluster, heard, session = cluster or a_cluster(), list[Any](), Session()
    context = context_of(world, cluster, session)
    (seen,) = look(context, tuple(cluster.shards()))
    wanted = decide(seen, alias, Means(True, backs_up), context.release.has_vtorc)
    return Rebuilder(context, seen, wanted, WorldClock(world), heard.append).run(), heard, session


def actions(heard: list[Any]) -> list[str]:
    return [event.action for event in heard if isinstance(event, events.ActionTaken)]


def complete(world: World, alias: str = SECOND) -> bool:
    """Whether a tablet has all that its primary has, and goes on copying."""
    before = world.mysqlds[alias].executed == world.mysqlds[world.primary()].executed
    return before and world.write_rows() <= world.mysqlds[alias].executed


def test_it_copies_everything_from_the_binary_logs() -> None:
    world = a_story({"mysql": [SECOND, {"stuck": True}]}, {"write_rows": 5})
    world.mysqlds[SECOND].stuck = False

    done, heard, _ = rebuild(world)

    assert (done.way, done.transactions, done.tables) == (Way.BINLOGS, 47, 1)
    assert done.old_data == (f"its old data are kept in data/{SECOND}.old",)
    assert actions(heard) == [f"stopped {SECOND}", f"its old data are kept in data/{SECOND}.old"]
    assert complete(world)
    assert world.crimes == []


def test_its_programs_are_stopped_and_started_in_order() -> None:
    _, heard, _ = rebuild(a_story())

    documents = [(e.change.operation.value, e.change.component) for e in heard if isinstance(e, events.DocumentApplied)]
    assert documents == [
        ("delete", "vttablet"),
        ("delete", "mysqlctld"),
        ("create", "mysqlctld"),
        ("create", "vttablet"),
    ]


def test_nobody_elses_programs_are_touched() -> None:
    world = a_story()
    before = {key: process.pid for key, process in world.processes.items() if SECOND not in key}

    rebuild(world)

    assert {key: process.pid for key, process in world.processes.items() if SECOND not in key} == before


@pytest.mark.parametrize("release", ["2.1", "12", "14"])
def test_where_there_is_no_vtorc_it_is_pointed_at_the_primary(release: str) -> None:
    cluster = a_cluster(release=release)
    world = a_story(cluster=cluster)

    _, heard, _ = rebuild(world, cluster)

    assert f"made {SECOND} copy from {FIRST}" in actions(heard)
    assert complete(world)


def test_it_is_cloned_where_the_binary_logs_do_not_reach_back() -> None:
    world = a_story({"purge": FIRST})

    done, heard, _ = rebuild(world)

    assert done.way is Way.CLONE
    assert f"{SECOND} clones {THIRD}" in actions(heard)
    assert complete(world)
    assert world.mysqlds[THIRD].replicating


def test_the_user_that_clones_is_gone_afterwards_and_servers_are_read_only_again() -> None:
    world = a_story({"purge": FIRST})

    rebuild(world)

    assert world.clone_password == ""
    assert world.mysqlds[SECOND].super_read_only
    assert world.mysqlds[THIRD].super_read_only


def test_a_mysql_without_the_plugin() -> None:
    world = a_story({"purge": FIRST}, {"mysql": [SECOND, {"has_clone": False}]})

    with pytest.raises(RefusedError, match=f"the MySQL of {SECOND} does not load its clone plugin"):
        rebuild(world)

    assert world.clone_password == ""


def test_it_restores_a_backup_of_another_replica() -> None:
    world = a_story({"purge": FIRST}, {"mysql": [FIRST, {"version": "5.7.44"}]})

    done, heard, session = rebuild(world, backs_up=True)

    assert done.way is Way.BACKUP
    assert actions(heard)[0] == f"took a backup of {THIRD}"
    assert session.writes[0] == f"Backup {THIRD}"
    assert complete(world)


def test_a_backup_that_fails_leaves_the_tablet_as_it_was() -> None:
    world = a_story({"purge": FIRST}, {"mysql": [FIRST, {"version": "5.7.44"}]})
    world.broken_calls["Backup"] = VtctldError("no space left")

    with pytest.raises(VtctldError, match="no space left"):
        rebuild(world, backs_up=True)

    assert world.set_aside == {}
    assert complete(world)


def test_a_tablet_whose_mysql_is_dead_is_rebuilt() -> None:
    world = a_story({"stay_dead": ["mysqlctld", SECOND]})

    rebuild(world)

    assert complete(world)


def test_a_primary_that_changes_meanwhile_is_followed() -> None:
    world = a_story()
    cluster, heard = a_cluster(), list[Any]()
    context = context_of(world, cluster)
    (seen,) = look(context, tuple(cluster.shards()))

    def say(event: Any) -> None:
        if not heard:
            promotion.promote(world, "vtorc", world.topology.shards["messages", "0"], THIRD)
        heard.append(event)

    wanted = decide(seen, SECOND, Means(True, False), True)
    Rebuilder(context, seen, wanted, WorldClock(world), say).run()

    assert world.primary() == THIRD
    assert world.mysqlds[SECOND].source == THIRD
    assert complete(world)


def test_one_that_does_not_come_nearer_is_given_up_and_said_why() -> None:
    world = a_story()
    world.mysqld(SECOND).stuck = True

    with pytest.raises(NotReadyError, match=f"{SECOND} is not complete yet") as late:
        rebuild(world)

    assert "it lacks 42 transactions" in late.value.why
    assert world.set_aside[SECOND] == world.mysqlds[FIRST].executed


def test_while_it_waits_it_says_for_what() -> None:
    world = a_story()
    world.mysqld(SECOND).stuck = True
    cluster, heard = a_cluster(), list[Any]()
    context = context_of(world, cluster)
    (seen,) = look(context, tuple(cluster.shards()))
    wanted = decide(seen, SECOND, Means(True, False), True)

    with pytest.raises(NotReadyError):
        Rebuilder(context, seen, wanted, WorldClock(world), heard.append).run()

    waits = [event for event in heard if isinstance(event, events.Waiting)]
    assert len(waits) > 10
    assert waits[-1].reason == "it lacks 42 transactions"


def test_a_mysql_that_does_not_come_up_is_told_of_in_the_words_of_its_log(monkeypatch: pytest.MonkeyPatch) -> None:
    world = a_story()
    refused = Verdict.waiting("its mysqlctld does not answer yet: Connection refused")
    monkeypatch.setattr(WorldTarget, "socket_ready", lambda self, tablet: refused)
    world.logs["mysqlctld", SECOND] = ["Version: 24", "TypeError: broken"]
    cluster, heard = a_cluster(), list[Any]()
    context = context_of(world, cluster)
    (seen,) = look(context, tuple(cluster.shards()))
    wanted = decide(seen, SECOND, Means(True, False), True)

    with pytest.raises(NotReadyError) as late:
        Rebuilder(context, seen, wanted, WorldClock(world), heard.append).run()

    name = f"mysqlctld-{SECOND}"
    assert late.value.evidence == (f"{name}: Version: 24", f"{name}: TypeError: broken")
    waits = [event.reason for event in heard if isinstance(event, events.Waiting)]
    assert set(waits) == {f"{refused.reason}; its log ends: {name}: TypeError: broken"}


def test_a_mysql_that_can_never_start_ends_it_at_once() -> None:
    world = a_story()
    world.doomed["mysqlctld", SECOND] = Verdict.doomed("the disk is full", "make room")

    with pytest.raises(NotReadyError, match=f"the MySQL of {SECOND} cannot start") as never:
        rebuild(world)

    assert (never.value.why, never.value.fix) == ("the disk is full", "make room")

"""Reparents in a world: who leads afterwards, what is lost, what is said; also where vtctld's answer misleads."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.support.world import World, a_cluster, context_of, open_world
from tests.support.world import reparent as promotion
from tests.support.world.runs import WorldClock
from tests.support.world.vtctld import WorldVtctld
from tests.unit.heal.worlds import FIRST, SECOND, THIRD
from vitessctl.errors import NotReadyError
from vitessctl.heal import reparenting
from vitessctl.heal.choice import choose
from vitessctl.heal.gap import Gap
from vitessctl.heal.look import look
from vitessctl.heal.reparenting import Done, MovedElsewhere, carry_out
from vitessctl.model.cluster import Cluster
from vitessctl.vtctld.errors import NotCaughtUpError, VtctldError


@pytest.fixture(autouse=True)
def _nobody_watches(monkeypatch: pytest.MonkeyPatch) -> None:
    """The watcher lives by a clock of its own; test_gap.py looks at it."""

    @contextmanager
    def watching(*_: object) -> Iterator[Gap]:
        yield Gap(0.0, first_new=1.5)

    monkeypatch.setattr(reparenting, "watching", watching)


def reparent(world: World, cluster: Cluster | None = None, **wanted: Any) -> tuple[Done, list[str]]:
    """Look, choose and do it; gives what came of it, and the actions in words."""
    cluster = cluster or a_cluster()
    context, actions = context_of(world, cluster), list[str]()
    context.acted = lambda stage, action, changed: actions.append(action)
    context.now = lambda: world.now
    (seen,) = look(context, tuple(cluster.shards()))
    return carry_out(context, seen, choose(seen, context.release, **wanted), WorldClock(world)), actions


def without_vtorc(cluster: Cluster | None = None) -> World:
    world = open_world(cluster)
    world.processes.pop(("vtorc", "zone1"), None)
    return world


def test_a_living_primary_hands_over() -> None:
    world = open_world()
    written = world.write_rows(5)

    done, actions = reparent(world)

    assert done == Done(SECOND, 1.5, (FIRST, THIRD), ())
    assert actions == [f"made {SECOND} primary of messages/0 (planned)"]
    assert world.primary() == SECOND
    assert written <= world.mysqlds[SECOND].executed
    assert world.write_rows()
    assert world.crimes == []


def test_a_dead_primary_is_replaced() -> None:
    world = without_vtorc()
    written = world.write_rows(5)
    world.kill_tablet(FIRST, back_in=1e9)

    done, actions = reparent(world)

    assert done == Done(SECOND, 1.5, (THIRD,), (FIRST,))
    assert actions == [f"made {SECOND} primary of messages/0 (emergency)"]
    assert written <= world.mysqlds[SECOND].executed
    assert world.crimes == []


def test_after_a_full_stop_the_replicas_are_started_first() -> None:
    """An emergency reparent leaves stopped what was stopped, and then nobody acknowledges the first write."""
    world = without_vtorc()
    for alias in (SECOND, THIRD):
        world.mysqlds[alias].started()
    world.kill_tablet(FIRST, back_in=1e9)

    done, actions = reparent(world)

    assert done.replicas == (THIRD,)
    assert actions[0] == f"started replication on {THIRD}"
    assert world.write_rows()


def test_a_replica_without_a_source_gets_one() -> None:
    world = without_vtorc()
    world.mysqlds[THIRD].source = ""
    world.mysqlds[THIRD].io_running = world.mysqlds[THIRD].sql_running = False

    reparent(world)

    assert (world.mysqlds[THIRD].source, world.mysqlds[THIRD].replicating) == (SECOND, True)


def test_a_replica_that_a_reparent_left_behind_is_pointed_at_the_new_primary(monkeypatch: pytest.MonkeyPatch) -> None:
    world = without_vtorc()
    promote = promotion.promote

    def but_one(world: World, actor: str, shard: Any, alias: str) -> None:
        promote(world, actor, shard, alias)
        world.mysqlds[THIRD].follow(FIRST, start=False)

    monkeypatch.setattr(promotion, "promote", but_one)

    _, actions = reparent(world)

    assert actions[1:] == [f"made {THIRD} copy from {SECOND}"]
    assert world.mysqlds[THIRD].source == SECOND


def test_an_election_where_nobody_led() -> None:
    world = open_world(a_cluster(release="24"))
    world.processes.pop(("vtorc", "zone1"))
    world.topology.shards["messages", "0"] = type(world.topology.shards["messages", "0"])("messages", "0", "", False)

    done, actions = reparent(world)

    assert done.primary == FIRST
    assert actions == [f"made {FIRST} primary of messages/0 (first)"]


def failing(monkeypatch: pytest.MonkeyPatch, call: str, then: Callable[[WorldVtctld], None], error: Exception) -> None:
    """A call of vtctld that does something of what it should and then fails."""

    def broken(self: WorldVtctld, *words: Any) -> str:
        then(self)
        raise error

    monkeypatch.setattr(WorldVtctld, call, broken)


def test_an_error_after_the_role_has_moved_is_only_told(monkeypatch: pytest.MonkeyPatch) -> None:
    world = without_vtorc()
    shard = world.topology.shards["messages", "0"]
    error = VtctldError("it failed", why="some replicas failed to reparent")
    failing(monkeypatch, "plan_reparent", lambda _: promotion.promote(world, "vtctld", shard, SECOND), error)

    done, actions = reparent(world)

    assert done.primary == SECOND
    assert actions[0] == (f"vtctld reported an error after {SECOND} had taken over: some replicas failed to reparent")


def test_an_error_with_nothing_moved_is_the_error(monkeypatch: pytest.MonkeyPatch) -> None:
    world = without_vtorc()
    failing(monkeypatch, "plan_reparent", lambda _: None, NotCaughtUpError("it did not catch up"))

    with pytest.raises(NotCaughtUpError):
        reparent(world)

    assert world.primary() == FIRST
    assert world.write_rows()


def test_somebody_else_was_faster() -> None:
    """vtorc elects between the look and the call; expected_primary keeps the role from moving twice."""
    world = without_vtorc()
    world.kill_tablet(FIRST, back_in=1e9)
    cluster = a_cluster()
    context = context_of(world, cluster)
    (seen,) = look(context, tuple(cluster.shards()))
    wanted = choose(seen, context.release)
    promotion.promote(world, "vtorc", world.topology.shards["messages", "0"], THIRD)

    with pytest.raises(MovedElsewhere) as moved:
        carry_out(context, seen, wanted, WorldClock(world))

    assert moved.value.what == f"{THIRD} leads messages/0 now, not {SECOND}"
    assert world.primary() == THIRD
    assert [actor for actor, _ in world.elections[1:]] == ["vtorc"]


def test_somebody_else_chose_the_same() -> None:
    world = without_vtorc()
    world.kill_tablet(FIRST, back_in=1e9)
    cluster = a_cluster()
    context = context_of(world, cluster)
    (seen,) = look(context, tuple(cluster.shards()))
    promotion.promote(world, "vtorc", world.topology.shards["messages", "0"], SECOND)

    done = carry_out(context, seen, choose(seen, context.release), WorldClock(world))

    assert done.primary == SECOND


def test_what_cannot_be_mended_is_said_after_a_while() -> None:
    world = without_vtorc()
    world.mysqlds[THIRD].io_error = "Got fatal error 1236"
    world.write_rows(2)
    for mysqld in world.mysqlds.values():
        mysqld.purged = set(mysqld.executed)
    world.mysqlds[THIRD].executed.clear()

    with pytest.raises(NotReadyError, match="leads messages/0, but not everything works") as late:
        reparent(world)

    assert world.primary() == SECOND
    assert len(late.value.evidence) == 1
    assert late.value.evidence[0].startswith(f"{THIRD}: Got fatal error 1236")


def test_a_replica_that_may_have_the_last_rows_is_given_up_only_by_name() -> None:
    """vtctld would refuse; it is told whom to pass over once a person has allowed it. Then nobody is left who could
    acknowledge a write, which is said."""
    world = without_vtorc()
    for alias in (FIRST, THIRD):
        world.kill_tablet(alias, back_in=1e9)

    with pytest.raises(NotReadyError) as late:
        reparent(world)

    assert world.primary() == SECOND
    assert late.value.evidence == (f"{SECOND}: writes wait for a replica to acknowledge (semi-sync)",)


@pytest.mark.parametrize("release", ["2.1", "7", "8", "12", "13", "14", "15", "24"])
def test_every_release(release: str) -> None:
    cluster = a_cluster(release=release)
    world = without_vtorc(cluster)
    written = world.write_rows(3)

    assert reparent(world, cluster)[0].primary == SECOND
    world.kill_tablet(SECOND, back_in=1e9)
    done, _ = reparent(world, cluster)

    assert done.primary in (FIRST, THIRD)
    assert written <= world.mysqlds[done.primary].executed
    assert world.write_rows()
    assert world.crimes == []

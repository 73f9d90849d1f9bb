"""A tablet whose MySQL cannot come up does not keep its shard from serving, and the run says in the end what it lacks.

Found by a drill on Vitess 24: after the machine lost power one replica's files were damaged, and nothing came up.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.support.world import Outcome, World, a_cluster, down, up
from vitessctl.errors import NotReadyError
from vitessctl.model.cluster import Cluster, Timeouts
from vitessctl.run import events
from vitessctl.targets.base import Verdict

FIRST, SECOND, THIRD = (f"zone1-{number:010d}" for number in (100, 101, 102))
BROKEN = "MySQL's data files are damaged or missing"


def stopped_and(damage: Callable[[World], None], cluster: Cluster | None = None) -> World:
    """A cluster with rows that was stopped, and then something happened to its disks."""
    world = World()
    assert up(world, cluster).error is None
    world.write_rows(5)
    down(world, cluster)
    damage(world)
    return world


def damaged(*aliases: str) -> Callable[[World], None]:
    return lambda world: world.damaged.update(dict.fromkeys(aliases, BROKEN))


def failure(outcome: Outcome) -> tuple[str, str, str]:
    assert isinstance(outcome.error, NotReadyError), outcome.error
    return outcome.error.what, outcome.error.why, outcome.error.fix


def restarted(alias: str) -> str:
    return f"restarted mysqlctld of {alias}: its mysqld has ended: {BROKEN}"


def test_the_others_serve_and_the_run_fails_with_the_cause() -> None:
    world = stopped_and(damaged(THIRD))

    outcome = up(world)

    assert failure(outcome) == (
        f"{THIRD} cannot come up; everything else is ready",
        f"{THIRD}: its mysqld has ended: {BROKEN}",
        "Rebuild it.",
    )
    assert outcome.actions == [restarted(THIRD)]
    assert outcome.summaries == {
        "etcd": "healthy",
        "vtctld": "answers, 1 cell registered",
        "cells": "zone1",
        "keyspaces": "messages (semi_sync)",
        "mysql": f"2 up, {THIRD} cannot come up",
        "tablets": "2 in the topology",
        "primary": "serving",
        "vtorc": "watching",
        "replication": "1 replicating, primaries writable",
        "vtgate": "sees 2 tablets, a query answers",
    }
    assert ("vttablet", THIRD) not in world.processes
    assert world.write_rows(1)


def test_where_the_cause_is_gone_by_then_the_start_is_enough() -> None:
    """A disk that was full and is not any more: its mysqlctld would have waited on for minutes."""
    world = stopped_and(damaged(THIRD))
    assert up(world).error is not None
    world.damaged.clear()

    outcome = up(world)

    assert outcome.error is None
    assert outcome.summaries["vtgate"] == "sees 3 tablets, a query answers"
    assert up(world).writes == []


def test_a_primary_that_cannot_come_up_gives_its_role_away() -> None:
    """With semi-sync the other two have all that was acknowledged."""
    world = stopped_and(damaged(FIRST))
    rows = world.mysqlds[FIRST].executed

    outcome = up(world)

    assert failure(outcome)[0] == f"{FIRST} cannot come up; everything else is ready"
    made = f"made {SECOND} primary of messages/0: the MySQL of {FIRST} cannot come up"
    assert outcome.actions == [restarted(FIRST), made]
    assert rows <= world.mysqlds[SECOND].executed
    assert world.crimes == []


NOWHERE_ELSE = "it is the primary of messages/0, and its last writes may be nowhere else"
BY_HAND = "To go on without them: vitessctl reparent messages/0, and then this again."


def empty(*aliases: str) -> Callable[[World], None]:
    """The first is damaged, the data of the others is gone."""

    def happen(world: World) -> None:
        damaged(aliases[0])(world)
        for alias in aliases[1:]:
            world.mysqlds[alias].lose_everything()

    return happen


def with_stranger(world: World) -> None:
    """A tablet that somebody else runs is of the shard, and cannot be asked."""
    damaged(FIRST)(world)
    known = world.topology.tablets[THIRD]
    world.topology.tablets["zone1-0000000900"] = replace(known, alias="zone1-0000000900", hostname="elsewhere")


@pytest.mark.parametrize(
    ("happens", "durability", "release"),
    [
        (damaged(FIRST), "none", "24"),
        (damaged(FIRST, THIRD), "semi_sync", "24"),
        (empty(FIRST, THIRD), "semi_sync", "24"),
        (with_stranger, "semi_sync", "24"),
        (damaged(FIRST), "semi_sync", "14"),
    ],
    ids=[
        "nobody acknowledged",
        "who acknowledged is away as well",
        "who acknowledged has lost it",
        "who acknowledged is not ours",
        "semi-sync was off after its last start",
    ],
)
def test_a_primary_with_writes_that_may_be_nowhere_else_keeps_its_role(
    happens: Callable[[World], None], durability: str, release: str
) -> None:
    cluster = with_durability(durability, release)
    world = stopped_and(happens, cluster)

    what, why, fix = failure(up(world, cluster))

    assert what == "tablets cannot come up"
    assert why == f"{FIRST}: its mysqld has ended: {BROKEN}; {NOWHERE_ELSE}"
    assert fix == f"Rebuild it. {BY_HAND}"
    assert [record.primary for record in world.topology.shards.values()] == [FIRST]
    assert world.crimes == []


def test_an_emptied_primary_does_not_lose_its_role_while_one_cannot_say_what_it_has() -> None:
    """That one may be the only one with the last acknowledged writes."""
    world = stopped_and(empty(THIRD, FIRST))

    what, why, fix = failure(up(world))

    assert what == "tablets cannot come up"
    gone = f"the data of {FIRST}, the primary of messages/0, is gone, and this may have what it had"
    assert (why, fix) == (f"{THIRD}: its mysqld has ended: {BROKEN}; {gone}", "Rebuild it.")
    assert [record.primary for record in world.topology.shards.values()] == [FIRST]


def test_before_15_a_primary_that_is_away_keeps_its_role_while_another_cannot_come_up() -> None:
    cluster = replace(with_durability("semi_sync", "14"), timeouts=Timeouts(default=90.0))
    world = stopped_and(damaged(THIRD), cluster)
    world.doomed["vttablet", FIRST] = Verdict.waiting("it has no memory")

    what, _, _ = failure(up(world, cluster))

    assert what == "tablets was not ready within 90 s"
    assert [record.primary for record in world.topology.shards.values()] == [FIRST]


@pytest.mark.parametrize("lost", [FIRST, SECOND], ids=["primary", "replica"])
def test_where_nobody_is_left_to_acknowledge_it_says_so_at_once(lost: str) -> None:
    """Writes would hang, and the role would have been moved for nothing."""
    cluster = a_cluster(replicas=2)
    world = stopped_and(damaged(lost), cluster)

    what, why, _ = failure(up(world, cluster))

    assert what == "tablets cannot come up"
    hang = "without it no tablet of messages/0 acknowledges writes, which would hang"
    assert why == f"{lost}: its mysqld has ended: {BROKEN}; {hang}"
    assert [record.primary for record in world.topology.shards.values()] == [FIRST]


def test_a_primary_that_came_up_after_all_is_not_replaced() -> None:
    world = stopped_and(damaged(FIRST))

    def mend(event: events.Event) -> None:
        if isinstance(event, events.StageReady) and event.stage == "mysql":
            world.damaged.clear()
            world.kill("mysqlctld", FIRST)
            world.advance(10)

    what, why, fix = failure(up(world, listener=mend))

    assert (what, why) == ("tablets cannot come up", f"the MySQL of {FIRST} came up after all")
    assert fix == "Run the same command again."
    assert up(world).error is None
    assert [record.primary for record in world.topology.shards.values()] == [FIRST]


def test_what_was_left_out_is_told_as_well_where_something_else_fails() -> None:
    cluster = replace(a_cluster(), timeouts=Timeouts(default=60.0))
    world = stopped_and(damaged(THIRD), cluster)
    world.doomed["vtgate", "zone1"] = Verdict.doomed("it has no memory", "Give it some.")

    outcome = up(world, cluster)

    assert failure(outcome)[0] == "vtgate cannot come up"
    assert [event.text for event in outcome.of(events.Notice)] == [
        f"{THIRD}: its mysqld has ended: {BROKEN}. Rebuild it."
    ]


def with_durability(durability: str, release: str = "24") -> Cluster:
    cluster = a_cluster(release=release)
    return replace(cluster, keyspaces=tuple(replace(each, durability=durability) for each in cluster.keyspaces))


def test_nobody_is_elected_while_one_has_not_said_what_it_holds() -> None:
    """The first election asks every tablet: the one that cannot answer may have the rows."""
    world = World()
    world.damaged[SECOND] = BROKEN

    what, why, _ = failure(up(world))

    assert what == "tablets cannot come up"
    alone = "messages/0 has no primary yet, and this may be the tablet with the rows"
    assert why == f"{SECOND}: its mysqld has ended: {BROKEN}; {alone}"
    assert world.elections == []


def test_a_shard_of_which_no_mysql_comes_up_fails_where_it_is() -> None:
    world = stopped_and(damaged(FIRST, SECOND, THIRD))

    what, why, _ = failure(up(world))

    assert what == "mysql cannot come up"
    assert why == f"{FIRST}: its mysqld has ended: {BROKEN}"


def test_one_that_is_only_slow_is_waited_for() -> None:
    """Only what can never come is left out."""
    cluster = replace(a_cluster(), timeouts=Timeouts(default=1.0))
    world = stopped_and(lambda world: world.damaged.update({THIRD: ""}))

    what, _, _ = failure(up(world, cluster))

    assert what == "mysql was not ready within 1 s"


def test_nothing_is_stopped_meanwhile() -> None:
    """What leaves the spec may be what a shard that has lost a tablet needs."""
    world = stopped_and(damaged(THIRD))

    outcome = up(world, prune=True)

    assert outcome.summaries["prune"] == f"nothing is stopped while {THIRD} cannot come up"
    assert not [each for each in outcome.writes if each.startswith("stop")]

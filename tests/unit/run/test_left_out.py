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


ALONE = "the primary of messages/0: its mysqld has ended: MySQL's data files are damaged or missing"


@pytest.mark.parametrize(
    ("lost", "durability"),
    [((FIRST,), "none"), ((FIRST, THIRD), "semi_sync")],
    ids=["nobody acknowledged", "who acknowledged is away as well"],
)
def test_a_primary_with_writes_that_may_be_nowhere_else_keeps_its_role(lost: tuple[str, ...], durability: str) -> None:
    cluster = with_durability(durability)
    world = stopped_and(damaged(*lost), cluster)

    what, why, fix = failure(up(world, cluster))

    assert what == "tablets cannot come up"
    assert why == f"{FIRST}, {ALONE}; its last writes may be nowhere else"
    assert fix == "Rebuild it. To go on without those writes: vitessctl reparent messages/0, and then this again."
    assert [record.primary for record in world.topology.shards.values()] == [FIRST]


def with_durability(durability: str) -> Cluster:
    cluster = a_cluster()
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

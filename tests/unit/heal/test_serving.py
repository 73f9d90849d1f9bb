"""A shard is mended when clients are sent to it again: what is missing until then, and what is not waited for."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from tests.support.world import World, a_cluster, context_of, open_world
from tests.support.world.runs import WorldClock
from tests.unit.heal.worlds import FIRST, SECOND
from vitessctl.heal.serving import SERVE_SECONDS, await_service, unserved
from vitessctl.run.context import Context
from vitessctl.run.http import Answer
from vitessctl.targets.base import Address


def blind_until(world: World, context: Context, sees: Callable[[], bool]) -> None:
    """Its vtgate has not connected to one of the two replicas before `sees` says so."""
    real = context.get

    def get(address: Address, path: str) -> Answer:
        answer = real(address, path)
        variables = answer.json()
        connections = isinstance(variables, dict) and variables.get("HealthcheckConnections")
        if not connections or sees():
            return answer
        connections["messages.0.replica"] -= 1
        return Answer(answer.status, json.dumps(variables), answer.date)

    context.get = get


def test_nothing_is_missing_where_all_serve() -> None:
    cluster = a_cluster()
    (shard,) = cluster.shards()

    assert unserved(context_of(open_world(), cluster), shard, [SECOND]) == ""


@pytest.mark.parametrize("release", ["2.1", "13", "24"])
def test_primaries_are_counted_in_the_words_of_the_release(release: str) -> None:
    cluster = a_cluster(release=release)
    (shard,) = cluster.shards()

    assert unserved(context_of(open_world(cluster), cluster), shard, [FIRST, SECOND]) == ""


def test_a_vtgate_that_does_not_see_a_serving_tablet_yet_is_waited_for() -> None:
    world, cluster = open_world(), a_cluster()
    (shard,) = cluster.shards()
    context = context_of(world, cluster)
    begun = world.now
    blind_until(world, context, lambda: world.now > begun + 3)

    assert unserved(context, shard, [SECOND]) == "vtgate zone1 sees 1 of 2 messages.0.replica"
    assert await_service(context, shard, [SECOND], WorldClock(world)) == ""
    assert begun + 3 < world.now < begun + 4


def test_one_that_never_sees_it_is_told_of_and_is_no_failure() -> None:
    world, cluster = open_world(), a_cluster()
    (shard,) = cluster.shards()
    context = context_of(world, cluster)
    begun = world.now
    blind_until(world, context, lambda: False)

    missing = await_service(context, shard, [SECOND], WorldClock(world))

    assert missing == "vtgate zone1 sees 1 of 2 messages.0.replica"
    assert SERVE_SECONDS <= world.now - begun < SERVE_SECONDS + 1


def test_the_tablet_that_was_mended_has_to_serve_itself() -> None:
    world, cluster = open_world(), a_cluster()
    (shard,) = cluster.shards()
    world.processes["vttablet", SECOND].running = False

    assert unserved(context_of(world, cluster), shard, [SECOND]) == f"{SECOND} says nothing"


def test_a_neighbour_that_is_down_is_another_matter() -> None:
    world, cluster = open_world(), a_cluster()
    (shard,) = cluster.shards()
    world.processes["vttablet", SECOND].running = False

    assert unserved(context_of(world, cluster), shard, [FIRST]) == ""


def test_a_vtgate_that_is_down_is_another_matter() -> None:
    world, cluster = open_world(), a_cluster()
    (shard,) = cluster.shards()
    world.processes["vtgate", "zone1"].running = False

    assert unserved(context_of(world, cluster), shard, [SECOND]) == ""


def test_an_interrupt_ends_the_waiting() -> None:
    world, cluster = open_world(), a_cluster()
    (shard,) = cluster.shards()
    context = context_of(world, cluster)
    blind_until(world, context, lambda: False)
    context.cancelled.set()
    begun = world.now

    assert await_service(context, shard, [SECOND], WorldClock(world)) != ""
    assert world.now == begun

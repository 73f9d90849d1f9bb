"""What is not in the spec any more: named and left alone, or taken away in order when the person asks for it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.support.world import Killed, World, a_cluster, context_of, open_world, up
from vitessctl.errors import NotReadyError
from vitessctl.run import events
from vitessctl.run.stages import prune
from vitessctl.run.surplus import name_surplus, surplus_of

FOUR = a_cluster(replicas=4)
THREE = a_cluster(replicas=3)
LAST = "zone1-0000000103"


def four_with_rows() -> World:
    world = open_world(FOUR)
    world.write_rows(10)
    world.advance(5)
    return world


def lead(world: World, alias: str) -> None:
    context = context_of(world, FOUR)
    context.vtctld.plan_reparent("messages", "0", new_primary=alias)
    world.advance(5)


def test_what_the_spec_no_longer_has_is_named_and_left_running() -> None:
    world = four_with_rows()
    notes: list[events.Event] = []

    name_surplus(context_of(world, THREE), notes.append)
    outcome = up(world, THREE)

    assert outcome.error is None
    assert outcome.changed == 0
    assert world.tablet_up(LAST)
    texts = [note.text for note in notes if isinstance(note, events.Notice)]
    assert len(texts) == len(surplus_of(context_of(world, THREE))) == 2
    assert all("is left as it is; up --prune stops it and keeps its data" in text for text in texts)
    assert LAST in texts[0]


def test_a_cluster_that_is_as_the_spec_says_has_nothing_to_name() -> None:
    assert surplus_of(context_of(four_with_rows(), FOUR)) == ()


def test_prune_stops_the_tablet_removes_its_record_and_keeps_its_rows() -> None:
    world = four_with_rows()
    rows = set(world.mysqlds[LAST].executed)

    outcome = up(world, THREE, prune=True)

    assert outcome.error is None
    assert not world.tablet_up(LAST)
    assert LAST not in world.topology.tablets
    assert set(world.mysqlds[LAST].executed) == rows
    assert f"removed the record of {LAST}" in outcome.actions
    assert up(world, THREE, prune=True).changed == 0


def test_a_primary_that_leaves_gives_its_role_away_first() -> None:
    world = four_with_rows()
    lead(world, LAST)
    rows = set(world.mysqlds[LAST].executed)

    outcome = up(world, THREE, prune=True)

    assert outcome.error is None
    heir = world.primary()
    assert heir != LAST
    assert rows <= set(world.mysqlds[heir].executed)
    handed = f"made {heir} primary of messages/0, because {LAST} leaves"
    stopped = next(action for action in outcome.actions if action.startswith("stopped"))
    assert outcome.actions.index(handed) < outcome.actions.index(stopped)


def test_without_an_heir_nothing_is_stopped() -> None:
    everything = a_cluster(replicas=1, rdonly=1, keyspaces={"messages": {"durability": "none"}})
    keyspace = everything.keyspaces[0]
    only_rdonly = replace(keyspace.shards[0], tablets=keyspace.shards[0].tablets[1:])
    nobody = replace(everything, keyspaces=(replace(keyspace, shards=(only_rdonly,)),))
    world = open_world(everything)
    context = context_of(world, nobody)
    with pytest.raises(NotReadyError, match="no tablet of the spec could take over"):
        prune.converge(context)
    assert world.tablet_up("zone1-0000000100")


@pytest.mark.parametrize("writes", [1, 2, 3])
def test_a_prune_that_was_killed_is_finished_by_the_next(writes: int) -> None:
    world = four_with_rows()
    killed = up(world, THREE, prune=True, kill_after=writes)
    assert isinstance(killed.error, Killed)

    assert up(world, THREE, prune=True).error is None

    assert not world.tablet_up(LAST)
    assert LAST not in world.topology.tablets

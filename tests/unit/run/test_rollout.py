"""Tablets that wait for their turn: one of a shard at a time, the primary last and without its role."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.support.world import Killed, World, a_cluster, documents_of, open_world, up
from tests.support.world.rolling import RollingTarget
from tests.support.world.runs import Outcome
from vitessctl.errors import NotReadyError
from vitessctl.model.cluster import Cluster, Timeouts
from vitessctl.run import events

OLD = a_cluster(replicas=3)
NEW = replace(OLD, extra_flags={"vttablet": {"queryserver-config-pool-size": "77"}})
TWO_SHARDS = a_cluster(shards=("-80", "80-"))


def roll(world: World, cluster: Cluster = NEW, **options: object) -> Outcome:
    return up(world, cluster, target=RollingTarget, **options)  # type: ignore[arg-type]


def test_a_changed_flag_restarts_the_replicas_first_and_the_primary_without_its_role() -> None:
    world = open_world(OLD)
    world.write_rows(20)
    world.advance(5)
    leader = world.primary()
    others = sorted({tablet.alias for tablet in OLD.tablets()} - {leader})

    outcome = roll(world)

    assert outcome.error is None
    assert [action for action in outcome.actions if "restart" in action] == [
        f"restarted {others[0]}, so that it runs what was applied",
        f"restarted {others[1]}, so that it runs what was applied",
        f"made {others[0]} primary of messages/0, because {leader} restarts",
        f"restarted {leader}, so that it runs what was applied",
    ]
    assert world.primary() == others[0]
    assert outcome.summaries["rollout"] == "every tablet runs what was applied"


def test_every_tablet_runs_what_was_applied_and_no_row_is_missing() -> None:
    world = open_world(OLD)
    rows = world.write_rows(20)
    world.advance(5)

    roll(world)
    world.advance(10)

    assert not RollingTarget(world, None).outdated()  # type: ignore[arg-type]
    for tablet in OLD.tablets():
        assert "queryserver-config-pool-size=77" in world.processes["vttablet", tablet.alias].document.text
        assert rows <= set(world.mysqlds[tablet.alias].executed)


def test_before_15_what_goes_wrong_meanwhile_is_mended_as_nobody_else_does() -> None:
    """The primary's MySQL starts anew while the others are restarted: it is read-only then, and without semi-sync."""
    old, new = replace(OLD, release="9"), replace(NEW, release="9")
    world = open_world(old)
    rows = world.write_rows(20)
    leader = world.primary()
    world.advance(5)

    def watch(event: events.Event) -> None:
        if isinstance(event, events.ActionTaken) and event.action.startswith("restarted") and not killed:
            killed.append(leader)
            world.kill("mysqlctld", leader, back_in=1)

    killed: list[str] = []
    outcome = roll(world, new, listener=watch)

    assert outcome.error is None
    assert outcome.actions[1:3] == [f"turned semi-sync on again at {leader}", f"made {leader} writable"]
    assert world.crimes == []
    assert outcome.summaries["rollout"] == "every tablet runs what was applied"
    assert rows | world.write_rows(1) <= world.mysqlds[world.primary()].executed


def test_a_second_run_restarts_nothing() -> None:
    world = open_world(OLD)
    roll(world)
    pids = {key: process.pid for key, process in world.processes.items()}

    outcome = roll(world)

    assert outcome.error is None
    assert outcome.changed == 0
    assert {key: process.pid for key, process in world.processes.items()} == pids


def test_while_nothing_waits_for_its_turn_the_stage_is_not_even_named() -> None:
    world = open_world(OLD)

    outcome = roll(world, OLD)

    assert outcome.error is None
    assert "rollout" not in {event.stage for event in outcome.of(events.StageStarted)}


def test_never_two_tablets_of_a_shard_are_away_at_once() -> None:
    world = open_world(OLD)
    world.write_rows(5)
    world.advance(5)
    fewest = len(list(OLD.tablets()))

    def watch(event: events.Event) -> None:
        nonlocal fewest
        fewest = min(fewest, sum(world.serving(tablet.alias) for tablet in OLD.tablets()))

    outcome = roll(world, listener=watch)

    assert outcome.error is None
    assert fewest >= len(list(OLD.tablets())) - 1


def test_nothing_is_restarted_while_another_tablet_of_the_shard_is_away() -> None:
    world = open_world(OLD)
    dead = sorted({tablet.alias for tablet in OLD.tablets()} - {world.primary()})[0]
    world.kill_tablet(dead, back_in=1e9)
    patient = replace(NEW, timeouts=Timeouts(default=20.0))

    outcome = roll(world, patient)

    assert isinstance(outcome.error, NotReadyError)
    assert not [action for action in outcome.actions if action.startswith("restarted")]
    assert dead in str(outcome.error)


def test_shards_roll_side_by_side() -> None:
    world = open_world(TWO_SHARDS)
    new = replace(TWO_SHARDS, extra_flags=NEW.extra_flags)

    outcome = roll(world, new)

    assert outcome.error is None
    first = [action.split(",")[0] for action in outcome.actions if action.startswith("restarted")][:2]
    shards = {tablet.alias: tablet.shard for tablet in new.tablets()}
    assert len({shards[action.removeprefix("restarted ")] for action in first}) == 2


@pytest.mark.parametrize("writes", range(1, 8))
def test_a_run_that_is_killed_after_any_write_is_finished_by_the_next(writes: int) -> None:
    world = open_world(OLD)
    rows = world.write_rows(20)
    world.advance(5)

    first = roll(world, kill_after=writes)
    assert first.error is None or isinstance(first.error, Killed)
    second = roll(world)

    assert second.error is None
    assert not RollingTarget(world, None).outdated()  # type: ignore[arg-type]
    world.advance(10)
    assert all(rows <= set(world.mysqlds[tablet.alias].executed) for tablet in OLD.tablets())


def test_the_only_tablet_of_a_shard_is_restarted_all_the_same() -> None:
    """Nobody could take over: writers wait for as long as it takes to start."""
    alone = a_cluster(replicas=1, keyspaces={"messages": {"durability": "none"}})
    world = open_world(alone)
    rows = world.write_rows(5)

    outcome = roll(world, replace(alone, extra_flags=NEW.extra_flags))

    assert outcome.error is None
    assert rows <= set(world.mysqlds[world.primary()].executed)


def test_documents_of_both_clusters_differ_only_in_the_flag() -> None:
    before, after = documents_of(OLD), documents_of(NEW)
    changed = [new.label for old, new in zip(before, after, strict=True) if old.text != new.text]
    assert changed == [f"Program/vttablet-{tablet.alias}" for tablet in NEW.tablets()]


def test_a_shard_that_has_to_do_without_a_tablet_spares_no_other() -> None:
    """The damaged one is restarted, as it has nothing to lose; the others wait for the next run."""
    world = open_world(OLD)
    world.write_rows(20)
    world.advance(5)
    leader = world.primary()
    lost, other = sorted({tablet.alias for tablet in OLD.tablets()} - {leader})
    world.damaged[lost] = "MySQL's data files are damaged or missing"
    world.kill("mysqlctld", lost)
    world.advance(10)

    outcome = roll(world)

    assert isinstance(outcome.error, NotReadyError)
    assert outcome.error.what == f"{lost} cannot come up; everything else is ready"
    assert outcome.summaries["rollout"] == f"nothing of messages/0 is restarted while {lost} cannot come up"
    assert set(RollingTarget(world, None).outdated()) >= {leader, other}  # type: ignore[arg-type]
    assert world.primary() == leader

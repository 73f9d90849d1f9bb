"""Where starting takes long, new vtgates are made before there is a primary; what is there already waits its turn."""

from __future__ import annotations

from dataclasses import replace

from tests.support.world import World, a_cluster, documents_of, open_world, up
from tests.support.world.runs import Outcome
from tests.support.world.target import WorldTarget
from vitessctl.run import events

THREE = a_cluster(replicas=3)


class SlowTarget(WorldTarget):
    """Its pods take their time."""

    starts_slowly = True


def names(outcome: Outcome) -> list[str]:
    """Documents that were changed and stages that became ready, in their order."""
    told = []
    for event in outcome.events:
        if isinstance(event, events.DocumentApplied) and event.change.is_change:
            told.append(event.change.label)
        if isinstance(event, events.StageReady):
            told.append(event.stage)
    return told


def test_a_new_vtgate_is_made_before_there_is_a_primary() -> None:
    told = names(up(World(), THREE, target=SlowTarget))
    assert told.index("keyspaces") < told.index("Program/vtgate-zone1") < told.index("primary") < told.index("vtgate")


def test_on_one_machine_it_is_started_after() -> None:
    told = names(up(World(), THREE))
    assert told.index("primary") < told.index("Program/vtgate-zone1")


def test_what_was_made_early_counts_once() -> None:
    outcome = up(World(), THREE, target=SlowTarget)
    recap = outcome.of(events.RunEnded)[0].recap
    assert recap["vtgate"] == {"ok": 0, "changed": 1, "failed": 0, "skipped": 0}


def test_a_vtgate_that_runs_is_changed_after_the_tablets() -> None:
    """Vitess is upgraded from vtctld over the tablets to vtgate."""
    world = open_world(THREE)
    changed = tuple(
        replace(document, text=f"{document.text} --new") if document.component == "vtgate" else document
        for document in documents_of(THREE)
    )
    told = names(up(world, THREE, target=SlowTarget, documents=changed))
    assert told.index("primary") < told.index("Program/vtgate-zone1")


def test_a_second_run_makes_nothing() -> None:
    world = World()
    up(world, THREE, target=SlowTarget)
    assert up(world, THREE, target=SlowTarget).changed == 0

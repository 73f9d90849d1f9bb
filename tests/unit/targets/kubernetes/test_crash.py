"""kill -9 on vitessctl after any of its writes, on Kubernetes: the next run finishes, and the plan after it is empty.

The whole engine over the real target; the API server, the controllers and the servers are in memory.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from tests.support.world import Killed
from tests.support.world.mysql import Gtid
from tests.support.world.on_kubernetes import KubernetesWorld, Outcome
from tests.unit.targets.kubernetes.test_target import NAMESPACE, a_cluster
from vitessctl.model.cluster import Cluster
from vitessctl.run.runs import Result
from vitessctl.targets.kubernetes import kinds
from vitessctl.targets.kubernetes.record import record_name
from vitessctl.targets.kubernetes.recorder import read_record

SMALL = a_cluster()
FOUR = a_cluster("keyspaces.messages.pools=[{cell: zone1, type: replica, tablets: 4, uid: 100}]")
WITHOUT_THE_PRIMARY = a_cluster("keyspaces.messages.pools=[{cell: zone1, type: replica, tablets: 3, uid: 101}]")
NEW_IMAGE = a_cluster("images.vttablet=vitess/lite:v24.0.3", "images.vtgate=vitess/lite:v24.0.3")
ROWS = 20
FEWEST, MOST = 5, 100
"""Writes that a run of these makes."""
STRIDE = 1 if os.environ.get("VITESSCTL_EVERY_WRITE") else 4
"""Every fourth write is enough for every day; all of them take some two minutes."""


@dataclass(frozen=True)
class Story:
    """What is there, and the run that is killed and run again."""

    before: Cluster | None
    cluster: Cluster
    prune: bool = False

    def bed(self) -> KubernetesWorld:
        """What is there before."""
        bed = KubernetesWorld(NAMESPACE)
        if self.before is not None:
            finished(bed.up(self.before))
            bed.world.write_rows(ROWS)
            bed.world.advance(5)
        return bed

    def up(self, bed: KubernetesWorld, kill_after: int | None = None) -> Outcome:
        """The run."""
        return bed.up(self.cluster, kill_after=kill_after, prune=self.prune)


STORIES = {
    "from nothing": Story(None, SMALL),
    "a new image": Story(SMALL, NEW_IMAGE),
    "a tablet less": Story(FOUR, SMALL, prune=True),
    "without the primary": Story(FOUR, WITHOUT_THE_PRIMARY, prune=True),
}


@pytest.fixture(autouse=True)
def _the_record_is_written_at_both_ends_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not by the time of day, so that a write has the same number whenever it is counted."""
    monkeypatch.setattr("vitessctl.targets.kubernetes.recorder.BETWEEN_WRITES", 1e9)


def finished(outcome: Outcome) -> Outcome:
    """A run that came to its end."""
    if outcome.error is not None:
        raise outcome.error
    return outcome


def rows_of(bed: KubernetesWorld) -> set[Gtid]:
    """The transactions that the primary has."""
    return bed.world.mysqlds[bed.world.primary()].executed.copy()


def has_ended(outcome: Outcome, writes: int) -> bool:
    """Whether a run that was to be killed after so many writes had no more to do.

    How many it makes is seen by running it: on a slow machine there may be one more.
    """
    if isinstance(outcome.error, Killed):
        assert len(outcome.writes) == writes <= MOST
        return False
    finished(outcome)
    assert writes > FEWEST, "hardly a run was killed"
    return True


def check(bed: KubernetesWorld, cluster: Cluster, prune: bool = False) -> None:
    """Nothing is left to do, nobody holds the cluster, no row is missing, and nobody did what is forbidden."""
    assert bed.plan(cluster, prune) == []
    again = finished(bed.up(cluster, prune=prune))
    assert again.writes == []
    assert bed.world.crimes == []
    rows = bed.world.mysqlds[bed.world.primary()].executed
    bed.world.advance(10)
    for tablet in cluster.tablets():
        assert rows <= bed.world.mysqlds[tablet.alias].executed


@pytest.mark.parametrize("name", STORIES)
def test_up_that_was_killed_is_finished_by_the_next(name: str) -> None:
    story = STORIES[name]
    for writes in itertools.count(1, STRIDE):
        bed = story.bed()
        rows = rows_of(bed) if story.before else set()
        killed = story.up(bed, writes)
        if has_ended(killed, writes):
            break

        finished(story.up(bed))

        check(bed, story.cluster, story.prune)
        assert rows <= rows_of(bed)


@pytest.mark.parametrize("name", STORIES)
def test_up_that_is_killed_again_and_again_gets_there(name: str) -> None:
    """Each run may take the lock, write its record, and make one write more."""
    story = STORIES[name]
    bed = story.bed()

    runs = 0
    while isinstance(story.up(bed, kill_after=3).error, Killed):
        runs += 1
        assert runs <= MOST

    check(bed, story.cluster, story.prune)


def test_down_that_was_killed_is_finished_by_the_next_and_the_rows_are_there_afterwards() -> None:
    for writes in itertools.count(1, STRIDE):
        bed = Story(SMALL, SMALL).bed()
        rows = rows_of(bed)
        killed = bed.down(SMALL, kill_after=writes)
        if has_ended(killed, writes):
            break

        finished(bed.down(SMALL))

        assert bed.world.processes == {}
        assert bed.api.names(kinds.STATEFUL_SET, NAMESPACE) == bed.api.names(kinds.DEPLOYMENT, NAMESPACE) == []
        finished(bed.up(SMALL))
        check(bed, SMALL)
        assert all(rows <= bed.world.mysqlds[tablet.alias].executed for tablet in SMALL.tablets())


@pytest.mark.parametrize("writes", [2, 9, 25])
def test_a_run_that_was_killed_is_remembered_as_killed_once_another_has_written(writes: int) -> None:
    bed = KubernetesWorld(NAMESPACE)
    bed.up(SMALL, kill_after=writes)

    finished(bed.up(SMALL))

    assert [run.result for run in read_record(bed.api, NAMESPACE, SMALL.name).runs] == [Result.DONE, Result.KILLED]


def test_the_lock_of_a_killed_run_is_taken_over_and_then_free() -> None:
    bed = KubernetesWorld(NAMESPACE)
    bed.up(SMALL, kill_after=5)

    def holder() -> Callable[..., Any]:
        return bed.api.stored(kinds.LEASE, NAMESPACE, record_name(SMALL.name))["spec"].get("holderIdentity", "")

    assert holder()
    outcome = finished(bed.up(SMALL))
    assert holder() == ""
    assert any("takes the lock over" in str(event) and "process has ended" in str(event) for event in outcome.events)

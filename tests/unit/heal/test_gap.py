"""How long nobody took writes, as it is seen from outside."""

from __future__ import annotations

import threading

import pytest

from tests.support.world import World, a_cluster, context_of, open_world
from tests.unit.heal.worlds import FIRST, SECOND
from vitessctl.heal import gap as gap_module
from vitessctl.heal.gap import Gap, watching
from vitessctl.run.clock import SystemClock
from vitessctl.vtctld.errors import VtctldError


@pytest.mark.parametrize(
    ("gap", "seconds"),
    [
        (Gap(10.0), None),
        (Gap(10.0, last_old=12.0), None),
        (Gap(10.0, first_new=14.0), 4.0),
        (Gap(10.0, last_old=13.5, first_new=14.0), 0.5),
        (Gap(10.0, last_old=14.1, first_new=14.0), 0.0),
    ],
)
def test_seconds(gap: Gap, seconds: float | None) -> None:
    assert gap.seconds == seconds


def swap(world: World) -> None:
    """The old one stops taking writes, and the new one begins."""
    world.mysqlds[FIRST].read_only, world.mysqlds[SECOND].read_only = True, False


class Seen(SystemClock):
    """A clock that tells when somebody has looked twice."""

    def __init__(self) -> None:
        self.looked = threading.Semaphore(0)

    def pause(self, seconds: float, cancelled: threading.Event) -> None:
        self.looked.release()
        super().pause(0.001, cancelled)


def test_it_sees_the_old_one_stop_and_the_new_one_begin() -> None:
    world, clock = open_world(), Seen()
    world.processes.pop(("vtorc", "zone1"))

    with watching(context_of(world, a_cluster()), clock, FIRST, SECOND) as gap:
        assert clock.looked.acquire(timeout=10)
        assert gap.last_old is not None
        swap(world)

    assert gap.first_new is not None
    assert gap.seconds is not None
    assert gap.seconds < 5


def test_a_new_primary_that_nobody_saw_in_time_is_looked_at_once_more() -> None:
    world, clock = open_world(), Seen()
    world.processes.pop(("vtorc", "zone1"))

    with watching(context_of(world, a_cluster()), clock, "", SECOND) as gap:
        assert clock.looked.acquire(timeout=10)
        assert gap.last_old is None
        swap(world)

    assert gap.seconds is not None


def test_where_nothing_answers_nothing_is_known() -> None:
    world = open_world()
    world.broken_calls["GetFullStatus"] = VtctldError("no answer")

    with watching(context_of(world, a_cluster()), SystemClock(), FIRST, SECOND) as gap:
        pass

    assert gap.seconds is None


def test_it_ends_with_the_block() -> None:
    assert not [thread for thread in threading.enumerate() if thread.name == "gap"]
    assert gap_module.EVERY_SECONDS < 0.2

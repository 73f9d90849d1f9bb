"""A tablet whose record may be on its way costs nothing: only later is its vttablet asked, and then started again."""

from __future__ import annotations

from tests.support.world import World, a_cluster, context_of, up
from vitessctl.run.http import Answer
from vitessctl.run.stages.tablets import ANSWERING_SECONDS, UNRECORDED_SECONDS, _record_again
from vitessctl.targets.base import Address


def test_it_is_asked_only_when_its_record_is_late() -> None:
    world, cluster = World(), a_cluster()
    assert up(world, cluster).error is None
    context, tablet = context_of(world, cluster), next(iter(cluster.tablets()))
    seconds, asked, restarted = 0.0, list[float](), list[float]()

    def get(address: Address, path: str) -> Answer:
        asked.append(seconds)
        return Answer(200, "")

    context.now, context.get = lambda: seconds, get
    context.acted = lambda stage, action, changed: restarted.append(seconds)
    for second in range(20):
        seconds = float(second)
        _record_again(context, tablet, recorded=False)

    assert asked == [10.0, 11.0, 12.0, 13.0, 14.0, 15.0]
    assert restarted == [UNRECORDED_SECONDS + ANSWERING_SECONDS]


def test_a_tablet_with_a_record_is_never_asked_for_it() -> None:
    world, cluster = World(), a_cluster()
    assert up(world, cluster).error is None
    context, tablet = context_of(world, cluster), next(iter(cluster.tablets()))
    seconds = 0.0

    def get(address: Address, path: str) -> Answer:
        raise AssertionError(path)

    context.now, context.get = lambda: seconds, get
    for second in range(60):
        seconds = float(second)
        _record_again(context, tablet, recorded=second % 8 != 0)

"""Stages made for a test, and the engine that runs them on an empty world. Real threads."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tests.support.world import Outcome, World, a_cluster, context_of
from tests.support.world.runs import WorldClock
from vitessctl.model.cluster import Cluster
from vitessctl.render.documents import Document
from vitessctl.run.clock import Clock
from vitessctl.run.context import Context
from vitessctl.run.engine import Engine
from vitessctl.run.stage import Stage
from vitessctl.targets.base import Verdict

DONE = Verdict.done


def always(verdict: Verdict) -> Callable[[Context], Verdict]:
    return lambda context: verdict


def fails(error: BaseException) -> Callable[[Context], Verdict]:
    def converge(context: Context) -> Verdict:
        raise error

    return converge


def in_turn(*verdicts: Verdict | Exception) -> Callable[[Context], Verdict]:
    """Gives one after the other, and then the last one for ever."""
    left = list(verdicts)

    def converge(context: Context) -> Verdict:
        verdict = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(verdict, Exception):
            raise verdict
        return verdict

    return converge


def a_stage(name: str, *needs: str, converge: Callable[[Context], Verdict] | None = None) -> Stage:
    return Stage(name, needs, f"the {name}", converge or always(DONE()))


def run(
    *stages: Stage,
    world: World | None = None,
    cluster: Cluster | None = None,
    documents: Sequence[Document] = (),
    clock: Clock | None = None,
) -> Outcome:
    """Run stages on an empty world; the error is in the outcome."""
    world, outcome = world or World(), Outcome()
    context = context_of(world, cluster or a_cluster())
    context.documents = documents
    engine = Engine(context, stages, outcome.events.append, clock or WorldClock(world))
    try:
        engine.run()
    except BaseException as error:
        outcome.error = error
    outcome.changed = engine.recap.changed
    return outcome

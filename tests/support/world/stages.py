"""One stage alone, on a world that has come as far as the stage needs."""

from __future__ import annotations

from dataclasses import replace

from tests.support.world.clusters import documents_of
from tests.support.world.runs import Outcome, up
from tests.support.world.world import World
from vitessctl.model.cluster import Cluster
from vitessctl.run.stage import Stage
from vitessctl.run.stages import STAGES

BY_NAME = {stage.name: stage for stage in STAGES}


def needed_by(name: str) -> list[Stage]:
    """All stages that come before one, directly or not, in their order."""
    found: set[str] = set()
    todo = list(BY_NAME[name].needs)
    while todo:
        need = todo.pop()
        if need not in found:
            found.add(need)
            todo += BY_NAME[need].needs
    return [stage for stage in STAGES if stage.name in found]


def prepare(world: World, cluster: Cluster, name: str) -> None:
    """Bring the world as far as a stage needs it."""
    outcome = up(world, cluster, stages=needed_by(name)) if needed_by(name) else Outcome()
    if outcome.error is not None:
        raise outcome.error


def run_stage(world: World, cluster: Cluster, name: str, apply: bool = True) -> Outcome:
    """Run a stage by itself; without `apply` it starts nothing and only looks and acts."""
    documents = documents_of(cluster)
    if not apply:
        # The stage's own processes are left out; whether it applies at all must not change by that.
        stage = replace(BY_NAME[name], applies=lambda context: True)
        documents = tuple(document for document in documents if document.stage != name)
    else:
        stage = BY_NAME[name]
    return up(world, cluster, stages=[replace(stage, needs=())], documents=documents)

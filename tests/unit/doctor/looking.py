"""Looking at a world as `vitessctl doctor` does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from tests.support.world import World, a_cluster, context_of, open_world
from tests.support.world.ground import WorldGround
from vitessctl.doctor.diagnosis import Diagnosis, looker
from vitessctl.doctor.examined import Case
from vitessctl.model.cluster import Cluster

TOOL = "0.10.0"
FIRST, SECOND, THIRD = (f"zone1-{number:010d}" for number in (100, 101, 102))


def diagnosed(world: World, ground: WorldGround | None = None, cluster: Cluster | None = None) -> Diagnosis:
    """One look at everything."""
    return looker(context_of(world, cluster or a_cluster()), ground or WorldGround(), TOOL)()


def texts(diagnosis: Diagnosis) -> dict[str, list[str]]:
    """The findings by id, each with its subject."""
    found: dict[str, list[str]] = {}
    for each in diagnosis.findings:
        found.setdefault(each.id, []).append(each.text)
    return found


def a_case(cluster: Mapping[str, Any] | None = None, **examined: Any) -> Case:
    """A healthy cluster of which an examination has seen something else."""
    spec = a_cluster(**(cluster or {}))
    case = diagnosed(open_world(spec), cluster=spec).case
    return replace(case, examined=replace(case.examined, **examined))

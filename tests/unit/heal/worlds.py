"""Worlds in which something has happened to a shard, and how it is looked at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tests.support.world import World, a_cluster, context_of, open_world
from tests.support.world.changes import happen
from vitessctl.heal.look import SeenShard, look
from vitessctl.model.cluster import Cluster
from vitessctl.run.context import Context

FIRST, SECOND, THIRD = (f"zone1-{number:010d}" for number in (100, 101, 102))


def a_world(case: Mapping[str, Any]) -> tuple[World, Cluster]:
    """The world of a case: its cluster is up, then what is given happened. `vtorc: stands still` takes vtorc away."""
    cluster = a_cluster(**case.get("cluster", {}))
    world = open_world(cluster)
    if "vtorc" in case:
        world.remove("vtorc", "zone1")
    happen(world, case.get("given", []))
    return world, cluster


def seen_in(world: World, cluster: Cluster) -> SeenShard:
    """One look at its one shard."""
    (found,) = look(context_of(world, cluster), tuple(cluster.shards()))
    return found


def context_and_shard(world: World, cluster: Cluster | None = None) -> tuple[Context, Sequence[Any]]:
    """What `look` wants."""
    cluster = cluster or a_cluster()
    return context_of(world, cluster), tuple(cluster.shards())

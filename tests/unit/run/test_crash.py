"""kill -9 on vitessctl after any of its writes: the next run finishes, and the one after that changes nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.support.world import Killed, World, a_cluster, down, open_world, up
from vitessctl.model.cluster import Cluster

SMALL = a_cluster()
LARGE = a_cluster(
    cells=("zone1", "zone2"),
    keyspaces={
        "product": {"schema": "create table product (id bigint primary key)", "rdonly": 1},
        "customer": {"shards": ["-80", "80-"], "vschema": '{"sharded": true}', "replicas": 2},
    },
)
CLUSTERS = {"small": SMALL, "large": LARGE}


def what_is(world: World) -> dict[str, Any]:
    """Everything that a person could tell two worlds apart by; no times, no process ids, no GTIDs."""
    topology = world.topology
    return {
        "cells": topology.cells,
        "keyspaces": topology.keyspaces,
        "shards": topology.shards,
        "tablets": {alias: replace(record, primary_term_start=0.0) for alias, record in topology.tablets.items()},
        "vschemas": topology.vschemas,
        "processes": {key: (process.document.text, process.up) for key, process in world.processes.items()},
        "tables": {alias: world.tables(alias) for alias in world.mysqlds},
        "replication": {
            alias: (mysqld.source, mysqld.read_only, mysqld.replicating) for alias, mysqld in world.mysqlds.items()
        },
    }


def writes_of_a_whole_run(cluster: Cluster) -> int:
    return len(up(World(), cluster).writes)


def every_write() -> list[Any]:
    return [
        pytest.param(name, number, id=f"{name}-{number}")
        for name, cluster in CLUSTERS.items()
        for number in range(1, writes_of_a_whole_run(cluster) + 1)
    ]


@pytest.mark.parametrize(("name", "writes"), every_write())
def test_up_that_was_killed_is_finished_by_the_next(name: str, writes: int) -> None:
    cluster = CLUSTERS[name]
    world = World()
    killed = up(world, cluster, kill_after=writes)
    assert isinstance(killed.error, Killed)
    assert len(killed.writes) == writes

    finished = up(world, cluster)

    assert finished.error is None
    assert what_is(world) == what_is(open_world(cluster))
    _check_that_nothing_is_left_to_do(world, cluster)


def _check_that_nothing_is_left_to_do(world: World, cluster: Cluster) -> None:
    third = up(world, cluster)
    assert (third.error, third.changed, third.writes) == (None, 0, [])
    assert world.crimes == []
    assert len(world.elections) == len({alias for _, alias in world.elections}) == len(list(cluster.shards()))


@pytest.mark.parametrize("name", CLUSTERS)
def test_up_that_is_killed_at_every_write_in_turn_gets_there(name: str) -> None:
    """Each run is allowed one write more than nothing, then it is killed."""
    cluster, world = CLUSTERS[name], World()

    runs = 0
    while isinstance(up(world, cluster, kill_after=1).error, Killed):
        runs += 1

    assert runs == writes_of_a_whole_run(cluster)
    assert what_is(world) == what_is(open_world(cluster))
    _check_that_nothing_is_left_to_do(world, cluster)


@pytest.mark.parametrize("writes", range(1, writes_of_a_whole_run(SMALL) + 1))
def test_the_same_with_stages_in_threads(writes: int) -> None:
    world = World()
    killed = up(world, SMALL, kill_after=writes, threads=True)
    assert isinstance(killed.error, Killed)

    finished = up(world, SMALL, threads=True)

    assert finished.error is None
    assert what_is(world) == what_is(open_world(SMALL))
    _check_that_nothing_is_left_to_do(world, SMALL)


@pytest.mark.parametrize("writes", range(1, 11))
def test_an_up_after_a_stop_that_was_killed_keeps_every_row(writes: int) -> None:
    world = open_world(SMALL)
    rows = world.write_rows(20)
    down(world, SMALL)
    killed = up(world, SMALL, kill_after=writes)
    assert isinstance(killed.error, Killed)

    finished = up(world, SMALL)

    assert finished.error is None
    assert all(rows <= mysqld.executed for mysqld in world.mysqlds.values())
    assert world.primary() == "zone1-0000000100"
    _check_that_nothing_is_left_to_do(world, SMALL)


def _writes_after_loss() -> int:
    return len(up(_primary_lost(), SMALL).writes)


def _primary_lost() -> World:
    world = open_world(SMALL)
    world.write_rows(20)
    down(world, SMALL)
    world.mysqlds["zone1-0000000100"].lose_everything()
    return world


@pytest.mark.parametrize("writes", range(1, _writes_after_loss() + 1))
def test_an_up_after_the_loss_of_the_primarys_data_that_was_killed_loses_nothing_more(writes: int) -> None:
    world = _primary_lost()
    rows = world.mysqlds["zone1-0000000101"].executed.copy()
    killed = up(world, SMALL, kill_after=writes)
    assert isinstance(killed.error, Killed)

    finished = up(world, SMALL)

    assert finished.error is None
    assert world.primary() == "zone1-0000000101"
    world.advance(2)
    assert all(rows <= mysqld.executed for mysqld in world.mysqlds.values())
    third = up(world, SMALL)
    assert (third.changed, third.writes, world.crimes) == (0, [], [])

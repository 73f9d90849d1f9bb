"""What a person does with `up` over a cluster's life, and what happens to the cluster meanwhile."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.support.world import World, a_cluster, down, open_world, up
from tests.support.world.world import Times
from vitessctl.errors import NotReadyError
from vitessctl.model.cluster import Timeouts, Topology
from vitessctl.run import events

FIRST, SECOND, THIRD = (f"zone1-{number:010d}" for number in (100, 101, 102))


def test_the_first_up_does_everything_in_its_own_sentences() -> None:
    outcome = up(World())

    assert outcome.error is None
    assert outcome.actions == [
        "registered cell zone1 at /vitess/zone1",
        "created keyspace messages with durability semi_sync",
        "created shard messages/0",
        f"elected {FIRST} primary of messages/0",
    ]
    assert outcome.summaries == {
        "etcd": "healthy",
        "vtctld": "answers, 0 cells registered",
        "cells": "zone1",
        "keyspaces": "messages (semi_sync)",
        "mysql": "3 up",
        "tablets": "3 in the topology",
        "primary": "serving",
        "vtorc": "watching",
        "replication": "2 replicating, primaries writable",
        "vtgate": "sees 3 tablets, a query answers",
    }


def test_rows_can_be_written_as_soon_as_it_is_over() -> None:
    world = World()
    up(world)

    rows = world.write_rows(3)

    assert rows <= world.mysqlds[THIRD].executed


@pytest.mark.parametrize("threads", [False, True], ids=["one after the other", "in threads"])
def test_the_second_up_writes_nothing_and_restarts_nothing(threads: bool) -> None:
    world = World()
    up(world, threads=threads)
    pids = {key: process.pid for key, process in world.processes.items()}

    again = up(world, threads=threads)

    assert (again.error, again.changed, again.writes) == (None, 0, [])
    assert {key: process.pid for key, process in world.processes.items()} == pids


def test_mysql_is_initialised_while_the_rest_comes_up() -> None:
    """7 s of MySQL and 3 s of everything else: in threads they overlap."""
    world = World(times=Times(mysql_initialisation=7.0))

    up(world, threads=True)

    started = world.processes["mysqlctld", FIRST].started
    assert started < 1.0


def test_exactly_one_actor_elects() -> None:
    world = World()

    up(world)
    world.advance(60)

    assert world.elections == [("vtctld", FIRST)]


def test_a_tablet_that_is_added_is_started_and_copies_and_nothing_else_is_touched() -> None:
    world = open_world()
    rows = world.write_rows(5)

    outcome = up(world, a_cluster(replicas=4))

    assert outcome.error is None
    assert outcome.writes == [
        "create Program/mysqlctld-zone1-0000000103",
        "create Program/vttablet-zone1-0000000103",
    ]
    assert rows <= world.mysqlds["zone1-0000000103"].executed


def test_a_keyspace_that_is_added_gets_its_own_primary() -> None:
    world = open_world()

    outcome = up(world, a_cluster(keyspaces={"messages": {}, "orders": {"durability": "none", "replicas": 1}}))

    assert outcome.error is None
    assert outcome.actions == [
        "created keyspace orders with durability none",
        "created shard orders/0",
        "elected zone1-0000000103 primary of orders/0",
    ]


def test_a_cell_that_is_added() -> None:
    world = open_world(a_cluster(replicas=1, keyspaces={"messages": {"durability": "none"}}))

    two = a_cluster(cells=("zone1", "zone2"), replicas=2, keyspaces={"messages": {"durability": "none"}})
    outcome = up(world, two)

    assert outcome.error is None
    assert outcome.actions == ["registered cell zone2 at /vitess/zone2"]
    assert "create Program/vtgate-zone2" in outcome.writes


def test_what_was_killed_is_waited_for_not_reported_as_a_change() -> None:
    world = open_world()
    world.kill("vtgate", "zone1")

    outcome = up(world)

    assert (outcome.error, outcome.changed) == (None, 0)
    assert outcome.summaries["vtgate"] == "sees 3 tablets, a query answers"


def test_a_dead_primary_is_replaced_by_vtorc_while_up_waits() -> None:
    """The whole machine of the primary is gone for a minute; no acknowledged row is."""
    world = open_world()
    rows = world.write_rows(20)
    world.kill_tablet(FIRST, back_in=60)

    outcome = up(world)

    assert outcome.error is None
    assert world.elections[1:] == [("vtorc", SECOND)]
    assert all(rows <= mysqld.executed for mysqld in world.mysqlds.values())


def test_a_dead_vttablet_whose_mysql_lives_is_nothing_that_vtorc_heals() -> None:
    """So the supervisor has to; `up` waits for it and nobody is promoted."""
    world = open_world()
    world.kill("vttablet", FIRST, back_in=30)

    outcome = up(world)

    assert outcome.error is None
    assert world.elections == [("vtctld", FIRST)]


def test_a_cluster_whose_primary_lost_its_data_folder_while_it_was_stopped() -> None:
    world = open_world()
    rows = world.write_rows(20)
    down(world)
    world.mysqlds[FIRST].lose_everything()

    outcome = up(world)

    assert outcome.error is None
    assert outcome.actions == [f"made {SECOND} primary of messages/0: the data of {FIRST} is gone"]
    assert world.primary() == SECOND
    assert world.topology.tablets[FIRST].type == "replica"
    assert rows <= world.mysqlds[FIRST].executed
    assert up(world).changed == 0


def test_a_whole_cluster_that_lost_its_data_folders_gets_no_empty_primary() -> None:
    world = open_world()
    world.write_rows(20)
    down(world)
    for alias in (FIRST, SECOND, THIRD):
        world.mysqlds[alias].lose_everything()

    outcome = up(world)

    assert isinstance(outcome.error, NotReadyError)
    assert "is gone, and no other tablet has any" in outcome.error.why
    assert (world.primary(), world.elections) == (FIRST, [("vtctld", FIRST)])


def test_a_failure_is_mended_and_the_same_command_goes_on() -> None:
    world, cluster = World(), a_cluster(timeouts=Timeouts(default=20))
    world.times = Times(mysql_initialisation=600)
    failed = up(world, cluster)
    assert isinstance(failed.error, NotReadyError)
    assert failed.error.what == "mysql was not ready within 20 s"
    assert {"tablets", "primary", "vtgate"} <= {event.stage for event in failed.of(events.StageSkipped)}
    world.advance(600)

    outcome = up(world, cluster)

    assert outcome.error is None
    assert [write for write in outcome.writes if "mysqlctld" in write] == []


def test_a_timeout_of_ones_own_for_a_stage() -> None:
    world = World()
    cluster = a_cluster(timeouts=Timeouts(default=5, stages={"mysql": 30}))

    assert up(world, cluster).error is None
    assert world.now > 7


def test_tables_that_the_spec_declares_are_there_for_the_first_client() -> None:
    schema = "create table notes (id bigint primary key); create table tags (id bigint primary key)"
    cluster = a_cluster(keyspaces={"messages": {"schema": schema}})
    world = open_world(cluster)

    assert world.tables(SECOND) == {"notes", "tags"}


def test_a_table_that_is_added_to_the_spec_is_added_and_what_would_lose_something_is_left() -> None:
    first = a_cluster(keyspaces={"messages": {"schema": "create table notes (id bigint primary key, old int)"}})
    world = open_world(first)
    keyspace = replace(
        first.keyspaces[0],
        schema="create table notes (id bigint primary key); create table tags (id bigint primary key)",
    )

    outcome = up(world, replace(first, keyspaces=(keyspace,)))

    assert outcome.error is None
    assert outcome.actions == ["created in messages: tags"]
    assert world.tables(THIRD) == {"notes", "tags"}


def test_a_release_without_vtorc_is_repaired_by_the_tool_itself() -> None:
    """After a full restart nothing else would make the primary writable or start the replicas."""
    cluster = a_cluster(release="2.1")
    world = open_world(cluster)
    rows = world.write_rows(5)
    down(world, cluster)

    outcome = up(world, cluster)

    assert outcome.error is None
    assert outcome.actions == [
        f"turned semi-sync on again at {FIRST}",
        f"made {FIRST} writable",
        f"started replication on {SECOND}",
        f"started replication on {THIRD}",
    ]
    assert rows | world.write_rows(1) <= world.mysqlds[THIRD].executed
    assert "vtorc" not in outcome.summaries
    assert up(world, cluster).changed == 0


def test_etcd_of_somebody_elses() -> None:
    world = World()
    world.external_etcd = {"10.1.0.5:2379"}

    outcome = up(world, a_cluster(topology=Topology(external=("10.1.0.5:2379",))))

    assert outcome.error is None
    assert not [write for write in outcome.writes if "etcd" in write]

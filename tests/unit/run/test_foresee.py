"""Looking ahead: what a stage says that it would do is what it then does, and looking changes nothing."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from tests.support.world import World, a_cluster, context_of, down, open_world, up
from tests.support.world.changes import happen
from tests.support.world.session import Session
from tests.support.world.stages import BY_NAME
from vitessctl.model.cluster import Cluster
from vitessctl.plan.plan import Plan
from vitessctl.run.foresee import make_plan
from vitessctl.run.nothing_there import NothingThere
from vitessctl.run.stages import STAGES

SCHEMA = "create table author (id bigint primary key); create table book (id bigint primary key);"
VSCHEMA = '{"tables": {"author": {}}}'
WITH_SCHEMA = a_cluster(keyspaces={"messages": {"schema": SCHEMA, "vschema": VSCHEMA}})
FIRST = [
    "register cell zone1 at /vitess/zone1",
    "create keyspace messages with durability semi_sync",
    "create shard messages/0",
    "elect a primary of messages/0",
    "set the VSchema of messages",
    "create in messages: author, book",
]


def plan_of(world: World, cluster: Cluster | None = None, *, prune: bool = False, **more: Any) -> Plan:
    session = Session()
    context = context_of(world, cluster or a_cluster(), session)
    context.prune = prune
    plan = make_plan(context, **more)
    assert session.writes == []
    return plan


def test_from_nothing_everything_is_foreseen_from_the_spec() -> None:
    plan = plan_of(World(), WITH_SCHEMA)

    assert plan.actions == FIRST
    assert plan.counts["create"] == len(context_of(World(), WITH_SCHEMA).documents)
    assert plan.notes == ()


def test_a_release_that_is_a_preview_is_said_to_be_one() -> None:
    plan = plan_of(World(), a_cluster(other_releases={"vtgate": "25-dev"}))

    assert [note.partition(":")[0] for note in plan.notes] == ["Vitess 25-dev is a preview"]


def test_what_was_foreseen_is_what_up_then_does() -> None:
    world = World()
    foreseen = plan_of(world, WITH_SCHEMA).actions

    done = up(world, WITH_SCHEMA).actions

    assert len(done) == len(foreseen)
    assert done == [
        "registered cell zone1 at /vitess/zone1",
        "created keyspace messages with durability semi_sync",
        "created shard messages/0",
        "elected zone1-0000000100 primary of messages/0",
        "set the VSchema of messages",
        "created in messages: author, book",
    ]


def test_after_up_the_plan_is_empty() -> None:
    plan = plan_of(open_world(WITH_SCHEMA), WITH_SCHEMA)

    assert plan.is_empty
    assert plan.counts["keep"] == len(context_of(World(), WITH_SCHEMA).documents)


GIVEN: list[tuple[dict[str, Any], Cluster, list[str]]] = [
    (
        {"cell": ["zone1", "127.0.0.1:2379", "/vitess/zone1"]},
        a_cluster(),
        ["repair cell zone1: address 127.0.0.1:2379 is now 127.0.0.1:15010"],
    ),
    ({}, a_cluster(cells=("zone1", "zone2"), replicas=3), ["register cell zone2 at /vitess/zone2"]),
    (
        {},
        a_cluster(keyspaces={"messages": {"durability": "none"}}),
        ["set durability of messages: semi_sync becomes none"],
    ),
    ({}, WITH_SCHEMA, ["set the VSchema of messages", "create in messages: author, book"]),
]


@pytest.mark.parametrize(("given", "cluster", "actions"), GIVEN, ids=["address", "cell", "durability", "schema"])
def test_only_what_differs_is_foreseen(given: dict[str, Any], cluster: Cluster, actions: list[str]) -> None:
    world = open_world()
    happen(world, [given] if given else [])

    assert plan_of(world, cluster).actions == actions


def test_a_second_keyspace_is_made_and_led() -> None:
    cluster = a_cluster(keyspaces={"messages": {}, "other": {"shards": ["-80", "80-"]}})

    assert plan_of(open_world(), cluster).actions == [
        "create keyspace other with durability semi_sync",
        "create shard other/-80",
        "create shard other/80-",
        "elect a primary of other/-80",
        "elect a primary of other/80-",
    ]


def test_what_is_too_much_is_left_and_named_unless_it_is_to_be_pruned() -> None:
    world, smaller = open_world(a_cluster(replicas=4)), a_cluster(replicas=3)

    left = plan_of(world, smaller)
    pruned = plan_of(world, smaller, prune=True)

    assert left.is_empty
    assert left.left == ("Program/mysqlctld-zone1-0000000103", "Program/vttablet-zone1-0000000103")
    assert pruned.left == ()
    assert pruned.actions == ["remove the record of zone1-0000000103"]
    assert [stage.name for stage in pruned.stages if stage.pending] == ["prune"]


def test_a_primary_that_leaves_gives_its_role_away() -> None:
    world = open_world(a_cluster(replicas=4))
    happen(world, [])
    record = world.topology.shards["messages", "0"]
    world.topology.shards["messages", "0"] = type(record)("messages", "0", "zone1-0000000103", True)

    assert plan_of(world, a_cluster(replicas=3), prune=True).actions == [
        "make a tablet that stays primary of messages/0, because zone1-0000000103 leaves",
        "remove the record of zone1-0000000103",
    ]


def test_a_vtctld_that_does_not_answer_is_no_error_and_is_said() -> None:
    world = open_world()
    world.kill("vtctld", "", back_in=1e9)

    plan = plan_of(world)

    assert plan.actions == FIRST[:4]
    assert len(plan.notes) == 1
    assert plan.notes[0].startswith("vtctld does not answer (")
    assert plan.notes[0].endswith("the actions (*) are those of a cluster that has nothing yet")


def test_after_down_it_says_that_it_could_not_look() -> None:
    world = open_world()
    down(world)

    plan = plan_of(world)

    assert plan.notes[0].startswith("vtctld does not run, so the topology was not read")


def test_a_vtctld_that_hangs_is_not_waited_for() -> None:
    context = context_of(open_world(), a_cluster())
    hang = threading.Event()

    class Hanging(NothingThere):
        def cell(self, name: str) -> Any:
            hang.wait(60)

    context.connect = Hanging
    plan = make_plan(context, deadline=0.05)
    hang.set()

    assert "vtctld did not answer within 0 s" in plan.notes[0]


def test_a_mistake_of_ours_is_not_hidden_by_the_deadline() -> None:
    context = context_of(open_world(), a_cluster())

    def connect() -> Any:
        raise ZeroDivisionError

    context.connect = connect
    with pytest.raises(ZeroDivisionError):
        make_plan(context)


def test_a_plan_cannot_write_where_nothing_is() -> None:
    with pytest.raises(AssertionError, match="writes"):
        NothingThere().create_shard("messages", "0")


def test_the_stages_of_a_plan_are_all_of_them_in_their_order() -> None:
    assert [stage.name for stage in plan_of(World()).stages] == [stage.name for stage in STAGES]


def test_a_stage_that_has_nothing_to_do_with_the_topology_foresees_nothing() -> None:
    context = context_of(World(), a_cluster())

    assert {name for name, stage in BY_NAME.items() if stage.foresee(context) == ()} == {
        "etcd", "vtctld", "mysql", "tablets", "rollout", "vtorc", "replication", "vtgate", "applications",
    }  # fmt: skip

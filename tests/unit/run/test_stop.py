"""Stopping: in reverse order, each stage's end told, data kept."""

from __future__ import annotations

from tests.support.world import World, a_cluster, documents_of, down, open_world, up
from vitessctl.model.applications import Application
from vitessctl.run import events
from vitessctl.run.stages import STAGES
from vitessctl.run.stop import STOP_ORDER

SHOP = Application("shop", "zone1", "messages", health="/healthz")
CLUSTER = a_cluster(cells=("zone1", "zone2"), rdonly=1, applications=(SHOP,))


def test_applications_and_their_gate_go_first_and_the_topology_server_last() -> None:
    seen = down(open_world(CLUSTER), CLUSTER)

    stopped = [event.change.component for event in seen if isinstance(event, events.DocumentApplied)]
    assert list(dict.fromkeys(stopped)) == [
        "application",
        "vtgate",
        "vtorc",
        "vttablet",
        "mysqlctld",
        "vtctld",
        "etcd",
    ]
    assert stopped.count("vttablet") == 4


def test_vtorc_ends_before_the_tablets_or_it_would_reparent_under_them() -> None:
    assert STOP_ORDER.index("vtorc") < STOP_ORDER.index("tablets") < STOP_ORDER.index("mysql")


def test_the_order_covers_every_stage_that_starts_something() -> None:
    started = {document.stage for document in documents_of(CLUSTER)}

    assert started == set(STOP_ORDER)
    assert set(STOP_ORDER) <= {stage.name for stage in STAGES}


def test_nothing_runs_afterwards_and_everything_that_was_written_is_there() -> None:
    world = open_world(CLUSTER)
    rows = world.write_rows(10)

    down(world, CLUSTER)

    assert world.processes == {}
    assert all(rows <= mysqld.executed for mysqld in world.mysqlds.values())
    assert world.primary() == "zone1-0000000100"


def test_what_is_told() -> None:
    seen = down(open_world(CLUSTER), CLUSTER)

    assert not [event for event in seen if isinstance(event, events.RunStarted)]  # the command has told that
    assert [event.stage for event in seen if isinstance(event, events.StageStopped)] == list(STOP_ORDER)
    last = seen[-1]
    assert isinstance(last, events.RunEnded)
    assert last.ok
    assert last.recap["vttablet"] == {"ok": 0, "changed": 4, "failed": 0, "skipped": 0}


def test_stopping_what_is_stopped_changes_nothing() -> None:
    world = open_world()
    down(world)

    again = down(world)

    last = again[-1]
    assert isinstance(last, events.RunEnded)
    assert sum(row["changed"] for row in last.recap.values()) == 0
    assert [event for event in again if isinstance(event, events.StageStopped)] == []


def test_stopping_a_cluster_that_never_was() -> None:
    last = down(World())[-1]

    assert isinstance(last, events.RunEnded)
    assert last.ok


def test_up_after_down_writes_and_replicates_and_keeps_its_primary() -> None:
    world = open_world()
    rows = world.write_rows(5)
    down(world)

    outcome = up(world)

    assert outcome.error is None
    assert outcome.summaries["replication"] == "2 replicating, primaries writable"
    assert world.elections == [("vtctld", "zone1-0000000100")]
    more = world.write_rows(5)
    assert all(rows | more <= mysqld.executed for mysqld in world.mysqlds.values())

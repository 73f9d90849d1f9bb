"""Every way in which a shard can fail to replicate, made to happen; and what else `replication` gives."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.world import a_cluster, open_world
from tests.unit.heal.worlds import FIRST, SECOND, THIRD, a_world, context_and_shard, seen_in
from vitessctl import releases
from vitessctl.errors import VitessctlError
from vitessctl.heal.look import SeenShard, look
from vitessctl.heal.replicating import ShardReplication, TabletReplication, every_fault, judge
from vitessctl.vtctld.errors import VtctldError

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "replication.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=[case["case"] for case in CASES])
def test_each_fault_has_its_remedy(case: dict[str, Any]) -> None:
    world, cluster = a_world(case)

    found = judge(seen_in(world, cluster), releases.get(cluster.release).has_vtorc)

    said = [word for alias, fault in every_fault(found) for word in (alias, fault.what, fault.remedy)]
    assert said == case["faults"]
    assert found.broken == bool(said)


def healthy() -> SeenShard:
    return seen_in(open_world(), a_cluster())


def tablet(found: ShardReplication, alias: str) -> TabletReplication:
    return next(each for each in found.tablets if each.alias == alias)


def test_what_a_healthy_replica_says() -> None:
    found = tablet(judge(healthy(), True), SECOND)

    assert (found.source, found.io_running, found.sql_running, found.lag_seconds) == (FIRST, True, True, 0)
    assert (found.transactions, found.missing, found.errant) == (1, "", "")
    assert (found.semi_sync_source, found.semi_sync_replica, found.semi_sync_blocked) == (False, True, False)
    assert (found.read_only, found.tables) == (True, 0)


def test_gtid_sets_are_whole() -> None:
    world = open_world()
    world.write_rows(9)
    world.mysqlds[SECOND].executed -= {(world.mysqlds[FIRST].uuid, number) for number in (3, 4, 8)}
    world.mysqlds[SECOND].stuck = True

    found = tablet(judge(seen_in(world, a_cluster()), True), SECOND)

    uuid = world.mysqlds[FIRST].uuid
    assert (found.missing, found.missing_transactions) == (f"{uuid}:3-4:8", 3)
    assert found.gtid_set == f"{uuid}:1-2:5-7:9-10"


def test_what_the_primary_wrote_since_it_was_asked_is_not_errant() -> None:
    seen = healthy()
    own = seen.tablets[SECOND]
    assert own.full_status is not None
    leader = seen.tablets[FIRST].full_status
    assert leader is not None
    later = replace(own, full_status=replace(own.full_status, position=f"{leader.server_uuid}:1-5"))

    found = tablet(judge(replace(seen, tablets={**seen.tablets, SECOND: later}), True), SECOND)

    assert (found.errant, found.faults) == ("", ())


@pytest.mark.parametrize(
    ("io_error", "remedy"),
    [
        (
            "error connecting to master 'vt_repl@10.0.0.1:3306' - retry-time: 10",
            "see whether the primary's MySQL can be reached from it, and whether its replication user is there",
        ),
        (
            "Fatal error: something",
            f"mend what MySQL says and run vitessctl up, or make it anew: vitessctl rebuild {SECOND}",
        ),
    ],
)
def test_what_mysql_says_decides_the_remedy(io_error: str, remedy: str) -> None:
    seen = healthy()
    own = seen.tablets[SECOND].full_status
    assert own is not None
    assert own.replication is not None
    status = replace(own, replication=replace(own.replication, io_error=io_error, io_running=False))
    broken = replace(seen.tablets[SECOND], full_status=status)

    (fault,) = tablet(judge(replace(seen, tablets={**seen.tablets, SECOND: broken}), True), SECOND).faults

    assert (fault.what, fault.remedy) == (io_error, remedy)


def test_a_source_that_is_no_tablet_is_shown_by_its_address() -> None:
    seen = healthy()
    moved = {alias: replace(record, mysql_port=1) for alias, record in seen.records.items()}

    found = tablet(judge(replace(seen, records=moved), True), SECOND)

    assert found.source.startswith("127.0.0.1:")
    assert "which is not the primary" in found.faults[0].what


def test_tables_that_only_a_replica_has() -> None:
    seen = healthy()
    more = replace(seen.tablets[THIRD], tables=frozenset({"stray"}))

    found = tablet(judge(replace(seen, tablets={**seen.tablets, THIRD: more}), True), THIRD)

    assert found.tables_only_here == ("stray",)
    assert [fault.what for fault in found.faults] == ["has tables that the primary lacks: stray"]


def test_a_shard_that_the_topology_does_not_have() -> None:
    found = judge(replace(healthy(), record=None), True)

    assert found.faults[0].what == "the shard is not in the topology"
    assert found.broken


def test_a_tablet_that_is_not_in_the_spec_is_looked_at_too() -> None:
    world = open_world(a_cluster(replicas=3))

    found = judge(seen_in(world, a_cluster(replicas=2)), True)

    assert [each.alias for each in found.tablets] == [FIRST, SECOND, THIRD]
    assert not found.broken


def test_another_shards_tablets_are_left_alone() -> None:
    cluster = a_cluster(shards=("-80", "80-"), replicas=2)
    world = open_world(cluster)
    context, shards = context_and_shard(world, cluster)

    (found,) = look(context, shards[1:])

    assert list(found.tablets) == ["zone1-0000000102", "zone1-0000000103"]


@pytest.mark.parametrize("durability", [("none", "none"), ("", "none"), ("semi_sync", "semi_sync")])
def test_the_policy_is_the_records(durability: tuple[str, str]) -> None:
    world = open_world()
    world.topology.keyspaces["messages"] = replace(world.topology.keyspaces["messages"], durability=durability[0])

    assert seen_in(world, a_cluster()).durability == durability[1]


def test_without_vtctld_there_is_nothing_to_see() -> None:
    world = open_world()
    world.kill("vtctld", "", back_in=1e9)

    with pytest.raises(VtctldError):
        seen_in(world, a_cluster())


def test_frozen_tablets_cost_no_more_than_a_few_seconds_each() -> None:
    """The world's time passes for one after the other; the real look asks them side by side."""
    world = open_world()
    for alias in (FIRST, SECOND, THIRD):
        world.frozen.add(("vttablet", alias))
    before, began = world.now, time.monotonic()

    found = judge(seen_in(world, a_cluster()), True)

    assert [each.error for each in found.tablets] == ["vttablet does not answer"] * 3
    assert world.now - before <= 3 * 2.1
    assert time.monotonic() - began < 5


def test_a_vtctld_that_loses_its_topology_half_way_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    world = open_world()
    context, shards = context_and_shard(world)
    world.broken_calls["GetKeyspaces"] = VtctldError("no quorum")

    with pytest.raises(VitessctlError, match="the topology cannot be read"):
        look(context, shards)

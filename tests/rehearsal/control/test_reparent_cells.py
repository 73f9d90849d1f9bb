"""Reparents where tablets are of several cells and types, some are ignored, and steps fail on the way."""

from __future__ import annotations

from typing import Any

import pytest

from tests.rehearsal.control.fake_tablets import FakeShard
from tests.rehearsal.control.memory_etcd import add_keyspace, memory_topology
from tests.rehearsal.control.rig import KEYSPACE, ONE, THREE, TWO, Rig, rig
from vitessctl.rehearsal.tablet_rpc import TabletError
from vitessctl.rehearsal.topology import TopologyError
from vitessctl.rehearsal.topology_lock import shard_lock
from vitessctl.rehearsal.topology_names import Refused, alias_text, parse_alias
from vitessctl.vtctld.proto import vttime_pb2 as vttime

NEAR, ALSO_NEAR, FAR, ALSO_FAR = (f"zone{cell}-{uid:010d}" for cell, uid in ((1, 100), (1, 101), (2, 200), (2, 201)))


def two_cells(durability: str = "semi_sync") -> Rig:
    """Two tablets in each of two cells; the primary is in zone1."""
    topology = memory_topology("zone1", "zone2")
    add_keyspace(topology, KEYSPACE, durability, "0")
    shard = FakeShard(topology, KEYSPACE, "0")
    for port, alias in enumerate((NEAR, ALSO_NEAR, FAR, ALSO_FAR), 16100):
        shard.add(alias, port)
    made = Rig(topology, shard)
    made.reparent(new=NEAR)
    shard.tablets[NEAR].write(3)
    shard.settle()
    return made


def promoted(answer: Any) -> str:
    return alias_text(answer.promoted_primary)


def kill(cluster: Rig, *aliases: str) -> None:
    for alias in aliases:
        cluster.tablet(alias).dead = True
        cluster.tablet(alias).mysqld.alive = False


def test_a_planned_reparent_stays_in_its_cell() -> None:
    assert promoted(two_cells().reparent()) == ALSO_NEAR


def test_unless_it_may_leave_it_or_is_told_where() -> None:
    cluster = two_cells()
    cluster.call("ChangeTabletType", tablet_alias=parse_alias(ALSO_NEAR), db_type=3)

    with pytest.raises(Refused) as caught:
        cluster.reparent()
    assert str(caught.value).splitlines() == [
        "cannot find a tablet to reparent to",
        f"{NEAR} matches the primary alias to avoid",
        f"{ALSO_NEAR} is not a replica",
        f"{FAR} is not in the same cell as the previous primary",
        f"{ALSO_FAR} is not in the same cell as the previous primary",
    ]

    assert promoted(cluster.reparent(allow_cross_cell_promotion=True)) in (FAR, ALSO_FAR)
    assert promoted(cluster.reparent(new=NEAR)) == NEAR


def test_what_one_asks_for_and_avoids_at_once_is_refused() -> None:
    with pytest.raises(Refused, match=f"^primary-elect tablet {TWO} is the same as the tablet to avoid$"):
        rig().reparent(new=TWO, avoid_primary=parse_alias(TWO))


def test_an_emergency_leaves_the_cell_unless_that_is_forbidden() -> None:
    cluster = two_cells()
    kill(cluster, NEAR)
    cluster.tablet(ALSO_NEAR).change_type("rdonly", False)

    with pytest.raises(Refused, match=r"^no valid candidates for emergency reparent$"):
        cluster.reparent("EmergencyReparentShard", prevent_cross_cell_promotion=True)

    assert promoted(cluster.reparent("EmergencyReparentShard")) == FAR


def test_a_named_candidate_in_another_cell_is_refused_when_that_is_forbidden() -> None:
    cluster = two_cells()
    kill(cluster, NEAR)

    with pytest.raises(Refused, match=f"^proposed primary {FAR} is is a different cell as the previous primary$"):
        cluster.reparent("EmergencyReparentShard", new=FAR, prevent_cross_cell_promotion=True)


def test_across_cells_only_the_other_cell_acknowledges() -> None:
    cluster = two_cells("cross_cell")

    acknowledging = [alias for alias, tablet in cluster.shard.tablets.items() if tablet.mysqld.semi_sync_replica]

    assert acknowledging == [FAR, ALSO_FAR]


def test_a_rdonly_tablet_with_the_most_lets_another_catch_up_from_it() -> None:
    """It is the furthest, so it is the source; it may not be primary, so somebody else is, with all it had."""
    cluster = rig()
    cluster.call("ChangeTabletType", tablet_alias=parse_alias(THREE), db_type=3)
    cluster.tablet(TWO).mysqld.io_running = False
    cluster.tablet(ONE).write(4)
    cluster.shard.settle()
    rows = set(cluster.tablet(THREE).mysqld.rows)
    kill(cluster, ONE)
    cluster.topology.update_keyspace(KEYSPACE, keyspace_with("semi_sync_with_rdonly_ack"))

    assert promoted(cluster.reparent("EmergencyReparentShard")) == TWO
    assert rows <= cluster.tablet(TWO).mysqld.rows


def keyspace_with(policy: str) -> Any:
    from vitessctl.vtctld.proto import topodata_pb2

    return topodata_pb2.Keyspace(durability_policy=policy)


def test_a_drained_tablet_is_no_candidate_however_far_it_is() -> None:
    cluster = rig()
    cluster.call("ChangeTabletType", tablet_alias=parse_alias(THREE), db_type=8)
    kill(cluster, ONE)

    with pytest.raises(Refused, match=r"no valid candidates|forward progress"):
        cluster.reparent("EmergencyReparentShard")


def test_ignored_tablets_are_left_alone() -> None:
    cluster = two_cells()
    kill(cluster, NEAR)
    before = cluster.tablet(ALSO_NEAR).mysqld.source_port

    ignored = [parse_alias(ALSO_NEAR), parse_alias(NEAR)]
    answer = cluster.reparent("EmergencyReparentShard", ignore_replicas=ignored, wait_for_all_tablets=True)

    assert promoted(answer) in (FAR, ALSO_FAR)
    assert cluster.tablet(ALSO_NEAR).mysqld.source_port == before


def test_waiting_for_all_tablets_asks_the_primary_too() -> None:
    cluster = rig()

    cluster.reparent("EmergencyReparentShard", new=TWO, wait_for_all_tablets=True)

    assert (cluster.primary, cluster.writable()) == (TWO, [TWO])


def test_a_shard_that_never_had_a_primary_can_be_given_one_in_an_emergency() -> None:
    cluster = rig(elected=False)
    for alias in (TWO, THREE):
        cluster.tablet(alias).set_replication_source(ONE, "127.0.0.1", 16100, True, True, "", 0.0)

    answer = cluster.reparent("EmergencyReparentShard", new=ONE)

    assert promoted(answer) == ONE
    assert f"setting up {ONE} as new primary for an uninitialized cluster" in [event.value for event in answer.events]


def failing(code: str = "Unknown") -> Any:
    def fail(*arguments: Any, **more: Any) -> None:
        raise TabletError(code, "disk full")

    return fail


def test_relay_logs_that_do_not_apply_stop_an_emergency(monkeypatch: pytest.MonkeyPatch) -> None:
    cluster = rig()
    kill(cluster, ONE)
    monkeypatch.setattr(cluster.tablet(TWO), "wait_for_position", failing())

    with pytest.raises(Refused, match=r"^could not apply all relay logs within the provided waitReplicasTimeout"):
        cluster.reparent("EmergencyReparentShard")


def test_a_promotion_that_fails_is_told_with_its_cause(monkeypatch: pytest.MonkeyPatch) -> None:
    cluster = rig()
    kill(cluster, ONE)
    monkeypatch.setattr(cluster.tablet(TWO), "promote_replica", failing())

    with pytest.raises(Refused) as caught:
        cluster.reparent("EmergencyReparentShard", new=TWO)

    assert str(caught.value) == (
        f"failed to promote {TWO} to primary: primary-elect tablet {TWO} failed to be upgraded to primary: "
        "rpc error: code = Unknown desc = disk full"
    )


def test_a_first_primary_that_fails_is_told_with_its_cause(monkeypatch: pytest.MonkeyPatch) -> None:
    cluster = rig(elected=False)
    monkeypatch.setattr(cluster.tablet(ONE), "init_primary", failing())

    with pytest.raises(Refused, match=f"^primary-elect tablet {ONE} failed to be promoted to primary; please try"):
        cluster.reparent(new=ONE)


def test_a_replica_that_does_not_follow_leaves_the_primary_moved_and_says_how_to_go_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cluster = rig()
    monkeypatch.setattr(cluster.tablet(THREE), "set_replication_source", failing())

    with pytest.raises(Refused) as caught:
        cluster.reparent(new=TWO)

    assert str(caught.value).startswith(
        "some replicas failed to reparent; retry PlannedReparentShard with the same new primary alias "
        f"({TWO}) to retry failed replicas: tablet {THREE} failed to SetReplicationSource({TWO}): "
    )
    assert (cluster.primary, cluster.writable()) == (TWO, [TWO])


def test_trying_again_mends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    cluster = rig()
    with monkeypatch.context() as broken:
        broken.setattr(cluster.tablet(THREE), "set_replication_source", failing())
        with pytest.raises(Refused):
            cluster.reparent(new=TWO)

    cluster.reparent(new=TWO)

    assert cluster.tablet(THREE).mysqld.source_port == cluster.tablet(TWO).mysqld.port


def no_primary_now(cluster: Rig) -> None:
    """All records say replica, though the shard had a primary once."""
    for tablet in cluster.shard.tablets.values():
        tablet.change_type("replica", True)


def test_when_nobody_is_primary_the_candidate_must_have_everything() -> None:
    cluster = rig()
    no_primary_now(cluster)
    cluster.tablet(TWO).mysqld.executed = ""

    with pytest.raises(Refused, match=f"^tablet {ONE} .* contains transactions not found in primary-elect {TWO} "):
        cluster.reparent(new=TWO)

    cluster.reparent(new=ONE)
    assert (cluster.primary, cluster.writable()) == (ONE, [ONE])


def test_when_nobody_is_primary_everybody_must_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    cluster = rig()
    no_primary_now(cluster)
    monkeypatch.setattr(cluster.tablet(THREE), "demote_primary", failing())

    with pytest.raises(Refused) as caught:
        cluster.reparent(new=ONE)

    assert str(caught.value) == (
        f"failed to demote all tablets: DemotePrimary({THREE}) failed on contested primary: "
        "rpc error: code = Unknown desc = disk full"
    )


def test_an_initialisation_stops_when_a_tablet_cannot_be_reset() -> None:
    cluster = rig()
    cluster.tablet(THREE).dead = True

    with pytest.raises(Refused, match=rf"^tablet {THREE} ResetReplication failed \(either fix it, or Scrap it\): "):
        cluster.call(
            "InitShardPrimary",
            keyspace=KEYSPACE,
            shard="0",
            primary_elect_tablet_alias=parse_alias(TWO),
            force=True,
            wait_replicas_timeout=vttime.Duration(seconds=1),
        )


@pytest.mark.parametrize("kind", ["PlannedReparentShard", "EmergencyReparentShard"])
def test_the_lock_is_given_back_after_a_refusal(kind: str) -> None:
    cluster = rig()

    with pytest.raises(Refused):
        cluster.reparent(kind, expected_primary=parse_alias(THREE))

    with shard_lock(cluster.topology, KEYSPACE, "0", "after"):
        assert cluster.primary == ONE


def test_a_shard_that_is_locked_makes_others_wait_until_they_give_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vitessctl.rehearsal.topology_lock.seconds", lambda name: 0.2)
    cluster = rig()

    with shard_lock(cluster.topology, KEYSPACE, "0", "first"):  # noqa: SIM117 - the order is the point
        with pytest.raises(TopologyError, match=r"^deadline exceeded: "):
            cluster.reparent(new=TWO)

    assert promoted(cluster.reparent(new=TWO)) == TWO

"""Reparents: who becomes primary, what the others do then, what is refused, and what force destroys."""

from __future__ import annotations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.rehearsal.control.rig import KEYSPACE, ONE, THREE, TWO, Rig, rig
from vitessctl.model.gtid import parse_gtid_set
from vitessctl.rehearsal.tablet_rpc import TabletError
from vitessctl.rehearsal.topology_names import Refused, alias_text, parse_alias
from vitessctl.vtctld.proto import logutil_pb2 as logutil
from vitessctl.vtctld.proto import vttime_pb2 as vttime


@pytest.fixture
def cluster() -> Rig:
    """Three tablets, 100 is primary and has five rows, the others have them too."""
    return rig()


def lines(answer: object) -> list[str]:
    return [event.value for event in answer.events]  # type: ignore[attr-defined]


def test_the_first_primary() -> None:
    cluster = rig(elected=False)

    answer = cluster.reparent()

    assert alias_text(answer.promoted_primary) == cluster.primary == ONE
    assert cluster.writable() == [ONE]
    assert cluster.tablet(ONE).journal == ["PlannedReparentShard"]
    assert cluster.tablet(ONE).mysqld.semi_sync_primary
    for replica in (TWO, THREE):
        assert cluster.tablet(replica).mysqld.source_port == cluster.tablet(ONE).mysqld.port
        assert cluster.tablet(replica).mysqld.io_running
        assert cluster.tablet(replica).mysqld.semi_sync_replica


def test_the_first_primary_is_the_tablet_with_the_most() -> None:
    cluster = rig(elected=False)
    cluster.tablet(THREE).mysqld.read_only = False
    cluster.tablet(THREE).write(2)
    # It replicates from nowhere, so its position does not count: all three look alike.
    answer = cluster.reparent(new=THREE)

    assert alias_text(answer.promoted_primary) == THREE


def test_moving_the_primary(cluster: Rig) -> None:
    answer = cluster.reparent(new=TWO)

    said = lines(answer)
    assert said[:4] == [
        "Getting a new durability policy for semi_sync",
        f"elected new primary candidate {TWO}",
        f"checking replication on primary-elect {TWO}",
        f"demoting current primary: {ONE}",
    ]
    assert sorted(said[4:6]) == [f"setting new primary on replica {alias}" for alias in (ONE, THREE)]
    assert said[6:] == [f"populating reparent journal on new primary {TWO}"]
    assert (cluster.primary, cluster.writable()) == (TWO, [TWO])
    assert cluster.type_shown(ONE) == "REPLICA"
    assert len(cluster.tablet(TWO).mysqld.rows & cluster.tablet(ONE).mysqld.rows) >= 5


def test_avoiding_a_tablet_moves_the_primary_away_from_it(cluster: Rig) -> None:
    answer = cluster.call("PlannedReparentShard", keyspace=KEYSPACE, shard="0", avoid_primary=parse_alias(ONE))

    assert alias_text(answer.promoted_primary) in (TWO, THREE)


def test_avoiding_a_tablet_that_is_not_primary_does_nothing(cluster: Rig) -> None:
    answer = cluster.call("PlannedReparentShard", keyspace=KEYSPACE, shard="0", avoid_primary=parse_alias(TWO))

    assert alias_text(answer.promoted_primary) == ONE
    assert cluster.tablet(ONE).journal == ["PlannedReparentShard"]


def test_without_any_wish_the_primary_moves(cluster: Rig) -> None:
    assert alias_text(cluster.reparent().promoted_primary) != ONE


def test_to_itself_makes_a_restarted_primary_writable_and_nothing_else(cluster: Rig) -> None:
    """A write then succeeds with no replica at all: that is what the real one does."""
    for tablet in cluster.shard.tablets.values():
        tablet.restart()
    assert cluster.writable() == []

    cluster.reparent(new=ONE)

    assert cluster.writable() == [ONE]
    assert not cluster.tablet(ONE).mysqld.semi_sync_primary
    assert [cluster.tablet(replica).mysqld.io_running for replica in (TWO, THREE)] == [False, False]


def test_to_another_after_a_restart_starts_that_one_and_the_old_primary(cluster: Rig) -> None:
    for tablet in cluster.shard.tablets.values():
        tablet.restart()

    cluster.reparent(new=TWO)

    assert cluster.writable() == [TWO]
    assert cluster.tablet(ONE).mysqld.io_running
    assert not cluster.tablet(THREE).mysqld.io_running
    cluster.call("StartReplication", tablet_alias=parse_alias(THREE))
    assert cluster.tablet(THREE).mysqld.io_running
    assert cluster.tablet(THREE).mysqld.semi_sync_replica


def purge_and_empty(cluster: Rig, alias: str) -> None:
    """The tablet's data is lost, and the primary no longer has the binlogs to give it."""
    primary, victim = cluster.tablet(cluster.primary).mysqld, cluster.tablet(alias).mysqld
    primary.purged = primary.executed
    victim.executed = victim.relay = ""
    victim.rows.clear()
    victim.has_database = False
    victim.io_running = False


def test_a_replica_that_cannot_catch_up_is_refused_and_nothing_is_demoted(cluster: Rig) -> None:
    purge_and_empty(cluster, THREE)

    with pytest.raises(Refused) as caught:
        cluster.reparent(new=THREE, wait_replicas_timeout=vttime.Duration(seconds=5))

    assert str(caught.value).startswith(
        f"replication on primary-elect {THREE} did not catch up in time; replication must be healthy to perform "
        "PlannedReparent: rpc error: code = DeadlineExceeded desc = WaitSourcePos failed: "
        "timed out waiting for position "
    )
    assert (cluster.primary, cluster.writable()) == (ONE, [ONE])


def test_a_dead_tablet_stops_a_planned_reparent(cluster: Rig) -> None:
    cluster.tablet(THREE).dead = True

    with pytest.raises(TabletError, match="DeadlineExceeded"):
        cluster.reparent(new=TWO)

    assert cluster.writable() == [ONE]


def test_the_old_primary_is_writable_again_when_the_candidate_falls_behind(
    cluster: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(position: str, seconds: float) -> None:
        raise TabletError("DeadlineExceeded", f"timed out waiting for position {position}")

    monkeypatch.setattr(cluster.tablet(TWO), "wait_for_position", never)

    with pytest.raises(Refused, match=f"primary-elect tablet {TWO} failed to catch up with replication MySQL56/"):
        cluster.reparent(new=TWO)

    assert (cluster.primary, cluster.writable()) == (ONE, [ONE])
    assert cluster.tablet(ONE).mysqld.semi_sync_primary


def test_expected_primary_stops_the_second_of_two_callers(cluster: Rig) -> None:
    cluster.reparent(new=TWO, expected_primary=parse_alias(ONE))

    with pytest.raises(Refused, match=f"^primary {TWO} is not equal to expected alias {ONE}$"):
        cluster.reparent(new=THREE, expected_primary=parse_alias(ONE))


def test_semi_sync_needs_a_second_tablet() -> None:
    cluster = rig(tablets=1, elected=False)

    with pytest.raises(Refused, match=f"primary-elect tablet {ONE} won't be able to make forward progress"):
        cluster.reparent()


def test_without_semi_sync_one_tablet_is_enough() -> None:
    cluster = rig(tablets=1, durability="none")

    assert (cluster.primary, cluster.tablet(ONE).mysqld.semi_sync_primary) == (ONE, False)


def test_a_rdonly_tablet_is_not_elected() -> None:
    cluster = rig(tablets=2, elected=False, durability="none")
    cluster.tablet(ONE).change_type("rdonly", False)

    assert alias_text(cluster.reparent().promoted_primary) == TWO


def test_emergency_with_a_dead_primary(cluster: Rig) -> None:
    cluster.tablet(ONE).dead = True
    cluster.tablet(ONE).mysqld.alive = False

    answer = cluster.reparent("EmergencyReparentShard")

    assert alias_text(answer.promoted_primary) == cluster.primary == TWO
    assert len(cluster.tablet(TWO).mysqld.rows) >= 5
    assert cluster.type_shown(ONE) == "UNKNOWN"
    assert cluster.topology.tablet(parse_alias(ONE)).port_map["grpc"]
    assert f"getting replication position from {ONE}" in lines(answer)
    assert any(event.level == logutil.WARNING for event in answer.events)


def test_emergency_with_the_primary_alive_moves_it(cluster: Rig) -> None:
    answer = cluster.reparent("EmergencyReparentShard", new=THREE)

    assert alias_text(answer.promoted_primary) == cluster.primary == THREE
    assert THREE in cluster.writable()


def test_emergency_prefers_the_tablet_with_the_most(cluster: Rig) -> None:
    cluster.tablet(TWO).mysqld.io_running = False
    cluster.tablet(ONE).write(3)
    cluster.shard.settle()
    cluster.tablet(ONE).dead = True
    cluster.tablet(ONE).mysqld.alive = False

    assert alias_text(cluster.reparent("EmergencyReparentShard").promoted_primary) == THREE


def test_emergency_to_a_tablet_that_is_behind_lets_it_catch_up_first(cluster: Rig) -> None:
    cluster.tablet(TWO).mysqld.io_running = False
    cluster.tablet(ONE).write(3)
    cluster.shard.settle()
    cluster.tablet(ONE).dead = True
    cluster.tablet(ONE).mysqld.alive = False

    cluster.reparent("EmergencyReparentShard", new=TWO)

    assert cluster.primary == TWO
    assert len(cluster.tablet(TWO).mysqld.rows) >= 8


def test_emergency_never_promotes_an_emptied_tablet(cluster: Rig) -> None:
    purge_and_empty(cluster, TWO)
    cluster.tablet(ONE).dead = True
    cluster.tablet(ONE).mysqld.alive = False

    assert alias_text(cluster.reparent("EmergencyReparentShard").promoted_primary) == THREE


def test_emergency_without_enough_tablets_for_semi_sync_is_refused(cluster: Rig) -> None:
    for alias in (ONE, TWO):
        cluster.tablet(alias).dead = True

    with pytest.raises(Refused, match="could not reach sufficient tablets to guarantee safety"):
        cluster.reparent("EmergencyReparentShard")


def test_split_brain_is_refused(cluster: Rig) -> None:
    for alias in (TWO, THREE):
        tablet = cluster.tablet(alias)
        tablet.stop_replication()
        tablet.mysqld.executed += f",{tablet.mysqld.server_uuid}:1"
    cluster.tablet(ONE).dead = True

    with pytest.raises(Refused, match='split brain detected between servers - cell:"zone1" uid:10'):
        cluster.reparent("EmergencyReparentShard")


def test_a_named_candidate_that_may_not_be_primary(cluster: Rig) -> None:
    cluster.tablet(THREE).change_type("rdonly", False)

    with pytest.raises(Refused, match=f"^proposed primary {THREE} has a must not promotion rule$"):
        cluster.reparent("EmergencyReparentShard", new=THREE)


def test_forced_initialisation_loses_rows_and_nobody_notices(cluster: Rig) -> None:
    """The first trial's story: an emptied tablet is made primary by force; all looks well, and its tables are gone."""
    purge_and_empty(cluster, THREE)

    answer = cluster.call(
        "InitShardPrimary",
        keyspace=KEYSPACE,
        shard="0",
        primary_elect_tablet_alias=parse_alias(THREE),
        force=True,
    )

    assert lines(answer)[:3] == [
        f"primary-elect tablet {THREE} is not the shard primary, proceeding anyway as -force was used",
        f"primary-elect tablet {THREE} is not a primary in the shard, proceeding anyway as -force was used",
        f"primary-elect tablet {THREE} is not the only primary in the shard, proceeding anyway as -force was used",
    ]
    assert sorted(lines(answer)[3:]) == sorted(
        [
            *(f"resetting replication on tablet {alias}" for alias in (ONE, TWO, THREE)),
            f"initializing primary on {THREE}",
            f"populating reparent journal on new primary {THREE}",
            *(f"initializing replica {alias}" for alias in (ONE, TWO)),
        ]
    )
    assert (cluster.primary, cluster.writable()) == (THREE, [THREE])
    primary = cluster.tablet(THREE).mysqld
    assert len(primary.rows) == 1, "the journal's own row"
    assert len(cluster.tablet(ONE).mysqld.rows) >= 5
    assert parse_gtid_set(cluster.tablet(ONE).mysqld.executed) == parse_gtid_set(primary.executed)
    assert cluster.tablet(ONE).mysqld.io_running
    validated = cluster.call_json("Validate", {"ping_tablets": True})
    assert validated == {"results_by_keyspace": {KEYSPACE: {"results_by_shard": {"0": {}}}}}


def test_initialisation_without_force_confirms_a_primary(cluster: Rig) -> None:
    cluster.call("InitShardPrimary", keyspace=KEYSPACE, shard="0", primary_elect_tablet_alias=parse_alias(ONE))

    assert cluster.primary == ONE


NUMBERS = st.integers(0, 4)


@settings(max_examples=30, deadline=None)
@given(
    extra=st.tuples(NUMBERS, NUMBERS),
    received=st.tuples(NUMBERS, NUMBERS),
    wanted=st.sampled_from(["", TWO, THREE]),
    primary_dead=st.booleans(),
)
def test_nobody_is_promoted_who_lacks_what_a_reached_tablet_has(
    extra: tuple[int, int], received: tuple[int, int], wanted: str, primary_dead: bool
) -> None:
    """Whatever the replicas have executed and received, and whoever is asked for."""
    cluster = rig()
    source = cluster.tablet(ONE)
    source.write(9)
    uuid = source.mysqld.server_uuid
    for alias, executed, relayed in zip((TWO, THREE), extra, received, strict=True):
        mysqld = cluster.tablet(alias).mysqld
        have = 6 + executed
        mysqld.executed = f"{uuid}:1-{have}"
        mysqld.relay = f"{uuid}:1-{have + relayed}"
        mysqld.rows = {f"{uuid}:{number}" for number in range(1, have + 1)}
    source.dead, source.mysqld.alive = primary_dead, not primary_dead
    before = {alias: parse_gtid_set(cluster.tablet(alias).mysqld.relay) for alias in (TWO, THREE)}

    try:
        answer = cluster.reparent("EmergencyReparentShard", new=wanted)
    except (Refused, TabletError):
        assume(False)

    promoted = cluster.tablet(alias_text(answer.promoted_primary)).mysqld.gtids()
    assert all(promoted.contains(received_set) for received_set in before.values())


@settings(max_examples=15, deadline=None)
@given(moves=st.lists(st.sampled_from([ONE, TWO, THREE]), min_size=1, max_size=6), rows=st.lists(NUMBERS, max_size=6))
def test_planned_reparents_in_any_order_lose_nothing(moves: list[str], rows: list[int]) -> None:
    cluster = rig()
    for move, count in zip(moves, [*rows, *[0] * len(moves)], strict=False):
        cluster.tablet(cluster.primary).write(count)
        before = set(cluster.tablet(cluster.primary).mysqld.rows)

        cluster.reparent(new=move)

        assert (cluster.primary, cluster.writable()) == (move, [move])
        assert before <= cluster.tablet(move).mysqld.rows

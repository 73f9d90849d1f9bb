"""What a vttablet does without being asked: opens, follows, steps down, ends what was left open."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rehearsal.data.rig import eventually
from tests.rehearsal.data.shard import Member, led_shard, member, shard
from vitessctl.rehearsal.tablet_rpc import TabletError
from vitessctl.rehearsal.topology_names import from_nanoseconds
from vitessctl.vtctld.proto import topodata_pb2 as topodata


@pytest.fixture
def two(folder: Path) -> Iterator[list[Member]]:
    with led_shard(folder, 2) as members:
        yield members


def restarted(one: Member, folder: Path, *more: str) -> Member:
    """The same tablet after a stop of vttablet and mysqld, with its caretaker at work."""
    one.tablet.stopping = True
    one.tablet.changed()
    one.stop_mysqld()
    one.node.server.engine.close()
    again = member(folder, one.tablet.topology, one.tablet.settings.alias.uid, *more)
    again.caretaker.start()
    return again


def ends(one: Member) -> None:
    one.tablet.stopping = True
    one.tablet.changed()
    one.node.close()
    one.listener.close()


# Opening


def test_a_tablet_opens_when_its_database_appears(folder: Path) -> None:
    with shard(folder, 1) as (one,):
        one.caretaker.start()
        one.node.writable()
        assert not one.tablet.serving
        one.node.sql("CREATE DATABASE vt_ks")
        eventually("it serves", lambda: one.tablet.serving)


def test_a_writable_primary_makes_its_database_itself(folder: Path) -> None:
    """So a primary that lost its data comes up empty as soon as somebody makes it writable."""
    with shard(folder, 1) as (one,):
        one.tablet.become(topodata.PRIMARY)
        one.caretaker.start()
        one.tablet.look()
        assert not one.tablet.serving, "its mysqld is read-only"
        one.manager.set_read_write()
        eventually("it serves", lambda: one.tablet.serving)
        assert one.query("SHOW TABLES") == []


def test_a_replica_makes_nothing(folder: Path) -> None:
    with shard(folder, 1) as (one,):
        one.node.writable()
        one.tablet.look()
        assert not one.tablet.serving
        assert one.manager.primary_position() == ""


def test_a_dead_mysqld_of_a_primary_is_noticed_without_queries(two: list[Member]) -> None:
    primary = two[0]
    primary.caretaker.start()
    primary.stop_mysqld()
    eventually("it serves no more", lambda: not primary.tablet.serving)


# Starting to replicate


def test_a_replica_follows_the_shards_primary_when_it_starts(two: list[Member], folder: Path) -> None:
    primary, replica = two
    primary.manager.set_read_write()
    primary.node.semi_sync()
    again = restarted(replica, folder)
    primary.query("INSERT INTO t (v) VALUES ('meanwhile')")
    eventually("it has the row", lambda: again.query("SELECT v FROM t") == [["meanwhile"]])
    status = again.manager.full_status()
    assert status["semi_sync_replica_enabled"], "as the keyspace's policy has it"
    assert status["super_read_only"]
    ends(again)


def test_with_restore_from_backup_it_stays_where_it_is(
    two: list[Member], folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    primary, replica = two
    primary.node.semi_sync()
    again = restarted(replica, folder, "restore-from-backup=true", "backup-storage-implementation=file")
    primary.query("INSERT INTO t (v) VALUES ('meanwhile')")
    eventually("it says so", lambda: "Assuming vttablet was just restarted" in capfd.readouterr().err)
    assert again.tablet.serving
    assert again.query("SELECT count(*) FROM t") == [["0"]]
    status = again.manager.replication_status()
    assert (status["io_state"], status["sql_state"]) == (1, 1)
    again.manager.start_replication(semi_sync=True)
    eventually("it has the row", lambda: again.query("SELECT count(*) FROM t") == [["1"]])
    ends(again)


def test_an_empty_tablet_gets_everything(two: list[Member], folder: Path) -> None:
    primary = two[0]
    primary.query("INSERT INTO t (v) VALUES ('old')")
    new = member(folder, primary.tablet.topology, 105)
    new.caretaker.start()
    eventually("it serves", lambda: new.tablet.serving)
    eventually("it has the row", lambda: new.query("SELECT v FROM t") == [["old"]])
    ends(new)


def test_without_a_primary_nobody_is_followed(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with shard(folder, 1) as (one,):
        one.caretaker.start()
        eventually("it says so", lambda: "shard has no primary" in capfd.readouterr().err)
        with pytest.raises(TabletError, match="no replication status"):
            one.manager.replication_status()


def test_a_rdonly_tablet_does_not_confirm(two: list[Member], folder: Path) -> None:
    analyst = member(folder, two[0].tablet.topology, 106, "init-tablet-type=rdonly")
    analyst.caretaker.start()
    eventually("it serves", lambda: analyst.tablet.serving)
    assert not analyst.manager.full_status()["semi_sync_replica_enabled"]
    assert two[0].manager.full_status()["semi_sync_primary_clients"] == 1
    ends(analyst)


# Stepping down


def test_a_primary_becomes_a_replica_of_one_with_a_newer_term(two: list[Member]) -> None:
    old, new = two
    for one in two:
        one.caretaker.start()
    new.manager.promote_replica(semi_sync=False)
    eventually("it is a replica", lambda: old.tablet.type_word == "replica")
    new.query("INSERT INTO t (v) VALUES ('from the new one')")
    eventually("it has the row", lambda: old.query("SELECT v FROM t") == [["from the new one"]])
    assert old.manager.full_status()["super_read_only"]
    assert new.tablet.is_primary


def test_an_older_term_in_the_shards_record_is_corrected(two: list[Member]) -> None:
    primary, replica = two
    primary.caretaker.start()

    def name_replica(record: topodata.Shard) -> bool:
        record.primary_alias.CopyFrom(replica.tablet.settings.alias)
        record.primary_term_start_time.CopyFrom(from_nanoseconds(1))
        return True

    topology = primary.tablet.topology
    topology.update_shard("ks", "0", name_replica)
    eventually(
        "the record names the primary", lambda: topology.shard("ks", "0").primary_alias == primary.tablet.settings.alias
    )
    assert primary.tablet.is_primary


# What was left open


def test_an_open_transaction_is_ended_in_the_end(two: list[Member], monkeypatch: pytest.MonkeyPatch) -> None:
    primary = two[0]
    number = primary.queries.begin("ks", "0", "primary")
    primary.query("INSERT INTO t (v) VALUES ('left')", number)
    real = time.monotonic
    monkeypatch.setattr("vitessctl.rehearsal.vttablet.query.time.monotonic", lambda: real() + 31)
    primary.caretaker.start()
    primary.tablet.changed()

    def is_gone() -> bool:
        try:
            primary.query("SELECT 1", number)
        except TabletError as error:
            return "exceeded timeout: 30s" in error.text
        return False

    eventually("it is gone", is_gone)
    assert primary.query("SELECT count(*) FROM t") == [["0"]]

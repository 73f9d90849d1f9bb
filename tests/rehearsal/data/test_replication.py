"""Replication between stand-in mysqlds: by GTID, row by row, stopped, broken, purged, semi-synchronous."""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.rehearsal.data.contents import contents
from tests.rehearsal.data.pair import Node, nodes
from tests.rehearsal.data.rig import eventually
from vitessctl.rehearsal.mysqld.errors import MySqlError
from vitessctl.rehearsal.mysqld.session import Session

RECORDED = Path(__file__).parent / "recorded"
COUNT = "SELECT count(*) FROM vt_ks.t"


@pytest.fixture
def pair(folder: Path) -> Iterator[tuple[Node, Node]]:
    """A source with one row, and a replica that follows it and has caught up."""
    with nodes(folder, 2) as (source, replica):
        source.sql("INSERT INTO t (v) VALUES ('first')")
        replica.follow(source).catches_up_with(source)
        yield source, replica


def test_a_replica_gets_everything_and_then_each_row(pair: tuple[Node, Node]) -> None:
    source, replica = pair
    for number in range(20):
        source.sql(f"INSERT INTO t (v) VALUES ('row {number}')")
    replica.catches_up_with(source)
    assert contents(replica.server.engine) == contents(source.server.engine)
    assert replica.rows(COUNT) == [["21"]]
    assert replica.threads() == ("Yes", "Yes")


def test_values_that_differ_each_time_are_the_same_on_both(pair: tuple[Node, Node]) -> None:
    source, replica = pair
    source.sql(
        "CREATE TABLE odd (id int primary key, u char(36), r double, n datetime(6), s timestamp(6) default now(6))"
    )
    source.sql("INSERT INTO odd (id, u, r, n) VALUES (1, uuid(), rand(), now(6)), (2, uuid(), rand(), sysdate(6))")
    source.sql("UPDATE odd SET r = rand(), u = uuid()")
    replica.catches_up_with(source)
    assert contents(replica.server.engine) == contents(source.server.engine)
    drawn = source.rows("SELECT u, r, n, s FROM odd ORDER BY id")
    assert drawn == replica.rows("SELECT u, r, n, s FROM vt_ks.odd ORDER BY id")
    assert drawn[0] != drawn[1]


@pytest.mark.parametrize("state", ["running", "purged"])
def test_status_has_the_recorded_columns(folder: Path, state: str) -> None:
    recorded = yaml.safe_load((RECORDED / "replica_status.yaml").read_text())
    with nodes(folder, 2) as (source, replica):
        if state == "purged":
            purge(source)
        replica.follow(source)
        wanted = ("Yes", "Yes") if state == "running" else ("No", "Yes")
        eventually("the threads", lambda: replica.threads() == wanted)
        if state == "running":
            replica.catches_up_with(source)
            eventually("a position", lambda: replica.status()["Source_Log_File"])
        answer = replica.sql("SHOW REPLICA STATUS")
        assert [[field["name"], field["type"]] for field in answer["fields"]] == [line[:2] for line in recorded]
        column = 2 if state == "running" else 3
        told = {line[0]: line[column] for line in recorded if line[column] != "~"}
        assert {name: value for name, value in replica.status().items() if name in told} == told


def purge(source: Node) -> None:
    source.sql("FLUSH BINARY LOGS")
    file = source.rows("SHOW BINARY LOG STATUS")[0][0]
    source.sql(f"PURGE BINARY LOGS TO '{file}'")


def test_a_server_without_a_source_has_no_status(pair: tuple[Node, Node]) -> None:
    source, _ = pair
    assert source.rows("SHOW REPLICA STATUS") == []
    with pytest.raises(MySqlError, match="not configured as replica") as refused:
        source.sql("START REPLICA")
    assert refused.value.number == 1200


# Stopping


def test_a_stopped_replica_is_stale_until_it_is_started(pair: tuple[Node, Node]) -> None:
    source, replica = pair
    replica.sql("STOP REPLICA")
    assert replica.threads() == ("No", "No")
    assert replica.status()["Seconds_Behind_Source"] is None
    source.sql("INSERT INTO t (v) VALUES ('later')")
    assert replica.rows(COUNT) == [["1"]]
    replica.sql("START REPLICA")
    replica.catches_up_with(source)
    assert replica.rows(COUNT) == [["2"]]


def test_the_io_thread_alone_can_be_stopped(pair: tuple[Node, Node]) -> None:
    _, replica = pair
    replica.sql("STOP REPLICA IO_THREAD")
    assert replica.threads() == ("No", "Yes")
    replica.sql("START REPLICA")
    eventually("both run", lambda: replica.threads() == ("Yes", "Yes"))


def test_starting_twice_changes_nothing(pair: tuple[Node, Node]) -> None:
    source, replica = pair
    replica.sql("START REPLICA")
    source.sql("INSERT INTO t (v) VALUES ('once')")
    replica.catches_up_with(source)
    assert replica.rows(COUNT) == [["2"]]


def test_a_source_is_remembered_but_not_followed_after_a_restart(pair: tuple[Node, Node], folder: Path) -> None:
    source, replica = pair
    replica.close()
    again = Node(folder, 101)
    assert again.threads() == ("No", "No")
    assert again.status()["Source_Port"] == str(source.port)
    assert again.server.super_read_only
    source.sql("INSERT INTO t (v) VALUES ('meanwhile')")
    again.sql("START REPLICA")
    again.catches_up_with(source)
    assert again.rows(COUNT) == [["2"]]
    again.close()


def test_a_replica_can_be_told_to_forget_its_source(pair: tuple[Node, Node]) -> None:
    _, replica = pair
    with pytest.raises(MySqlError, match="STOP REPLICA"):
        replica.sql("RESET REPLICA ALL")
    replica.sql("STOP REPLICA")
    replica.sql("RESET REPLICA")
    assert replica.rows("SHOW REPLICA STATUS") != []
    replica.sql("RESET REPLICA ALL")
    assert replica.rows("SHOW REPLICA STATUS") == []


def test_a_source_is_named_in_sql(folder: Path) -> None:
    with nodes(folder, 2) as (source, replica):
        options = f"SOURCE_HOST='127.0.0.1', SOURCE_PORT={source.port}, SOURCE_USER='vt_repl', SOURCE_AUTO_POSITION=1"
        replica.sql(f"CHANGE REPLICATION SOURCE TO {options}")
        assert replica.threads() == ("No", "No")
        replica.sql("START REPLICA")
        replica.catches_up_with(source)
        assert replica.status()["Source_UUID"] == source.server.engine.server_uuid


# What goes wrong


def test_without_gtids_nothing_is_copied(folder: Path) -> None:
    """So it is with 2.1 and 2.2 where EXTRA_MY_CNF does not name the settings of a flavour."""
    with nodes(folder, 2) as (source, replica):
        replica.server.config = replace(replica.server.config, gtid=False)
        with pytest.raises(MySqlError) as refused:
            replica.server.follow("127.0.0.1", source.port)
        assert refused.value.number == 1777
        assert replica.rows("SHOW REPLICA STATUS") == []


def test_a_dead_source_is_tried_again_until_it_is_back(folder: Path) -> None:
    with nodes(folder, 2) as (source, replica):
        replica.server.follow("127.0.0.1", 1)
        replica.sql("START REPLICA")
        eventually("it tries", lambda: replica.status()["Last_IO_Errno"] == "2003")
        assert replica.threads() == ("Connecting", "Yes")
        assert "Error reconnecting to source 'vt_repl@127.0.0.1:1'" in str(replica.status()["Last_IO_Error"])
        replica.server.follow("127.0.0.1", source.port)
        replica.catches_up_with(source)
        eventually("the error is gone", lambda: replica.status()["Last_IO_Errno"] == "0")


def test_purged_logs_leave_an_empty_replica_empty(folder: Path) -> None:
    with nodes(folder, 2) as (source, replica):
        purge(source)
        replica.follow(source)
        eventually("the IO thread ends", lambda: replica.threads() == ("No", "Yes"))
        uuid = source.server.engine.server_uuid
        assert replica.status()["Last_IO_Error"] == (
            "Got fatal error 1236 from source when reading data from binary log: 'Cannot replicate because the source"
            " purged required binary logs. Replicate the missing transactions from elsewhere, or provision a new"
            " replica from backup. Consider increasing the source's binary log expiration period. The GTID set sent by"
            f" the replica is '', and the missing transactions are '{uuid}:1-2''"
        )
        assert replica.rows("SHOW DATABASES LIKE 'vt%'") == []


def test_a_replica_that_has_the_purged_transactions_goes_on(pair: tuple[Node, Node]) -> None:
    source, replica = pair
    replica.sql("STOP REPLICA")
    purge(source)
    source.sql("INSERT INTO t (v) VALUES ('after the purge')")
    replica.sql("START REPLICA")
    replica.catches_up_with(source)
    assert replica.rows(COUNT) == [["2"]]


def test_a_source_that_lost_its_own_transactions_is_refused(pair: tuple[Node, Node]) -> None:
    source, replica = pair
    replica.sql("STOP REPLICA")
    source.sql("RESET BINARY LOGS AND GTIDS")
    replica.sql("START REPLICA")
    eventually("the IO thread ends", lambda: replica.threads()[0] == "No")
    assert "Replica has more GTIDs than the source has" in str(replica.status()["Last_IO_Error"])


def test_an_errant_row_stops_the_sql_thread_when_it_is_in_the_way(pair: tuple[Node, Node]) -> None:
    source, replica = pair
    replica.writable().sql("INSERT INTO vt_ks.t (v) VALUES ('errant')")
    source.sql("INSERT INTO t (v) VALUES ('rightful')")
    eventually("the SQL thread stops", lambda: replica.threads()[1] == "No")
    assert replica.status()["Last_SQL_Errno"] == "1062"
    assert "Could not execute Write_rows event on table vt_ks.t" in str(replica.status()["Last_SQL_Error"])
    errant = replica.server.engine.executed - source.server.engine.executed
    assert str(errant) == f"{replica.server.engine.server_uuid}:1"


def test_a_table_that_is_there_already_stops_the_sql_thread(pair: tuple[Node, Node]) -> None:
    source, replica = pair
    replica.writable().sql("CREATE TABLE vt_ks.both (id int primary key)")
    source.sql("CREATE TABLE both (id int primary key)")
    eventually("the SQL thread stops", lambda: replica.threads()[1] == "No")
    assert replica.status()["Last_SQL_Errno"] == "1050"


# A new source


def test_replicas_of_a_dead_source_follow_the_one_that_has_most(folder: Path) -> None:
    with nodes(folder, 3) as (source, best, other):
        best.follow(source)
        other.follow(source)
        other.catches_up_with(source)
        other.sql("STOP REPLICA")
        source.sql("INSERT INTO t (v) VALUES ('only the best has it')")
        best.catches_up_with(source)
        source.close()
        best.sql("STOP REPLICA")
        best.sql("RESET REPLICA ALL")
        best.writable().sql("INSERT INTO vt_ks.t (v) VALUES ('from the new source')")
        other.follow(best).catches_up_with(best)
        assert contents(other.server.engine) == contents(best.server.engine)
        again = Node(folder, 100).follow(best)
        again.catches_up_with(best)
        assert contents(again.server.engine) == contents(best.server.engine)
        again.close()


# Semi-synchronous replication


def test_a_commit_needs_a_replica(folder: Path) -> None:
    with nodes(folder, 2) as (source, replica):
        source.semi_sync(source=True)
        with pytest.raises(MySqlError, match="maximum statement execution time exceeded") as late:
            source.session.execute("INSERT INTO t (v) VALUES ('waits')", seconds=0.1)
        assert late.value.number == 3024
        assert source.rows(COUNT) == [["0"]]
        assert source.server.status()["blocked_writers"] == 1
        replica.semi_sync(replica=True).follow(source)
        eventually("the row is there", lambda: source.rows(COUNT) == [["1"]])
        assert source.server.status()["blocked_writers"] == 0
        assert source.rows("SHOW STATUS LIKE 'Rpl_semi_sync_source_clients'") == [["Rpl_semi_sync_source_clients", "1"]]
        source.sql("INSERT INTO t (v) VALUES ('at once')")
        assert replica.rows(COUNT) == [["2"]]


def test_a_write_on_its_way_blocks_nobody_and_one_that_waits_does(folder: Path) -> None:
    """Else whoever looks while rows are written is told that nobody would acknowledge them."""
    with nodes(folder, 1) as (source,):
        source.semi_sync(source=True)
        with pytest.raises(MySqlError):
            source.session.execute("INSERT INTO t (v) VALUES ('waits')", seconds=0.1)
        assert not source.server.status()["semi_sync_blocked"]
        assert source.server.status()["blocked_writers"] == 1

        eventually("it is blocked", lambda: source.server.status()["semi_sync_blocked"])
        source.semi_sync(source=False)
        assert not source.server.status()["semi_sync_blocked"]


def test_a_replica_that_does_not_confirm_does_not_count(folder: Path) -> None:
    with nodes(folder, 2) as (source, replica):
        replica.follow(source)
        source.semi_sync(source=True)
        with pytest.raises(MySqlError):
            source.session.execute("INSERT INTO t (v) VALUES ('waits')", seconds=0.1)
        eventually("it is replicated all the same", lambda: replica.rows(COUNT) == [["1"]])
        assert source.rows(COUNT) == [["0"]]
        replica.semi_sync(replica=True)
        eventually("it is confirmed by the new connection", lambda: source.rows(COUNT) == [["1"]])


def test_waiting_writers_are_counted_and_let_go_together(folder: Path) -> None:
    with nodes(folder, 1) as (source,):
        source.semi_sync(source=True)
        done: list[int] = []

        def write(number: int) -> None:
            Session(source.server).execute(f"INSERT INTO vt_ks.t (id, v) VALUES ({number}, 'x')")
            done.append(number)

        threads = [threading.Thread(target=write, args=(number,)) for number in (1, 2, 3)]
        for thread in threads:
            thread.start()
        eventually("all wait", lambda: source.server.blocked_writers == 3)
        source.sql("SET GLOBAL rpl_semi_sync_source_enabled = 0")
        for thread in threads:
            thread.join(10)
        assert sorted(done) == [1, 2, 3]
        assert source.rows(COUNT) == [["3"]]


def test_every_acknowledged_row_is_on_the_replica_when_the_source_vanishes(folder: Path) -> None:
    with nodes(folder, 2) as (source, replica):
        replica.semi_sync(replica=True).follow(source).catches_up_with(source)
        source.semi_sync(source=True)
        acknowledged = 0
        end = time.monotonic() + 0.5
        while time.monotonic() < end:
            source.sql(f"INSERT INTO t (v) VALUES ('{acknowledged}')")
            acknowledged += 1
            assert replica.rows("SELECT max(id) FROM vt_ks.t") == [[str(acknowledged)]]
        assert acknowledged > 5


# Whatever is done, a replica is the same

statements = st.one_of(
    st.builds("INSERT INTO t (v) VALUES ('{}'), (uuid())".format, st.integers(0, 9)),
    st.builds("INSERT IGNORE INTO t (id, v) VALUES ({}, now(6))".format, st.integers(1, 8)),
    st.builds(
        "INSERT INTO t (id, v) VALUES ({}, rand()) ON DUPLICATE KEY UPDATE v = 'twice'".format, st.integers(1, 8)
    ),
    st.builds("REPLACE INTO t (id, v) VALUES ({}, uuid())".format, st.integers(1, 8)),
    st.builds("UPDATE t SET v = concat(v, '!') WHERE id % 3 = {}".format, st.integers(0, 2)),
    st.builds("UPDATE t SET id = id + 100 WHERE id = {}".format, st.integers(1, 8)),
    st.builds("DELETE FROM t WHERE id > {} ORDER BY id DESC LIMIT 2".format, st.integers(0, 8)),
    st.builds("INSERT INTO heap SELECT v, id FROM t WHERE id < {}".format, st.integers(1, 8)),
    st.builds("DELETE FROM heap LIMIT {}".format, st.integers(1, 3)),
    st.sampled_from(
        (
            "BEGIN",
            "COMMIT",
            "ROLLBACK",
            "SAVEPOINT a",
            "ROLLBACK TO a",
            "CREATE TABLE IF NOT EXISTS more (id int primary key)",
            "DROP TABLE IF EXISTS more",
            "ALTER TABLE heap ADD COLUMN w int NOT NULL DEFAULT 3",
            "ALTER TABLE heap DROP COLUMN w",
            "ALTER TABLE t MODIFY v varchar(50), ADD KEY (v)",
            "TRUNCATE TABLE heap",
            "RENAME TABLE heap TO pile",
            "RENAME TABLE pile TO heap",
            "INSERT INTO t (id, v) VALUES (1, 'a'), (1, 'b')",
        )
    ),
)


def refusal(node: Node, statement: str) -> int:
    """The number of the error that a statement gives, 0 for none."""
    try:
        node.sql(statement)
    except MySqlError as error:
        return error.number
    return 0


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(statements, min_size=1, max_size=20))
def test_a_replica_equals_its_source_whatever_was_done(folder: Path, done: list[str]) -> None:
    with tempfile.TemporaryDirectory(dir=folder) as name, nodes(Path(name), 2) as (source, replica):
        source.sql("CREATE TABLE heap (v varchar(60), n bigint)")
        replica.follow(source)
        for statement in done:
            assert refusal(source, statement) != 1235, statement
        source.sql("ROLLBACK")
        replica.catches_up_with(source)
        assert contents(replica.server.engine) == contents(source.server.engine)
        assert replica.server.engine.executed == source.server.engine.executed
        assert replica.threads() == ("Yes", "Yes")

"""The storage under mysqld: one commit for rows and log, triggers that catch each change, frozen readers."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rehearsal.data.contents import contents, replay
from tests.rehearsal.data.rig import eventually
from vitessctl.rehearsal.storage.apply import ApplyError
from vitessctl.rehearsal.storage.definition import Column, Key, Table, create_table_text, table_from_json
from vitessctl.rehearsal.storage.engine import Engine, LockWaitTimeout
from vitessctl.rehearsal.storage.events import (
    LoggedTransaction,
    RowChange,
    StructureChange,
    dump_changes,
    load_changes,
)
from vitessctl.rehearsal.storage.gtid import Gtid, GtidSet
from vitessctl.rehearsal.storage.physical import create_statements, rowid_name
from vitessctl.rehearsal.storage.transaction import ReadOnlyServer, ReplicaWaitTimeout, WriteTransaction

T = Table(
    "ks",
    "t",
    (Column("id", "bigint", nullable=False, auto_increment=True), Column("v", "varchar(20)")),
    (Key("PRIMARY", "primary", ("id",)),),
)
HEAP = Table("ks", "heap", (Column("v", "varchar(20)"), Column("b", "blob")))
INSERT = 'INSERT INTO "ks.t" (v) VALUES (?)'


def nothing(_: sqlite3.Connection) -> None:
    return None


@pytest.fixture
def engine(folder: Path) -> Iterator[Engine]:
    """With tables t, which has a counter, and heap, which has no key."""
    made = Engine(folder / "a.sqlite", "aaaa", nothing)
    transaction = WriteTransaction(made, 1)
    statements = (*create_statements(T), *create_statements(HEAP))
    transaction.restructure(StructureChange(statements, (T.to_json(), HEAP.to_json()), schemas_created=("ks",)))
    transaction.commit()
    yield made
    made.close()


@pytest.fixture
def replica(folder: Path) -> Iterator[Engine]:
    made = Engine(folder / "b.sqlite", "bbbb", nothing)
    yield made
    made.close()


def write(engine: Engine, *values: str) -> None:
    transaction = WriteTransaction(engine, 1)
    for value in values:
        transaction.execute(INSERT, (value,))
    transaction.commit()


def values(engine: Engine) -> list[str]:
    with engine.read() as link:
        return [value for (value,) in link.sqlite.execute('SELECT v FROM "ks.t" ORDER BY id')]


# Rows and log


def test_a_commit_logs_its_rows_under_the_next_number(engine: Engine) -> None:
    write(engine, "a", "b")
    write(engine, "c")
    assert str(engine.executed) == "aaaa:1-3"
    logged = engine.transactions_after(1)
    assert [transaction.gtid for transaction in logged] == [Gtid("aaaa", 2), Gtid("aaaa", 3)]
    assert logged[0].changes == (RowChange("ks.t", None, 1, (1, "a")), RowChange("ks.t", None, 2, (2, "b")))


def test_a_transaction_without_changes_has_no_number(engine: Engine) -> None:
    WriteTransaction(engine, 1).commit()
    assert str(engine.executed) == "aaaa:1"


def test_what_was_rolled_back_is_neither_there_nor_logged(engine: Engine) -> None:
    transaction = WriteTransaction(engine, 1)
    transaction.execute(INSERT, ("a",))
    transaction.rollback()
    write(engine, "b")
    assert values(engine) == ["b"]
    assert len(engine.transactions_after(1)) == 1


def test_a_statement_that_fails_half_way_leaves_nothing_in_the_log(engine: Engine) -> None:
    transaction = WriteTransaction(engine, 1)
    transaction.execute(INSERT, ("a",))
    with pytest.raises(sqlite3.IntegrityError):
        transaction.execute('INSERT INTO "ks.t" (id, v) VALUES (5, ?), (1, ?)', ("b", "again"))
    assert transaction.attempted == (1, "again")
    transaction.commit()
    assert [change.values for change in engine.transactions_after(1)[0].changes] == [(1, "a")]  # type: ignore[union-attr]


def test_updates_and_deletes_are_logged_by_row_number(engine: Engine) -> None:
    write(engine, "a", "b")
    transaction = WriteTransaction(engine, 1)
    transaction.execute('UPDATE "ks.t" SET id = 9, v = upper(v) WHERE id = 1')
    transaction.execute('DELETE FROM "ks.t" WHERE id = 2')
    transaction.execute('INSERT OR REPLACE INTO "ks.t" (id, v) VALUES (9, ?)', ("new",))
    transaction.commit()
    assert engine.transactions_after(2)[0].changes == (
        RowChange("ks.t", 1, 9, (9, "A")),
        RowChange("ks.t", 2, None),
        RowChange("ks.t", 9, None),
        RowChange("ks.t", None, 9, (9, "new")),
    )


def test_savepoints_take_their_changes_back(engine: Engine) -> None:
    transaction = WriteTransaction(engine, 1)
    transaction.execute(INSERT, ("a",))
    transaction.savepoint("here")
    transaction.execute(INSERT, ("b",))
    transaction.rollback_to("here")
    transaction.execute(INSERT, ("c",))
    with pytest.raises(KeyError):
        transaction.rollback_to("nowhere")
    transaction.commit()
    assert values(engine) == ["a", "c"]
    assert len(engine.transactions_after(1)[0].changes) == 2


def test_unlogged_changes_stay_at_home(engine: Engine, replica: Engine) -> None:
    transaction = WriteTransaction(engine, 1, logged=False)
    transaction.execute(INSERT, ("secret",))
    transaction.commit()
    replay(engine, replica)
    assert values(engine) == ["secret"]
    assert values(replica) == []


def test_everything_is_there_after_opening_again(engine: Engine, folder: Path) -> None:
    write(engine, "a")
    engine.remember("source", "127.0.0.1:17100")
    engine.rotate()
    write(engine, "b")
    again = Engine(folder / "a.sqlite", "aaaa", nothing)
    assert again.executed == engine.executed
    assert again.announced == engine.announced
    assert again.binlog_file == 2
    assert again.state("source", "") == "127.0.0.1:17100"
    assert contents(again) == contents(engine)
    write(again, "c")
    assert str(again.executed) == "aaaa:1-4"
    again.close()


def test_a_read_only_server_takes_a_commit_back(engine: Engine) -> None:
    transaction = WriteTransaction(engine, 1)
    transaction.execute(INSERT, ("a",))
    engine.read_only = True
    with pytest.raises(ReadOnlyServer):
        transaction.commit()
    assert values(engine) == []
    assert str(engine.executed) == "aaaa:1"


def test_writers_wait_for_each_other(engine: Engine) -> None:
    first = WriteTransaction(engine, 1)
    with pytest.raises(LockWaitTimeout):
        WriteTransaction(engine, 0.01)
    first.rollback()
    WriteTransaction(engine, 1).rollback()


# Replicas


def test_a_replica_has_the_same_rows_and_row_numbers(engine: Engine, replica: Engine) -> None:
    write(engine, "a", "b", "c")
    transaction = WriteTransaction(engine, 1)
    transaction.execute('INSERT INTO "ks.heap" VALUES (?, ?), (NULL, NULL)', ("x", b"\x00\xff"))
    transaction.execute('DELETE FROM "ks.t" WHERE id = 2')
    transaction.execute('UPDATE "ks.heap" SET v = ? WHERE b IS NULL', ("y",))
    transaction.commit()
    replay(engine, replica)
    assert contents(replica) == contents(engine)
    assert replica.executed == engine.executed


def test_a_transaction_is_applied_once(engine: Engine, replica: Engine) -> None:
    write(engine, "a")
    replay(engine, replica)
    replay(engine, replica)
    assert values(replica) == ["a"]
    assert len(replica.transactions_after(0)) == 2


def test_a_replica_can_feed_another(engine: Engine, replica: Engine, folder: Path) -> None:
    write(engine, "a")
    replay(engine, replica)
    third = Engine(folder / "c.sqlite", "cccc", nothing)
    replay(replica, third)
    assert contents(third) == contents(engine)
    assert str(third.executed) == "aaaa:1-2"
    third.close()


def test_a_counter_goes_on_where_the_source_left_it(engine: Engine, replica: Engine) -> None:
    write(engine, "a", "b")
    transaction = WriteTransaction(engine, 1)
    transaction.execute('DELETE FROM "ks.t" WHERE id = 2')
    transaction.commit()
    replay(engine, replica)
    write(replica, "c")
    with replica.read() as link:
        assert link.sqlite.execute('SELECT max(id) FROM "ks.t"').fetchone() == (3,)


@pytest.mark.parametrize(
    ("change", "number", "words"),
    [
        (RowChange("ks.t", None, 1, (1, "again")), 1062, "Could not execute Write_rows event on table ks.t"),
        (RowChange("ks.t", 99, 99, (99, "x")), 1032, "Can't find record in 't'"),
        (RowChange("ks.t", 99, None), 1032, "Could not execute Delete_rows event on table ks.t"),
        (RowChange("ks.nosuch", None, 1, (1,)), 1146, "Table 'ks.nosuch' doesn't exist"),
        (StructureChange(tuple(create_statements(T)), (T.to_json(),)), 1050, "Table 't' already exists"),
    ],
)
def test_what_does_not_fit_stops_and_changes_nothing(
    engine: Engine, change: RowChange | StructureChange, number: int, words: str
) -> None:
    write(engine, "a")
    before = contents(engine)
    foreign = LoggedTransaction(0, Gtid("cccc", 1), 0.0, (RowChange("ks.t", None, 50, (50, "first")), change))
    with pytest.raises(ApplyError, match=words) as refused:
        engine.apply(foreign)
    assert refused.value.number == number
    assert contents(engine) == before
    assert Gtid("cccc", 1) not in engine.executed
    write(engine, "still works")


def test_changes_survive_being_written_down() -> None:
    changes = (
        RowChange("ks.t", None, 1, (1, "é", None, 1.5, b"\x00\xff")),
        StructureChange(("DROP TABLE x",), (T.to_json(),), ("ks.x",), ("new",), ("old",)),
    )
    assert load_changes(dump_changes(changes)) == changes
    assert [RowChange("t", *pair).kind for pair in ((None, 1), (1, 2), (1, None))] == ["insert", "update", "delete"]


# The log's files


def test_purged_transactions_stay_executed(engine: Engine) -> None:
    write(engine, "a")
    engine.rotate()
    write(engine, "b")
    engine.purge(2)
    assert str(engine.purged) == "aaaa:1-2"
    assert str(engine.executed) == "aaaa:1-3"
    assert [transaction.gtid.number for transaction in engine.transactions_after(0)] == [3]


def test_the_file_in_use_is_never_purged(engine: Engine) -> None:
    engine.purge(99)
    assert str(engine.purged) == ""


def test_a_purge_by_time_keeps_files_with_newer_transactions(engine: Engine) -> None:
    engine.rotate()
    write(engine, "a")
    first, second = engine.transactions_after(0)
    assert engine.oldest_file_since(first.time) == 1
    assert engine.oldest_file_since(second.time) == 2
    assert engine.oldest_file_since(second.time + 1) == 2


def test_a_reset_forgets_transactions_and_keeps_rows(engine: Engine) -> None:
    write(engine, "a")
    engine.reset_log(GtidSet.parse("cccc:1-7"))
    assert str(engine.executed) == str(engine.purged) == "cccc:1-7"
    assert engine.transactions_after(0) == []
    assert values(engine) == ["a"]
    write(engine, "b")
    assert str(engine.executed) == "aaaa:1,cccc:1-7"


# Semi-synchronous commits


def commit_in_background(
    engine: Engine, value: str, seconds: float | None = None
) -> tuple[threading.Thread, list[str]]:
    """A write of its own thread, and what came of it."""
    outcome: list[str] = []

    def run() -> None:
        transaction = WriteTransaction(engine, 10)
        transaction.execute(INSERT, (value,))
        try:
            transaction.commit(seconds)
            outcome.append("acknowledged")
        except ReplicaWaitTimeout:
            outcome.append("timeout")

    thread = threading.Thread(target=run)
    thread.start()
    return thread, outcome


def test_a_commit_is_invisible_until_a_replica_has_it(engine: Engine) -> None:
    engine.semi_sync.source_enabled = True
    thread, outcome = commit_in_background(engine, "a")
    eventually("the commit waits", lambda: engine.semi_sync.waiting)
    assert values(engine) == []
    sent = engine.transactions_after(1)
    assert [transaction.gtid for transaction in sent] == [Gtid("aaaa", 2)]
    engine.semi_sync.acknowledge(Gtid("cccc", 2))
    assert outcome == []
    engine.semi_sync.acknowledge(Gtid("aaaa", 2))
    thread.join(10)
    assert outcome == ["acknowledged"]
    assert values(engine) == ["a"]
    assert engine.semi_sync.acknowledged == 1


def test_a_replica_that_comes_with_it_confirms_it(engine: Engine) -> None:
    engine.semi_sync.source_enabled = True
    thread, outcome = commit_in_background(engine, "a")
    eventually("the commit waits", lambda: engine.semi_sync.waiting)
    engine.semi_sync.connected(1, GtidSet.parse("aaaa:1"))
    assert outcome == []
    engine.semi_sync.connected(2, GtidSet.parse("aaaa:1-2"))
    thread.join(10)
    assert outcome == ["acknowledged"]
    assert engine.semi_sync.clients == 2
    engine.semi_sync.disconnected(1)
    assert engine.semi_sync.clients == 1


def test_a_client_may_give_up_but_the_commit_goes_on(engine: Engine) -> None:
    engine.semi_sync.source_enabled = True
    thread, outcome = commit_in_background(engine, "a", seconds=0.05)
    thread.join(10)
    assert outcome == ["timeout"]
    assert values(engine) == []
    with pytest.raises(LockWaitTimeout):
        WriteTransaction(engine, 0.01)
    engine.semi_sync.acknowledge(Gtid("aaaa", 2))
    assert values(engine) == ["a"]
    engine.semi_sync.source_enabled = False
    write(engine, "b")
    assert values(engine) == ["a", "b"]


def test_switching_it_off_ends_the_wait(engine: Engine) -> None:
    engine.semi_sync.source_enabled = True
    thread, outcome = commit_in_background(engine, "a")
    eventually("the commit waits", lambda: engine.semi_sync.waiting)
    engine.semi_sync.source_enabled = False
    thread.join(10)
    assert outcome == ["acknowledged"]


def test_a_commit_that_waited_is_there_after_a_crash(engine: Engine, folder: Path) -> None:
    engine.semi_sync.source_enabled = True
    thread, _ = commit_in_background(engine, "a")
    eventually("the commit waits", lambda: engine.semi_sync.waiting)
    again = Engine(folder / "a.sqlite", "aaaa", nothing)
    assert str(again.executed) == "aaaa:1-2"
    assert values(again) == ["a"]
    again.close()
    engine.semi_sync.source_enabled = False
    thread.join(10)


def test_a_reader_keeps_its_view_while_it_reads(engine: Engine) -> None:
    write(engine, "a")
    with engine.read() as link:
        write(engine, "b")
        assert link.sqlite.execute('SELECT count(*) FROM "ks.t"').fetchone() == (1,)
    assert values(engine) == ["a", "b"]


def test_a_view_that_is_thawed_under_a_reader_lasts_until_it_is_done(engine: Engine) -> None:
    write(engine, "a")
    engine.freeze()
    with engine.read() as link:
        engine.thaw()
        assert link.sqlite.execute('SELECT count(*) FROM "ks.t"').fetchone() == (1,)
    write(engine, "b")
    assert values(engine) == ["a", "b"]


def test_news_wakes_who_waits(engine: Engine) -> None:
    assert not engine.wait_for_news(engine.announced, 0.01)
    thread = threading.Timer(0.05, write, (engine, "a"))
    thread.start()
    assert engine.wait_for_gtids(GtidSet.parse("aaaa:1-2"), 10)
    assert not engine.wait_for_gtids(GtidSet.parse("aaaa:1-3"), 0.01)
    thread.join()


# Definitions


def test_a_definition_survives_being_written_down() -> None:
    assert table_from_json(T.to_json()) == T
    assert T.moved("other", "name").physical == "other.name"
    assert T.column("ID") == T.columns[0]
    assert HEAP.primary_key == ()
    assert create_table_text(HEAP).startswith("CREATE TABLE `heap` (\n  `v` varchar(20) DEFAULT NULL,\n  `b` blob\n)")


def test_a_column_may_have_the_name_of_sqlites_row_number() -> None:
    columns = (Column("rowid", "int"), Column("oid", "int"))
    assert rowid_name(Table("ks", "odd", columns)) == "_rowid_"

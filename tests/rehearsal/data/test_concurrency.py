"""Many sessions at once: nothing is lost, nothing is half there, and a replica ends with the same rows."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.rehearsal.data.contents import contents
from tests.rehearsal.data.pair import Node, nodes
from tests.rehearsal.data.rig import Rig, eventually
from vitessctl.rehearsal.mysqld.errors import MySqlError
from vitessctl.rehearsal.mysqld.session import Session
from vitessctl.rehearsal.storage.gtid import GtidSet

ACCOUNTS, MONEY = 6, 600


@pytest.fixture
def bank(folder: Path) -> Iterator[tuple[Node, Node]]:
    """Accounts with money in them, and a replica that confirms."""
    with nodes(folder, 2) as (source, replica):
        source.sql("CREATE TABLE accounts (id int primary key, money int not null, CHECK (money >= 0))")
        each = MONEY // ACCOUNTS
        source.sql("INSERT INTO accounts VALUES " + ", ".join(f"({number}, {each})" for number in range(ACCOUNTS)))
        replica.semi_sync(replica=True).follow(source).catches_up_with(source)
        source.semi_sync(source=True)
        yield source, replica


def together(*works: Callable[[], None]) -> None:
    """Runs them at once; the first failure is raised."""
    failures: list[BaseException] = []

    def run(work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    for failure in failures:
        raise failure


def test_money_is_neither_made_nor_lost(bank: tuple[Node, Node]) -> None:
    source, replica = bank
    done = threading.Event()
    moved: list[int] = []
    sums: set[str | None] = set()

    def move(seed: int) -> None:
        chance = random.Random(seed)
        session = Session(source.server)
        session.use("vt_ks")
        for _ in range(15):
            giver, taker = chance.sample(range(ACCOUNTS), 2)
            session.execute("BEGIN")
            try:
                session.execute(f"UPDATE accounts SET money = money - 40 WHERE id = {giver}")
                session.execute(f"UPDATE accounts SET money = money + 40 WHERE id = {taker}")
                session.execute("COMMIT")
                moved.append(1)
            except MySqlError as error:
                session.execute("ROLLBACK")
                moved.append(0 if error.number == 3819 else -10_000)

    def watch(node: Node) -> None:
        session = Session(node.server)
        while not done.is_set():
            sums.add(session.execute("SELECT sum(money) FROM vt_ks.accounts")["rows"][0][0])

    def move_all() -> None:
        together(*(lambda seed=seed: move(seed) for seed in range(3)))  # type: ignore[misc]
        done.set()

    together(move_all, lambda: watch(source), lambda: watch(replica))
    assert len(moved) == 45
    assert 0 < sum(moved) <= 45
    assert sums == {str(MONEY)}
    replica.catches_up_with(source)
    assert contents(replica.server.engine) == contents(source.server.engine)


def test_a_counter_gives_every_number_once(bank: tuple[Node, Node]) -> None:
    source, replica = bank
    given: list[int] = []

    def take() -> None:
        session = Session(source.server)
        for _ in range(15):
            given.append(session.execute("INSERT INTO vt_ks.t (v) VALUES ('x')")["insert_id"])

    together(take, take, take)
    assert sorted(given) == list(range(1, 46))
    replica.catches_up_with(source)
    assert replica.rows("SELECT count(*), max(id) FROM vt_ks.t") == [["45", "45"]]


def test_readers_see_whole_transactions_in_order(bank: tuple[Node, Node]) -> None:
    """Each transaction writes two rows; no reader sees one of them, and what was seen once stays."""
    source, replica = bank
    done = threading.Event()

    def write() -> None:
        session = Session(source.server)
        for _ in range(25):
            session.execute("BEGIN")
            session.execute("INSERT INTO vt_ks.t (v) VALUES ('left')")
            session.execute("INSERT INTO vt_ks.t (v) VALUES ('right')")
            session.execute("COMMIT")
        done.set()

    def read(node: Node) -> None:
        session = Session(node.server)
        last = 0
        while not done.is_set():
            count = int(session.execute("SELECT count(*) FROM vt_ks.t")["rows"][0][0] or 0)
            assert count % 2 == 0
            assert count >= last
            last = count

    together(write, lambda: read(source), lambda: read(replica))


def test_structure_changes_beside_writers(bank: tuple[Node, Node]) -> None:
    source, replica = bank

    def write() -> None:
        session = Session(source.server)
        for number in range(20):
            session.execute(f"INSERT INTO vt_ks.t (v) VALUES ('{number}')")

    def change() -> None:
        session = Session(source.server)
        session.use("vt_ks")
        for number in range(4):
            session.execute(f"ALTER TABLE t ADD COLUMN c{number} int NOT NULL DEFAULT {number}")
            session.execute(f"CREATE TABLE extra{number} (id int primary key)")

    def change_too() -> None:
        session = Session(source.server)
        for number in range(4):
            session.execute(f"ALTER TABLE vt_ks.t ADD COLUMN d{number} int NOT NULL DEFAULT {number}")

    together(write, change, change_too)
    assert source.rows("SELECT count(*), min(c3), max(d3) FROM t") == [["20", "3", "3"]]
    assert len(source.server.engine.catalogue["vt_ks.t"].columns) == 10
    replica.catches_up_with(source)
    assert contents(replica.server.engine) == contents(source.server.engine)


def test_a_source_is_exchanged_under_load(folder: Path) -> None:
    """Demoted, caught up, promoted: what was acknowledged before or after is on all."""
    with nodes(folder, 3) as (first, second, third):
        for replica in (second, third):
            replica.semi_sync(replica=True).follow(first).catches_up_with(first)
        first.semi_sync(source=True)
        leader = [first]
        acknowledged: set[str] = set()
        stop = threading.Event()

        def write() -> None:
            number = 0
            while not stop.is_set():
                number += 1
                with suppress(MySqlError):
                    Session(leader[0].server).execute(f"INSERT INTO vt_ks.t (v) VALUES ('{number}')", seconds=5)
                    acknowledged.add(str(number))

        def exchange() -> None:
            eventually("rows before", lambda: len(acknowledged) > 5)
            first.server.set_super_read_only(True)
            first.semi_sync()
            at = first.server.engine.executed
            assert second.server.engine.wait_for_gtids(at, 10)
            second.sql("STOP REPLICA")
            second.semi_sync(source=True).writable()
            for other in (first, third):
                other.server.follow("127.0.0.1", second.port)
                other.semi_sync(replica=True).server.start_replica()
            leader[0] = second
            goal = len(acknowledged) + 5
            eventually("rows after", lambda: len(acknowledged) > goal)
            stop.set()

        together(write, exchange)
        for replica in (first, third):
            replica.catches_up_with(second)
            assert contents(replica.server.engine) == contents(second.server.engine)
        present = {row[0] for row in second.rows("SELECT v FROM vt_ks.t")}
        assert acknowledged <= present


# Processes


@pytest.mark.rehearsal
def test_no_acknowledged_row_is_missing_on_the_replica_after_kill_9_of_the_source(rig: Rig) -> None:
    for uid in (100, 101):
        rig.mysqlctld(uid, wait=False)
    for uid, server in zip((100, 101), rig.servers, strict=True):
        rig.wait_for_mysql(uid, server)
    source = rig.mysql(100).writable()
    source("CREATE TABLE t (id bigint primary key auto_increment, v varchar(20))")
    follow(rig, 101, 100)
    source("SET GLOBAL rpl_semi_sync_source_enabled = 1")
    acknowledged: set[str] = set()

    def write(name: str) -> None:
        sql = rig.mysql(100)
        for number in range(10_000):
            try:
                sql(f"INSERT INTO vt_ks.t (v) VALUES ('{name}{number}')")
            except MySqlError:
                return
            acknowledged.add(f"{name}{number}")

    def kill() -> None:
        eventually("enough rows", lambda: len(acknowledged) > 40)
        rig.kill_mysqld(100)

    together(lambda: write("a"), lambda: write("b"), kill)
    replica = rig.mysql(101)
    present = {str(row[0]) for row in replica("SELECT v FROM vt_ks.t")}
    assert acknowledged <= present
    rig.servers[0].ends()
    rig.mysqlctld(100)
    old = rig.mysql(100)
    errant = GtidSet.parse(old.gtids()) - GtidSet.parse(replica.gtids())
    assert len(errant) <= 1, "at most the one commit that waited when it was killed"


def follow(rig: Rig, uid: int, source: int) -> None:
    sql = rig.mysql(uid)
    sql("SET GLOBAL rpl_semi_sync_replica_enabled = 1")
    sql(f"CHANGE REPLICATION SOURCE TO SOURCE_HOST = '127.0.0.1', SOURCE_PORT = {rig.mysql_ports[source]}")
    sql("START REPLICA")
    eventually("it has all", lambda: sql.gtids() == rig.mysql(source).gtids())


def test_an_engine_is_one_file(folder: Path) -> None:
    """Rows of all schemas and the log are in one file: SQLite's commits over several are not atomic in this mode."""
    with nodes(folder, 1) as (one,):
        one.sql("CREATE DATABASE vt_other")
        one.sql("CREATE TABLE vt_other.t (id int primary key)")
        one.sql("BEGIN")
        one.sql("INSERT INTO vt_other.t VALUES (1)")
        one.sql("INSERT INTO vt_ks.t (v) VALUES ('x')")
        one.sql("COMMIT")
        assert len(one.server.engine.transactions_after(0)[-1].changes) == 2
        data = one.server.config.data_file.parent
        assert {path.name for path in data.glob("*.sqlite")} == {"ibdata.sqlite"}

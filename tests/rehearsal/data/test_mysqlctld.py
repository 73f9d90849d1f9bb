"""mysqlctld and its mysqld as processes: how they start, end, and refuse to."""

from __future__ import annotations

import itertools
import os
import signal
import socket
import threading
import time
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.rehearsal.data.contents import contents
from tests.rehearsal.data.rig import Rig, Server, Sql, connects, eventually, free_port, is_alive
from vitessctl.rehearsal.mysqld.client import Connection, Pool
from vitessctl.rehearsal.mysqld.config import read_config
from vitessctl.rehearsal.mysqld.errors import MySqlError
from vitessctl.rehearsal.mysqld.functions import register
from vitessctl.rehearsal.storage.engine import Engine

pytestmark = pytest.mark.rehearsal


def test_a_fresh_folder_is_initialised_and_served(rig: Rig) -> None:
    started = rig.mysqlctld(100)
    folder = rig.tablet_folder(100)
    config = read_config(folder / "my.cnf")
    assert (config.port, config.socket) == (rig.mysql_ports[100], folder / "mysql.sock")
    assert rig.mysqld_pid(100) == int((folder / "mysql.pid").read_text())
    assert "initializing" in started.said()
    sql = rig.mysql(100)
    assert sql("SELECT @@global.read_only, @@global.super_read_only") == [["1", "1"]]
    assert sql.gtids() == ""
    assert sql("SHOW REPLICA STATUS") == []
    assert sql("SELECT @@server_uuid, @@port") == [
        [(folder / "data/auto.cnf").read_text().strip().removeprefix("[auto]\nserver-uuid="), str(config.port)]
    ]


def test_a_clean_stop_and_start_keeps_rows_and_is_read_only_again(rig: Rig) -> None:
    first = rig.mysqlctld(100)
    sql = rig.mysql(100).writable()
    sql("CREATE TABLE t (id int primary key)")
    sql("INSERT INTO t VALUES (1), (2)")
    before = sql.gtids()
    uuid = sql("SELECT @@server_uuid")
    pid = rig.mysqld_pid(100)
    assert first.stop() == 0
    assert not is_alive(pid)
    assert rig.control_socket(100).exists(), "the socket's file stays behind"
    assert not connects(rig.control_socket(100))
    rig.mysqlctld(100)
    again = rig.mysql(100)
    assert again("SELECT count(*) FROM vt_ks.t") == [["2"]]
    assert again.gtids() == before
    assert again("SELECT @@server_uuid") == uuid
    assert again.error("INSERT INTO vt_ks.t VALUES (3)").number == 1290


def test_extra_settings_count_at_the_first_start_only(rig: Rig) -> None:
    extra = rig.folder / "extra.cnf"
    extra.write_text("super-read-only = OFF\nread-only = OFF\nbind-address=127.0.0.1\n")
    rig.mysqlctld(100, EXTRA_MY_CNF=str(extra)).stop()
    assert "bind-address=127.0.0.1" in (rig.tablet_folder(100) / "my.cnf").read_text()
    extra.write_text("super-read-only = ON\n")
    rig.mysqlctld(100, EXTRA_MY_CNF=str(extra))
    assert rig.mysql(100)("SELECT @@global.super_read_only") == [["0"]]


def test_whoever_finds_its_http_port_open_finds_mysql_up(rig: Rig) -> None:
    port = free_port()
    rig.mysqlctld(100, "--port", str(port), wait=False)
    eventually("its port is open", lambda: _is_open(port))
    assert rig.mysql(100)("SELECT 1") == [["1"]]


def _is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_it_ends_with_code_0_when_its_mysqld_dies(rig: Rig) -> None:
    server = rig.mysqlctld(100)
    rig.kill_mysqld(100)
    assert server.ends() == 0
    assert "mysqld shut down on its own, exiting mysqlctld" in server.said()


def test_a_killed_mysqlctld_leaves_mysqld_and_a_second_one_refuses(rig: Rig) -> None:
    rig.mysqlctld(100).kill()
    pid = rig.mysqld_pid(100)
    assert is_alive(pid)
    assert rig.mysql(100)("SELECT 1") == [["1"]]
    second = rig.mysqlctld(100, wait=False)
    assert second.ends() == 1
    assert f"failed to start mysqld: process {pid} is still running" in second.said()
    os.kill(pid, signal.SIGKILL)
    eventually("mysqld is gone", lambda: not os.path.exists(f"/proc/{pid}") or not is_alive(pid))


def test_the_mysqld_of_the_next_pod_waits_for_the_one_that_still_stops(rig: Rig) -> None:
    """Pods have process ids of their own, so nothing but the lock on the data tells of the other one."""
    rig.mysqlctld(100).kill()
    rig.mysql(100).writable()("CREATE DATABASE IF NOT EXISTS kept")
    before = rig.mysqld_pid(100)
    lock = rig.tablet_folder(100) / "mysql.sock.lock"
    lock.unlink()

    rig.mysqlctld(100, wait=False)
    log = rig.tablet_folder(100) / "error.log"
    eventually("it waits", lambda: "[InnoDB] Unable to lock ./ibdata1 error: 11" in log.read_text() or None)
    os.kill(before, signal.SIGTERM)
    eventually("the next one is there", lambda: lock.exists() and connects(rig.tablet_folder(100) / "mysql.sock"))

    assert rig.mysqld_pid(100) != before
    assert ["kept"] in rig.mysql(100)("SHOW DATABASES")
    assert log.read_text().count("Unable to lock") == 1


def test_a_lock_left_by_another_process_counts_too(rig: Rig) -> None:
    rig.mysqlctld(100).stop()
    (rig.tablet_folder(100) / "mysql.sock.lock").write_text(f"{os.getpid()}\n")
    refused = rig.mysqlctld(100, wait=False)
    assert refused.ends() == 1
    assert f"process {os.getpid()} is still running" in refused.said()
    (rig.tablet_folder(100) / "mysql.sock.lock").unlink()


def test_a_lock_of_a_dead_process_is_taken_over(rig: Rig) -> None:
    server = rig.mysqlctld(100)
    rig.kill_mysqld(100)
    server.ends()
    assert (rig.tablet_folder(100) / "mysql.sock.lock").exists()
    rig.mysqlctld(100)
    assert rig.mysql(100)("SELECT 1") == [["1"]]


def test_a_taken_port_ends_it_after_its_patience(rig: Rig) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        rig.mysql_ports[100] = taken.getsockname()[1]
        server = rig.mysqlctld(100, "--wait-time", "8s", wait=False)
        assert server.ends() == 1
    text = "failed to initialize mysql data dir and start mysqld: deadline exceeded waiting for mysqld socket file to"
    assert f"{text} appear: {rig.tablet_folder(100)}/mysql.sock" in server.said()
    assert "Can't start server: Bind on TCP/IP port" in (rig.tablet_folder(100) / "error.log").read_text()


def test_mysqld_refuses_root_unless_told_otherwise(rig: Rig) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can be refused")
    server = rig.mysqlctld(100, "--wait-time", "8s", wait=False, VITESSCTL_REHEARSAL_ROOT="0")
    assert server.ends() == 1
    assert "how to run mysqld as root" in (rig.tablet_folder(100) / "error.log").read_text()


def test_an_unknown_flag_ends_it(rig: Rig) -> None:
    server = rig.mysqlctld(100, "--no-such-flag", wait=False)
    assert server.ends() == 1
    assert "unknown flag: --no-such-flag" in server.said()


def test_mysqld_names_its_version(rig: Rig) -> None:
    server = rig.start("mysqld", "--version")
    assert server.ends() == 0
    assert "Ver 8.4.6-rehearsal" in server.said()


def test_mysqld_wants_its_my_cnf(rig: Rig) -> None:
    server = rig.start("mysqld", f"--defaults-file={rig.folder}/nosuch.cnf")
    assert server.ends() == 1
    assert "nosuch.cnf" in server.said()


def test_two_tablets_do_not_disturb_each_other(rig: Rig) -> None:
    rig.mysqlctld(100)
    rig.mysqlctld(101)
    assert rig.mysql(100)("SELECT @@server_uuid") != rig.mysql(101)("SELECT @@server_uuid")


# kill -9


def test_no_acknowledged_row_is_lost_by_kill_9(rig: Rig) -> None:
    """Three times in a row mysqld is killed while four clients write; each row that was answered is there."""
    rig.mysqlctld(100)
    rig.mysql(100).writable()("CREATE TABLE t (id bigint primary key auto_increment, v varchar(20))")
    acknowledged: set[str] = set()
    for _ in range(3):
        acknowledged |= write_until_killed(rig)
        eventually("mysqlctld went with it", lambda: not rig.servers[-1].is_running())
        rig.mysqlctld(100)
        sql = rig.mysql(100)
        present = {str(row[0]) for row in sql("SELECT v FROM vt_ks.t")}
        assert acknowledged <= present
        assert len(present) == int(sql("SELECT count(*) FROM vt_ks.t")[0][0] or 0)
        sql.writable()
    assert len(acknowledged) > 20


def write_until_killed(rig: Rig) -> set[str]:
    """What four clients had acknowledged when mysqld was killed under them."""
    acknowledged: set[str] = set()
    tag = f"{time.time():.3f}"

    def write(name: int) -> None:
        sql = rig.mysql(100)
        values = (f"{tag}-{name}-{number}"[-20:] for number in itertools.count())
        with pytest.raises(MySqlError, match="Lost connection"):
            write_all(sql, values, acknowledged)

    threads = [threading.Thread(target=write, args=(name,)) for name in range(4)]
    for thread in threads:
        thread.start()
    eventually("enough rows", lambda: len(acknowledged) > 30)
    rig.kill_mysqld(100)
    for thread in threads:
        thread.join(20)
    return acknowledged


def write_all(sql: Sql, values: Iterable[str], acknowledged: set[str]) -> None:
    for value in values:
        sql(f"INSERT INTO vt_ks.t (v) VALUES ('{value}')")
        acknowledged.add(value)


def test_the_log_holds_just_what_is_in_the_tables_after_kill_9(rig: Rig, folder: Path) -> None:
    """Replaying the log of a killed server from its start gives its rows: both became durable together."""
    server = rig.mysqlctld(100)
    rig.mysql(100).writable()("CREATE TABLE t (id bigint primary key auto_increment, v varchar(20))")
    write_until_killed(rig)
    server.ends()
    killed = Engine(rig.tablet_folder(100) / "data/ibdata.sqlite", "killed", register)
    replayed = Engine(folder / "replayed.sqlite", "replayed", register)
    for transaction in killed.transactions_after(0, limit=100_000):
        replayed.apply(transaction)
    assert contents(replayed) == contents(killed)
    assert replayed.executed == killed.executed


# The vttablet's connections


def test_a_connection_tells_that_nobody_listens(folder: Path) -> None:
    with pytest.raises(MySqlError, match=f"dial unix {folder}/no.sock: connect: no such file or directory") as absent:
        Connection(folder / "no.sock")
    assert absent.value.number == 2002


def test_what_an_ended_connection_left_open_is_undone(rig: Rig) -> None:
    rig.mysqlctld(100)
    rig.mysql(100).writable()("CREATE TABLE t (id int primary key)")
    first = rig.mysql(100)
    first("BEGIN")
    first("INSERT INTO vt_ks.t VALUES (1)")
    first.connection.close()
    second = rig.mysql(100)
    second("INSERT INTO vt_ks.t VALUES (1)", seconds=10)
    assert second("SELECT id FROM vt_ks.t") == [["1"]]


def test_writers_behind_an_open_transaction_time_out(rig: Rig) -> None:
    rig.mysqlctld(100)
    rig.mysql(100).writable()("CREATE TABLE t (id int primary key)")
    holder = rig.mysql(100)
    holder("BEGIN")
    holder("INSERT INTO vt_ks.t VALUES (1)")
    assert rig.mysql(100).error("INSERT INTO vt_ks.t VALUES (2)", seconds=0.2).number == 3024
    assert rig.mysql(100)("SELECT count(*) FROM vt_ks.t") == [["0"]]
    assert holder("SELECT count(*) FROM vt_ks.t") == [["1"]]


def test_a_statement_that_takes_too_long_is_ended(rig: Rig) -> None:
    rig.mysqlctld(100)
    sql = rig.mysql(100)
    assert sql.error("SELECT sleep(5)", seconds=0.1).number == 3024
    endless = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
    assert sql.error(endless, seconds=0.2).number == 3024
    assert sql("SELECT 1 + 1") == [["2"]]


def test_a_pool_replaces_connections_that_a_restart_broke(rig: Rig) -> None:
    server = rig.mysqlctld(100)
    pool = Pool(rig.tablet_folder(100) / "mysql.sock")
    assert pool.call("ping") is None
    rig.kill_mysqld(100)
    with pytest.raises(MySqlError) as gone:
        pool.call("query", sql="SELECT 1")
    assert gone.value.number in {2002, 2013}
    server.ends()
    rig.mysqlctld(100)
    assert pool.call("ping") is None
    with pytest.raises(MySqlError):
        pool.call("query", sql="SELECT nosuch FROM nosuch")
    assert pool.call("query", sql="SELECT 1")["rows"] == [["1"]]


def test_free_ports_are_free() -> None:
    with socket.create_server(("127.0.0.1", free_port())) as listener:
        assert listener.getsockname()[1] > 0


def damaged(rig: Rig) -> Server:
    """One whose data file is none any more; its mysqld has ended, and it waits."""
    rig.mysqlctld(100).stop()
    data = rig.tablet_folder(100) / "data"
    (data / "ibdata.sqlite").write_bytes(b"\xff" * 65536)
    for logged in data.glob("ibdata.sqlite-*"):
        logged.unlink()
    server = rig.mysqlctld(100, wait=False)
    log = rig.tablet_folder(100) / "error.log"
    eventually("the end of mysqld", lambda: "[MY-011906]" in log.read_text() and log.read_text().endswith("ended\n"))
    return server


def test_damaged_files_end_mysqld_with_its_words_and_mysqlctld_waits_on(rig: Rig) -> None:
    server = damaged(rig)

    *_, started, why, end = (rig.tablet_folder(100) / "error.log").read_text().splitlines()
    assert "starting as process" in started
    assert "[ERROR] [MY-011906] [InnoDB] Database page corruption on disk or a failed file read of page" in why
    assert end.split(" ", 2)[2] == f"mysqld_safe mysqld from pid file {rig.tablet_folder(100)}/mysql.pid ended"
    assert server.process.poll() is None


def test_one_that_waits_for_a_mysqld_that_has_ended_ends_at_a_signal(rig: Rig) -> None:
    """Real ones do at once, as nothing is registered to be cleaned up yet (Vitess 24)."""
    server = damaged(rig)

    os.kill(server.pid, signal.SIGTERM)

    assert server.ends() == -signal.SIGTERM

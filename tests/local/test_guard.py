"""mysqlctld's traps, and that a MySQL whose data is gone is held back."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.local import servers
from tests.local.support import Sandbox, a_cluster, program, tablets, wait_for
from vitessctl.render.documents import Document
from vitessctl.targets.base import State
from vitessctl.targets.local import guard, holding, processes
from vitessctl.targets.local.binaries import Binaries
from vitessctl.targets.local.guard import DataFolder
from vitessctl.targets.local.target import LocalTarget

NAME = "mysqlctld-zone1-0000000100"
ALIAS = "zone1-0000000100"


class Database:
    """A throwaway mysqlctld under supervisord, with everything that kills and starts it."""

    def __init__(self, sandbox: Sandbox, folder: Path) -> None:
        self.sandbox = sandbox
        self.binaries = Binaries({"mysqlctld": servers.install(folder / "bin")}, mysql_root=folder)
        self.data = sandbox.state / "data" / "vt_0000000100"

    @property
    def document(self) -> Document:
        command = "mysqlctld --tablet-uid=100 --socket-file=%(here)s/run/mysqlctl-0000000100.sock"
        return program(NAME, command, component="mysqlctld", subject=ALIAS, stage="mysql")

    def target(self) -> LocalTarget:
        from vitessctl.targets.local.account import caller

        return self.sandbox.target(binaries=self.binaries, name="local", account=caller())

    def up(self) -> None:
        self.target().apply([self.document])
        self.wait_up(0)

    def wait_up(self, earlier: int) -> int:
        """Wait for a mysqld that is not the earlier one; gives its process id."""

        def look() -> int:
            pid = self.mysqld()
            return pid if pid != earlier and processes.find(pid) else 0

        return wait_for("a mysqld", look)

    def mysqld(self) -> int:
        try:
            return int((self.data / "mysql.sock.lock").read_text() or 0)
        except (OSError, ValueError):
            return 0

    def says(self, text: str) -> bool:
        """Wait until its log has this; supervisord writes it a moment after it was said."""
        return wait_for(f"'{text}' in its log", lambda: text in self.log)

    @property
    def log(self) -> str:
        return self.sandbox.log(NAME)


@pytest.fixture
def database(sandbox: Sandbox, folder: Path) -> Database:
    found = Database(sandbox, folder)
    found.up()
    return found


class TestUnderSupervisord:
    def test_killed_mysqlctld(self, database: Database) -> None:
        """Its mysqld goes on; it is ended before a new one may start."""
        before = database.mysqld()
        os.kill(database.sandbox.pid(NAME), signal.SIGKILL)

        database.wait_up(before)

        assert processes.find(before) is None
        assert database.says(f"vitessctl: ending mysqld {before}, whose mysqlctld is gone")
        assert "is still running" not in database.log
        assert database.log.count("initialised") == 1

    def test_killed_mysqld(self, database: Database) -> None:
        """mysqlctld exits 0."""
        before = database.mysqld()
        os.kill(before, signal.SIGKILL)

        database.wait_up(before)

        assert "is still running" not in database.log

    def test_both_killed(self, database: Database) -> None:
        before = database.mysqld()
        os.kill(database.sandbox.pid(NAME), signal.SIGKILL)
        os.kill(before, signal.SIGKILL)

        database.wait_up(before)

        assert "is still running" not in database.log
        assert database.sandbox.component(NAME).restarts == 1

    def test_a_lock_that_names_somebody_else(self, database: Database) -> None:
        document = database.document
        database.target().stop([document])
        (database.data / "mysql.sock.lock").write_text(f"{os.getpid()}\n")

        database.target().apply([document])

        assert database.wait_up(os.getpid())
        assert "is still running" not in database.log

    def test_stop_leaves_no_mysqld(self, database: Database) -> None:
        before = database.mysqld()
        database.target().stop([database.document])
        assert processes.find(before) is None
        assert (database.data / "data/ibdata1").read_text() == "initialised\n"

    def test_an_interrupted_initialisation_is_put_aside(self, database: Database) -> None:
        """Nobody ever saw it up, so nothing was ever written to it."""
        database.target().stop([database.document])
        (database.data / "data/ibdata1").rename(database.data / "data/half")
        (database.sandbox.state / "run/mysqlctl-0000000100.sock").unlink()

        database.up()

        assert database.says("its initialisation was interrupted")
        assert (database.data / "data/ibdata1").exists()
        assert (database.data.parent / "vt_0000000100.aside/data/half").exists()

    def test_a_program_of_another_name_is_started_as_it_is(self, sandbox: Sandbox) -> None:
        sandbox.apply(program("vttablet", "sh -c 'echo up; exec sleep 1000' --tablet-uid=100"))
        wait_for("its words", lambda: sandbox.log("vttablet") == "up\n")


class TestEmptied:
    """A data folder that was emptied while the topology may still name its tablet primary."""

    def empty(self, database: Database) -> None:
        """Stop it and remove its data; the topology's is still there."""
        (database.sandbox.state / "data/etcd-0").mkdir()
        database.target().stop([database.document])
        shutil.rmtree(database.data)

    def test_it_is_held_until_another_tablet_leads(self, database: Database) -> None:
        self.empty(database)
        (tablet, _) = tablets(100, 101)
        target = database.target()

        target.apply([database.document])

        wait_for("held", lambda: target.socket_ready(tablet).state is State.HELD)
        verdict = target.socket_ready(tablet)
        assert verdict.reason == "its data is gone; it waits until another tablet is primary"
        assert not database.data.exists()
        assert database.says("the data of vt_0000000100 is gone; it waits until another tablet is primary")

        with servers.a_vttablet("primary") as port:
            (database.sandbox.state / "run" / holding.NEIGHBOURS).write_text(json.dumps({"vt_0000000100": [port]}))
            database.wait_up(0)

        assert target.socket_ready(tablet).state is State.WAITING, "the throwaway mysqlctld has no socket"
        wait_for("a second initialisation", lambda: database.log.count("initialised") == 2)

    def test_it_can_be_stopped_while_it_is_held(self, database: Database) -> None:
        self.empty(database)
        database.target().apply([database.document])
        database.says("it waits until")
        begun = time.monotonic()

        database.target().stop([database.document])

        assert time.monotonic() - begun < 5
        assert database.sandbox.processes() == ()
        assert database.target().socket_ready(tablets(100)[0]).state is State.WAITING, "a note that is nobody's"

    def test_a_replica_tells_nothing(self, database: Database) -> None:
        self.empty(database)
        with servers.a_vttablet("replica") as port:
            database.target().apply([database.document])
            (database.sandbox.state / "run" / holding.NEIGHBOURS).write_text(json.dumps({"vt_0000000100": [port]}))
            database.says("it waits until")
            time.sleep(2.2 * holding.POLL_SECONDS)  # two looks at least
            assert not database.data.exists()

    def test_what_remains_of_the_folder_is_put_aside(self, database: Database) -> None:
        """mysqlctld does not initialise where there is a my.cnf."""
        database.target().stop([database.document])
        (database.data / "data/ibdata1").unlink()

        database.up()

        assert database.says("its data is gone")
        assert (database.data / "data/ibdata1").exists()

    def test_a_topology_that_starts_anew_names_nobody_primary(self, database: Database) -> None:
        database.target().stop([database.document])
        shutil.rmtree(database.data)

        database.up()

        assert "it waits until" not in database.log

    def test_nor_is_data_that_is_there_forgotten_with_the_topology(self, database: Database) -> None:
        """Somebody removed etcd's data alone: rows are still rows."""
        database.target().stop([database.document])
        database.up()
        assert database.log.count("initialised") == 1
        assert not (database.data.parent / "vt_0000000100.aside").exists()


class TestAlone:
    """The guard by itself, on folders and processes of its own."""

    @pytest.fixture
    def data(self, folder: Path) -> DataFolder:
        (folder / "run").mkdir()
        path = folder / "data/vt_0000000100"
        path.mkdir(parents=True)
        return DataFolder(folder, path)

    @pytest.mark.parametrize(
        ("arguments", "value"),
        [
            (["mysqlctld", "--tablet-uid=100"], "100"),
            (["mysqlctld", "--tablet-uid", "100", "--mysql-port=1"], "100"),
            (["mysqlctld", "--tablet_uid", "100"], "100"),
            (["mysqlctld", "-tablet_uid=4200000100"], "4200000100"),
            (["mysqlctld", "--tablet-uid="], ""),
            (["mysqlctld", "--tablet-uid"], ""),
            (["mysqlctld", "--mysql-port=100"], ""),
            (["mysqlctld", "--not-tablet-uid=100"], ""),
            ([], ""),
        ],
    )
    def test_the_tablet_of_a_command_line(self, arguments: list[str], value: str) -> None:
        assert guard.option(arguments, "tablet-uid") == value

    @pytest.mark.parametrize("arguments", [[], ["--tablet-uid=ten"], ["--tablet-uid"]])
    def test_without_a_tablet_nothing_is_done(self, folder: Path, arguments: list[str]) -> None:
        guard.prepare(["mysqlctld", *arguments], folder, folder / "data")
        assert list(folder.iterdir()) == []

    def start(
        self, folder: Path, text: str, data: DataFolder, started: Callable[[int], None]
    ) -> subprocess.Popen[bytes]:
        servers.install(folder / "bin", text)
        command = [str(folder / "bin/mysqld"), f"--defaults-file={data.path}/my.cnf"]
        process = subprocess.Popen(command, env={}, start_new_session=True)
        started(process.pid)
        wait_for("mysqld", lambda: (found := processes.find(process.pid)) and found.is_database)
        return process

    def test_a_mysqld_that_does_not_listen_is_killed(
        self, folder: Path, data: DataFolder, started: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(guard, "DATABASE_SECONDS", 0.3)
        monkeypatch.setattr(guard, "REAP_SECONDS", 0.1)
        process = self.start(folder, servers.STUBBORN_MYSQLD, data, started)

        guard.end_orphans(data)

        assert process.wait(5) == -signal.SIGKILL

    def test_the_mysqld_of_another_tablet_is_not_touched(
        self, folder: Path, data: DataFolder, started: Callable[[int], None]
    ) -> None:
        other = DataFolder(folder, folder / "data/vt_0000000101")
        process = self.start(folder, servers.MYSQLD, other, started)

        guard.end_orphans(data)

        assert process.poll() is None

    def test_a_name_that_only_begins_alike_is_another(
        self, folder: Path, data: DataFolder, started: Callable[[int], None]
    ) -> None:
        longer = DataFolder(folder, folder / "data/vt_00000001001")
        process = self.start(folder, servers.MYSQLD, longer, started)

        guard.end_orphans(data)

        assert process.poll() is None

    def test_an_editor_of_its_my_cnf_is_no_mysqld(
        self, folder: Path, data: DataFolder, started: Callable[[int], None]
    ) -> None:
        (data.path / "my.cnf").write_text("")
        process = subprocess.Popen(["tail", "-f", f"{data.path}/my.cnf"], start_new_session=True)
        started(process.pid)

        guard.end_orphans(data)

        assert process.poll() is None

    def test_mysqld_safe_is_killed_before_it_can_start_another(
        self, folder: Path, data: DataFolder, started: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(guard, "DATABASE_SECONDS", 0.3)  # its child inherits that it ignores SIGTERM
        self.start(folder, servers.MYSQLD, data, started).kill()
        safe = folder / "bin/mysqld_safe"
        safe.write_text(f'#!/bin/sh\ntrap "" TERM\nwhile :; do {folder}/bin/mysqld "$@"; done\n')
        safe.chmod(0o755)
        keeper = subprocess.Popen([str(safe), f"--defaults-file={data.path}/my.cnf"], env={}, start_new_session=True)
        started(keeper.pid)
        wait_for("both", lambda: len([p for p in processes.of_state(folder) if p.is_database]) == 2)

        guard.end_orphans(data)

        assert keeper.wait(5) == -signal.SIGKILL
        assert processes.of_state(folder) == ()

    def test_a_dying_process_is_waited_for_until_it_is_reaped(self, data: DataFolder) -> None:
        """To mysqlctld a zombie is still running."""
        process = subprocess.Popen(["true"])
        wait_for("a zombie", lambda: processes.is_zombie(process.pid))
        lock = data.path / "mysql.sock.lock"
        lock.write_text(f"{process.pid}\n")
        reaper = threading.Timer(0.3, process.wait)
        reaper.start()
        begun = time.monotonic()

        guard.clear_lock(lock)

        reaper.join()
        assert time.monotonic() - begun >= 0.25
        assert not lock.exists()

    def test_a_zombie_that_nobody_reaps_is_not_waited_for_for_ever(
        self, data: DataFolder, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(guard, "REAP_SECONDS", 0.1)
        process = subprocess.Popen(["true"])
        wait_for("a zombie", lambda: processes.is_zombie(process.pid))
        lock = data.path / "mysql.sock.lock"
        lock.write_text(f"{process.pid}\n")

        guard.clear_lock(lock)

        assert not lock.exists()
        process.wait()

    @pytest.mark.parametrize("text", ["", "no number\n"])
    def test_a_lock_that_says_nothing_is_left_to_mysqld(self, data: DataFolder, text: str) -> None:
        lock = data.path / "mysql.sock.lock"
        lock.write_text(text)
        guard.clear_lock(lock)
        assert lock.read_text() == text

    def test_data_that_was_database_is_never_put_aside(self, data: DataFolder) -> None:
        (data.path / "data").mkdir()
        (data.path / "data/ibdata1").write_text("rows")
        data.notes.begin()
        data.notes.finish()

        guard.put_aside_what_is_broken(data)

        assert (data.path / "data/ibdata1").read_text() == "rows"

    @pytest.mark.parametrize(("socket", "done"), [("before", False), ("after", True), ("never", False)])
    def test_a_socket_that_is_newer_than_the_initialisation_tells_that_it_was_up(
        self, folder: Path, data: DataFolder, socket: str, done: bool
    ) -> None:
        path = folder / "run/mysqlctl.sock"
        data.notes.begin()
        if socket != "never":
            path.touch()
            now = time.time()
            os.utime(path, (now, now + (5 if socket == "after" else -5)))

        data.notes.conclude(path)

        assert data.notes.done is done

    def test_without_an_initialisation_of_ours_a_socket_tells_nothing(self, folder: Path, data: DataFolder) -> None:
        (folder / "run/mysqlctl.sock").touch()
        data.notes.conclude(folder / "run/mysqlctl.sock")
        assert not data.notes.done

    def test_data_that_was_brought_from_elsewhere_is_not_put_aside(self, data: DataFolder) -> None:
        (data.path / "data").mkdir()
        (data.path / "data/ibdata1").write_text("rows")

        guard.put_aside_what_is_broken(data)

        assert (data.path / "data/ibdata1").read_text() == "rows"

    def test_only_the_latest_is_kept_aside(self, data: DataFolder) -> None:
        for text in ("first", "second"):
            data.path.mkdir(exist_ok=True)
            (data.path / "my.cnf").write_text(text)
            guard.put_aside_what_is_broken(data)

        assert (data.path.parent / "vt_0000000100.aside/my.cnf").read_text() == "second"


class TestNeighbours:
    def test_they_are_the_other_tablets_of_the_shard(self) -> None:
        assert holding.neighbours_of(a_cluster(20000, uids=(100, 101, 102))) == {
            "vt_0000000100": [20803, 20806],
            "vt_0000000101": [20800, 20806],
            "vt_0000000102": [20800, 20803],
        }

    def test_a_single_tablet_has_none(self) -> None:
        assert holding.neighbours_of(a_cluster(uids=(100,))) == {"vt_0000000100": []}

    @pytest.mark.parametrize("text", ["", "[]", "{", '{"vt_0000000101": [1]}', '"text"'])
    def test_a_note_that_cannot_be_read_names_none(self, folder: Path, text: str) -> None:
        (folder / holding.NEIGHBOURS).write_text(text)
        assert holding.neighbours(holding.Notes(folder, "vt_0000000100")) == []

    @pytest.mark.parametrize(
        ("said", "leads"), [("primary", True), ("PRIMARY", True), ("master", True), ("replica", False), ("", False)]
    )
    def test_a_tablet_says_what_it_is(self, said: str, leads: bool) -> None:
        with servers.a_vttablet(said) as port:
            assert holding.leads(port) is leads

    def test_one_that_does_not_answer_does_not_lead(self) -> None:
        with servers.a_vttablet("primary") as port:
            pass
        assert not holding.leads(port)

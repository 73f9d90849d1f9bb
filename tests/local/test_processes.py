"""Reading /proc: which processes are ours, and ending exactly those."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.local.support import wait_for
from vitessctl.targets.local import processes
from vitessctl.targets.local.processes import Process

Started = Callable[[int], None]


def start(started: Started, *command: str, **environ: str) -> Process:
    """A process of the test's own; gives it once it has become its program."""
    child = subprocess.Popen(command, env={"PATH": os.environ["PATH"], **environ}, start_new_session=True)
    started(child.pid)
    return wait_for(
        "the program", lambda: found if (found := processes.find(child.pid)) and found.command == command else None
    )


class TestFind:
    def test_a_process(self, started: Started) -> None:
        found = start(started, "sleep", "1000", SUPERVISOR_PROCESS_NAME="vtgate", VITESSCTL_STATE="/tmp/x")
        assert (found.command, found.program, found.state) == (("sleep", "1000"), "vtgate", "/tmp/x")
        assert not processes.gone(found)

    def test_none_of_that_id(self) -> None:
        child = subprocess.Popen(["true"])
        child.wait()
        assert processes.find(child.pid) is None
        assert not processes.is_zombie(child.pid)

    def test_a_zombie_is_gone_but_its_id_is_not_free(self) -> None:
        child = subprocess.Popen(["sleep", "1000"])
        found = processes.find(child.pid)
        assert found is not None
        child.kill()
        wait_for("a zombie", lambda: processes.is_zombie(child.pid))

        assert processes.find(child.pid) is None
        assert processes.gone(found)
        assert not processes.gone(found, reaped=True)
        child.wait()
        assert processes.gone(found, reaped=True)

    def test_another_process_of_the_same_id_is_not_it(self, started: Started) -> None:
        found = start(started, "sleep", "1000")
        earlier = Process(found.pid, found.born - 1, found.command)
        assert processes.gone(earlier)

    def test_a_name_with_brackets_and_spaces_is_read_right(self, folder: Path, started: Started) -> None:
        """The name stands in brackets in /proc/PID/stat, and may have any sign itself."""
        program = folder / "a) S (b"
        program.write_text("#!/bin/sh\nwhile :; do sleep 0.1; done\n")
        program.chmod(0o755)
        child = subprocess.Popen([str(program)], start_new_session=True)
        started(child.pid)
        found = wait_for("it", lambda: processes.find(child.pid))
        assert found.born > 0
        assert not processes.gone(found)


class TestOurs:
    def test_the_mark_is_the_folder_and_nothing_like_it(self, folder: Path, started: Started) -> None:
        ours = start(started, "sleep", "1000", VITESSCTL_STATE=str(folder))
        start(started, "sleep", "1001", VITESSCTL_STATE=f"{folder}2")
        start(started, "sleep", "1002", OTHER_VITESSCTL_STATE=str(folder))
        start(started, "sleep", "1003")
        assert processes.of_state(folder) == (ours,)

    def test_not_ourselves(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        code = (
            "import sys; from pathlib import Path; from vitessctl.targets.local import processes;"
            "print(processes.of_state(Path(sys.argv[1])))"
        )
        done = subprocess.run(
            [sys.executable, "-c", code, str(folder)],
            env={**os.environ, "VITESSCTL_STATE": str(folder)},
            capture_output=True,
            text=True,
        )
        assert done.stdout == "()\n", done.stderr

    @pytest.mark.parametrize(
        ("command", "database"),
        [
            (("/usr/sbin/mysqld", "--defaults-file=F"), True),
            (("/bin/sh", "/usr/bin/mysqld_safe", "--defaults-file=F"), True),
            (("python", "-m", "vitessctl.rehearsal", "mysqld", "--defaults-file=F"), True),
            (("/lib/ld-linux-x86-64.so.2", "--library-path", "/lib", "/usr/sbin/mysqld", "--defaults-file=F"), True),
            (("mysqlctld", "--tablet-uid=100"), False),
            (("vim", "my.cnf", "for", "the", "mysqld"), False),
            ((), False),
        ],
    )
    def test_what_is_a_database(self, command: tuple[str, ...], database: bool) -> None:
        assert Process(1, 1, command).is_database is database


class TestEnd:
    def test_gently(self, folder: Path, started: Started) -> None:
        mark = folder / "asked"
        found = start(started, "sh", "-c", f'trap "touch {mark}; exit" TERM; while :; do sleep 0.05; done')
        time.sleep(0.1)  # sh sets its trap after it has become sh; too early, the signal just ends it

        assert processes.end([found], lambda _process: 5) == ()

        assert mark.exists()

    def test_and_then_not(self, started: Started) -> None:
        found = start(started, "sh", "-c", 'trap "" TERM; while :; do sleep 0.05; done')
        time.sleep(0.1)
        begun = time.monotonic()

        assert processes.end([found], lambda _process: 0.3) == ()

        assert 0.3 <= time.monotonic() - begun < 3

    def test_each_has_its_own_patience(self, started: Started) -> None:
        stubborn = 'trap "" TERM; while :; do sleep 0.05; done'
        found = [start(started, "sh", "-c", stubborn + f"; {number}") for number in range(3)]
        time.sleep(0.1)
        begun = time.monotonic()
        processes.end(found, lambda process: 0.2 * int(process.command[2][-1]))
        assert time.monotonic() - begun < 2

    def test_one_that_is_gone_already(self) -> None:
        assert processes.end([Process(2**22 + 1, 1, ("gone",))], lambda _process: 5) == ()

    def test_an_id_that_somebody_else_has_now_is_spared(self, started: Started) -> None:
        found = start(started, "sleep", "1000")
        processes.send(Process(found.pid, found.born + 1, found.command), signal.SIGKILL)
        assert not processes.gone(found)

    def test_on_a_kernel_without_process_descriptors(self, started: Started, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse(_pid: int) -> int:
            raise OSError(38, "Function not implemented")

        monkeypatch.setattr(os, "pidfd_open", refuse)
        found = start(started, "sleep", "1000")
        assert processes.end([found], lambda _process: 5) == ()

    def test_what_does_not_go_is_told(self, started: Started) -> None:
        found = start(started, "sleep", "1000")
        assert processes.wait_gone([found], 0.05) == (found,)


class TestTitle:
    @pytest.mark.parametrize(
        ("command", "title"),
        [
            (("vtctld", "--port=15000"), "vtctld --port=15000"),
            (("mysql", "-uroot", "-phunter2"), "mysql -uroot -p***"),
            (("tool", "--password=hunter2", "x"), "tool --password=*** x"),
            (("tool", "DB_PASSWORD=hunter2"), "tool DB_PASSWORD=***"),
            (("tool", "--api-token=abc", "--secret=abc"), "tool --api-token=*** --secret=***"),
            (("x" * 200,), "x" * 77 + "..."),
        ],
    )
    def test_it_is_short_and_tells_no_password(self, command: tuple[str, ...], title: str) -> None:
        assert Process(1, 1, command).title == title

    @given(st.text(alphabet="abc123/+=", min_size=8, max_size=40))
    def test_never_a_value_behind_password(self, value: str) -> None:
        assert value not in Process(1, 1, ("tool", f"--db-password={value}")).title

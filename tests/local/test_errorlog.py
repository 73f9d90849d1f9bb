"""Why a mysqld has ended, from its error log, while its mysqlctld waits on as if it were coming up.

The lines are those of MySQL 9.7, of whose mysql.ibd a part was overwritten; 5.6 writes no numbers.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.local.support import wait_for
from vitessctl.targets.base import State, Verdict
from vitessctl.targets.local import processes
from vitessctl.targets.local.errorlog import ended, last_words
from vitessctl.targets.local.holding import Life, Notes
from vitessctl.targets.local.sockets import ready

SAFE = "2026-11-27T09:15:57.541217Z mysqld_safe Starting mysqld daemon with databases from /s/data/vt_0000000100/data"
START = (
    "2026-11-27T09:15:57.734927Z 0 [System] [MY-010116] [Server] /usr/sbin/mysqld (mysqld 9.7.4) starting as process 9"
)
DUMP = f" len 16384; hex {'31' * 16384}"
DAMAGE = (
    "2026-11-27T09:15:59.742980Z 1 [ERROR] [MY-011906] [InnoDB] Database page corruption on disk or a failed file read "
    "of page [page id: space=4294967294, page number=4]. You may have to recover from a backup."
)
CRASH = "2026-11-27T09:15:59Z UTC - mysqld got signal 6 ;"
END = "2026-11-27T09:15:59.850904Z mysqld_safe mysqld from pid file /s/data/vt_0000000100/mysql.pid ended"
OTHER = "2026-11-27T09:15:58.000000Z 0 [ERROR] [MY-099999] [Server] The stars are not right."
ABORTING = "2026-11-27T09:15:58.100000Z 0 [ERROR] [MY-010119] [Server] Aborting"
OLD = "2013-11-27 09:15:58 4711 [ERROR] Aborting"
RESTART = "2026-11-27T09:16:00.000000Z mysqld_safe mysqld restarted"
NEXT = START.replace("process 9", "process 10")


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        ([], []),
        ([SAFE, START], []),
        ([START, DUMP, DAMAGE, DUMP, DAMAGE, CRASH, END], [START, DAMAGE, CRASH, END]),
        ([START, DAMAGE, END, SAFE, NEXT], []),
        ([START, DAMAGE, CRASH, RESTART, NEXT], []),
        ([START, DAMAGE, CRASH], [START, DAMAGE, CRASH]),
        ([START, OTHER, ABORTING], [START, OTHER, ABORTING]),
        ([OLD], [OLD]),
        ([DUMP, DAMAGE, END], [DAMAGE, END]),
    ],
    ids=[
        "nothing yet",
        "it starts",
        "it has ended; pages are left out, and what is said again",
        "it was started again",
        "mysqld_safe starts it again",
        "without mysqld_safe",
        "by itself",
        "an old one",
        "its start is too far up, behind megabytes of pages",
    ],
)
def test_what_it_wrote_between_its_last_start_and_its_end(tmp_path: Path, lines: list[str], found: list[str]) -> None:
    file = tmp_path / "error.log"
    file.write_text("".join(f"{line}\n" for line in lines))

    assert list(last_words(file, 0)) == found


def test_what_was_there_before_this_mysqlctld_tells_nothing(tmp_path: Path) -> None:
    file = tmp_path / "error.log"
    file.write_text(f"{START}\n{DAMAGE}\n{END}\n")
    begin = file.stat().st_size

    assert last_words(file, begin) == ()

    with file.open("a") as log:
        log.write(f"{OTHER}\n{END}\n")
    assert last_words(file, begin) == (OTHER, END)


def test_no_log_tells_nothing(tmp_path: Path) -> None:
    assert last_words(tmp_path / "error.log", 0) == ()


class State100:
    """A state folder with one tablet whose mysqlctld is this process."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.log = path / "data" / "vt_0000000100" / "error.log"
        self.log.parent.mkdir(parents=True)
        (path / "run").mkdir()
        self.notes = Notes(path / "run", "vt_0000000100")

    def begins(self) -> None:
        """A mysqlctld does, which is this process."""
        own = processes.find(os.getpid())
        assert own
        self.notes.begin_life(own.born, 0)

    @property
    def life(self) -> str:
        life = self.notes.life()
        assert life
        return f"{life.pid}@{life.born}"

    def says(self, *lines: str) -> None:
        self.log.write_text("".join(f"{line}\n" for line in lines))


@pytest.fixture
def state(tmp_path: Path) -> State100:
    return State100(tmp_path)


def test_the_cause_and_what_to_do(state: State100) -> None:
    state.begins()
    state.says(START, DUMP, DAMAGE, CRASH, END)

    verdict = ready(state.path, 100, "24")

    assert verdict.state is State.DOOMED
    assert verdict.reason == "its mysqld has ended: MySQL's data files are damaged or missing"
    assert "vitessctl rebuild ALIAS makes this one anew" in verdict.fix
    assert verdict.given_up == state.life
    assert verdict.evidence == (
        "09:15:59 error: [MY-011906] [InnoDB] Database page corruption on disk or a failed file read of page "
        "[page id: space=4294967294, page number=4]. You may have to recover from a backup.",
    )


def test_an_end_that_nobody_knows_is_quoted(state: State100) -> None:
    state.begins()
    state.says(START, OTHER, ABORTING)

    assert ended(state.path, 100, "24") == Verdict(
        State.DOOMED,
        "its mysqld has ended and said last: [MY-099999] [Server] The stars are not right.",
        f"Look at {state.log}.",
        ("[MY-099999] [Server] The stars are not right.",),
        given_up=state.life,
    )


def test_while_it_starts_it_is_waited_for(state: State100) -> None:
    state.begins()
    state.says(SAFE, START)

    assert ready(state.path, 100, "24") == Verdict.waiting("MySQL is being initialised")


def test_the_end_of_a_mysqlctld_that_is_gone_says_nothing_of_the_next(state: State100) -> None:
    """Between its end and the next start there is nothing to tell: that one may have better luck."""
    with subprocess.Popen(["true"]) as gone:
        pass
    (state.path / "run" / "vt_0000000100.life").write_text(f"{gone.pid} 5 0\n")
    state.says(START, DAMAGE, END)

    assert state.notes.life() == Life(gone.pid, 5, 0)
    assert ended(state.path, 100, "24") is None


def test_another_process_with_its_number_is_not_it(state: State100) -> None:
    """After a restart of the machine, or of a container, numbers come again."""
    state.notes.begin_life(4, 0)
    state.says(START, DAMAGE, END)

    assert ended(state.path, 100, "24") is None


def test_while_a_mysqld_has_these_data_nothing_has_ended(state: State100) -> None:
    """It says that it aborts before it is gone, and mysqld_safe may start it again."""
    state.begins()
    state.says(START, DAMAGE, CRASH)
    word = f"--defaults-file={state.path}/data/vt_0000000100/my.cnf"
    command = [sys.executable, "-c", "input()", "mysqld", word]
    environment = {**os.environ, "VITESSCTL_STATE": str(state.path)}
    with subprocess.Popen(command, stdin=subprocess.PIPE, env=environment) as server:
        wait_for("its start", lambda: processes.of_state(state.path))
        assert ended(state.path, 100, "24") is None
        server.communicate()

    assert ended(state.path, 100, "24") is not None


def test_a_full_disk_keeps_nothing_from_starting(state: State100, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)

    state.notes.begin_life(1, 0)

    assert state.notes.life() is None


@pytest.mark.parametrize("text", ["", "12", "a b c", "1 2 3 4"])
def test_a_note_that_says_nothing(state: State100, text: str) -> None:
    (state.path / "run" / "vt_0000000100.life").write_text(text)

    assert state.notes.life() is None
    assert ended(state.path, 100, "24") is None


def test_nothing_stays_when_a_tablet_is_forgotten(state: State100) -> None:
    state.begins()
    state.notes.forget()

    assert state.notes.life() is None

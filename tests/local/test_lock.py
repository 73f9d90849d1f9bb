"""One run at a time changes a cluster."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.local.support import Sandbox, program
from vitessctl.errors import ExitCode, LockedError
from vitessctl.targets.local.faults import LocalError
from vitessctl.targets.local.lock import locked

HOLD = (
    "import sys, time; from pathlib import Path; from tests.local.support import Sandbox\n"
    "with Sandbox(Path(sys.argv[1])).target().lock('up'):\n"
    "    print('held', flush=True); time.sleep(600)"
)


def another_run(sandbox: Sandbox, started: Callable[[int], None]) -> subprocess.Popen[str]:
    """A process that holds the cluster."""
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(sandbox.state)], stdout=subprocess.PIPE, text=True)
    started(process.pid)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_the_holder_is_named(sandbox: Sandbox, started: Callable[[int], None]) -> None:
    holder = another_run(sandbox, started)

    with pytest.raises(LockedError) as caught, sandbox.target().lock("down"):
        raise AssertionError("the lock was given twice")

    assert caught.value.exit_code is ExitCode.LOCKED
    text = re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", "THEN", str(caught.value))
    assert text == (
        f"{sandbox.state}/lock: another run is changing this cluster\n"
        f"  why: process {holder.pid} (vitessctl up) since THEN holds the lock\n"
        f"  fix: wait for it to end, or end it: kill {holder.pid}"
    )


def test_a_killed_holder_holds_nothing(sandbox: Sandbox, started: Callable[[int], None]) -> None:
    holder = another_run(sandbox, started)
    holder.send_signal(signal.SIGKILL)
    holder.wait()

    with sandbox.target().lock("up"):
        assert json.loads((sandbox.state / "lock").read_text())["pid"] == os.getpid()


def test_what_the_holder_started_does_not_hold_it(sandbox: Sandbox) -> None:
    with sandbox.target().lock("up"):
        sandbox.apply(program("vtctld"))
    with sandbox.target().lock("down"):
        assert sandbox.pid("vtctld")


def test_one_after_the_other(sandbox: Sandbox) -> None:
    target = sandbox.target()
    with target.lock("up"):
        target.apply([program("vtctld")])
    with target.lock("status"):
        pass
    assert (sandbox.state / "lock").read_text() == ""


def test_it_is_let_go_when_the_run_fails(sandbox: Sandbox) -> None:
    with pytest.raises(ZeroDivisionError), sandbox.target().lock("up"):
        raise ZeroDivisionError
    with sandbox.target().lock("up"):
        pass


def test_two_clusters_are_locked_apart(sandbox: Sandbox, other_sandbox: Sandbox) -> None:
    with sandbox.target().lock("up"), other_sandbox.target().lock("up"):
        assert (sandbox.state / "lock").read_text()
        assert (other_sandbox.state / "lock").read_text()


def test_a_run_that_changes_nothing_leaves_no_folder(sandbox: Sandbox) -> None:
    with sandbox.target().lock("down"):
        assert sandbox.state.is_dir()
    assert not sandbox.state.exists()


def test_nor_does_one_that_was_refused(sandbox: Sandbox) -> None:
    with pytest.raises(LocalError), sandbox.target().lock("up"):
        raise LocalError("a port is in use")
    assert not sandbox.state.exists()


def test_data_may_be_deleted_under_it(sandbox: Sandbox) -> None:
    document = program("vtctld")
    sandbox.apply(document)
    target = sandbox.target()
    with target.lock("down"):
        target.stop([document])
        target.delete_data()
    assert not sandbox.state.exists()


def test_a_lock_file_that_was_removed_meanwhile_is_not_the_lock(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody deleted the cluster between our opening of the file and our locking it."""
    import fcntl

    path = folder / "lock"
    real = fcntl.flock
    calls: list[int] = []

    def removed_first(descriptor: int, operation: int) -> None:
        if not calls:
            path.unlink()
        calls.append(descriptor)
        real(descriptor, operation)

    monkeypatch.setattr(fcntl, "flock", removed_first)
    with locked(path):
        assert len(calls) == 2
        assert json.loads(path.read_text())["pid"] == os.getpid()


def test_a_holder_that_has_not_said_who_it_is(folder: Path) -> None:
    path = folder / "lock"
    with locked(path):
        path.write_text("")
        with pytest.raises(LockedError) as caught, locked(path):
            raise AssertionError("the lock was given twice")
    assert caught.value.why == "another process, which has not yet written who it is holds the lock"
    assert caught.value.fix == "try again"


def test_without_a_name_the_command_line_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["/usr/bin/vitessctl", "up", "--rehearse"])
    with locked(folder / "lock"):
        assert json.loads((folder / "lock").read_text())["command"] == "vitessctl up --rehearse"


def test_a_lock_that_may_not_be_opened(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "lock").mkdir()
    with pytest.raises(LocalError) as caught, locked(folder / "lock"):
        raise AssertionError("a folder was locked")
    assert str(caught.value) == (
        f"{folder}/lock: the cluster cannot be locked\n"
        "  why: Is a directory\n"
        "  fix: run vitessctl as the user who brought the cluster up"
    )

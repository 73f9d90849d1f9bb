"""Stand-ins are forked from supervisord, and are to everybody else as if they had been started."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pytest

from tests.local.support import Sandbox, program, wait_for
from vitessctl.render.documents import Document
from vitessctl.targets.local import warm
from vitessctl.targets.local.install import rehearsal_binaries
from vitessctl.targets.local.target import LocalTarget

NAME = "mysqlctld-zone1-0000000100"


@pytest.fixture
def target(sandbox: Sandbox) -> LocalTarget:
    """A rehearsal with its stand-ins."""
    return sandbox.target(binaries=rehearsal_binaries())


def mysqlctld() -> Document:
    flags = "--tablet-uid=100 --mysql-port=1 --socket-file=%(here)s/run/mysqlctl-0000000100.sock"
    return program(NAME, f"mysqlctld {flags}", component="mysqlctld", subject="zone1-0000000100")


def test_one_says_what_it_would_say(sandbox: Sandbox, target: LocalTarget) -> None:
    target.apply([program("vtctld", "vtctld --no-such-flag")])

    wait_for("its end", lambda: sandbox.component("vtctld").detail == "exit status 1")

    assert "unknown flag: --no-such-flag" in sandbox.log("vtctld")
    assert "child process was not spawned" not in sandbox.log("vtctld")


def test_nothing_of_supervisord_is_in_it(sandbox: Sandbox, target: LocalTarget) -> None:
    target.apply([mysqlctld()])
    pid = sandbox.pid(NAME)
    wait_for("its first words", lambda: "REHEARSAL" in sandbox.log(NAME))

    links = [os.readlink(f"/proc/{pid}/fd/{name}") for name in os.listdir(f"/proc/{pid}/fd")]
    daemon = sandbox.supervisord_of(NAME)
    sockets = [os.readlink(f"/proc/{daemon}/fd/{name}") for name in os.listdir(f"/proc/{daemon}/fd")]
    assert not {link for link in links if link.startswith("socket:")} & set(sockets)
    assert os.getpgid(pid) == pid, "its signals are its own"


def test_one_ends_when_it_is_told_to(sandbox: Sandbox, target: LocalTarget) -> None:
    target.apply([program("etcd-0", "etcd --name=etcd-0 --data-dir=%(here)s/data/etcd-0")])
    wait_for("its first words", lambda: sandbox.log("etcd-0"))

    target.stop([program("etcd-0")])

    assert sandbox.processes() == ()


def test_a_killed_one_is_back_at_once(sandbox: Sandbox, target: LocalTarget) -> None:
    target.apply([program("etcd-0", "etcd --name=etcd-0 --data-dir=%(here)s/data/etcd-0 --no-such-flag=1")])
    wait_for("three starts", lambda: sandbox.component("etcd-0").restarts >= 3)
    assert sandbox.log("etcd-0").count("no-such-flag") >= 3


def test_its_environment_is_its_own(sandbox: Sandbox, target: LocalTarget) -> None:
    """VTDATAROOT and what the document gives: mysqlctld makes its folder there."""
    from dataclasses import replace

    document = mysqlctld()
    text = document.text + 'environment=VTDATAROOT="%(here)s/data/deeper"\n'
    target.apply([replace(document, text=text)])

    wait_for("the folder", (sandbox.state / "data/deeper/vt_0000000100").is_dir)


def test_the_guard_comes_first(sandbox: Sandbox, target: LocalTarget) -> None:
    target.apply([])
    lock = sandbox.state / "data/vt_0000000100/mysql.sock.lock"
    lock.parent.mkdir()
    lock.write_text(f"{os.getpid()}\n")

    target.apply([mysqlctld()])

    wait_for("its first words", lambda: "REHEARSAL" in sandbox.log(NAME))
    assert "is still running" not in sandbox.log(NAME)
    os.kill(sandbox.pid(NAME), signal.SIGKILL)


def leave_this_process_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is right for a process that only forks is not for one that runs tests."""
    from vitessctl.rehearsal import launch

    monkeypatch.setattr(warm.gc, "freeze", lambda: None)
    monkeypatch.setattr(launch, "leave_out_aio", lambda: None)


def test_what_cannot_be_imported_is_started_as_a_program(monkeypatch: pytest.MonkeyPatch) -> None:
    from vitessctl.rehearsal import launch

    leave_this_process_alone(monkeypatch)
    monkeypatch.setitem(launch.PROGRAMS, "vtgate", "vitessctl.rehearsal.no_such_module")
    found = warm.preload()
    assert "vtgate" not in found
    assert "vtctld" in found


def test_without_any_stand_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where the extra `rehearsal` is not installed."""
    leave_this_process_alone(monkeypatch)
    monkeypatch.setitem(sys.modules, "vitessctl.rehearsal.launch", None)
    monkeypatch.delattr("vitessctl.rehearsal.launch", raising=False)
    assert warm.preload() == frozenset()


@pytest.mark.parametrize("failure", [ZeroDivisionError("broken"), SystemExit(7)])
def test_a_stand_in_that_breaks_says_so_and_ends(folder: Path, failure: BaseException) -> None:
    from vitessctl.rehearsal import launch

    said = folder / "said"
    pid = os.fork()
    if pid == 0:
        descriptor = os.open(said, os.O_WRONLY | os.O_CREAT)
        os.dup2(descriptor, 2)
        sys.stderr = os.fdopen(2, "w")

        def broken(_words: list[str]) -> int:
            raise failure

        launch.main = broken
        warm.become("vtgate", [], {})
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 1
    assert type(failure).__name__ in said.read_text()

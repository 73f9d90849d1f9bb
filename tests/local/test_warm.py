"""Stand-ins are forked from supervisord, and are to everybody else as if they had been started."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.local.support import Sandbox, program, wait_for
from tests.support.live import REPOSITORY
from vitessctl.render.documents import Document
from vitessctl.targets.local import launch, warm
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
    assert not found.can_become("vtgate")
    assert found.can_become("vtctld")


def test_without_any_stand_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where the extra `rehearsal` is not installed."""
    leave_this_process_alone(monkeypatch)
    monkeypatch.setitem(sys.modules, "vitessctl.rehearsal.launch", None)
    monkeypatch.delattr("vitessctl.rehearsal.launch", raising=False)
    assert warm.preload().programs == frozenset()


@pytest.fixture
def package(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package in vitessctl's place, with one module and its data."""
    root = folder / "package"
    (root / "data").mkdir(parents=True)
    (root / "module.py").write_text("FACTS = 1\n")
    (root / "data/facts.json").write_text("{}\n")
    monkeypatch.setattr(warm, "_ROOT", root)
    return root


def test_what_nobody_has_changed_is_forked(package: Path) -> None:
    ready = warm.Warm(frozenset({"vtgate"}), warm.files_in(package))
    (package / "__pycache__").mkdir()
    (package / "__pycache__/module.cpython-311.pyc").write_text("Python's own")
    assert ready.can_become("vtgate")


@pytest.mark.parametrize(
    "change",
    [
        lambda root: (root / "data/facts.json").write_text('{"newer": true}\n'),
        lambda root: os.utime(root / "module.py", ns=(1, 1)),
        lambda root: (root / "module.py").unlink(),
        lambda root: (root / "another.py").touch(),
    ],
    ids=["grown", "written again", "gone", "new"],
)
def test_once_a_file_has_changed_the_program_is_started(package: Path, change: Callable[[Path], object]) -> None:
    ready = warm.Warm(frozenset({"vtgate"}), warm.files_in(package))
    change(package)
    assert not ready.can_become("vtgate")


def test_a_rehearsal_outlives_an_upgrade(
    sandbox: Sandbox, target: LocalTarget, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Facts, and the code that reads them, change together under a running supervisord, which imported the old code."""
    installed = folder / "installed"
    shutil.copytree(REPOSITORY / "vitessctl", installed / "vitessctl", ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(launch, "package_root", lambda: str(installed))
    target.apply([mysqlctld()])
    wait_for("its first words", lambda: "Version: " in sandbox.log(NAME))

    add_a_fact(installed / "vitessctl/releases")
    os.kill(sandbox.pid(NAME), signal.SIGKILL)

    wait_for("its next words", lambda: sandbox.log(NAME).count("Version: ") == 2 or "Error" in sandbox.log(NAME))
    assert "unexpected keyword argument" not in sandbox.log(NAME)


def add_a_fact(package: Path) -> None:
    """As a newer vitessctl has one more."""
    data, code = package / "data/facts.json", package / "release.py"
    facts = json.loads(data.read_text())
    facts["facts"]["newer"] = {"..": True}
    data.write_text(json.dumps(facts))
    text = code.read_text()
    assert text.count("    users_file_lists: bool\n") == 1
    code.write_text(text.replace("    users_file_lists: bool\n", "    newer: bool\n    users_file_lists: bool\n"))


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

"""What an application finds on this machine: its folder, its program, and the Python that runs vitessctl."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.local.support import Sandbox, a_cluster, program, wait_for
from vitessctl.model.applications import Application
from vitessctl.model.cluster import Cluster
from vitessctl.model.ports import application_port
from vitessctl.targets.base import Operation
from vitessctl.targets.local import applications
from vitessctl.targets.local.account import Account, caller
from vitessctl.targets.local.faults import PreflightError
from vitessctl.targets.local.ports import ports_of


def a_shop(**fields: Any) -> Cluster:
    fields = {"local_command": ("python", "shop.py"), **fields}
    return replace(a_cluster(), applications=(Application("shop", "zone1", "messages", **fields),))


def test_python_is_the_one_that_runs_vitessctl_and_the_folder_is_linked(sandbox: Sandbox, folder: Path) -> None:
    source = folder / "source"
    source.mkdir()
    (source / "shop.py").write_text(
        "import os, sys, time\nprint(sys.prefix, os.environ['GREETING'], flush=True)\ntime.sleep(600)\n"
    )
    command = "env 'GREETING=two words' python shop.py"
    document = program("application-shop", command, "application", "shop", directory="%(here)s/applications/shop")
    target = sandbox.target(a_shop(local_directory=str(source)))

    assert [change.operation for change in target.apply([document])] == [Operation.CREATE]
    wait_for("what it says", lambda: target.logs("application", "shop", 5))
    assert list(target.logs("application", "shop", 5)) == [f"{sys.prefix} two words"]
    assert (sandbox.state / "applications/shop").resolve() == source.resolve()
    assert [change.operation for change in target.apply([document])] == [Operation.KEEP]
    status = {each.component: each for each in target.components()}["application"]
    assert (status.subject, status.running) == ("shop", True)

    target.stop([document])
    target.delete_data()
    assert (source / "shop.py").exists(), "what is linked is not deleted"


def test_a_folder_that_moved_is_linked_anew(sandbox: Sandbox, folder: Path) -> None:
    for name in ("first", "second"):
        (folder / name).mkdir()
        sandbox.target(a_shop(local_directory=str(folder / name))).apply([])
        assert os.readlink(sandbox.state / "applications/shop") == str(folder / name)


def test_a_cluster_without_applications_gets_nothing_of_it(sandbox: Sandbox) -> None:
    sandbox.target().apply([])
    assert not (sandbox.state / "applications").exists()
    assert not (sandbox.state / "bin/python").exists()


def faults(cluster: Cluster, state: Path, account: Account | None = None) -> list[str]:
    return [str(fault) for fault in applications.faults(cluster, state, account or caller())]


@pytest.mark.parametrize("word", ["python", "sh", "./run.sh", shutil.which("true")])
def test_a_program_that_is_there_is_no_fault(folder: Path, word: str) -> None:
    script = folder / "run.sh"
    script.write_text("#!/bin/sh\n")
    script.chmod(0o755)
    assert faults(a_shop(local_command=(word,), local_directory=str(folder)), folder / "s") == []


@pytest.mark.parametrize(
    ("word", "looked"),
    [("no-such-program", "/s/bin:/usr/local/sbin"), ("./shop", "looked in"), ("/no/shop", "looked in")],
)
def test_a_program_that_is_not_there_is_named(folder: Path, word: str, looked: str) -> None:
    (fault,) = faults(a_shop(local_command=(word,), local_directory=str(folder)), folder / "s")
    assert fault.startswith(f"applications.shop.local.command: there is no program {word}\n")
    assert looked in fault


def test_a_folder_that_is_not_there_is_refused_before_anything_is_written(sandbox: Sandbox, folder: Path) -> None:
    target = sandbox.target(a_shop(local_directory=str(folder / "nowhere")))
    with pytest.raises(PreflightError, match="there is no folder"):
        target.preflight([program("application-shop", "env python shop.py", "application", "shop")])
    assert not sandbox.state.exists()


def test_a_folder_that_the_servers_user_may_not_enter_is_named(folder: Path) -> None:
    closed = folder / "closed"
    (closed / "shop").mkdir(parents=True)
    closed.chmod(0o700)
    (fault,) = faults(a_shop(local_directory=str(closed / "shop")), folder / "s", Account(59306, 59306))
    assert f"the application cannot reach {closed / 'shop'}" in fault
    assert f"chmod o+x {closed}" in fault


def test_its_port_is_between_those_of_etcd_and_vtgate() -> None:
    assert ports_of(15000, "application", "shop") == {"http": application_port(15000, "shop")}
    assert all(15025 <= application_port(15000, f"site-{number}") < 15100 for number in range(500))

"""Programs that are killed on purpose, as supervisord and everybody else sees it."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import pytest

from tests.local.support import Sandbox, program, wait_for
from vitessctl.errors import UsageError
from vitessctl.targets.base import ComponentStatus, Force
from vitessctl.targets.local import processes

TABLET = "zone1-0000000100"


def components(sandbox: Sandbox) -> dict[str, ComponentStatus]:
    """By the program's name."""
    return {each.label.removeprefix("Program/"): each for each in sandbox.target().components()}


def kill(sandbox: Sandbox, force: Force, *names: str) -> Sequence[str]:
    """Kill these programs."""
    known = components(sandbox)
    return sandbox.target().kill([known[name] for name in names], force, threading.Event())


def back(sandbox: Sandbox, name: str, life: str) -> bool:
    """Whether a program runs in another life."""
    now = components(sandbox)[name]
    return now.running and now.life != life


def test_a_killed_program_is_started_again_and_has_another_life(sandbox: Sandbox) -> None:
    sandbox.apply(program("vtctld"), program("etcd-0", component="etcd", subject="etcd-0"))
    before = components(sandbox)

    killed = kill(sandbox, Force.PROGRAM, "vtctld")

    assert killed == [f"vtctld (process {before['vtctld'].pid})"]
    wait_for("it is back", lambda: back(sandbox, "vtctld", before["vtctld"].life))
    assert components(sandbox)["etcd-0"].life == before["etcd-0"].life


def test_what_a_program_has_started_goes_with_it(sandbox: Sandbox) -> None:
    """As the mysqld of a mysqlctld, which would serve on."""
    script = "sh -c 'sleep 998 & echo $! > %(here)s/child; wait'"
    sandbox.apply(program("mysqlctld-x", script, component="mysqlctld", subject=TABLET))
    note = sandbox.state / "child"
    child = int(wait_for("the child", lambda: note.exists() and note.read_text()) or 0)
    assert processes.find(child) is not None

    killed = kill(sandbox, Force.WHOLE, "mysqlctld-x")

    assert len(killed) == 2
    wait_for("its end", lambda: processes.find(child) is None)


def test_everything_is_stopped_and_started_again(sandbox: Sandbox) -> None:
    sandbox.apply(program("vtgate-zone1", component="vtgate", subject="zone1"), program("etcd-0", component="etcd"))
    before = components(sandbox)

    assert set(kill(sandbox, Force.RESTART, *before)) == set(before)

    for name, component in before.items():
        wait_for("it is back", lambda name=name, life=component.life: back(sandbox, name, life))
    assert all(component.restarts == 0 for component in components(sandbox).values())


def test_nothing_can_be_moved_off_one_machine(sandbox: Sandbox) -> None:
    sandbox.apply(program("vtctld"))

    with pytest.raises(UsageError, match="nothing can be moved off this machine"):
        kill(sandbox, Force.EVICT, "vtctld")

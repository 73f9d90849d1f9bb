"""Ctrl-C, and two runs at once: real processes on a real Kubernetes."""

from __future__ import annotations

import re
import subprocess
import threading
import time

from tests.e2e_kubernetes.tool import Tool, ended, interrupt, until
from tests.support.kubernetes.answering import Fault
from tests.support.kubernetes.proxy import Asked, Proxy
from tests.testbed.fixtures import Bed

SLOW = "image=vitess/lite:v24.0.99"
"""Nobody has this image, so that a run waits for its pods until it is ended."""


def waiting(tool: Tool) -> subprocess.Popen[str]:
    """A run that holds the cluster, has written down what it means to do, and waits for pods."""
    process = tool.start("up", "--yes")
    until(lambda: _runs(tool, process) or process.poll() is not None, "the run was entered in the record")
    assert process.poll() is None, ended(process)
    return process


def _runs(tool: Tool, process: subprocess.Popen[str]) -> bool:
    """Whether this process has the lock, and is in the record, which is written after it has the lock."""
    held, runs = tool.held(), tool.history()
    return bool(held and runs and held.holder.author.run == runs[0].id and f"pid {process.pid} " in held.identity)


def test_ctrl_c_gives_the_lock_back_and_says_how_to_go_on(bed: Bed, namespace: str) -> None:
    tool = Tool(bed, namespace, extra=(SLOW,))
    process = waiting(tool)

    interrupt(process)
    code, screen = ended(process, 30)

    assert code == 130, screen
    assert "interrupted" in screen
    assert "The same command goes on from here." in screen
    assert "Traceback" not in screen
    assert tool.holder() == ""
    assert re.search(r"up +interrupted", tool("history").screen)


def test_ctrl_c_lets_what_is_in_flight_come_to_its_end(bed: Bed, namespace: str, proxy: Proxy) -> None:
    """The server has just carried out a write, and its answer is on the way."""
    tool = Tool(bed, namespace, extra=(SLOW,))
    process = tool.through(proxy.kubeconfig).start("up", "--yes")
    pressed = threading.Lock()

    def press_once(asked: Asked, code: int) -> None:
        if "statefulsets" in asked.path and pressed.acquire(blocking=False):
            interrupt(process)

    proxy.after = press_once
    until(pressed.locked, "a StatefulSet was written")
    code, screen = ended(process, 30)

    assert code == 130, screen
    assert "leaving at once" not in screen
    assert "Traceback" not in screen
    assert tool.holder() == ""
    assert re.search(r"up +interrupted", tool("history").screen)


def test_ctrl_c_twice_leaves_at_once_though_the_server_does_not_answer(bed: Bed, namespace: str, proxy: Proxy) -> None:
    tool = Tool(bed, namespace, extra=(SLOW,))

    def hang(asked: Asked) -> Fault | None:
        return Fault(hangs=True) if asked.writes and "statefulsets" in asked.path else None

    proxy.plan(hang)
    process = tool.through(proxy.kubeconfig).start("up", "--yes")
    until(lambda: any("statefulsets" in write for write in proxy.writes), "a StatefulSet was to be written")
    begun = time.monotonic()
    # Signals that come before the first one is handled are one to the kernel: pressed until it has an effect.
    until(lambda: interrupt(process) or process.poll() is not None, "the second one ended it")
    took = time.monotonic() - begun
    code, screen = ended(process, 10)

    assert code == 130, screen
    assert took < 5, "a request that hangs would have been waited for"
    assert "leaving at once" in screen
    assert "Traceback" not in screen


def test_of_two_runs_one_goes_on_and_the_other_names_it(bed: Bed, namespace: str) -> None:
    tool = Tool(bed, namespace, extra=(SLOW,))
    first = waiting(tool)
    holder = tool.holder()

    second = tool("up", "--yes")

    assert second.code == 6, second.screen
    assert f"pid {first.pid} " in holder
    assert holder in second.words
    assert first.poll() is None
    first.kill()
    ended(first)


def test_of_many_runs_at_the_same_moment_exactly_one_goes_on(bed: Bed, namespace: str) -> None:
    """It waits until it is told to end, however long the others take to begin."""
    tool = Tool(bed, namespace, extra=(SLOW,))
    runs = [tool.start("up", "--yes") for _ in range(3)]

    until(lambda: len([run for run in runs if run.poll() is not None]) == 2, "two of them gave up")
    for run in runs:
        interrupt(run)
    codes = sorted(ended(run)[0] for run in runs)

    assert codes == [6, 6, 130]


def test_a_dead_process_is_no_obstacle(bed: Bed, namespace: str) -> None:
    tool = Tool(bed, namespace, extra=(SLOW,))
    first = waiting(tool)
    first.kill()
    ended(first)

    second = waiting(tool)

    assert f"pid {second.pid} " in tool.holder()
    interrupt(second)
    assert "takes the lock over" in ended(second)[1]

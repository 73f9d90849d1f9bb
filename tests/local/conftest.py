"""Clusters of throwaway programs: shell one-liners under the real supervisord, in folders with short paths.

Whatever a test leaves running is ended by process id, and fails the test: nothing may be left of a cluster that
was stopped.
"""

from __future__ import annotations

import os
import signal
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.local.support import Sandbox
from vitessctl.targets.local import processes


@pytest.fixture
def folder() -> Iterator[Path]:
    """A private folder with a short path that every user can enter."""
    with tempfile.TemporaryDirectory(prefix="vl", dir="/tmp") as name:
        os.chmod(name, 0o755)
        yield Path(name)


@pytest.fixture
def sandbox(folder: Path) -> Iterator[Sandbox]:
    """A cluster that has nothing yet; it is ended, and its processes with it, whatever happens."""
    box = Sandbox(folder / "s")
    try:
        yield box
    finally:
        box.close()
        end_all(box.state)


@pytest.fixture
def other_sandbox(folder: Path) -> Iterator[Sandbox]:
    """A second cluster on the same machine."""
    box = Sandbox(folder / "other")
    try:
        yield box
    finally:
        box.close()
        end_all(box.state)


@pytest.fixture
def started() -> Iterator[Callable[[int], None]]:
    """Names processes that a test started itself; they are killed by their id in the end."""
    pids: list[int] = []
    yield pids.append
    for pid in pids:
        try:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        except (ProcessLookupError, ChildProcessError):
            pass


def end_all(state: Path) -> None:
    """SIGKILL to what is left of a cluster, supervisord first, so that it starts nothing again."""
    while found := processes.of_state(state):
        for process in sorted(found, key=lambda process: bool(process.program)):
            processes.send(process, signal.SIGKILL)
        assert processes.wait_gone(found, 10) == ()

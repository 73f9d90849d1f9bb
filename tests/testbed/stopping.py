"""The end of a bed: nothing of it stays on the machine."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

from tests.testbed import cgroups, network
from tests.testbed.processes import BedError
from tests.testbed.state import State

PATIENCE = 20.0
"""Seconds that killed processes get to be gone."""


def stop(folder: Path) -> None:
    """Stop the bed of `folder` and remove all that it made; nothing to do if there is none."""
    state = State.read(folder)
    if state is None:
        return
    for process in [*state.processes, *(node.first for node in state.nodes.values())]:
        process.kill()
    _wait_for_end(state)
    if state.index is not None:
        network.release(network.Network(state.index))
    for node in state.nodes.values():
        cgroups.remove(node.cgroup)
    shutil.rmtree(folder)


def _wait_for_end(state: State) -> None:
    """A node's holder ends after the last process of the node."""
    deadline = time.monotonic() + PATIENCE
    while left := state.running():
        if time.monotonic() > deadline:
            raise BedError(f"processes {', '.join(str(each.pid) for each in left)} of the bed do not end")
        time.sleep(0.02)

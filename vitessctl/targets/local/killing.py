"""Killing on purpose what runs on this machine; supervisord starts it again."""

from __future__ import annotations

import os
import signal
from collections.abc import Sequence

from vitessctl.errors import UsageError
from vitessctl.run.stop import STOP_ORDER
from vitessctl.targets.base import ComponentStatus, Force
from vitessctl.targets.local import processes, programs, stopping
from vitessctl.targets.local.launch import Daemon
from vitessctl.targets.local.programs import Started
from vitessctl.targets.local.state import StateFolder

MYSQL = ("mysqld", "mysqld_safe")


def kill(daemon: Daemon, state: StateFolder, victims: Sequence[ComponentStatus], force: Force) -> Sequence[str]:
    """Kill these programs; gives `program (process ids)` of each. Raises UsageError for what one machine has not."""
    if force is Force.EVICT:
        raise UsageError(
            "nothing can be moved off this machine",
            why="a cluster on one machine has no other node",
            fix="restart-all stops and starts everything that runs here",
        )
    known = programs.all_started(state)
    wanted = [known[name] for victim in victims if (name := victim.label.partition("/")[2]) in known]
    return _restart(daemon, state, wanted) if force is Force.RESTART else _kill(daemon, state, wanted)


def _kill(daemon: Daemon, state: StateFolder, wanted: Sequence[Started]) -> Sequence[str]:
    """SIGKILL to all processes of the programs, a tablet's mysqld included."""
    reports = daemon.client.report()
    pids = {reports[each.program].pid: each.program for each in wanted if each.program in reports}
    own = [process for pid in pids if pid and (process := processes.find(pid)) is not None]
    others = [each for each in stopping.leftovers(state.path, wanted) if each.pid not in pids]
    for process in (*own, *others):
        processes.send(process, signal.SIGKILL)
    return [f"{pids.get(each.pid) or _program(each)} (process {each.pid})" for each in (*own, *others)]


def _program(process: processes.Process) -> str:
    """What a process that a program has started is called: mysqld, or mysqld_safe; stand-ins have it as an argument."""
    names = [os.path.basename(word) for word in process.command[:4]]
    return next((name for name in names if name in MYSQL), process.title)


def _restart(daemon: Daemon, state: StateFolder, wanted: Sequence[Started]) -> Sequence[str]:
    """Stop in the order in which `down` stops, then start in the reverse of it; what was stopped is always started."""
    try:
        for stage in STOP_ORDER:
            stopping.stop(daemon, state.path, [each for each in wanted if each.stage == stage])
    finally:
        for each in sorted(wanted, key=_place, reverse=True):
            daemon.client.start(each.program)
    return [each.program for each in wanted]


def _place(started: Started) -> int:
    return STOP_ORDER.index(started.stage) if started.stage in STOP_ORDER else -1

"""Stopping programs so that nothing of them is left, their MySQL servers neither."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from vitessctl.targets.local import processes
from vitessctl.targets.local.faults import SupervisorError
from vitessctl.targets.local.launch import Daemon, end_all
from vitessctl.targets.local.processes import Process
from vitessctl.targets.local.programs import Started

_BUSY = ("STARTING", "RUNNING", "STOPPING")
_KILL_SECONDS = 6.0
"""What a process gets to vanish after supervisord sent SIGKILL; a killed mysqld took 1.7 s."""


def stop(daemon: Daemon, state: Path, wanted: Sequence[Started]) -> None:
    """Tell programs to stop, in this order, and wait for all of them together.

    Each has its own time, after which supervisord kills it. Raises SupervisorError if something outlasts that.
    """
    if not wanted:
        return
    if daemon.answers():
        for started in wanted:
            daemon.client.stop(started.program)
        _wait(daemon, {started.program for started in wanted}, max(started.stop_wait for started in wanted))
    end_all(lambda: leftovers(state, wanted))


def _wait(daemon: Daemon, names: set[str], seconds: float) -> None:
    deadline = time.monotonic() + seconds + _KILL_SECONDS
    pause = 0.01
    while busy := [r.name for r in daemon.client.report().values() if r.name in names and r.state in _BUSY]:
        if time.monotonic() > deadline:
            raise SupervisorError(f"{', '.join(busy)} did not stop within {seconds + _KILL_SECONDS:.0f} s")
        time.sleep(pause)
        pause = min(pause * 1.3, 0.1)


def leftovers(state: Path, wanted: Sequence[Started]) -> tuple[Process, ...]:
    """Processes that programs started and that outlived them: those of their environment, and MySQL on their data."""
    names = {started.program for started in wanted}
    folders = tuple(f"{state}/data/{data_folder(started.subject)}" for started in wanted if _has_data(started))
    return tuple(
        process
        for process in processes.of_state(state)
        if process.program in names or (process.is_database and _mentions(process, folders))
    )


def _has_data(started: Started) -> bool:
    return started.component == "mysqlctld"


def data_folder(alias: str) -> str:
    """The folder below data/ that holds a tablet's MySQL, as Vitess names it: `vt_0000000100`."""
    number = alias.rpartition("-")[2]
    return f"vt_{int(number) if number.isdigit() else 0:010d}"


def set_aside(state: Path, alias: str, now: float) -> Sequence[str]:
    """Rename the folder of a tablet's MySQL, which must not run; gives a sentence for it, none if there is none."""
    folder = state / "data" / data_folder(alias)
    if not folder.is_dir():
        return ()
    aside = folder.with_name(f"{folder.name}.rebuilt-{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime(now))}")
    folder.rename(aside)
    return (f"its old data are kept in {aside}; delete them when nobody needs them",)


def _mentions(process: Process, folders: Sequence[str]) -> bool:
    return any(folder in word for word in process.command for folder in folders)

"""Processes of this machine, read from /proc: which are ours, which are gone, and how to end them.

A process is ours if its environment has VITESSCTL_STATE with our folder, or if it is a mysqld on our data:
mysqlctld starts mysqld with an environment of its own making.
"""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

STATE_VARIABLE = "VITESSCTL_STATE"
PROGRAM_VARIABLE = "SUPERVISOR_PROCESS_NAME"
_SECRET = re.compile(r"^((?:.*(?:pass|secret|token)[^=]*=)|-p(?=.)).*", re.IGNORECASE)
_DATABASE = ("mysqld", "mysqld_safe")
_START_TIME = 19  # of the fields behind the command's name in /proc/PID/stat: proc(5) field 22


@dataclass(frozen=True)
class Process:
    """One process; `born` tells it from a later one with the same id (clock ticks since boot)."""

    pid: int
    born: int
    command: tuple[str, ...]
    program: str = ""
    """The supervisor program that it, or a parent, was started as; empty if not known."""
    state: str = ""
    """The state folder of the cluster it belongs to, this one or another; empty if to none."""

    @property
    def is_database(self) -> bool:
        """Whether it is a MySQL server, which wants time to write what it has in memory."""
        return any(os.path.basename(word) in _DATABASE for word in self.command[:4])

    @property
    def is_keeper(self) -> bool:
        """Whether it is the script that starts mysqld again whenever it ends."""
        return any(os.path.basename(word) == "mysqld_safe" for word in self.command[:4])

    @property
    def title(self) -> str:
        """Its command, short enough for a message, without what looks like a password."""
        text = " ".join(_SECRET.sub(r"\1***", word) for word in self.command)
        return text if len(text) <= 80 else text[:77] + "..."


def _stat(pid: int) -> tuple[str, int] | None:
    """State letter and start time; None if there is no such process."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
    except OSError:
        return None
    return fields[0].decode(), int(fields[_START_TIME])


def find(pid: int) -> Process | None:
    """The process of that id, if there is one and it has not ended. Zombies are gone."""
    found = _stat(pid)
    if found is None or found[0] in "ZX":
        return None
    environment = _environment(pid)
    return Process(
        pid,
        found[1],
        _command(pid),
        _value(environment, PROGRAM_VARIABLE),
        _value(environment, STATE_VARIABLE),
    )


def gone(process: Process, reaped: bool = False) -> bool:
    """Whether it has ended; with `reaped`, whether its id is free too."""
    found = _stat(process.pid)
    return found is None or found[1] != process.born or (not reaped and found[0] in "ZX")


def is_zombie(pid: int) -> bool:
    """Whether a process of that id has ended and waits for its parent to notice."""
    found = _stat(pid)
    return found is not None and found[0] in "ZX"


def _command(pid: int) -> tuple[str, ...]:
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().rstrip(b"\0").split(b"\0")
    except OSError:
        return ()
    return tuple(os.fsdecode(word) for word in words)


def _environment(pid: int) -> list[bytes]:
    try:
        return Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return []


def _value(environment: Iterable[bytes], name: str) -> str:
    start = f"{name}=".encode()
    return next((os.fsdecode(entry[len(start) :]) for entry in environment if entry.startswith(start)), "")


def all_pids() -> Iterator[int]:
    """Every process id of this machine."""
    yield from (int(name) for name in os.listdir("/proc") if name.isdigit())


def of_state(state: Path) -> tuple[Process, ...]:
    """Every live process that belongs to the cluster of this folder, supervisord too, whoever its parent is."""
    return tuple(process for pid in all_pids() if (process := _ours(pid, state)) is not None)


def _ours(pid: int, state: Path) -> Process | None:
    marked = os.fsencode(f"{STATE_VARIABLE}={state}") in _environment(pid)
    if pid == os.getpid() or not (marked or _serves_data(_command(pid), state)):
        return None
    return find(pid)


def _serves_data(command: tuple[str, ...], state: Path) -> bool:
    is_database = any(os.path.basename(word) in _DATABASE for word in command[:4])
    return is_database and any(f"{state}/data/" in word for word in command)


def send(process: Process, number: int) -> None:
    """Signal exactly this process; nothing if it has gone meanwhile."""
    with suppress(ProcessLookupError, PermissionError):
        descriptor = _open(process.pid)
        try:
            if gone(process):
                return
            if descriptor is None:
                os.kill(process.pid, number)
            else:
                signal.pidfd_send_signal(descriptor, number)
        finally:
            if descriptor is not None:
                os.close(descriptor)


def _open(pid: int) -> int | None:
    """A descriptor that stays with this process even if its id is used again; None on kernels before 5.3."""
    try:
        return os.pidfd_open(pid)
    except ProcessLookupError:
        raise
    except OSError:
        return None


def wait_gone(processes: Iterable[Process], seconds: float, reaped: bool = False) -> tuple[Process, ...]:
    """Wait until all have ended; gives those that have not after `seconds`."""
    deadline = time.monotonic() + seconds
    left = tuple(processes)
    pause = 0.005
    while left := tuple(process for process in left if not gone(process, reaped)):
        if time.monotonic() >= deadline:
            return left
        time.sleep(pause)
        pause = min(pause * 1.5, 0.1)
    return ()


def end(processes: Iterable[Process], patience: Callable[[Process], float]) -> tuple[Process, ...]:
    """SIGTERM to all, SIGKILL to those that outlast their patience (seconds); gives those that even so remain."""
    waiting = tuple(processes)
    for process in waiting:
        send(process, signal.SIGTERM)
    started = time.monotonic()
    left: tuple[Process, ...] = ()
    for process in sorted(waiting, key=patience):
        remaining = max(0.0, started + patience(process) - time.monotonic())
        left += wait_gone([process], remaining)
    for process in left:
        send(process, signal.SIGKILL)
    return wait_gone(left, 5.0)

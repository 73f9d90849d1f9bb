"""Programs that run beside the tests, each with a log of its own, ended by their pids."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

LOG_LINES = 15
"""How much of a log an error shows."""

KLOG_HEAD = re.compile(r"^[IWEF]\d{4} [\d:.]+ +\d+ ")
"""Severity, time and thread of a Kubernetes log line. A kubelet without a node repeats itself ten times a second."""

COLLECTING = {"GOGC": "300"}
"""For what is written in Go, as all of a bed is: a seventh less of the processor for a quarter of a gigabyte more."""

POLL = 0.05
"""Seconds between two looks at something that is awaited."""


class BedError(Exception):
    """The bed did not come up; says which part failed, and shows the end of its log."""


@dataclass(frozen=True)
class Process:
    """A pid and when it started, in clock ticks since boot, so that a pid used again is not mistaken for it."""

    pid: int
    started: int

    @classmethod
    def of(cls, pid: int) -> Process:
        """The process that has `pid` now; ProcessLookupError if there is none."""
        started = start_time(pid)
        if started is None:
            raise ProcessLookupError(pid)
        return cls(pid, started)

    def alive(self) -> bool:
        """Whether it still runs; one that only waits to be collected does not."""
        return start_time(self.pid) == self.started

    def kill(self) -> None:
        """End it at once; no error if it has ended."""
        if self.alive():
            os.kill(self.pid, signal.SIGKILL)


@dataclass(frozen=True)
class Daemon:
    """A started program; `handle` is ours to collect."""

    name: str
    log: Path
    handle: subprocess.Popen[bytes]

    @classmethod
    def start(
        cls, name: str, command: Sequence[str], log: Path, environment: Mapping[str, str] | None = None
    ) -> Daemon:
        """Start it in a session of its own, so that a Ctrl-C in the terminal does not reach it."""
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as output:
            handle = subprocess.Popen(
                list(command),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                env={**COLLECTING, **os.environ, **(environment or {})},
            )
        return cls(name, log, handle)

    def check(self) -> None:
        """BedError with the end of its log if it has ended."""
        if (code := self.handle.poll()) is not None:
            raise BedError(f"{self.name} ended with exit code {code}\n{last_lines(self.log)}")


def start_time(pid: int) -> int | None:
    """When the process started; None if there is none, or only a zombie is left."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] in "ZX" else int(fields[19])


def last_lines(log: Path, count: int = LOG_LINES) -> str:
    """The end of a log, for an error; of what a program says again and again, only the last time."""
    try:
        lines = log.read_text(errors="replace").splitlines()
    except OSError as error:
        return f"(no log: {error})"
    latest: dict[str, str] = {}
    for line in lines:
        said = KLOG_HEAD.sub("", line)
        latest.pop(said, None)
        latest[said] = line
    return "\n".join([f"--- {log}", *list(latest.values())[-count:]])


def wait_for(what: str, ready: Callable[[], bool], daemons: Sequence[Daemon], timeout: float) -> None:
    """Until `ready`, at most `timeout` seconds; BedError as soon as one of the daemons ends, or when time is up."""
    deadline = time.monotonic() + timeout
    while not ready():
        for daemon in daemons:
            daemon.check()
        if time.monotonic() > deadline:
            logs = "\n".join(last_lines(daemon.log) for daemon in daemons)
            raise BedError(f"{what} not after {timeout:.0f} s\n{logs}")
        time.sleep(POLL)


def run(command: Sequence[str], stdin: str = "", timeout: float = 60.0) -> str:
    """Run a program to its end and give what it printed; BedError with its words if it fails."""
    done = subprocess.run(list(command), input=stdin, capture_output=True, text=True, timeout=timeout)
    if done.returncode:
        raise BedError(f"{' '.join(command)} failed ({done.returncode}):\n{done.stdout}{done.stderr}")
    return done.stdout

"""supervisord itself: finding the one of a state folder, starting it, and clearing up after one that was killed."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import vitessctl
from vitessctl.targets.local import processes
from vitessctl.targets.local.faults import LocalError, SupervisorError
from vitessctl.targets.local.processes import Process
from vitessctl.targets.local.programs import search_path
from vitessctl.targets.local.rpc import SupervisorClient
from vitessctl.targets.local.state import StateFolder

CONFIGURATION = "supervisord.conf"
START_SECONDS = 15.0
"""How long supervisord may take to answer: 0.3 s on an idle machine."""
DATABASE_SECONDS = 30.0
"""How long an orphaned mysqld may take to write its pages; a clean stop took 1 to 12 s."""
OTHER_SECONDS = 12.0
"""How long an orphaned Vitess server may take: vttablet waits up to 10 s for its clients."""
_PASSED_ON = ("LANG", "LC_ALL", "LD_LIBRARY_PATH", "TMPDIR", "TZ")
_PASSED_ON_PREFIX = "VITESSCTL_REHEARSAL_"
_TEXT = """\
; Written by vitessctl. Changes made here are lost.
[supervisord]
nodaemon = true
silent = true
nocleanup = true
identifier = vitessctl
directory = %(here)s
logfile = %(here)s/log/supervisord.log
logfile_maxbytes = 5MB
logfile_backups = 1
pidfile = %(here)s/run/supervisord.pid
childlogdir = %(here)s/log
environment = {environment}

[unix_http_server]
file = %(here)s/supervisor.sock
chmod = 0700

[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface

[rpcinterface:vitessctl]
supervisor.rpcinterface_factory = vitessctl.targets.local.daemon:make_reports

[include]
files = *.program.conf
"""


def configuration(environment: Mapping[str, str]) -> str:
    """supervisord.conf; `environment` is what every program gets."""
    for name, value in environment.items():
        if set(value) & set('"\n'):
            raise LocalError(f"{name} cannot be passed on to the servers", where=value, why="it holds a quotation mark")
    pairs = ",".join(f'{name}="{value.replace("%", "%%")}"' for name, value in sorted(environment.items()))
    return _TEXT.format(environment=pairs)


def own_environment(state: StateFolder, caller: Mapping[str, str]) -> dict[str, str]:
    """supervisord's own environment: little of the caller's, so that a cluster does not depend on who started it."""
    passed = {name: value for name, value in caller.items() if name in _PASSED_ON or name.startswith(_PASSED_ON_PREFIX)}
    return {
        "LANG": "C.UTF-8",
        **passed,
        "PYTHONPATH": ":".join([package_root(), *filter(None, [caller.get("PYTHONPATH")])]),
        "HOME": str(state.path),
        "PATH": search_path(state.path),
        processes.STATE_VARIABLE: str(state.path),
    }


class Daemon:
    """The supervisord of one state folder."""

    def __init__(self, state: StateFolder, rehearsal: bool = False) -> None:
        """`rehearsal`: its programs are stand-ins."""
        self._state = state
        self._rehearsal = rehearsal
        self._child = 0
        self.client = SupervisorClient(state.path / "supervisor.sock")

    def answers(self) -> bool:
        """Whether it runs and can be spoken to."""
        return self.client.answers()

    def ensure(self, environ: Mapping[str, str]) -> bool:
        """Make sure that one runs; whether it had to be started. Raises SupervisorError with the log if it does not."""
        if self.answers():
            return False
        self.clear()
        (self._state.path / "supervisor.sock").unlink(missing_ok=True)
        self._start(environ)
        return True

    def clear(self) -> None:
        """End what a supervisord that was killed left behind, and one that no longer answers."""
        end_all(lambda: processes.of_state(self._state.path))

    def _start(self, environ: Mapping[str, str]) -> None:
        path, owner = self._state.path, self._state.owner
        code = (
            f"import sys; sys.path[0] = {package_root()!r}; from vitessctl.targets.local.daemon import main;"
            f" main({str(path / CONFIGURATION)!r}, {owner.uid}, {owner.gid}, {self._rehearsal})"
        )
        log = path / "log" / "supervisord.err"
        try:
            log.unlink(missing_ok=True)
            self._child = os.posix_spawn(
                sys.executable,
                [sys.executable, "-s", "-c", code],
                own_environment(self._state, environ),
                file_actions=[
                    (os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDONLY, 0),
                    (os.POSIX_SPAWN_OPEN, 1, str(log), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600),
                    (os.POSIX_SPAWN_DUP2, 1, 2),
                ],
                setsid=True,
            )
        except OSError as error:
            raise SupervisorError("supervisord cannot be started", where=sys.executable, why=str(error)) from error
        self._await()

    def _await(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not self.answers():
            if self._has_ended():
                raise self._failed("it ended at once")
            if time.monotonic() > deadline:
                raise self._failed(f"it does not answer after {START_SECONDS:.0f} s")
            time.sleep(0.01)

    def _has_ended(self) -> bool:
        """Whether the supervisord that this process started is no more; it is then no zombie either."""
        if self._child:
            with suppress(ChildProcessError):
                if os.waitpid(self._child, os.WNOHANG) == (0, 0):
                    return False
            self._child = 0
        return True

    def _failed(self, why: str) -> SupervisorError:
        log = self._state.path / "log" / "supervisord.err"
        lines = log.read_text(errors="replace").splitlines()[-10:]
        return SupervisorError(
            "supervisord does not start", where=str(log), why="\n".join([why, *lines]), evidence=lines
        )

    def shutdown(self) -> None:
        """End supervisord, which ends what still runs under it; waits until all of it is gone."""
        if self.answers():
            pid = processes.find(self.client.pid())
            self.client.shutdown()
            if pid is not None:
                self._reap(pid)
        self.clear()

    def _reap(self, daemon: Process) -> None:
        deadline = time.monotonic() + DATABASE_SECONDS
        while not processes.gone(daemon) and time.monotonic() < deadline:
            time.sleep(0.01)
        self._has_ended()


def end_all(look: Callable[[], tuple[Process, ...]]) -> None:
    """End processes by id until no more are found. Raises SupervisorError if some do not end.

    It looks again because a process that is just becoming another program shows neither mark nor command.
    """
    while found := look():
        left = _end_gently(found)
        if left:
            raise _immortal(left)


def _end_gently(found: tuple[Process, ...]) -> tuple[Process, ...]:
    """Servers first, as mysqlctld ends its mysqld itself, then databases that remain."""
    others = [process for process in found if not process.is_database]
    databases = [process for process in found if process.is_database]
    left = processes.end(others, lambda _process: OTHER_SECONDS)
    return left + processes.end(databases, lambda _process: DATABASE_SECONDS)


def _immortal(left: Sequence[Process]) -> SupervisorError:
    """The error about processes that even SIGKILL did not end."""
    names = ", ".join(f"{process.pid} ({process.title})" for process in left)
    return SupervisorError(
        f"processes do not end: {names}",
        why="they outlasted SIGKILL: the kernel holds them, as it does when a disk does not answer",
        fix="look at the machine's disks (dmesg), then run the same command again",
    )


def package_root() -> str:
    """The folder that `vitessctl` is imported from, for programs that are started with another folder as theirs."""
    return str(Path(vitessctl.__file__).resolve().parent.parent)

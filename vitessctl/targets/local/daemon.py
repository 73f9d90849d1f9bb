"""supervisord, made prompt: what `python -c` runs when the local target needs one.

Plain supervisord looks once a second, and the end of a process whose output closes before it is reaped is seen only
then. Here SIGCHLD wakes the loop, and the loop sleeps no longer than to the next thing that is due. It also counts
ends, waits growing times between starts of a program that does not stay up (supervisor itself does so only for ends
within `startsecs`), adopts orphans, so that a killed server's child does not stay a zombie where process 1 reaps
nothing, and has mysqlctld's way cleared before it starts.
"""

from __future__ import annotations

import ctypes
import encodings.idna  # noqa: F401 - the guard connects to neighbours, and Python looks this up only then
import http.client  # noqa: F401
import os
import resource
import signal
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

# Everything that supervisord would import later is imported here: once it has become another user, that user need
# not be able to read the folder that Python and its packages are in (root's home, for example).
import supervisor.http
import supervisor.options
import supervisor.poller
import supervisor.process
import supervisor.rpcinterface
import supervisor.supervisord
import supervisor.web
from supervisor.medusa import asyncore_25

from vitessctl.targets.local import guard, processes, warm
from vitessctl.targets.local.counted import CountedProcess

_SET_CHILD_SUBREAPER = 36  # linux/prctl.h
_STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT)
_MOST_FILES = 65536


class PromptPoller(supervisor.poller.PollPoller):  # type: ignore[misc]
    """Waits for output and calls, but no longer than until something is due."""

    def __init__(self, options: Any, processes: Callable[[], Iterable[CountedProcess]]) -> None:
        super().__init__(options)
        self._processes = processes

    def poll(self, timeout: float) -> Any:
        """Like its base, with the shorter of `timeout` and the time to the next thing due. Seconds."""
        times = [due for process in self._processes() if (due := process.due()) is not None]
        if times:
            timeout = min(timeout, max(0.01, min(times) - time.time() + 0.005))
        return super().poll(timeout)


class Wakeup:
    """The end of a pipe that gets a byte for every signal, so that SIGCHLD ends the wait at once."""

    def __init__(self) -> None:
        self._read, write = os.pipe()
        os.set_blocking(self._read, False)
        os.set_blocking(write, False)
        signal.set_wakeup_fd(write, warn_on_full_buffer=False)
        asyncore_25.socket_map[self._read] = self

    def readable(self) -> bool:
        """Asked by supervisord's loop."""
        return True

    def writable(self) -> bool:
        """Asked by supervisord's loop."""
        return False

    def handle_read_event(self) -> None:
        """Forget the bytes: that they came is all."""
        os.read(self._read, 4096)

    def handle_error(self) -> None:
        """Nothing was there to read."""


class PromptOptions(supervisor.options.ServerOptions):  # type: ignore[misc]
    """supervisord's options, with the poller and the signals that make it prompt."""

    warm = warm.Warm()
    """Programs that need not be started, as they were imported."""

    def openhttpservers(self, supervisord: Any) -> None:
        """The first moment at which the programs are known."""
        super().openhttpservers(supervisord)
        self.poller = PromptPoller(
            self, lambda: (p for group in supervisord.process_groups.values() for p in group.processes.values())
        )

    def setsignals(self) -> None:
        """SIGHUP would restart every program: nobody asks for that here."""
        super().setsignals()
        signal.signal(signal.SIGHUP, lambda _number, _frame: None)
        Wakeup()

    def fork(self) -> int:
        """The child must end of a signal to stop even before it is its program; by default it would lose it."""
        before = signal.pthread_sigmask(signal.SIG_BLOCK, _STOP_SIGNALS)
        try:
            pid = int(super().fork())
            if pid == 0:
                signal.set_wakeup_fd(-1)
                for number in (*_STOP_SIGNALS, signal.SIGCHLD, signal.SIGHUP, signal.SIGUSR2):
                    signal.signal(number, signal.SIG_DFL)
            return pid
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)

    def execve(self, filename: str, arguments: Sequence[str], environment: Mapping[str, str]) -> None:
        """Called in the child. What mysqlctld would trip over is put in order; a stand-in is there already."""
        name = os.path.basename(filename)
        if name == guard.GUARDED and "VTDATAROOT" in environment:
            state = Path(os.environ[processes.STATE_VARIABLE])
            guard.prepare(arguments, state, Path(environment["VTDATAROOT"]))
        if self.warm.can_become(name):
            warm.become(name, arguments[1:], environment)
        super().execve(filename, arguments, environment)


class Reports:
    """The RPC namespace `vitessctl`."""

    def __init__(self, supervisord: Any) -> None:
        self._supervisord = supervisord

    def report(self) -> list[dict[str, object]]:
        """Every program."""
        groups = self._supervisord.process_groups.values()
        return [process.report() for group in groups for process in group.processes.values()]


def make_reports(supervisord: Any, **_settings: object) -> Reports:
    """What supervisord.conf names as the factory of the namespace."""
    return Reports(supervisord)


def become(uid: int, gid: int) -> None:
    """Give up root for good."""
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)


def _adopt_orphans() -> None:
    try:
        ctypes.CDLL(None).prctl(_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    except (OSError, AttributeError):
        print("cannot adopt orphans: no prctl on this machine", file=sys.stderr)  # noqa: T201


def _allow_many_files() -> None:
    """Three files a program, and the servers want many for themselves."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, _MOST_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def main(configuration: str, uid: int, gid: int, rehearsal: bool) -> None:
    """Run supervisord in the foreground until it is told to end, as this user."""
    if os.geteuid() == 0 and uid != 0:
        become(uid, gid)
    os.umask(0o077)
    os.chdir(os.path.dirname(configuration))
    _allow_many_files()
    _adopt_orphans()
    if rehearsal:
        PromptOptions.warm = warm.preload()
    supervisor.process.Subprocess = CountedProcess
    supervisor.supervisord.ServerOptions = PromptOptions
    supervisor.supervisord.main(["-n", "-c", configuration])

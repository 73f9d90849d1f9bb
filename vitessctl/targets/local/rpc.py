"""Speaking to supervisord: XML-RPC over its unix socket, one connection a thread."""

from __future__ import annotations

import http.client
import socket
import threading
import xmlrpc.client
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from vitessctl.targets.local.faults import NoSupervisor, SupervisorError

TIMEOUT = 10.0
"""Seconds that one call may take; no call that is made here waits for a process."""

BAD_NAME, SPAWN_ERROR, ALREADY_STARTED, NOT_RUNNING, ALREADY_ADDED = 10, 50, 60, 70, 90
"""Fault codes of supervisor.xmlrpc.Faults."""


@dataclass(frozen=True)
class ProcessReport:
    """What supervisord knows of one program; times are seconds since the epoch."""

    name: str
    state: str
    pid: int
    start: float
    stop: float
    now: float
    deaths: int
    """How often it ended without being told to, since it was added."""
    failures: int
    """How often in a row it ended before it counted as running."""
    last_end: str
    """How it ended last: `exit status 1`, `terminated by SIGKILL`; empty if never."""

    @property
    def alive(self) -> bool:
        """Whether its process is there."""
        return self.pid > 0 and self.state in ("STARTING", "RUNNING")


_EMPTY = ProcessReport("", "UNKNOWN", 0, 0.0, 0.0, 0.0, 0, 0, "")


def _report(entry: Mapping[str, Any]) -> ProcessReport:
    """A report; fields that a supervisord of another version of vitessctl does not send have no value."""
    return replace(_EMPTY, **{name: value for name, value in entry.items() if hasattr(_EMPTY, name)})


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: str) -> None:
        super().__init__("localhost", timeout=TIMEOUT)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


class _UnixTransport(xmlrpc.client.Transport):
    def __init__(self, path: str) -> None:
        super().__init__()
        self._path = path
        self._kept: _UnixConnection | None = None

    def make_connection(self, host: Any) -> http.client.HTTPConnection:
        if self._kept is None:
            self._kept = _UnixConnection(self._path)
        return self._kept

    def close(self) -> None:
        if self._kept is not None:
            self._kept.close()
            self._kept = None


class SupervisorClient:
    """The calls that the local target makes. All raise SupervisorError, or NoSupervisor where none runs."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._local = threading.local()
        self._transports: list[_UnixTransport] = []

    def _proxy(self) -> Any:
        if not hasattr(self._local, "proxy"):
            transport = _UnixTransport(str(self._path))
            self._transports.append(transport)
            self._local.proxy = xmlrpc.client.ServerProxy("http://localhost/RPC2", transport=transport, allow_none=True)
        return self._local.proxy

    def close(self) -> None:
        """Close the connections of all threads; a later call opens one again."""
        for transport in self._transports:
            transport.close()

    def call(self, method: str, *arguments: object, ignore: Sequence[int] = ()) -> Any:
        """One call; faults whose code is in `ignore` give None."""
        try:
            return getattr(self._proxy(), method)(*arguments)
        except xmlrpc.client.Fault as fault:
            if fault.faultCode in ignore:
                return None
            raise SupervisorError(
                f"supervisord refuses {method} {' '.join(map(str, arguments))}".rstrip(),
                where=str(self._path),
                why=fault.faultString,
            ) from fault
        except (FileNotFoundError, ConnectionRefusedError) as error:
            raise NoSupervisor("supervisord does not run", where=str(self._path)) from error
        except (OSError, xmlrpc.client.Error, http.client.HTTPException) as error:
            raise SupervisorError(
                "supervisord cannot be spoken to",
                where=str(self._path),
                why=str(error) or type(error).__name__,
                fix="run vitessctl as the user who brought the cluster up",
            ) from error

    def answers(self) -> bool:
        """Whether a supervisord that is not about to end is at the socket."""
        try:
            return bool(self.call("supervisor.getState")["statename"] == "RUNNING")
        except SupervisorError:
            return False

    def pid(self) -> int:
        """supervisord's own process id."""
        return int(self.call("supervisor.getPID"))

    def report(self) -> Mapping[str, ProcessReport]:
        """Every program by its name, in one call; none where no supervisord runs."""
        try:
            return {entry["name"]: _report(entry) for entry in self.call("vitessctl.report")}
        except NoSupervisor:
            return {}

    def reread(self) -> None:
        """Read the configuration files again; no process is touched."""
        self.call("supervisor.reloadConfig")

    def replace(self, name: str) -> None:
        """Take the program as the files say now; it must not be running."""
        self.call("supervisor.removeProcessGroup", name, ignore=(BAD_NAME,))
        self.call("supervisor.addProcessGroup", name, ignore=(ALREADY_ADDED,))

    def remove(self, name: str) -> None:
        """Forget a program that does not run."""
        self.call("supervisor.removeProcessGroup", name, ignore=(BAD_NAME,))

    def start(self, name: str) -> None:
        """Start a program and do not wait for anything. One that dies at once is seen in its report."""
        self.call("supervisor.startProcess", name, False, ignore=(ALREADY_STARTED, SPAWN_ERROR))

    def stop(self, name: str) -> None:
        """Send a program its stop signal and do not wait."""
        self.call("supervisor.stopProcess", name, False, ignore=(NOT_RUNNING, BAD_NAME))

    def shutdown(self) -> None:
        """Tell supervisord to stop everything and end."""
        self.call("supervisor.shutdown")

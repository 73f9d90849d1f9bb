"""A port of this machine that leads to a port of a pod, for as many connections as come.

Each connection has a websocket of its own, so that a slow or broken one is nobody else's trouble.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

from vitessctl.errors import VitessctlError
from vitessctl.targets.base import Address

_CHUNK = 64 * 1024
_BACKLOG = 128
_LINGER_SECONDS = 2.0
"""How long the pod may stay silent after the client's end has said that it sends no more; v4 cannot pass that on."""
_JOIN_SECONDS = 2.0
_DATA = 0


class Pipe(Protocol):
    """One connection to the pod: `vitessctl.targets.kubernetes.streams.Channels`."""

    def send(self, channel: int, data: bytes) -> None:
        """Raises OSError."""

    def finish(self, channel: int) -> bool:
        """Whether the pod could be told that nothing more comes."""

    def receive(self, seconds: float | None = None) -> tuple[int, bytes] | None:
        """Raises OSError, TimeoutError."""

    def close(self) -> None:
        """End it, from any thread."""


class Forward:
    """A context that listens on 127.0.0.1 and carries connections until it is left."""

    def __init__(self, dial: Callable[[], Pipe], local_port: int, label: str) -> None:
        """`dial` opens one connection to the pod, and raises VitessctlError or OSError."""
        self._dial, self._local_port, self._label = dial, local_port, label
        self._lock = threading.Lock()
        self._open: set[_Connection] = set()
        self._threads: set[threading.Thread] = set()
        self._listener: socket.socket | None = None
        self._acceptor: threading.Thread | None = None
        self.last_fault: Exception | None = None
        """Why the last connection that failed did."""

    def __enter__(self) -> Address:
        listener = socket.create_server(("127.0.0.1", self._local_port), backlog=_BACKLOG)
        self._listener = listener
        self._acceptor = threading.Thread(target=self._accept, args=(listener,), name=self._label, daemon=True)
        self._acceptor.start()
        return Address("127.0.0.1", listener.getsockname()[1])

    def __exit__(self, *error: object) -> None:
        listener, self._listener = self._listener, None
        if listener is not None:
            _hang_up(listener)
        with self._lock:
            connections, threads = list(self._open), list(self._threads)
        for connection in connections:
            connection.close()
        for thread in (*threads, self._acceptor):
            if thread is not None:
                thread.join(_JOIN_SECONDS)

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                local, _ = listener.accept()
            except OSError:  # it was closed
                return
            connection = _Connection(local)
            thread = threading.Thread(target=self._serve, args=(connection,), name=self._label, daemon=True)
            with self._lock:
                if self._listener is None:
                    connection.close()
                    return
                self._open.add(connection)
                self._threads.add(thread)
            thread.start()

    def _serve(self, connection: _Connection) -> None:
        try:
            connection.carry(self._dial)
        except (VitessctlError, OSError) as error:
            self.last_fault = error
        finally:
            connection.close()
            with self._lock:
                self._open.discard(connection)
                self._threads.discard(threading.current_thread())


class _Connection:
    """One client's connection and its way to the pod."""

    def __init__(self, local: socket.socket) -> None:
        local.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._local = local
        self._remote: Pipe | None = None
        self._closed = threading.Event()
        self._sent_all = threading.Event()

    def carry(self, dial: Callable[[], Pipe]) -> None:
        """Connect to the pod, and carry both ways until either end is done."""
        self._remote = remote = dial()
        if self._closed.is_set():
            remote.close()
            return
        upward = threading.Thread(target=self._upward, args=(remote,), name="port forward, to the pod", daemon=True)
        upward.start()
        try:
            self._downward(remote)
        finally:
            self.close()
            upward.join(_JOIN_SECONDS)

    def close(self) -> None:
        """End both sides; may be called twice, and by any thread."""
        self._closed.set()
        if self._remote is not None:
            self._remote.close()
        _hang_up(self._local)

    def _upward(self, remote: Pipe) -> None:
        """From the client to the pod."""
        try:
            while data := self._local.recv(_CHUNK):
                remote.send(_DATA, data)
            remote.finish(_DATA)
        except OSError:
            self.close()
        self._sent_all.set()

    def _downward(self, remote: Pipe) -> None:
        """From the pod to the client. What comes on channel 1 is an error: nobody listens on the pod's port."""
        while not self._closed.is_set():
            try:
                received = remote.receive(_LINGER_SECONDS)
            except TimeoutError:
                if self._sent_all.is_set():
                    return
                continue
            if received is None:
                return
            channel, data = received
            if channel != _DATA:
                raise ConnectionError(data.decode("utf-8", "replace"))
            self._local.sendall(data)


def _hang_up(connection: socket.socket) -> None:
    """Close a socket so that a thread that waits on it wakes up."""
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
    connection.close()

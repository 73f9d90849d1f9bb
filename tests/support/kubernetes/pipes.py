"""What stands for a pod's port in tests: a server that echoes, and plain sockets in place of websockets."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress

from vitessctl.targets.base import Address


class SocketPipe:
    """A pipe to a port of this machine, with the manners of one to a pod's port."""

    def __init__(self, address: Address) -> None:
        self._socket = socket.create_connection((address.host, address.port), timeout=5)

    def send(self, channel: int, data: bytes) -> None:
        """See portforward.Pipe."""
        assert channel == 0
        self._socket.sendall(data)

    def finish(self, channel: int) -> bool:
        """See portforward.Pipe; like Kubernetes' v4, it has no word for that."""
        return False

    def receive(self, seconds: float | None = None) -> tuple[int, bytes] | None:
        """See portforward.Pipe."""
        self._socket.settimeout(seconds)
        data = self._socket.recv(65536)
        return (0, data) if data else None

    def close(self) -> None:
        """See portforward.Pipe."""
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()


class Echo:
    """A server that says everything back, after a greeting of its own for each piece."""

    def __init__(self, prefix: bytes = b"") -> None:
        self._prefix = prefix
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.address = Address("127.0.0.1", self._listener.getsockname()[1])
        self.served = 0

    def __enter__(self) -> Echo:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.served += 1
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            while data := connection.recv(65536):
                connection.sendall(self._prefix + data)


def ask(address: Address, data: bytes) -> bytes:
    """Connect, say something, and give the first piece of the answer; empty if the connection ends."""
    with socket.create_connection((address.host, address.port), timeout=5) as connection:
        connection.sendall(data)
        try:
            return connection.recv(65536)
        except ConnectionError:
            return b""

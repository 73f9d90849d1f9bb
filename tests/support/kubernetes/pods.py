"""The websocket side of an API server on loopback: pods that run commands and have ports, as scripts say."""

from __future__ import annotations

import base64
import hashlib
import socket
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from tests.support.kubernetes.server import write_kubeconfig

_MAGIC = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_BINARY, _CLOSE = 2, 8
Frame = tuple[int, bytes]


class Session:
    """One websocket, seen from the server."""

    def __init__(self, connection: socket.socket, path: str, protocols: str, authorization: str) -> None:
        self._connection = connection
        self._reader = connection.makefile("rb")
        self.path, self.protocols, self.authorization = path, protocols, authorization

    def send(self, channel: int, data: bytes) -> None:
        """Send data on a channel."""
        self._frame(_BINARY, bytes([channel]) + data)

    def receive(self) -> Frame | None:
        """The next data that comes; None at the end."""
        while True:
            head = self._reader.read(2)
            if len(head) < 2:
                return None
            length = head[1] & 127
            if length > 125:
                length = int.from_bytes(self._reader.read(2 if length == 126 else 8), "big")
            assert head[1] & 128, "a client masks its frames"
            mask = self._reader.read(4)
            data = bytes(byte ^ mask[at % 4] for at, byte in enumerate(self._reader.read(length)))
            if head[0] & 15 == _CLOSE:
                return None
            if head[0] & 15 == _BINARY:
                return data[0], data[1:]

    def finish(self) -> None:
        """End it properly."""
        self._frame(_CLOSE, struct.pack("!H", 1000))

    def _frame(self, code: int, data: bytes) -> None:
        length = len(data)
        if length < 126:
            head = bytes([128 | code, length])
        elif length < 65536:
            head = bytes([128 | code, 126]) + length.to_bytes(2, "big")
        else:
            head = bytes([128 | code, 127]) + length.to_bytes(8, "big")
        self._connection.sendall(head + data)


class PodServer:
    """Takes websockets and hands each to a script; `refuse` is an HTTP answer in place of them."""

    def __init__(
        self, script: Callable[[Session], None], *, refuse: tuple[int, str] | None = None, version: int = 4
    ) -> None:
        """`version`: of the channels' protocol; 5 (Kubernetes 1.30) can close one."""
        self._script, self._refuse, self._version = script, refuse, version
        self.sessions: list[Session] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> PodServer:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def kubeconfig(self, folder: Path, **user: Any) -> str:
        """The path of a kubeconfig for this server."""
        return write_kubeconfig(folder / "kubeconfig", self.url, **user)

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            head = b""
            while b"\r\n\r\n" not in head:
                head += connection.recv(1)
            first, *rest = head.decode().split("\r\n")
            headers = {key.lower(): value.strip() for key, _, value in (line.partition(":") for line in rest)}
            if self._refuse:
                code, text = self._refuse
                answer = f"HTTP/1.1 {code} No\r\nContent-Length: {len(text)}\r\n\r\n{text}"
                connection.sendall(answer.encode())
                return
            protocols = headers["sec-websocket-protocol"]
            self._accept_websocket(connection, headers["sec-websocket-key"])
            session = Session(connection, first.split(" ")[1], protocols, headers.get("authorization", ""))
            self.sessions.append(session)
            self._script(session)
            connection.shutdown(socket.SHUT_RDWR)

    def _accept_websocket(self, connection: socket.socket, key: str) -> None:
        accept = base64.b64encode(hashlib.sha1(key.encode() + _MAGIC).digest()).decode()
        connection.sendall(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + f"Sec-WebSocket-Protocol: v{self._version}.channel.k8s.io\r\n".encode()
            + f"Sec-WebSocket-Accept: {accept}\r\n\r\n".encode()
        )

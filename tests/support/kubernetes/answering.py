"""What happens to an answer on its way: nothing, or a fault."""

from __future__ import annotations

import http.client
import json
import socket
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.support.kubernetes.pumping import reset
from tests.support.kubernetes.server import status

_HOP = frozenset({"connection", "transfer-encoding", "content-length", "keep-alive"})
_PIECE = 65536


@dataclass(frozen=True)
class Fault:
    """What a request gets in place of its answer, or with it."""

    code: int = 0
    """An answer of the proxy's own; 0: none, or that of the server."""
    message: str = ""
    reason: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    carried_out: bool = False
    """Whether the server gets the request before the fault: a write is done then, though nobody hears of it."""
    hangs: bool = False
    """Nothing comes until the proxy ends."""
    resets: bool = False
    trickle: float = 0.0
    """Seconds between the bytes of the server's own answer."""
    cut: bool = False
    """The connection ends in the middle of the server's own body."""

    def happen(
        self,
        connection: socket.socket,
        stopped: threading.Event,
        response: http.client.HTTPResponse | None = None,
        content: bytes = b"",
    ) -> bool:
        """Do it; False where the connection ends with it."""
        if self.hangs:
            stopped.wait()
            return False
        if self.resets:
            reset(connection)
            return False
        if response is None or self.code:
            content = json.dumps(status(self.code, self.message, self.reason)).encode()
            connection.sendall(_head(self.code, len(content), self.headers) + content)
            return True
        connection.sendall(_head(response.status, len(content), dict(response.getheaders())))
        return self._body(connection, content, stopped)

    def _body(self, connection: socket.socket, content: bytes, stopped: threading.Event) -> bool:
        if self.cut:
            connection.sendall(content[: len(content) // 2])
            return False
        for at in range(len(content)):
            connection.sendall(content[at : at + 1])
            if stopped.wait(self.trickle):
                return False
        return True


def _head(code: int, length: int, headers: Mapping[str, str]) -> bytes:
    kept = {name: value for name, value in headers.items() if name.lower() not in _HOP}
    lines = [f"HTTP/1.1 {code} Proxied", *(f"{name}: {value}" for name, value in kept.items())]
    if "content-type" not in {name.lower() for name in kept}:
        lines.append("content-type: application/json")
    return ("\r\n".join([*lines, f"content-length: {length}"]) + "\r\n\r\n").encode()


def send_answer(connection: socket.socket, response: http.client.HTTPResponse) -> None:
    """The server's own answer; one without a length in chunks, as they come."""
    length = response.getheader("Content-Length")
    if length is not None or response.length == 0:
        content = response.read()
        connection.sendall(_head(response.status, len(content), dict(response.getheaders())) + content)
        return
    kept = [f"{name}: {value}" for name, value in response.getheaders() if name.lower() not in _HOP]
    head = "\r\n".join([f"HTTP/1.1 {response.status} Proxied", *kept, "transfer-encoding: chunked"]) + "\r\n\r\n"
    connection.sendall(head.encode())
    while piece := response.read1(_PIECE):
        connection.sendall(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
    connection.sendall(b"0\r\n\r\n")

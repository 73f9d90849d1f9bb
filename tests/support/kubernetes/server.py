"""An HTTP server on loopback that answers as it is told, also badly: for the tests of the client itself.

with ScriptedServer([Step(429, headers={"Retry-After": "2"}), Step(200, {"kind": "Pod"})]) as server:
    api = open_api(kubeconfig=server.kubeconfig(tmp_path))
"""

from __future__ import annotations

import json
import socket
import struct
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Step:
    """One answer, or what comes in its place."""

    code: int = 200
    body: Any = None
    """A dict is sent as JSON, a text as it is."""
    headers: Mapping[str, str] = field(default_factory=dict)
    reset: bool = False
    """The connection is reset before an answer."""
    hang: bool = False
    """Nothing comes, until the server is stopped."""
    trickle: float = 0.0
    """Seconds between single bytes of the body."""
    trickle_headers: float = 0.0
    """Seconds between single bytes of the headers."""
    cut_after: int | None = None
    """The connection ends after so many bytes of the body."""


@dataclass(frozen=True)
class Asked:
    """A request that came."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


def status(code: int, message: str = "", reason: str = "", **details: Any) -> dict[str, Any]:
    """A meta/v1 Status as an API server writes it."""
    return {"kind": "Status", "apiVersion": "v1", "status": "Failure", "message": message, "reason": reason,
            "details": details, "code": code}  # fmt: skip


class ScriptedServer:
    """Takes one step after the other, whatever is asked; more requests than steps get 599."""

    def __init__(self, steps: Sequence[Step]) -> None:
        self._steps = iter(steps)
        self.asked: list[Asked] = []
        self._stopped = threading.Event()
        self._lock = threading.Lock()
        self._connections: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> ScriptedServer:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        self._stopped.set()
        for one in [self._listener, *self._connections]:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def kubeconfig(self, folder: Path, **user: Any) -> str:
        """The path of a kubeconfig for this server."""
        return write_kubeconfig(folder / "kubeconfig", self.url, **user)

    @property
    def methods(self) -> list[str]:
        """`GET /api/v1/...` of each request, without the query."""
        return [f"{one.method} {one.path.partition('?')[0]}" for one in self.asked]

    def _accept(self) -> None:
        while not self._stopped.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._connections.append(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with suppress(OSError), connection.makefile("rb") as reader:
            for asked in _requests(reader):
                with self._lock:
                    self.asked.append(asked)
                    step = next(self._steps, Step(599, "more was asked than foreseen"))
                if not self._answer(connection, step):
                    break
        connection.close()

    def _answer(self, connection: socket.socket, step: Step) -> bool:
        """Do one step; False where the connection ends with it."""
        if step.reset:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            return False
        if step.hang:
            self._stopped.wait()
            return False
        content = step.body.encode() if isinstance(step.body, str) else json.dumps(step.body or {}).encode()
        headers = {"Content-Type": "application/json", "Content-Length": str(len(content)), **step.headers}
        head = f"HTTP/1.1 {step.code} Scripted\r\n" + "".join(f"{key}: {value}\r\n" for key, value in headers.items())
        self._send(connection, head.encode() + b"\r\n", step.trickle_headers)
        self._send(connection, content[: step.cut_after], step.trickle)
        return step.cut_after is None

    def _send(self, connection: socket.socket, content: bytes, trickle: float) -> None:
        pieces = [content] if not trickle else [content[at : at + 1] for at in range(len(content))]
        for piece in pieces:
            connection.sendall(piece)
            if trickle and self._stopped.wait(trickle):
                return


def _requests(reader: Any) -> Iterator[Asked]:
    while line := reader.readline():
        method, path, _ = line.decode().split(" ", 2)
        headers = {}
        while (header := reader.readline().decode().strip()) != "":
            key, _, value = header.partition(":")
            headers[key.lower()] = value.strip()
        yield Asked(method, path, headers, reader.read(int(headers.get("content-length", 0))))


def write_kubeconfig(path: Path, server: str, *, context: str = "scripted", **user: Any) -> str:
    """Write a kubeconfig with one context; gives its path."""
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": context,
        "clusters": [{"name": "c", "cluster": {"server": server}}],
        "users": [{"name": "u", "user": user or {"token": "secret-token"}}],
        "contexts": [{"name": context, "context": {"cluster": "c", "user": "u"}}],
    }
    path.write_text(json.dumps(config))
    return str(path)

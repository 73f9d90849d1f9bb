"""A proxy on loopback before a real API server: it counts what is asked, and does to it what a table says.

with Proxy.before(bed.kubeconfig, tmp_path) as proxy:
    api = open_api(kubeconfig=str(proxy.kubeconfig))
    proxy.plan({3: FAULTS["reset"]})        # the third request from now on
    assert proxy.writes == []

Plain HTTP towards the tool; TLS with the client certificate or token of a kubeconfig towards the server. A websocket is
passed on as it is, a log that grows in chunks.
"""

from __future__ import annotations

import base64
import http.client
import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.support.kubernetes.answering import Fault, send_answer
from tests.support.kubernetes.pumping import pump, reset
from tests.support.kubernetes.server import write_kubeconfig

WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
REVIEWS = "/selfsubject"
"""In the path of what is posted only to ask: may we?"""


@dataclass(frozen=True)
class Asked:
    """A request that came."""

    number: int
    """Counted from 1 since `plan`."""
    method: str
    target: str
    """Path and query."""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def path(self) -> str:
        """Without the query."""
        return self.target.partition("?")[0]

    @property
    def writes(self) -> bool:
        """Whether it asks for a change: neither a dry run nor a question about rights."""
        return self.method in WRITES and "dryRun" not in self.target and REVIEWS not in self.path

    @property
    def upgrades(self) -> bool:
        """Whether it is to become a websocket."""
        return "upgrade" in self.headers.get("connection", "").lower()

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


class NoCredentials(Exception):
    """A user who is known by something else than a client certificate or a token, such as a program's answer."""


@dataclass(frozen=True)
class Access:
    """A server, and what it takes to be its user."""

    server: str
    tls: ssl.SSLContext
    token: str = ""
    name: str = ""
    """What the server's certificate is made out to, where that is not its address."""


Choose = Callable[[Asked], "Fault | None"]
After = Callable[[Asked, int], None]


@dataclass
class Proxy:
    """Listens while it is entered."""

    access: Access
    folder: Path

    def __post_init__(self) -> None:
        self.asked: list[Asked] = []
        self.after: After = lambda asked, code: None
        """Called when the server has answered a write, before the tool hears of it."""
        self._choose: Choose = lambda asked: None
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._open: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)

    @classmethod
    @contextmanager
    def before(cls, kubeconfig: Path, folder: Path) -> Iterator[Proxy]:
        """A proxy before the server of a kubeconfig; NoCredentials where it cannot speak for the kubeconfig's user."""
        proxy = cls(_access(kubeconfig, folder), folder)
        threading.Thread(target=proxy._accept, name="proxy", daemon=True).start()
        try:
            yield proxy
        finally:
            proxy.stop()

    @property
    def kubeconfig(self) -> Path:
        """A kubeconfig that leads here."""
        url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        return Path(write_kubeconfig(self.folder / "kubeconfig", url, context="proxy", token="of-nobody"))

    def plan(self, faults: Mapping[int, Fault] | Choose | None = None) -> None:
        """Count anew, and from now on do this: by the request's number, or what a function gives for each."""
        with self._lock:
            self.asked = []
            table = faults or {}
            self._choose = table if callable(table) else lambda asked: table.get(asked.number)

    @property
    def writes(self) -> list[str]:
        """The requests since `plan` that asked for a change."""
        with self._lock:
            return [str(asked) for asked in self.asked if asked.writes]

    def cut_streams(self) -> int:
        """Reset every connection that is open now; gives how many."""
        with self._lock:
            cut, self._open = self._open, []
        for connection in cut:
            reset(connection)
        return len(cut)

    def stop(self) -> None:
        """End it, and every connection."""
        self._stopped.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.cut_streams()

    def _accept(self) -> None:
        while not self._stopped.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._lock:
                self._open.append(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        """One connection of the tool, request after request, over one connection to the server."""
        with suppress(OSError, ValueError), connection, connection.makefile("rb") as reader:
            upstream = None
            try:
                while (read := _read(reader)) is not None:
                    with self._lock:
                        asked = Asked(len(self.asked) + 1, *read)
                        self.asked.append(asked)
                        fault = self._choose(asked)
                    upstream = upstream or self._connect()
                    if not self._answer(connection, upstream, asked, fault):
                        break
            finally:
                if upstream is not None:
                    upstream.close()
                with self._lock:
                    self._open = [one for one in self._open if one is not connection]

    def _answer(self, connection: socket.socket, upstream: ssl.SSLSocket, asked: Asked, fault: Fault | None) -> bool:
        """Ask the server, unless the fault comes before it; False where the connection ends with it."""
        if fault is not None and not fault.carried_out:
            return fault.happen(connection, self._stopped)
        upstream.sendall(self._head(asked) + asked.body)
        if asked.upgrades:
            pump(connection, upstream)
            return False
        response = http.client.HTTPResponse(upstream, method=asked.method)
        response.begin()
        if asked.writes:
            self.after(asked, response.status)
        if fault is not None:
            content = response.read()
            return fault.happen(connection, self._stopped, response, content)
        send_answer(connection, response)
        return not response.will_close

    def _head(self, asked: Asked) -> bytes:
        kept = {name: value for name, value in asked.headers.items() if name not in ("host", "authorization")}
        address = urlsplit(self.access.server)
        lines = [f"{asked.method} {address.path.rstrip('/')}{asked.target} HTTP/1.1", f"host: {address.netloc}"]
        lines += [f"authorization: Bearer {self.access.token}"] if self.access.token else []
        lines += [f"{name}: {value}" for name, value in kept.items()]
        return ("\r\n".join(lines) + "\r\n\r\n").encode()

    def _connect(self) -> ssl.SSLSocket:
        address = urlsplit(self.access.server)
        plain = socket.create_connection((address.hostname, address.port or 443), timeout=30)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self.access.tls.wrap_socket(plain, server_hostname=self.access.name or address.hostname)


def _read(reader: Any) -> tuple[str, str, Mapping[str, str], bytes] | None:
    """The next request of a connection; None at its end."""
    line = reader.readline().decode()
    if not line.strip():
        return None
    method, target, _ = line.split(" ", 2)
    headers = {}
    while header := reader.readline().decode().strip():
        name, _, value = header.partition(":")
        headers[name.lower()] = value.strip()
    return method, target, headers, reader.read(int(headers.get("content-length", 0)))


def _access(kubeconfig: Path, folder: Path) -> Access:
    """The server of a kubeconfig with one context (JSON, all of it inside), and TLS as its user."""
    config = json.loads(kubeconfig.read_text())
    cluster, user = config["clusters"][0]["cluster"], config["users"][0]["user"]
    tls = ssl.create_default_context(cadata=_decoded(cluster.get("certificate-authority-data", "")) or None)
    if "client-certificate-data" in user:
        files = [_secret(folder, name, user[name]) for name in ("client-certificate-data", "client-key-data")]
        tls.load_cert_chain(*files)
    elif "token" not in user:
        raise NoCredentials(f"the user of {kubeconfig} has neither client certificate nor token: {', '.join(user)}")
    return Access(str(cluster["server"]), tls, user.get("token", ""), cluster.get("tls-server-name", ""))


def _secret(folder: Path, name: str, encoded: str) -> str:
    file = folder / f"proxy-{name}"
    file.touch(mode=0o600)
    file.write_text(_decoded(encoded))
    return str(file)


def _decoded(encoded: str) -> str:
    return base64.b64decode(encoded).decode()

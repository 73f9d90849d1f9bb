"""The HTTP port of a stand-in: a table from path to page, GET but for the few that take a body.

Not http.server: importing that costs 45 ms of CPU (the email parser, mimetypes …), thirteen servers start at once
on two cores, and a status page needs a request line and a status line.
"""

from __future__ import annotations

import socketserver
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, cast

from vitessctl.rehearsal.servenv.exits import StartError

REASONS: Final = {
    200: "OK",
    302: "Found",
    404: "Not Found",
    405: "Method Not Allowed",
    500: "Internal Server Error",
    503: "Service Unavailable",
}


@dataclass(frozen=True)
class Page:
    """An answer."""

    body: str
    status: int = 200
    content_type: str = "text/plain; charset=utf-8"
    location: str = ""


Handler = Callable[[], Page]
Receiver = Callable[[bytes], Page]
"""Takes the body of a POST."""
NOT_FOUND: Final = Page("404 page not found\n", 404)
METHOD_NOT_ALLOWED: Final = Page("method not allowed\n", 405)


class Web:
    """An HTTP server on one port. `pages` may be changed while it runs."""

    def __init__(self) -> None:
        self.pages: dict[str, Handler] = {}
        self.receivers: dict[str, Receiver] = {}
        self.address = ("", 0)
        self._server: _Server | None = None

    def listen(self, host: str, port: int) -> None:
        """Open the port (0 takes a free one) and answer on it. StartError in Go's words if it is taken."""
        try:
            self._server = _Server((host or "0.0.0.0", port), _Request)
        except OSError as error:
            raise StartError(listen_error(host, port, error)) from None
        self._server.web = self
        self.address = cast("tuple[str, int]", self._server.server_address[:2])
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self) -> None:
        """Close the port."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()

    def answer(self, target: str) -> Page:
        """The page at a request's target."""
        path = target.partition("?")[0]
        handler = self.pages.get(path) or self._below(path)
        return handler() if handler else NOT_FOUND

    def take(self, target: str, body: bytes) -> Page:
        """The answer to a POST."""
        receiver = self.receivers.get(target.partition("?")[0])
        return receiver(body) if receiver else METHOD_NOT_ALLOWED

    def _below(self, path: str) -> Handler | None:
        """A page whose name ends in a slash (but the root) answers for everything below it."""
        return next(
            (page for name, page in self.pages.items() if name[1:].endswith("/") and path.startswith(name)), None
        )


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 64
    web: Web

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away is nobody's business."""


class _Request(socketserver.StreamRequestHandler):
    timeout = 30.0

    def handle(self) -> None:
        line = self.rfile.readline(65536).decode("latin-1").split()
        length = 0
        while (header := self.rfile.readline(65536)) not in (b"\r\n", b"\n", b""):
            name, _, value = header.decode("latin-1").partition(":")
            if name.strip().lower() == "content-length":
                length = int(value)
        if len(line) < 2:
            return
        page = self._page(line[0], line[1], length)
        self.wfile.write(_response(page, with_body=line[0] != "HEAD"))

    def _page(self, method: str, target: str, length: int) -> Page:
        web = cast(_Server, self.server).web
        if method == "POST":
            return web.take(target, self.rfile.read(length))
        return web.answer(target) if method in ("GET", "HEAD") else METHOD_NOT_ALLOWED


def _response(page: Page, with_body: bool) -> bytes:
    body = page.body.encode()
    head = [
        f"HTTP/1.1 {page.status} {REASONS[page.status]}",
        f"Content-Type: {page.content_type}",
        f"Content-Length: {len(body)}",
        "Connection: close",
        time.strftime("Date: %a, %d %b %Y %H:%M:%S GMT", time.gmtime(time.time())),
        *([f"Location: {page.location}"] if page.location else []),
    ]
    return "\r\n".join([*head, "", ""]).encode("latin-1") + (body if with_body else b"")


def listen_error(host: str, port: int, error: OSError) -> str:
    """`listen tcp 127.0.0.1:15001: bind: address already in use`, as Go says it."""
    return f"listen tcp {host}:{port}: bind: {(error.strerror or str(error)).lower()}"

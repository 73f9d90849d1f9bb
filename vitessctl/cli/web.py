"""A page of this machine that follows a cluster. It only shows: it takes GET alone, and changes nothing."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import typer

from vitessctl.errors import VitessctlError

if TYPE_CHECKING:
    from vitessctl.status.report import Status

ADDRESS = "127.0.0.1"
HOSTS = (ADDRESS, "localhost")
"""Names by which a browser may ask: a page of somebody else's, whose name was made to lead here, may not."""
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'"


@dataclass(frozen=True)
class Seen:
    """The last look: what it saw, or why it could not; `status` is the last one that could."""

    status: Status | None = None
    trouble: str = ""


class Follower:
    """Looks again and again, in a thread; readers never wait for a look."""

    def __init__(self, look: Callable[[], Status], seconds: float) -> None:
        self._look, self._seconds = look, seconds
        self._done = threading.Event()
        self.seen = Seen()

    def once(self) -> None:
        """One look. What fails is remembered, and the last status with it."""
        try:
            self.seen = Seen(self._look())
        except VitessctlError as error:
            self.seen = Seen(self.seen.status, str(error))

    def run(self) -> None:
        """Until `stop`."""
        while not self._done.wait(self._seconds):
            self.once()

    def stop(self) -> None:
        """End `run`."""
        self._done.set()


def serve(look: Callable[[], Status], port: int, seconds: float) -> None:
    """Serve the page until Ctrl-C. VitessctlError if the port is taken, or the first look fails."""
    follower = Follower(look, seconds)
    follower.seen = Seen(look())
    with server_of(follower, port, seconds) as server:
        threading.Thread(target=follower.run, name="follower", daemon=True).start()
        typer.echo(f"http://{ADDRESS}:{server.server_address[1]}/  (until Ctrl-C)")
        try:
            server.serve_forever(poll_interval=0.2)
        except KeyboardInterrupt:
            return
        finally:
            follower.stop()


def server_of(follower: Follower, port: int, seconds: float) -> ThreadingHTTPServer:
    """A server on the loopback address that is not serving yet."""

    class Handler(BaseHTTPRequestHandler):
        """One request."""

        server_version = "vitessctl"
        sys_version = ""

        def do_GET(self) -> None:
            """The page, the picture, or the status as JSON."""
            if (self.headers.get("Host") or "").partition(":")[0] not in HOSTS:
                self._answer(403, "text/plain", "this page is for this machine's own browser")
                return
            make = _PAGES.get(self.path.partition("?")[0])
            if make is None:
                self._answer(404, "text/plain", "there are /, /picture.svg and /status.json")
                return
            kind, text = make(follower.seen, seconds)
            self._answer(200, kind, text)

        def _answer(self, code: int, kind: str, text: str) -> None:
            body = text.encode()
            headers = {"Content-Type": f"{kind}; charset=utf-8", "Content-Length": str(len(body))}
            headers |= {"Cache-Control": "no-store", "Content-Security-Policy": POLICY}
            self.send_response(code)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Nothing: a person watches the page, not its requests."""

    try:
        return ThreadingHTTPServer((ADDRESS, port), Handler)
    except OSError as error:
        raise VitessctlError(
            f"cannot listen on {ADDRESS}:{port}",
            why=error.strerror or str(error),
            fix="take another port, or --web 0 for any that is free",
        ) from None


def _page(seen: Seen, seconds: float) -> tuple[str, str]:
    from vitessctl.report.page import page

    return "text/html", page(seen.status, seen.trouble, seconds)


def _picture(seen: Seen, _: float) -> tuple[str, str]:
    from vitessctl.report.picture import svg

    assert seen.status is not None
    return "image/svg+xml", svg(seen.status, findings=0)


def _json(seen: Seen, _: float) -> tuple[str, str]:
    from vitessctl.report.status import status_data

    data = status_data(seen.status) if seen.status else {}
    return "application/json", json.dumps({**data, "trouble": seen.trouble}, ensure_ascii=False)


_PAGES: Mapping[str, Callable[[Seen, float], tuple[str, str]]] = {
    "/": _page,
    "/picture.svg": _picture,
    "/status.json": _json,
}

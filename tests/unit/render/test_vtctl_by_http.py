"""A client of vtctld in bash, for the image that has none: run against a server that answers as Vitess 2.1 does."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from vitessctl.render import vtctl_by_http

SHARD = '{\n  "master_alias": {\n    "cell": "test",\n    "uid": 100\n  },\n  "key_range": null\n}\n'
ANSWERS = {
    "GetShard ks/0": ("", SHARD),
    "GetKeyspace ks": ("node doesn't exist", ""),
    "Help <me>": ('a "quoted", word', "one line\ntab\there, 1 < 2\n"),
}
"""By the words of a command: the error and the output."""


class Api(BaseHTTPRequestHandler):
    """`POST /api/vtctl/`; Go escapes `<`, `>` and `&` in JSON, and indents by two."""

    def do_POST(self) -> None:
        words = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        assert self.path == "/api/vtctl/"
        if words == ["Forbidden"]:
            self.send_error(403)
            return
        error, output = ANSWERS[" ".join(words)]
        body = json.dumps({"Error": error, "Output": output}, indent=2).replace("<", "\\u003c")
        self.send_response(200)
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: object) -> None:
        """Nothing: the test says what is wrong."""


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """Where the server listens."""
    server = HTTPServer(("127.0.0.1", 0), Api)
    Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


def run(port: int, *words: str) -> tuple[int, str, str]:
    """Exit code, standard output, standard error."""
    command = vtctl_by_http.command("127.0.0.1", port, *words)
    done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    return done.returncode, done.stdout, done.stderr


def test_it_prints_what_vtctl_printed(port: int) -> None:
    assert run(port, "GetShard", "ks/0") == (0, SHARD + "\n", "")


def test_it_fails_with_vtctls_error(port: int) -> None:
    assert run(port, "GetKeyspace", "ks") == (1, "\n", "node doesn't exist\n")


def test_what_json_escapes_is_shown_as_it_is(port: int) -> None:
    assert run(port, "Help", "<me>") == (1, "one line\ntab\there, 1 < 2\n\n", 'a "quoted", word\n')


def test_an_answer_of_another_kind_is_a_failure_that_shows_it(port: int) -> None:
    code, output, error = run(port, "Forbidden")
    assert (code, output) == (1, "")
    assert error.startswith("HTTP/1.0 403 Forbidden")


def test_nobody_there_is_a_failure() -> None:
    code, output, error = run(1, "GetShard", "ks/0")
    assert (code, output) == (1, "")
    assert "Connection refused" in error

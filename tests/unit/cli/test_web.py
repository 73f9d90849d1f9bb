"""`status --web` and `topology --svg`, on a machine that is a world in memory."""

from __future__ import annotations

import http.client
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.unit.cli.conftest import MINIMAL, Cli, Machine
from vitessctl.cli.web import ADDRESS, Follower, Seen, server_of
from vitessctl.errors import UnreachableError, VitessctlError
from vitessctl.status.report import Status

STATUS = Status("shop", "local", ready=True)


@contextmanager
def serving(follower: Follower) -> Iterator[int]:
    """The port of a server that is stopped in the end."""
    with server_of(follower, 0, 2.0) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


def ask(port: int, path: str, method: str = "GET", host: str = "localhost") -> tuple[int, str]:
    connection = http.client.HTTPConnection(ADDRESS, port, timeout=5)
    connection.request(method, path, headers={"Host": host})
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, text


def follower(status: Status = STATUS) -> Follower:
    made = Follower(lambda: status, 2.0)
    made.once()
    return made


@pytest.mark.parametrize(
    ("path", "code", "part"),
    [
        ("/", 200, "<title>shop: ready</title>"),
        ("/?anything", 200, "<title>shop: ready</title>"),
        ("/picture.svg", 200, "shop (local): ready"),
        ("/status.json", 200, '"cluster": "shop"'),
        ("/etc/passwd", 404, "there are /"),
    ],
)
def test_what_it_serves(path: str, code: int, part: str) -> None:
    with serving(follower()) as port:
        found, text = ask(port, path)
    assert found == code
    assert part in text


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_it_takes_nothing_but_get(method: str) -> None:
    with serving(follower()) as port:
        assert ask(port, "/", method)[0] == 501


@pytest.mark.parametrize(
    ("host", "code"), [("localhost:80", 200), ("127.0.0.1", 200), ("evil.example", 403), ("", 403)]
)
def test_only_this_machines_browser_is_answered(host: str, code: int) -> None:
    """A name of somebody else's that leads here would let their page read this one."""
    with serving(follower()) as port:
        assert ask(port, "/", host=host)[0] == code


def test_a_look_that_fails_leaves_what_was_seen() -> None:
    looks = iter([STATUS])

    def look() -> Status:
        try:
            return next(looks)
        except StopIteration:
            raise UnreachableError("the cluster does not answer", fix="wait") from None

    made = Follower(look, 2.0)
    made.once()
    made.once()
    assert made.seen == Seen(STATUS, "the cluster does not answer\n  fix: wait")
    with serving(made) as port:
        assert json.loads(ask(port, "/status.json")[1])["trouble"].startswith("the cluster does not answer")
        assert "The last look failed" in ask(port, "/")[1]


def test_a_port_that_is_taken_is_named() -> None:
    with socket.create_server((ADDRESS, 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(VitessctlError, match=f"cannot listen on {ADDRESS}:{port}"):
            server_of(follower(), port, 2.0)


def test_watch_and_web_exclude_each_other(cli: Cli) -> None:
    refused = cli("status", "-i", str(MINIMAL), "--watch", "--web", "0")
    assert (refused.code, "--watch and --web exclude each other" in refused.err) == (5, True)


def test_the_picture_is_written_into_a_file(cli: Cli, machine: Machine) -> None:
    assert cli("up", "-i", str(MINIMAL), "--local").code == 0
    drawn = cli("topology", "-i", str(MINIMAL), "--local", "--svg", "new/cluster.svg")
    assert (drawn.code, drawn.out) == (0, "new/cluster.svg: minimal, ready\n")
    assert "zone1-0000000102" in Path("new/cluster.svg").read_text(encoding="utf-8")


def test_the_picture_is_of_the_whole_cluster(cli: Cli) -> None:
    refused = cli("topology", "keyspaces", "-i", str(MINIMAL), "--svg", "x.svg")
    assert (refused.code, "--svg draws the whole cluster" in refused.err) == (5, True)

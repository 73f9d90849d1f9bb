"""Pages are read from real sockets: whatever a server does, an answer comes back, and soon."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.sockets import closed_port, server
from vitessctl.run.http import Answer, date_of, get
from vitessctl.targets.base import Address


def says(answer: bytes) -> Callable[[socket.socket], None]:
    def serve(connection: socket.socket) -> None:
        connection.recv(4096)
        connection.sendall(answer)

    return serve


def test_a_page() -> None:
    seen: list[bytes] = []

    def serve(connection: socket.socket) -> None:
        seen.append(connection.recv(4096))
        connection.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 18\r\n\r\n{"health": "true"}')

    with server(serve) as address:
        answer = get(address, "/health")

    assert answer == Answer(200, '{"health": "true"}')
    assert answer.ok
    assert answer.json() == {"health": "true"}
    assert seen[0].startswith(b"GET /health HTTP/1.1\r\n")


def test_a_page_that_says_no_is_an_answer_all_the_same() -> None:
    text = "500 internal server error: vttablet is not serving\n"
    with server(says(f"HTTP/1.1 500 Oops\r\nContent-Length: {len(text)}\r\n\r\n{text}".encode())) as address:
        answer = get(address, "/healthz")

    assert answer == Answer(500, text)
    assert not answer.ok
    assert answer.json() is None


def test_a_redirect_is_not_followed() -> None:
    with server(says(b"HTTP/1.1 302 Found\r\nLocation: /debug/status\r\nContent-Length: 0\r\n\r\n")) as address:
        assert get(address, "/").status == 302


def test_bytes_that_are_no_text_do_not_matter() -> None:
    with server(says(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n\xff\xfe")) as address:
        assert get(address, "/").text == "\ufffd\ufffd"


def test_nothing_listens() -> None:
    address = closed_port()

    assert get(address, "/health") == Answer(0, f"nothing listens on {address}")
    named = replace(address, name="port 15000 of pod a")
    assert get(named, "/health") == Answer(0, "nothing listens on port 15000 of pod a")


def test_a_frozen_server_costs_no_more_than_the_deadline() -> None:
    def hold(connection: socket.socket) -> None:
        connection.settimeout(10)
        while connection.recv(4096):
            pass

    begun = time.monotonic()
    with server(hold) as address:
        answer = get(address, "/debug/health", seconds=0.2)

    assert answer == Answer(0, f"{address} does not answer")
    assert time.monotonic() - begun < 5


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        (b"", "Remote end closed connection without response"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "SSH-2.0-OpenSSH_9.2"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort", "IncompleteRead(5 bytes read, 95 more expected)"),
    ],
    ids=["nothing", "another protocol", "half a page"],
)
def test_a_broken_answer_is_none(sent: bytes, why: str) -> None:
    with server(says(sent)) as address:
        answer = get(address, "/")

    assert answer.status == 0
    assert answer.text.strip() == f"{address}: {why}"


def test_a_host_that_is_no_name() -> None:
    answer = get(Address("no.such.host.invalid", 80), "/", seconds=1)

    assert answer.status == 0
    assert answer.text.startswith("no.such.host.invalid:80: ")


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=60), st.booleans())
def test_whatever_a_server_sends_an_answer_comes_back(garbage: bytes, with_head: bool) -> None:
    sent = b"HTTP/1.1 200 OK\r\n" + garbage if with_head else garbage
    with server(says(sent)) as address:
        answer = get(address, "/", seconds=1)

    assert isinstance(answer.text, str)
    assert answer.status in (0, 200) or not with_head


@pytest.mark.parametrize(("text", "value"), [("[1]", [1]), ("null", None), ("", None), ("<html>", None), ("{", None)])
def test_a_body_as_json_or_nothing(text: str, value: object) -> None:
    assert Answer(200, text).json() == value


def test_a_page_says_what_the_time_is_where_it_comes_from() -> None:
    with server(
        says(b"HTTP/1.1 200 OK\r\nDate: Thu, 26 Nov 2026 23:00:00 GMT\r\nContent-Length: 0\r\n\r\n")
    ) as address:
        answer = get(address, "/health")

    assert date_of(answer.date) == 1_795_734_000.0


@pytest.mark.parametrize("header", ["", "yesterday", "Thu, 26 Nov 2026 23:00:00 CET"])
def test_a_date_that_is_none(header: str) -> None:
    assert date_of(header) is None

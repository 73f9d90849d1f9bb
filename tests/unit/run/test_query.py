"""`select 1` over the MySQL protocol, against a vtgate of a few lines and against everything that is none."""

from __future__ import annotations

import socket
import struct
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.sockets import closed_port, server
from tests.support.world import a_cluster
from vitessctl import releases
from vitessctl.model.cluster import User
from vitessctl.run.query import Question, ping, question_for

HALVES = ["-80", "80-"]
CAPABILITIES = 0x0000_0001 | 0x0000_0200 | 0x0000_8000 | 0x0008_0000 | 0x0000_0008
GREETING = (
    b"\x0a8.4.6-Vitess\0"
    + struct.pack("<I", 7)
    + b"saltsalt\0"
    + struct.pack("<H", CAPABILITIES & 0xFFFF)
    + b"\xff"
    + struct.pack("<HH", 2, CAPABILITIES >> 16)
    + bytes([21])
    + bytes(10)
    + b"saltsaltsalt\0"
    + b"mysql_native_password\0"
)
OK = b"\0\0\0\2\0\0\0"


def packet(number: int, body: bytes) -> bytes:
    return struct.pack("<I", len(body))[:3] + bytes([number]) + body


def error(number: int, code: int, state: bytes, text: bytes) -> bytes:
    return packet(number, b"\xff" + struct.pack("<H", code) + b"#" + state + text)


ROWS = (
    packet(1, b"\1")
    + packet(2, b"\3def\0\0\0\0011\0\x0c\x3f\0\1\0\0\0\x08\x81\0\0\0\0")
    + packet(3, b"\xfe\0\0\2\0")
    + packet(4, b"\0011")
    + packet(5, b"\xfe\0\0\2\0")
)


def vtgate(login: bytes, answer: bytes, seen: list[bytes] | None = None) -> Callable[[socket.socket], None]:
    """Greets, answers the login, then every command in the same way. As strict as 2.1, where SET NAMES is no SQL."""

    def serve(connection: socket.socket) -> None:
        connection.settimeout(5)
        connection.sendall(packet(0, GREETING))
        (seen if seen is not None else []).append(connection.recv(4096))
        connection.sendall(login)
        while query := connection.recv(4096):
            if b"AUTOCOMMIT" in query or b"NAMES" in query:
                connection.sendall(error(1, 1105, b"HY000", b"syntax error at position 18 near 'utf8mb4'"))
            elif b"select 1" in query:
                connection.sendall(answer)
            else:
                return

    return serve


def test_a_query_answers() -> None:
    seen: list[bytes] = []
    with server(vtgate(packet(2, OK), ROWS, seen)) as address:
        assert ping(address, ()) == ""

    assert b"vitessctl\0" in seen[0], "without users anybody may connect"


def test_it_connects_as_the_first_user_of_the_spec() -> None:
    seen: list[bytes] = []
    with server(vtgate(packet(2, OK), ROWS, seen)) as address:
        assert ping(address, (User("app", "s3cret"), User("other", "x"))) == ""

    assert b"app\0" in seen[0]
    assert b"s3cret" not in seen[0]


def test_a_query_that_fails_is_told_in_vtgates_words() -> None:
    text = b"target: messages.0.primary: no healthy tablet available"
    with server(vtgate(packet(2, OK), error(1, 1105, b"HY000", text))) as address:
        assert ping(address, ()) == f"a query fails: {text.decode()}"


def test_a_login_that_is_refused() -> None:
    refusal = error(2, 1045, b"28000", b"Access denied for user 'app'")
    with server(vtgate(refusal, b"")) as address:
        assert ping(address, (User("app", "wrong"),)) == (
            f"no MySQL connection to {address}: Access denied for user 'app'"
        )


def test_nothing_listens() -> None:
    address = closed_port()

    assert ping(address, ()) == (
        f"no MySQL connection to {address}: "
        "Can't connect to MySQL server on '127.0.0.1' ([Errno 111] Connection refused)"
    )


def test_a_vtgate_that_says_nothing_is_not_waited_for_long() -> None:
    def hold(connection: socket.socket) -> None:
        connection.settimeout(5)
        connection.recv(1)

    with server(hold) as address:
        assert ping(address, (), seconds=0.2).startswith(f"no MySQL connection to {address}: ")


def test_a_vtgate_that_goes_away_during_the_query() -> None:
    with server(vtgate(packet(2, OK), b"")) as address:
        assert ping(address, (), seconds=0.3).startswith("a query fails: ")


@pytest.mark.parametrize("garbage", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\x01\0\0\0\x0a", b"\x03\0\0\0\x0a8\0"])
def test_another_protocol_is_no_mysql_connection(garbage: bytes) -> None:
    def talk(connection: socket.socket) -> None:
        connection.sendall(garbage)

    with server(talk) as address:
        assert ping(address, (), seconds=0.3).startswith(f"no MySQL connection to {address}: ")


def test_a_broken_greeting_is_said_to_be_another_protocol() -> None:
    def talk(connection: socket.socket) -> None:
        connection.sendall(packet(0, b"\x0a8.4.6\0"))

    with server(talk) as address:
        assert ping(address, ()) == (
            f"no MySQL connection to {address}: what listens there does not speak the MySQL protocol"
        )


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=80), st.booleans())
def test_whatever_a_server_sends_a_sentence_comes_back(garbage: bytes, as_packet: bool) -> None:
    sent = packet(0, garbage) if as_packet else garbage
    with server(lambda connection: connection.sendall(sent)) as address:
        assert ping(address, (), seconds=0.3)


@pytest.mark.parametrize(
    ("release", "keyspaces", "question"),
    [
        ("24", {"messages": {"shards": HALVES}}, Question("select 1")),
        ("7", {"messages": {}, "lookup": {}}, Question("select 1")),
        ("6", {"messages": {"shards": HALVES}, "lookup": {}}, Question("select 1", "lookup")),
        ("2.1", {"messages": {}}, Question("select 1", "messages")),
        ("2.1", {"messages": {"shards": HALVES}}, Question("show databases")),
    ],
)
def test_what_every_vtgate_of_a_release_can_answer(
    release: str, keyspaces: dict[str, dict[str, object]], question: Question
) -> None:
    """2.1 knows the table dual in no sharded keyspace, and in none at all while it has to choose between two."""
    cluster = a_cluster(release=release, keyspaces=keyspaces)
    assert question_for(cluster, releases.get(release)) == question


def test_the_keyspace_is_said_at_the_login() -> None:
    seen: list[bytes] = []
    with server(vtgate(packet(2, OK), ROWS, seen)) as address:
        assert ping(address, (), Question("select 1", "lookup")) == ""
    assert b"lookup\0" in seen[0]

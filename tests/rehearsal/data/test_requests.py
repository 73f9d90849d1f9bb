"""The private protocol of the stand-in mysqld: framing, odd messages, connections that end."""

from __future__ import annotations

import errno
import json
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.rehearsal.data.pair import Node, nodes
from tests.rehearsal.data.rig import eventually
from vitessctl.rehearsal.mysqld.requests import HANDLERS, answer
from vitessctl.rehearsal.mysqld.session import Session
from vitessctl.rehearsal.mysqld.state import ServerState
from vitessctl.rehearsal.mysqld.wire import Closed, receive, send


@pytest.fixture
def node(folder: Path) -> Iterator[Node]:
    with nodes(folder, 1) as (one,):
        yield one


def connect(node: Node) -> socket.socket:
    return socket.create_connection(("127.0.0.1", node.port), timeout=10)


# Framing


items = st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=20))


@given(st.dictionaries(st.text(max_size=8), st.one_of(items, st.lists(items, max_size=4)), max_size=5))
@settings(max_examples=50)
def test_a_message_arrives_as_it_was_sent(message: dict[str, Any]) -> None:
    left, right = socket.socketpair()
    with left, right:
        send(left, message)
        assert receive(right) == message


def test_bytes_that_are_no_text_arrive(session: Session) -> None:
    session.execute("create table b (v blob)")
    session.execute("insert into b values (x'00ff80')")
    left, right = socket.socketpair()
    with left, right:
        send(left, answer(session, {"op": "query", "sql": "select v from b"}))
        rows = receive(right)["result"]["rows"]
    assert rows[0][0].encode("utf-8", "surrogateescape") == b"\x00\xff\x80"


def test_messages_come_one_after_the_other() -> None:
    left, right = socket.socketpair()
    with left, right:
        for number in range(3):
            send(left, {"number": number})
        assert [receive(right)["number"] for _ in range(3)] == [0, 1, 2]


def test_a_long_message_comes_in_pieces() -> None:
    left, right = socket.socketpair()
    with left, right:
        text = "x" * 5_000_000
        thread = threading.Thread(target=send, args=(left, {"text": text}))
        thread.start()
        assert receive(right)["text"] == text
        thread.join()


@pytest.mark.parametrize("sent", [b"", b"\x00", b"\x00\x00\x00\x05", b"\x00\x00\x00\x05{}"])
def test_a_connection_that_ends_in_the_middle(sent: bytes) -> None:
    left, right = socket.socketpair()
    with right:
        left.sendall(sent)
        left.close()
        with pytest.raises(Closed):
            receive(right)


# Odd clients


def end_of_words(client: socket.socket) -> None:
    """Nothing more is sent. The node may have reset the connection already, which the kernel calls not connected."""
    try:
        client.shutdown(socket.SHUT_WR)
    except OSError as error:
        if error.errno != errno.ENOTCONN:
            raise


@pytest.mark.parametrize(
    "sent",
    [
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        b"\x00\x00\x00\x02{}",
        b"\x00\x00\x00\x04null",
        b"\x00\x00\x00\x03xyz",
        struct.pack(">I", 20) + b'{"op": "nosuch"}    ',
        struct.pack(">I", 14) + b'{"op": "dump"}',
    ],
)
def test_a_client_that_speaks_something_else_is_let_go(node: Node, sent: bytes) -> None:
    with connect(node) as odd:
        odd.sendall(sent)
        with suppress(ConnectionResetError):
            end_of_words(odd)
            while odd.recv(4096):
                pass
    with connect(node) as good:
        send(good, {"op": "ping"})
        assert receive(good) == {"result": None}


def test_what_one_connection_asks_is_answered_in_order(node: Node) -> None:
    with connect(node) as client:
        for number in range(20):
            send(client, {"op": "query", "sql": f"select {number}"})
        assert [receive(client)["result"]["rows"] for _ in range(20)] == [[[str(number)]] for number in range(20)]


def test_connections_are_counted(node: Node) -> None:
    before = node.server.connections
    clients = [connect(node) for _ in range(3)]
    eventually("three more", lambda: node.server.connections == before + 3)
    for client in clients:
        client.close()
    eventually("they are gone", lambda: node.server.connections == before)


# Every request


def test_every_request_has_an_answer(server: ServerState) -> None:
    arguments: dict[str, dict[str, Any]] = {
        "query": {"sql": "select 1"},
        "set": {"name": "read_only", "value": "0"},
        "follow": {"host": "", "port": 0},
        "stop_replica": {"io_only": False},
        "reset_log": {"purged": ""},
        "wait_for": {"position": "", "seconds": 0.01},
        "schema": {"database": "vt_ks"},
        "prepare_database": {"database": "vt_ks"},
    }
    session = Session(server)
    for op in HANDLERS:
        answered = answer(session, {"op": op, **arguments.get(op, {})})
        json.dumps(answered)
        if op == "start_replica":
            assert answered["error"]["number"] == 1200
        else:
            assert "result" in answered, (op, answered)


def test_errors_have_number_state_and_text(session: Session) -> None:
    answered = answer(session, {"op": "query", "sql": "select * from nosuch"})
    assert answered == {"error": {"number": 1146, "state": "42S02", "text": "Table 'vt_ks.nosuch' doesn't exist"}}


def test_a_request_that_is_not_understood_is_an_error_not_an_end(
    session: Session, capsys: pytest.CaptureFixture[str]
) -> None:
    answered = answer(session, {"op": "nosuch"})
    assert answered["error"]["number"] == 1105
    assert "KeyError" in capsys.readouterr().err
    assert answer(session, {"op": "ping"}) == {"result": None}


def test_a_query_may_name_user_and_database(session: Session) -> None:
    asked = {"op": "query", "sql": "select user(), database()"}
    for more, row in (
        ({"database": "vt_ks", "user": "vt_app"}, ["vt_app@localhost", "vt_ks"]),
        ({"database": "nosuch"}, ["vt_app@localhost", None]),
    ):
        assert answer(session, asked | more)["result"]["rows"] == [row]


def test_only_the_dba_writes_while_read_only(server: ServerState) -> None:
    server.set_read_only(True)
    asked = {"op": "query", "sql": "create table t (id int primary key)", "database": "vt_ks"}
    refused = answer(Session(server), asked | {"user": "vt_app"})
    assert refused["error"]["number"] == 1290
    assert "--read-only option" in refused["error"]["text"]
    assert "result" in answer(Session(server), asked | {"user": "vt_dba"})
    server.set_super_read_only(True)
    refused = answer(Session(server), {**asked, "sql": "drop table t"})
    assert "--super-read-only option" in refused["error"]["text"]


def test_preparing_the_database_twice_costs_one_transaction(server: ServerState) -> None:
    session = Session(server)
    before = len(server.engine.executed)
    for _ in range(2):
        assert answer(session, {"op": "prepare_database", "database": "vt_new"}) == {"result": None}
    assert len(server.engine.executed) == before + 1
    assert {"_vt", "vt_new"} <= server.engine.schemas
    assert "_vt.reparent_journal" in server.engine.catalogue


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=60))
def test_no_bytes_stop_the_server(node: Node, sent: bytes) -> None:
    with connect(node) as odd:
        odd.sendall(struct.pack(">I", len(sent)) + sent)
    with connect(node) as good:
        send(good, {"op": "ping"})
        assert receive(good) == {"result": None}

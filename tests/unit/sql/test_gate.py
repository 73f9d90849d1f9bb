"""What vtgate's refusals mean, and what of them is never repeated. Texts were recorded with Vitess 2.1, 12 and 24."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pymysql
import pytest

from vitessctl.errors import UnreachableError, VitessctlError
from vitessctl.sql.gate import GatePlace
from vitessctl.targets.base import Address
from vitessctl.vtctld.errors import SqlError

WHERE = Address("127.0.0.1", 15306)
NO_TABLE = (
    "target: messages.0.primary: vttablet: rpc error: code = NotFound desc = Table 'vt_messages.nope' doesn't exist "
    "(errno 1146) (sqlstate 42S02) (CallerID: userData1): Sql: \"select * from nope where word = 'hunter2secret'\", "
    "BindVars: {}"
)
NO_KEYSPACE = "VT05003: unknown database 'nope' in vschema"
USED = (
    'vtgate: http://localhost:36887/: target: ks.0.master, used tablet: (alias:<cell:"test" uid:100 > '
    'hostname:"127.0.0.1" ip:"127.0.0.1" port_map:<key:"grpc" value:37501 > port_map:<key:"vt" value:37500 > '
    'keyspace:"ks" shard:"0" type:MASTER ), vttablet: table t not found in schema'
)
OLD = "vtgate: http://host:15001/: syntax error at position 4 during query: create user x identified by 'hunter2secret'"


def fault(error: Exception) -> VitessctlError:
    place = object.__new__(GatePlace)
    place.address, place.target = WHERE, "messages"
    with pytest.raises(VitessctlError) as raised, place._faults("Query"):
        raise error
    return raised.value


@pytest.mark.parametrize(
    ("error", "number", "why"),
    [
        (
            pymysql.ProgrammingError(1146, NO_TABLE),
            1146,
            "target: messages.0.primary: vttablet: Table 'vt_messages.nope' doesn't exist (MySQL error 1146)",
        ),
        (pymysql.OperationalError(1049, NO_KEYSPACE), 1049, f"{NO_KEYSPACE} (MySQL error 1049)"),
        (
            pymysql.OperationalError(1105, USED),
            1105,
            "vtgate: http://localhost:36887/: target: ks.0.master, vttablet: table t not found in schema "
            "(MySQL error 1105)",
        ),
        (
            pymysql.ProgrammingError(1105, OLD),
            1105,
            "vtgate: http://host:15001/: syntax error at position 4 (MySQL error 1105)",
        ),
    ],
)
def test_a_refusal_is_told_without_the_statement(error: Exception, number: int, why: str) -> None:
    found = fault(error)

    assert isinstance(found, SqlError)
    assert (found.errno, found.why) == (number, why)
    assert found.where == "Query of vtgate (messages) at 127.0.0.1:15306"
    assert "hunter2secret" not in str(found)


@pytest.mark.parametrize(
    "error",
    [
        pymysql.OperationalError(2013, "Lost connection to MySQL server during query (timed out)"),
        pymysql.InterfaceError("(0, '')"),
        ConnectionResetError("reset"),
        IndexError("index out of range"),
    ],
)
def test_a_vtgate_that_does_not_answer(error: Exception) -> None:
    found = fault(error)

    assert isinstance(found, UnreachableError)
    assert found.what == "vtgate cannot be asked, or did not answer in time"


@contextmanager
def silence() -> Iterator[Address]:
    """A port where somebody listens who never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=lambda: held.append(listener.accept()))
        held: list[tuple[socket.socket, object]] = []
        thread.start()
        yield Address("127.0.0.1", listener.getsockname()[1])
        thread.join()
        for connection, _ in held:
            connection.close()


def test_one_that_says_nothing_is_not_waited_for_longer_than_told() -> None:
    with silence() as address, pytest.raises(UnreachableError):
        GatePlace(address, "", None, 0.2)


def test_one_that_is_not_there() -> None:
    with pytest.raises(UnreachableError, match="vtgate cannot be asked"):
        GatePlace(Address("127.0.0.1", 1), "", None, 1.0)

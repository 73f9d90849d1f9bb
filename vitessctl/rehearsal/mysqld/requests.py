"""What can be asked of the stand-in mysqld over its private protocol (wire.py)."""

from __future__ import annotations

import socket
import sqlite3
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from vitessctl.rehearsal.mysqld.errors import MySqlError
from vitessctl.rehearsal.mysqld.series import named
from vitessctl.rehearsal.mysqld.session import Session
from vitessctl.rehearsal.mysqld.source import serve_replica
from vitessctl.rehearsal.mysqld.variables import set_global
from vitessctl.rehearsal.mysqld.wire import Closed, Message, receive, send
from vitessctl.rehearsal.storage.engine import LockWaitTimeout
from vitessctl.rehearsal.storage.gtid import GtidSet

if TYPE_CHECKING:
    from vitessctl.rehearsal.mysqld.state import ServerState

Handler = Callable[[Session, Message], Any]


def serve(server: ServerState, connection: socket.socket) -> None:
    """Answers one connection's requests until it ends; a `dump` turns it into a replica's stream."""
    session = Session(server)
    server.connections += 1
    try:
        while True:
            request = receive(connection)
            if request.get("op") == "dump":
                serve_replica(server, connection, request)
                return
            send(connection, answer(session, request))
    except (Closed, OSError, KeyError, ValueError):  # the latter two: a replica's request that is none
        pass
    finally:
        server.connections -= 1
        session.close()
        with suppress(OSError):
            connection.close()


def answer(session: Session, request: Message) -> Message:
    """The answer to one request: `{"result": …}`, or `{"error": {number, state, text}}`."""
    try:
        return {"result": HANDLERS[request["op"]](session, request)}
    except MySqlError as error:
        return _error(error)
    except LockWaitTimeout:
        return _error(MySqlError(1205))
    except sqlite3.Error as error:
        return _error(MySqlError(1030, text=f"Got error '{error}' from the rehearsal's storage"))
    except Exception as error:
        sys.excepthook(type(error), error, error.__traceback__)
        return _error(MySqlError(1105, text=f"The rehearsal's MySQL failed: {error!r}; its log has more"))


def _error(error: MySqlError) -> Message:
    return {"error": {"number": error.number, "state": error.sql_state, "text": error.text}}


def _query(session: Session, request: Message) -> Any:
    """A statement; `database` selects one first, if it is there."""
    if request.get("user"):
        session.state.user = f"{request['user']}@localhost"
    if "database" in request:
        wanted = request["database"]
        session.state.database = wanted if wanted in session.server.engine.schemas else None
    session.logged = not request.get("unlogged", False)
    return session.execute(request["sql"], request.get("seconds"))


def _follow(session: Session, request: Message) -> None:
    session.server.follow(request["host"], request["port"])


def _stop_replica(session: Session, request: Message) -> None:
    session.server.replica.stop(io_only=request["io_only"])


def _wait_for(session: Session, request: Message) -> bool:
    """Whether these transactions are here in time; gives up at once when replication is broken."""
    return session.server.engine.wait_for_gtids(GtidSet.parse(request["position"]), request["seconds"])


def _schema(session: Session, request: Message) -> Any:
    from vitessctl.rehearsal.mysqld.schema import describe

    return describe(session.server, request["database"])


def _prepare_database(session: Session, request: Message) -> None:
    from vitessctl.rehearsal.mysqld.schema import prepare_database

    session.logged = not request.get("unlogged", False)
    prepare_database(session, request["database"])


HANDLERS: Final[dict[str, Handler]] = {
    "ping": lambda *_: None,
    "query": _query,
    "status": lambda session, _: session.server.status(),
    "set": lambda session, request: set_global(session.server, named(request["name"]), request["value"]),
    "follow": _follow,
    "start_replica": lambda session, _: session.server.start_replica(),
    "stop_replica": _stop_replica,
    "reset_log": lambda session, request: session.server.reset_log(request["purged"]),
    "wait_for": _wait_for,
    "schema": _schema,
    "prepare_database": _prepare_database,
}
"""Request to what it does."""

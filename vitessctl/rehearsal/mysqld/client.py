"""Connections to a stand-in mysqld, for the vttablet beside it."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from vitessctl.rehearsal.mysqld.errors import MySqlError
from vitessctl.rehearsal.mysqld.wire import Closed, receive, send

CONNECTION_REFUSED = 2002
SERVER_GONE = 2013


class Connection:
    """One session of a mysqld. MySqlError 2002 when nobody listens, 2013 when it goes away meanwhile."""

    def __init__(self, path: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        try:
            self._socket.connect(str(path))
        except OSError as error:
            self._socket.close()
            reason = "no such file or directory" if isinstance(error, FileNotFoundError) else "connection refused"
            text = f"net.Dial({path}) to local server failed: dial unix {path}: connect: {reason}"
            raise MySqlError(CONNECTION_REFUSED, text=text) from None

    def call(self, op: str, **arguments: Any) -> Any:
        """Asks one thing (mysqld/requests.py) and waits for its answer. MySqlError."""
        try:
            send(self._socket, {"op": op, **arguments})
            answer = receive(self._socket)
        except (OSError, Closed):
            self.close()
            raise MySqlError(SERVER_GONE, text="Lost connection to MySQL server during query") from None
        if "error" in answer:
            raise MySqlError(answer["error"]["number"], text=answer["error"]["text"])
        return answer["result"]

    def close(self) -> None:
        """Ends the session; what it had not committed is undone."""
        self._socket.close()


class Pool:
    """Sessions of one mysqld, kept for the next caller; broken ones are thrown away."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._guard = threading.Lock()
        self._idle: list[Connection] = []

    def take(self) -> Connection:
        """A session for the caller alone. MySqlError 2002."""
        with self._guard:
            if self._idle:
                return self._idle.pop()
        return Connection(self._path)

    def give_back(self, connection: Connection) -> None:
        """Returns a session that works and has nothing open."""
        with self._guard:
            self._idle.append(connection)

    def clear(self) -> None:
        """Throws idle sessions away: their server is gone."""
        with self._guard:
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    @contextmanager
    def session(self) -> Iterator[Connection]:
        """A session for one block; an idle one that broke is replaced before its use by the first that works."""
        connection = self.take()
        try:
            yield connection
        except MySqlError as error:
            if error.number in {CONNECTION_REFUSED, SERVER_GONE}:
                self.clear()
                connection.close()
            else:
                self.give_back(connection)
            raise
        except BaseException:
            connection.close()
            raise
        self.give_back(connection)

    def call(self, op: str, **arguments: Any) -> Any:
        """One call on any session. MySqlError.

        A session that broke while it lay idle is tried once more on a new one: mysqld was restarted.
        """
        reused = bool(self._idle)
        try:
            with self.session() as connection:
                return connection.call(op, **arguments)
        except MySqlError as error:
            if error.number != SERVER_GONE or not reused or op == "query":
                raise
        with self.session() as connection:
            return connection.call(op, **arguments)

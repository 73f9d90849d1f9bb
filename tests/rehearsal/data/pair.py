"""Servers of one process that replicate over real sockets."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from tests.rehearsal.data.rig import eventually, free_port
from vitessctl.rehearsal.mysqld.config import read_config, write_folder
from vitessctl.rehearsal.mysqld.server import accept
from vitessctl.rehearsal.mysqld.session import Session
from vitessctl.rehearsal.mysqld.state import ServerState
from vitessctl.rehearsal.tablet_rpc import QueryResult


class Node:
    """A mysqld in this process: its state, a session, and a port that can be shut and opened again."""

    def __init__(self, folder: Path, uid: int) -> None:
        place = folder / f"vt_{uid:010d}"
        if not place.exists():
            write_folder(place, place / "mysql.sock", free_port(), "")
        config = read_config(place / "my.cnf")
        self.server = ServerState(replace(config, folder=place))
        self.session = Session(self.server)
        self._listener: socket.socket | None = None
        self.listen()

    @property
    def port(self) -> int:
        return self.server.config.port

    def listen(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=accept, args=(self.server, self._listener), daemon=True).start()

    def close(self) -> None:
        self.server.replica.stop()
        self.server.set_semi_sync_source(False)
        if self._listener is not None:
            with suppress(OSError):
                self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
        self.session.close()

    def sql(self, statement: str) -> QueryResult:
        return self.session.execute(statement)

    def rows(self, query: str) -> list[list[str | None]]:
        return self.sql(query)["rows"]

    def writable(self) -> Node:
        self.sql("SET GLOBAL read_only = OFF")
        return self

    def follow(self, other: Node) -> Node:
        self.server.follow("127.0.0.1", other.port)
        self.server.start_replica()
        return self

    def status(self) -> dict[str, str | None]:
        """SHOW REPLICA STATUS by column."""
        answer = self.sql("SHOW REPLICA STATUS")
        return dict(zip([field["name"] for field in answer["fields"]], answer["rows"][0], strict=True))

    def threads(self) -> tuple[str | None, str | None]:
        status = self.status()
        return status["Replica_IO_Running"], status["Replica_SQL_Running"]

    def catches_up_with(self, other: Node) -> None:
        wanted = other.server.engine.executed
        eventually("the replica catches up", lambda: self.server.engine.executed >= wanted or None)

    def semi_sync(self, *, source: bool = False, replica: bool = False) -> Node:
        self.server.set_semi_sync_source(source)
        self.server.set_semi_sync_replica(replica)
        return self


@contextmanager
def nodes(folder: Path, count: int) -> Iterator[list[Node]]:
    """So many servers; the first takes writes and has a database with the table t."""
    made = [Node(folder, 100 + number) for number in range(count)]
    first = made[0].writable()
    for statement in (
        "CREATE DATABASE vt_ks",
        "USE vt_ks",
        "CREATE TABLE t (id bigint primary key auto_increment, v varchar(40))",
    ):
        first.sql(statement)
    yield made
    for node in made:
        node.close()

"""The replica's side: pulls transactions from a source and repeats them, in one thread.

MySQL has a thread that fetches and one that applies, with a relay log between; here both are one, and what is
fetched is applied before it is confirmed. So stopping either stops both, and the states tell which was meant.
"""

from __future__ import annotations

import socket
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, replace

from vitessctl.rehearsal.mysqld.waits import wait
from vitessctl.rehearsal.mysqld.wire import Closed, Message, receive, send
from vitessctl.rehearsal.storage.apply import ApplyError
from vitessctl.rehearsal.storage.engine import Engine
from vitessctl.rehearsal.storage.events import LoggedTransaction, load_changes
from vitessctl.rehearsal.storage.gtid import Gtid, GtidSet
from vitessctl.rehearsal.tablet_rpc import IO_CONNECTING, IO_RUNNING, IO_STOPPED

CONNECT_RETRY = 10
"""Seconds between tries, as Vitess sets it; the wait itself is waits' `replica_retry`."""


NOTHING = GtidSet()


@dataclass(frozen=True)
class Source:
    """Whom a server replicates from."""

    host: str
    port: int
    user: str = "vt_repl"


@dataclass(frozen=True)
class Progress:
    """What replication says of itself."""

    io_state: int = IO_STOPPED
    sql_state: int = IO_STOPPED
    io_errno: int = 0
    io_error: str = ""
    io_error_time: float = 0.0
    sql_errno: int = 0
    sql_error: str = ""
    source_uuid: str = ""
    source_server_id: int = 0
    file_position: str = ""
    retrieved: GtidSet = NOTHING
    behind: int | None = None
    """Seconds behind the source; None while not replicating."""


class Replica:
    """Replication of one server from at most one source."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._guard = threading.RLock()
        self._thread: threading.Thread | None = None
        self._connection: socket.socket | None = None
        self._stopping = threading.Event()
        self.source: Source | None = None
        self.progress = Progress()
        self._load()

    def _load(self) -> None:
        host, _, port = self._engine.state("source", "").rpartition(":")
        if host:
            self.source = Source(host, int(port))

    @property
    def is_running(self) -> bool:
        """Whether both threads run, as far as they are wanted."""
        return self._thread is not None and self._thread.is_alive()

    def change_source(self, source: Source | None) -> None:
        """Follows another server, or (None) nobody; must be stopped. Remembered over restarts."""
        with self._guard:
            self._engine.remember("source", f"{source.host}:{source.port}" if source else "")
            if source != self.source:
                self.progress = Progress()
            self.source = source

    def start(self) -> None:
        """Starts replicating; nothing if it runs. ValueError without a source."""
        with self._guard:
            if self.source is None:
                raise ValueError("no source")
            if self.is_running:
                self._set(sql_state=IO_RUNNING)
                return
            self._stopping = threading.Event()
            self._set(io_state=IO_CONNECTING, sql_state=IO_RUNNING, io_errno=0, io_error="", sql_errno=0, sql_error="")
            self._thread = threading.Thread(target=self._run, args=(self.source, self._stopping), daemon=True)
            self._thread.start()

    def stop(self, *, io_only: bool = False) -> None:
        """Stops replicating and waits for the transaction in hand."""
        with self._guard:
            self._stopping.set()
            connection, thread = self._connection, self._thread
            if connection is not None:
                _shut(connection)
            if thread is not None:
                thread.join(10)
            self._thread = None
            sql_state = self.progress.sql_state if io_only else IO_STOPPED
            self._set(io_state=IO_STOPPED, sql_state=sql_state, behind=None)

    def restart(self) -> None:
        """Connects anew, where it runs: for settings that are told to the source."""
        if self.is_running:
            self.stop()
            self.start()

    def _set(self, **changes: object) -> None:
        self.progress = replace(self.progress, **changes)  # type: ignore[arg-type]

    def _run(self, source: Source, stopping: threading.Event) -> None:
        while not stopping.is_set():
            try:
                self._follow(source, stopping)
            except ApplyError as error:
                self._set(sql_state=IO_STOPPED, sql_errno=error.number, sql_error=error.text, behind=None)
                return
            except _Refused as error:
                text = f"Got fatal error {error.number} from source when reading data from binary log: '{error.text}'"
                self._set(io_state=IO_STOPPED, io_errno=13114, io_error=text, io_error_time=time.time(), behind=None)
                return
            except (OSError, Closed) as error:
                if stopping.is_set():
                    return
                self._set(io_state=IO_CONNECTING, behind=None, **_connection_error(source, error))
            stopping.wait(wait("replica_retry"))

    def _follow(self, source: Source, stopping: threading.Event) -> None:
        connection = socket.create_connection((source.host, source.port), timeout=wait("replica_connect"))
        try:
            connection.settimeout(wait("replica_net_timeout"))
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._connection = connection
            if stopping.is_set():
                return
            semi_sync = self._engine.semi_sync.replica_enabled
            send(connection, self._request(semi_sync))
            while not stopping.is_set():
                self._take(connection, receive(connection), semi_sync)
        finally:
            self._connection = None
            connection.close()

    def _request(self, semi_sync: bool) -> Message:
        return {
            "op": "dump",
            "executed": str(self._engine.executed),
            "uuid": self._engine.server_uuid,
            "semi_sync": semi_sync,
        }

    def _take(self, connection: socket.socket, message: Message, semi_sync: bool) -> None:
        if "error" in message:
            raise _Refused(message["error"]["number"], message["error"]["text"])
        if "source" in message:
            about = message["source"]
            self._set(io_state=IO_RUNNING, source_uuid=about["uuid"], source_server_id=about["server_id"], behind=0)
            self._set(io_errno=0, io_error="", file_position=about["file_position"])
            return
        if "heartbeat" in message:
            self._set(behind=0, file_position=message["heartbeat"])
            return
        gtid = Gtid(message["uuid"], message["number"])
        self._set(behind=max(0, int(time.time() - message["time"])), retrieved=self.progress.retrieved.add(gtid))
        changes = load_changes(message["changes"])
        self._engine.apply(LoggedTransaction(0, gtid, message["time"], changes))
        self._set(file_position=message["file_position"], behind=0 if message["last"] else self.progress.behind)
        if semi_sync:
            send(connection, {"ack": [gtid.uuid, gtid.number]})


class _Refused(Exception):
    """The source will not send its log."""

    def __init__(self, number: int, text: str) -> None:
        super().__init__(text)
        self.number = number
        self.text = text


def _connection_error(source: Source, error: Exception) -> dict[str, object]:
    cause = f"({error.errno})" if isinstance(error, OSError) and error.errno else "(104)"
    text = (
        f"Error reconnecting to source '{source.user}@{source.host}:{source.port}'. This was attempt 1/10, with a delay"
        f" of {CONNECT_RETRY} seconds between attempts. Message: Can't connect to MySQL server on"
        f" '{source.host}:{source.port}' {cause}"
    )
    return {"io_errno": 2003, "io_error": text, "io_error_time": time.time()}


def _shut(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)

"""A client that writes and reads all the time, and remembers what was acknowledged."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field

import pymysql

from tests.support.live import LiveCluster


@dataclass
class Story:
    """What a client saw: acknowledged ids, errors by kind, and the longest time without a success, in seconds."""

    acknowledged: list[int] = field(default_factory=list)
    write_errors: list[str] = field(default_factory=list)
    read_errors: list[str] = field(default_factory=list)
    reads: int = 0
    write_outage: float = 0.0


class Client(threading.Thread):
    """Writes a row and reads at @replica every 20 ms, on fresh connections after an error, until stopped."""

    def __init__(self, cluster: LiveCluster | None, first_id: int = 1_000_000, address: str = "") -> None:
        """`address`: host:port of a vtgate, where there is no cluster to ask for it."""
        super().__init__(daemon=True)
        host, port = (address or cluster.status()["vtgate"][0]["mysql"]).split(":")  # type: ignore[union-attr]
        self._address = (host, int(port))
        self._next = first_id
        self._stopping = threading.Event()
        self.story = Story()

    def __enter__(self) -> Client:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self.join(timeout=45)

    def wait_for_writes(self, count: int, seconds: float) -> None:
        """Wait until that many more rows were acknowledged."""
        goal = len(self.story.acknowledged) + count
        deadline = time.monotonic() + seconds
        while len(self.story.acknowledged) < goal:
            assert time.monotonic() < deadline, f"no {count} writes in {seconds} s: {self.story.write_errors[-3:]}"
            time.sleep(0.02)

    def run(self) -> None:
        last_success = time.monotonic()
        while not self._stopping.is_set():
            try:
                self._write()
                now = time.monotonic()
                self.story.write_outage = max(self.story.write_outage, now - last_success)
                last_success = now
            except pymysql.MySQLError as error:
                self.story.write_errors.append(str(error))
            try:
                self._read()
                self.story.reads += 1
            except pymysql.MySQLError as error:
                self.story.read_errors.append(str(error))
            self._stopping.wait(0.02)

    def _write(self) -> None:
        self._next += 1
        self._execute("messages", f"insert into notes (id, words) values ({self._next}, 'written under fire')")
        self.story.acknowledged.append(self._next)

    def _read(self) -> None:
        self._execute("messages@replica", "select count(*) from notes")

    def _execute(self, database: str, query: str) -> None:
        host, port = self._address
        connection = pymysql.connect(
            host=host, port=port, user="app", database=database, autocommit=True, connect_timeout=5, read_timeout=35
        )
        try:
            with connection.cursor() as cursor:
                cursor.execute(query)
                cursor.fetchall()
        finally:
            connection.close()

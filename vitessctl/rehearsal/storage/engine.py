"""One server's data: the rows of every schema and the binary log in one SQLite file.

There is one writer at a time. A commit makes rows and log durable together, then waits for a replica where
replication is semi-synchronous; until then readers see the state before it.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from vitessctl.rehearsal.storage import binlog
from vitessctl.rehearsal.storage.apply import apply_row, apply_structure
from vitessctl.rehearsal.storage.capture import Capture
from vitessctl.rehearsal.storage.connection import Link, Prepare, create_internal_tables
from vitessctl.rehearsal.storage.definition import Table, table_from_json
from vitessctl.rehearsal.storage.events import LoggedTransaction, RowChange
from vitessctl.rehearsal.storage.gtid import GtidSet
from vitessctl.rehearsal.storage.semisync import SemiSync
from vitessctl.rehearsal.storage.snapshot import Snapshot


class LockWaitTimeout(Exception):
    """Another transaction held the rows for too long (MySQL's error 1205)."""


class Engine:
    """Everything that a mysqld keeps in its data folder."""

    def __init__(self, path: Path, server_uuid: str, prepare: Prepare) -> None:
        self.server_uuid = server_uuid
        self.semi_sync = SemiSync()
        self._path = path
        self._prepare = prepare
        self.writer = Link(path, prepare, writable=True)
        create_internal_tables(self.writer)
        self.capture = Capture(self.writer.sqlite)
        self.write_lock = threading.Lock()
        self.waiting_writers = 0
        self.commit_gate = threading.Lock()
        """Held while a commit becomes durable; read_only changes under it, so no commit slips past the change."""
        self.read_only = False
        self._gate = threading.Lock()
        self._frozen: Snapshot | None = None
        self._idle: list[Link] = []
        self._announced = threading.Condition()
        self.catalogue: dict[str, Table] = {}
        self.catalogue_version = 0
        """Counts changes of structure: what was planned under another number is planned anew before it writes."""
        self.schemas: set[str] = set()
        self._load()

    def _load(self) -> None:
        self.load_catalogue()
        self.capture.install(self.catalogue.values())
        self.purged = GtidSet.parse(self.state("gtid_purged", ""))
        self.executed = self.purged | binlog.logged(self.writer.sqlite)
        self.binlog_file = int(self.state("binlog_file", "1"))
        self.announced = binlog.last_sequence(self.writer.sqlite)

    # What a server remembers beside rows

    def state(self, name: str, default: str) -> str:
        """A remembered text."""
        with self.read() as link:
            row = link.sqlite.execute('SELECT value FROM "#state" WHERE name = ?', (name,)).fetchone()
        return default if row is None else str(row[0])

    def remember(self, name: str, value: str) -> None:
        """Keeps a text over restarts; waits for the running writer."""
        with self.exclusive():
            self.put_state(name, value)

    def put_state(self, name: str, value: str) -> None:
        """The same, for a caller that already writes."""
        self.writer.sqlite.execute('INSERT OR REPLACE INTO "#state" VALUES (?, ?)', (name, value))

    def load_catalogue(self) -> None:
        """Reads schemas and tables again, after the structure changed."""
        rows = self.writer.sqlite.execute('SELECT physical, definition FROM "#tables"').fetchall()
        self.catalogue = {physical: table_from_json(text) for physical, text in rows}
        self.schemas = {name for (name,) in self.writer.sqlite.execute('SELECT name FROM "#schemata"')}

    def tables_of(self, schema: str) -> list[Table]:
        """The tables of a schema, by name."""
        tables = [table for table in self.catalogue.values() if table.schema == schema]
        return sorted(tables, key=lambda table: table.name)

    # Reading

    @contextmanager
    def read(self) -> Iterator[Link]:
        """A connection that sees one state: the newest one that was acknowledged."""
        with self._gate:
            frozen = self._frozen
            link = None if frozen else self._take_link()
        if frozen is not None:
            with frozen.shared() as shared:
                if shared is not None:
                    yield shared
                    return
        link = link or self._take_unfrozen()
        try:
            yield link
        finally:
            self._give_back(link)

    def _take_link(self) -> Link:
        link = self._idle.pop() if self._idle else Link(self._path, self._prepare, writable=False)
        link.begin_snapshot()
        return link

    def _give_back(self, link: Link) -> None:
        link.end_snapshot()
        self._idle.append(link)

    def freeze(self) -> None:
        """Readers keep seeing the present state, until thaw."""
        with self._gate:
            self._frozen = Snapshot(self._take_link(), self._give_back)

    def thaw(self) -> None:
        """Readers see the newest state again."""
        with self._gate:
            frozen, self._frozen = self._frozen, None
        if frozen is not None:
            frozen.end()

    # Writing

    def lock_for_writing(self, timeout: float) -> None:
        """Waits to be the one writer. LockWaitTimeout."""
        self.waiting_writers += 1
        try:
            if not self.write_lock.acquire(timeout=timeout):
                raise LockWaitTimeout
        finally:
            self.waiting_writers -= 1

    def check_foreign_keys(self, enabled: bool) -> None:
        """Whether the writer's next transaction checks references; replicas repeat rows that were checked."""
        self.writer.sqlite.execute(f"PRAGMA foreign_keys={'ON' if enabled else 'OFF'}")

    @contextmanager
    def exclusive(self, timeout: float = 60) -> Iterator[sqlite3.Connection]:
        """An SQLite transaction that is not logged. LockWaitTimeout."""
        self.lock_for_writing(timeout)
        connection = self.writer.sqlite
        try:
            self.check_foreign_keys(False)
            connection.execute("BEGIN IMMEDIATE")
            yield connection
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
                self.load_catalogue()
            raise
        finally:
            self.write_lock.release()

    def structure_changed(self) -> None:
        """Brings catalogue and triggers up to date with the file."""
        self.load_catalogue()
        self.catalogue_version += 1
        self.capture.install(self.catalogue.values())

    # The binary log

    def announce(self, sequence: int) -> None:
        """Lets replicas have a transaction."""
        with self._announced:
            self.announced = max(self.announced, sequence)
            self._announced.notify_all()

    def wait_for_news(self, sequence: int, seconds: float) -> bool:
        """Whether there is a transaction after `sequence`, waiting that long at most."""
        with self._announced:
            return self._announced.wait_for(lambda: self.announced > sequence, seconds)

    def wait_for_gtids(self, wanted: GtidSet, seconds: float) -> bool:
        """Whether these transactions are all here, waiting that long at most."""
        with self._announced:
            return self._announced.wait_for(lambda: self.executed >= wanted, seconds)

    def transactions_after(self, sequence: int, limit: int = 200) -> list[LoggedTransaction]:
        """The next transactions for a replica, which also gets those that wait for its confirmation."""
        link = self._take_unfrozen()
        try:
            return binlog.after(link.sqlite, sequence, self.announced, limit)
        finally:
            self._give_back(link)

    def _take_unfrozen(self) -> Link:
        with self._gate:
            return self._take_link()

    def apply(self, transaction: LoggedTransaction) -> None:
        """Repeats another server's transaction here, once. ApplyError, LockWaitTimeout."""
        with self.exclusive() as connection:
            if transaction.gtid in self.executed:
                return
            self._apply_changes(connection, transaction)
            changes = list(transaction.changes)
            sequence = binlog.append(connection, transaction.gtid, self.binlog_file, transaction.time, changes)
        self.executed = self.executed.add(transaction.gtid)
        self.announce(sequence)

    def _apply_changes(self, connection: sqlite3.Connection, transaction: LoggedTransaction) -> None:
        self.capture.muted = True
        try:
            for change in transaction.changes:
                if isinstance(change, RowChange):
                    apply_row(connection, self.catalogue, change)
                else:
                    apply_structure(connection, change)
                    self.structure_changed()
        finally:
            self.capture.muted = False

    def rotate(self) -> int:
        """Starts a new file of the binary log (FLUSH BINARY LOGS); returns its number."""
        with self.exclusive():
            self.binlog_file += 1
            self.put_state("binlog_file", str(self.binlog_file))
        return self.binlog_file

    def purge(self, before_file: int) -> None:
        """Drops the log's files below a number; the transactions count as purged."""
        with self.exclusive() as connection:
            self.purged |= binlog.purge(connection, min(before_file, self.binlog_file))
            self.put_state("gtid_purged", str(self.purged))

    def reset_log(self, purged: GtidSet | None = None) -> None:
        """Forgets every transaction (RESET BINARY LOGS AND GTIDS), then takes `purged` as executed."""
        with self.exclusive() as connection:
            connection.execute('DELETE FROM "#binlog"')
            self.purged = self.executed = purged or GtidSet()
            self.binlog_file = 1
            self.put_state("gtid_purged", str(self.purged))
            self.put_state("binlog_file", "1")

    def oldest_file_since(self, moment: float) -> int:
        """The number of the oldest file that a purge of everything before a moment must keep."""
        with self.read() as link:
            found = binlog.first_file_since(link.sqlite, moment)
        return self.binlog_file if found is None else found

    def checkpoint(self) -> None:
        """Moves everything from SQLite's log into the file, before the end."""
        with self.exclusive(timeout=1):
            pass
        self.writer.sqlite.execute("PRAGMA wal_checkpoint(PASSIVE)")

    def close(self) -> None:
        """Lets go of the file."""
        for link in (*self._idle, self.writer):
            link.sqlite.close()

"""A transaction of a client: statements on the one writing connection, then a logged commit."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Sequence

from vitessctl.rehearsal.storage import binlog
from vitessctl.rehearsal.storage.apply import apply_structure
from vitessctl.rehearsal.storage.engine import Engine
from vitessctl.rehearsal.storage.events import Change, StructureChange, Value
from vitessctl.rehearsal.storage.gtid import Gtid
from vitessctl.rehearsal.storage.physical import quoted


class ReplicaWaitTimeout(Exception):
    """The commit is durable but no replica confirmed it in time; it becomes visible when one does."""


class ReadOnlyServer(Exception):
    """The server became read-only before the commit."""


class WriteTransaction:
    """The right to write, from its creation until commit or rollback."""

    def __init__(self, engine: Engine, lock_timeout: float, *, logged: bool = True, foreign_keys: bool = True) -> None:
        engine.lock_for_writing(lock_timeout)
        self._engine = engine
        self._logged = logged
        self._savepoints: dict[str, int] = {}
        self.link = engine.writer
        self._capture = engine.capture
        self._capture.changes.clear()
        engine.check_foreign_keys(foreign_keys)
        self.link.sqlite.execute("BEGIN IMMEDIATE")

    @property
    def changes(self) -> list[Change]:
        """What was changed so far."""
        return self._capture.changes

    @property
    def attempted(self) -> tuple[Value, ...]:
        """The row that the last statement tried last."""
        return self._capture.attempted

    def clear_attempt(self) -> None:
        """Forgets the row that was tried last."""
        self._capture.attempted = ()

    def execute(self, sql: str, parameters: Sequence[object] = ()) -> sqlite3.Cursor:
        """Runs one statement; when it fails nothing of it remains, and the transaction goes on."""
        mark = len(self.changes)
        try:
            return self.link.sqlite.execute(sql, parameters)
        except sqlite3.Error:
            del self.changes[mark:]
            raise

    def restructure(self, change: StructureChange) -> None:
        """Changes tables or schemas; what it does to rows is not logged row by row. ApplyError."""
        self._capture.muted = True
        try:
            apply_structure(self.link.sqlite, change)
        finally:
            self._capture.muted = False
        self._capture.changes.append(change)
        self._engine.structure_changed()

    def savepoint(self, name: str) -> None:
        """Marks a point to return to."""
        self.link.sqlite.execute(f"SAVEPOINT {quoted(name)}")
        self._savepoints[name] = len(self.changes)

    def rollback_to(self, name: str) -> None:
        """Undoes what came after a savepoint. KeyError when there is none."""
        mark = self._savepoints[name]
        self.link.sqlite.execute(f"ROLLBACK TO {quoted(name)}")
        del self.changes[mark:]

    def rollback(self) -> None:
        """Undoes everything and lets the next writer go on."""
        changed = any(isinstance(change, StructureChange) for change in self.changes)
        if self.link.sqlite.in_transaction:
            self.link.sqlite.execute("ROLLBACK")
        if changed:
            self._engine.structure_changed()
        self._engine.write_lock.release()

    def commit(self, wait_seconds: float | None = None) -> None:
        """Makes the changes durable, logs them, and waits for a replica where that is asked for.

        Raises ReplicaWaitTimeout after `wait_seconds` (the next writer then still waits for the replica), or
        ReadOnlyServer, with everything undone.
        """
        if not self.changes or not self._logged:
            self.link.sqlite.execute("COMMIT")
            self._engine.write_lock.release()
            return
        try:
            sequence, gtid = self._make_durable()
        except BaseException:
            self._engine.thaw()
            self.rollback()
            raise
        self._publish(sequence, gtid, wait_seconds)

    def _make_durable(self) -> tuple[int, Gtid]:
        engine = self._engine
        with engine.commit_gate:
            if engine.read_only:
                raise ReadOnlyServer
            sequence, gtid = self._write_log()
            if engine.semi_sync.source_enabled:
                engine.freeze()
            self.link.sqlite.execute("COMMIT")
            engine.executed = engine.executed.add(gtid)
        return sequence, gtid

    def _write_log(self) -> tuple[int, Gtid]:
        engine = self._engine
        gtid = Gtid(engine.server_uuid, engine.executed.next_number(engine.server_uuid))
        return binlog.append(self.link.sqlite, gtid, engine.binlog_file, time.time(), self.changes), gtid

    def _publish(self, sequence: int, gtid: Gtid, wait_seconds: float | None) -> None:
        engine = self._engine

        def finish() -> None:
            engine.thaw()
            engine.write_lock.release()

        pending = engine.semi_sync.expect(gtid, finish)
        engine.announce(sequence)
        if pending is None:
            finish()
        elif not pending.wait(wait_seconds):
            raise ReplicaWaitTimeout

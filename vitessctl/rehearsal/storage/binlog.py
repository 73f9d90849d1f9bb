"""The binary log as a table beside the rows, so that one commit makes both durable."""

from __future__ import annotations

import sqlite3

from vitessctl.rehearsal.storage.events import Change, LoggedTransaction, dump_changes, load_changes
from vitessctl.rehearsal.storage.gtid import Gtid, GtidSet

_INSERT = 'INSERT INTO "#binlog" (uuid, number, file, time, changes) VALUES (?, ?, ?, ?, ?)'
_AFTER = (
    'SELECT sequence, uuid, number, time, changes FROM "#binlog"'
    " WHERE sequence > ? AND sequence <= ? ORDER BY sequence LIMIT ?"
)


def append(connection: sqlite3.Connection, gtid: Gtid, file: int, time: float, changes: list[Change]) -> int:
    """Adds a transaction to the log, inside the caller's SQLite transaction; returns its sequence."""
    cursor = connection.execute(_INSERT, (gtid.uuid, gtid.number, file, time, dump_changes(changes)))
    assert cursor.lastrowid is not None
    return cursor.lastrowid


def after(connection: sqlite3.Connection, sequence: int, until: int, limit: int) -> list[LoggedTransaction]:
    """Up to `limit` transactions with sequence < number <= until, in order."""
    rows = connection.execute(_AFTER, (sequence, until, limit)).fetchall()
    return [
        LoggedTransaction(number, Gtid(uuid, own), time, load_changes(changes))
        for number, uuid, own, time, changes in rows
    ]


def logged(connection: sqlite3.Connection) -> GtidSet:
    """Every transaction that is still in the log."""
    rows = connection.execute('SELECT uuid, number FROM "#binlog"')
    return GtidSet.of(Gtid(uuid, number) for uuid, number in rows)


def last_sequence(connection: sqlite3.Connection) -> int:
    """The sequence of the newest transaction ever logged, also when it was purged; 0 when there is none."""
    row = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = '#binlog'").fetchone()
    return int(row[0]) if row else 0


def purge(connection: sqlite3.Connection, before_file: int) -> GtidSet:
    """Drops the log's files below a number; returns what they held."""
    rows = connection.execute('SELECT uuid, number FROM "#binlog" WHERE file < ?', (before_file,))
    gone = GtidSet.of(Gtid(uuid, number) for uuid, number in rows)
    connection.execute('DELETE FROM "#binlog" WHERE file < ?', (before_file,))
    return gone


def first_file_since(connection: sqlite3.Connection, time: float) -> int | None:
    """The oldest file with a transaction at or after a moment; None when all are older."""
    row = connection.execute('SELECT min(file) FROM "#binlog" WHERE time >= ?', (time,)).fetchone()
    return None if row[0] is None else int(row[0])


def file_sizes(connection: sqlite3.Connection) -> dict[int, int]:
    """Bytes of each file of the log that holds anything."""
    rows = connection.execute('SELECT file, sum(length(changes)) FROM "#binlog" GROUP BY file')
    return {int(file): int(size) for file, size in rows}

"""SQLite connections to a data file, and the internal tables that the file holds."""

from __future__ import annotations

import sqlite3
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

Prepare = Callable[[sqlite3.Connection], Any]
"""Adds SQL functions to a connection and returns what they look at while a statement runs."""

_INTERNAL_TABLES = """
CREATE TABLE IF NOT EXISTS "#schemata" (name TEXT PRIMARY KEY);
CREATE TABLE IF NOT EXISTS "#tables" (physical TEXT PRIMARY KEY, definition TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS "#state" (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS "#binlog" (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT, uuid TEXT NOT NULL, number INTEGER NOT NULL,
  file INTEGER NOT NULL, time REAL NOT NULL, changes TEXT NOT NULL, UNIQUE (uuid, number));
"""
MAX_COLUMNS = 120
"""SQLite hands at most 127 arguments to a function, and the row triggers pass each column as one."""


class Link:
    """One SQLite connection and the context that its SQL functions read."""

    def __init__(self, path: Path | str, prepare: Prepare, *, writable: bool) -> None:
        self.sqlite = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=30)
        self.sqlite.create_collation("utf8mb4_0900_ai_ci", _compare_ignoring_case)
        for binary in ("utf8mb4_bin", "utf8mb4_0900_as_cs", "utf8mb4_0900_bin"):
            self.sqlite.create_collation(binary, _compare_exactly)
        for folding in ("utf8mb4_general_ci", "utf8mb4_unicode_ci", "utf8_general_ci"):
            self.sqlite.create_collation(folding, _compare_ignoring_case)
        self.context = prepare(self.sqlite)
        pragmas = ["journal_mode=WAL", "synchronous=NORMAL", "recursive_triggers=ON"] if writable else ["query_only=ON"]
        for pragma in pragmas:
            self.sqlite.execute(f"PRAGMA {pragma}")

    @classmethod
    def in_memory(cls, prepare: Prepare) -> Link:
        """A database of its own that is gone with the connection."""
        return cls(":memory:", prepare, writable=True)

    def begin_snapshot(self) -> None:
        """Fixes what this connection sees until end_snapshot."""
        self.sqlite.execute("BEGIN")
        self.sqlite.execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchone()

    def end_snapshot(self) -> None:
        """Lets the connection see new commits again."""
        if self.sqlite.in_transaction:
            self.sqlite.execute("ROLLBACK")


def create_internal_tables(link: Link) -> None:
    """Makes the catalogue, the binary log and the state where they are missing."""
    link.sqlite.executescript(_INTERNAL_TABLES)


@lru_cache(maxsize=4096)
def collation_key(text: str) -> str:
    """What utf8mb4_0900_ai_ci compares: the text without case and accents."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def _compare_ignoring_case(left: str, right: str) -> int:
    left, right = collation_key(left), collation_key(right)
    return (left > right) - (left < right)


def _compare_exactly(left: str, right: str) -> int:
    return (left > right) - (left < right)

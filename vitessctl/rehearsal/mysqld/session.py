"""One client connection: runs statements one after the other, with MySQL's transactions."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Final

from vitessctl.rehearsal.mysqld.admin import administer
from vitessctl.rehearsal.mysqld.context import SessionState
from vitessctl.rehearsal.mysqld.errors import MySqlError, unsupported
from vitessctl.rehearsal.mysqld.resultset import affected
from vitessctl.rehearsal.mysqld.settings import change_settings, select_variables
from vitessctl.rehearsal.mysqld.show import show
from vitessctl.rehearsal.mysqld.waits import wait
from vitessctl.rehearsal.mysqld.words import first_word, without_comments
from vitessctl.rehearsal.storage.apply import ApplyError
from vitessctl.rehearsal.storage.engine import LockWaitTimeout
from vitessctl.rehearsal.storage.transaction import ReadOnlyServer, ReplicaWaitTimeout, WriteTransaction
from vitessctl.rehearsal.tablet_rpc import QueryResult

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vitessctl.rehearsal.mysqld.state import ServerState

_READS: Final = frozenset({"select", "with", "values", "table"})
_WRITES: Final = frozenset({"insert", "replace", "update", "delete"})
_STRUCTURES: Final = frozenset({"create", "alter", "drop", "truncate", "rename"})
_ADMINISTERS: Final = frozenset({"flush", "purge", "reset", "stop", "start", "change", "kill"})
_IGNORED: Final = frozenset({"lock", "unlock", "analyze", "optimize", "do", "handler", "xa", "check"})


class Session:
    """What a connection to mysqld can do."""

    def __init__(self, server: ServerState, user: str = "vt_dba") -> None:
        self.server: ServerState = server
        self.state = SessionState(connection_id=next(server.connection_ids), user=f"{user}@localhost")
        self.logged = True
        """Whether changes go to the binary log (SQL_LOG_BIN)."""
        self.transaction: WriteTransaction | None = None
        self.in_transaction = False

    def execute(self, sql: str, seconds: float | None = None) -> QueryResult:
        """Runs one statement, within `seconds` where that is given. MySqlError."""
        statement = without_comments(sql)
        if not statement:
            raise MySqlError(1065, text="Query was empty")
        self.state.now = datetime.now()
        self.state.deadline = None if seconds is None else time.monotonic() + seconds
        answer = self._handler(first_word(statement))(statement)
        self.state.row_count = answer["rows_affected"] if not answer["fields"] else -1
        if answer["fields"]:
            self.state.found_rows = len(answer["rows"])
        return answer

    def close(self) -> None:
        """Ends the connection; what was not committed is undone."""
        self._end(lambda transaction: transaction.rollback())

    def _handler(self, word: str) -> Callable[[str], QueryResult]:
        if word in _READS:
            return self._query
        if word in _WRITES:
            return self._write
        if word in _STRUCTURES:
            return self._restructure
        if word in _IGNORED:
            return lambda _: affected(0)
        special: dict[str, Callable[[str], QueryResult]] = {
            "begin": self._begin,
            "start": self._start,
            "commit": self._commit,
            "rollback": self._rollback,
            "savepoint": self._savepoint,
            "release": lambda _: affected(0),
            "set": lambda sql: change_settings(self, sql),
            "use": self._use,
            "show": lambda sql: show(self, sql),
            "desc": lambda sql: show(self, sql),
            "describe": lambda sql: show(self, sql),
            "explain": lambda sql: show(self, sql),
        }
        if word in special:
            return special[word]
        if word in _ADMINISTERS:
            return lambda sql: administer(self.server, sql)
        return self._unknown

    def _unknown(self, sql: str) -> QueryResult:
        raise MySqlError(1064, sql)

    def _use(self, sql: str) -> QueryResult:
        self.use(sql.split(None, 1)[1].strip().strip("`"))
        return affected(0)

    def use(self, database: str) -> None:
        """Selects a database. MySqlError 1049."""
        from vitessctl.rehearsal.mysqld.virtual import BUILTIN_SCHEMAS

        if database not in self.server.engine.schemas and database not in BUILTIN_SCHEMAS:
            raise MySqlError(1049, database)
        self.state.database = database

    # Transactions

    def _begin(self, _: str) -> QueryResult:
        self._end(self._committed)
        self.in_transaction = True
        return affected(0)

    def _start(self, sql: str) -> QueryResult:
        words = sql.lower().split()
        if words[1:2] == ["transaction"]:
            return self._begin(sql)
        return administer(self.server, sql)

    def _commit(self, _: str) -> QueryResult:
        self._end(self._committed)
        return affected(0)

    def _rollback(self, sql: str) -> QueryResult:
        words = sql.split()
        if len(words) > 1 and words[1].lower() == "to":
            name = words[-1].strip("`")
            self._at_savepoint(lambda transaction: transaction.rollback_to(name), name)
            return affected(0)
        self._end(lambda transaction: transaction.rollback())
        return affected(0)

    def _savepoint(self, sql: str) -> QueryResult:
        name = sql.split()[-1].strip("`")
        if self.in_transaction:
            self._check_writable()
            self._open().savepoint(name)
        return affected(0)

    def _at_savepoint(self, action: Callable[[WriteTransaction], None], name: str) -> None:
        try:
            if self.transaction is None:
                raise KeyError(name)
            action(self.transaction)
        except KeyError:
            raise MySqlError(1305, text=f"SAVEPOINT {name} does not exist") from None

    def _end(self, action: Callable[[WriteTransaction], None]) -> None:
        transaction, self.transaction, self.in_transaction = self.transaction, None, False
        if transaction is not None:
            action(transaction)

    def _committed(self, transaction: WriteTransaction) -> None:
        try:
            transaction.commit(self._remaining())
        except ReplicaWaitTimeout:
            raise MySqlError(3024) from None
        except ReadOnlyServer:
            raise MySqlError(1290, self._read_only_option()) from None

    def _remaining(self) -> float | None:
        deadline = self.state.deadline
        return None if deadline is None else max(0.0, deadline - time.monotonic())

    def _read_only_option(self) -> str:
        return "--super-read-only" if self.server.super_read_only else "--read-only"

    def _check_writable(self) -> None:
        if self.server.super_read_only or (self.server.read_only and not self.state.user.startswith("vt_dba")):
            raise MySqlError(1290, self._read_only_option())

    def _open(self, *, foreign_keys: bool = True) -> WriteTransaction:
        """The running write transaction, begun where there is none. MySqlError 1205, 3024."""
        if self.transaction is None:
            remaining = self._remaining()
            patience = min(wait("lock_wait"), remaining) if remaining is not None else wait("lock_wait")
            try:
                self.transaction = WriteTransaction(
                    self.server.engine, patience, logged=self.logged, foreign_keys=foreign_keys
                )
            except LockWaitTimeout:
                raise MySqlError(3024 if patience == remaining else 1205) from None
        return self.transaction

    @contextmanager
    def writing(self, *, foreign_keys: bool = True) -> Iterator[WriteTransaction]:
        """A transaction for one statement: the client's own, or one that is committed behind it. MySqlError."""
        self._check_writable()
        transaction = self._open(foreign_keys=foreign_keys)
        try:
            yield transaction
        except BaseException:
            if not self.in_transaction:
                self._end(lambda transaction: transaction.rollback())
            raise
        if not self.in_transaction:
            self._end(self._committed)

    # Statements that need the parser, which is loaded when the first one comes

    def _query(self, sql: str) -> QueryResult:
        quick = select_variables(self, sql)
        if quick is not None:
            return quick
        from vitessctl.rehearsal.mysqld.run import run_query

        return run_query(self, sql)

    def _write(self, sql: str) -> QueryResult:
        self._check_writable()
        from vitessctl.rehearsal.mysqld.run import run_write

        return run_write(self, sql)

    def _restructure(self, sql: str) -> QueryResult:
        """Commits what is open, as MySQL does, then changes structure in a transaction of its own."""
        self._end(self._committed)
        self._check_writable()
        from vitessctl.rehearsal.mysqld.run import structure_of

        change = structure_of(self, sql)
        if change is None:
            return affected(0)
        try:
            with self.writing(foreign_keys=False) as transaction:
                transaction.restructure(change)
        except ApplyError as error:
            raise unsupported(error.text) from None
        return affected(0)

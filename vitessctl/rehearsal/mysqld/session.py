"""One client connection: runs statements one after the other, with MySQL's transactions."""

from __future__ import annotations

import importlib
import time
from collections.abc import Callable
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Final

from vitessctl.rehearsal.mysqld.context import SessionState
from vitessctl.rehearsal.mysqld.errors import MySqlError, unsupported
from vitessctl.rehearsal.mysqld.names import BUILTIN_SCHEMAS
from vitessctl.rehearsal.mysqld.resultset import affected
from vitessctl.rehearsal.mysqld.waits import wait
from vitessctl.rehearsal.mysqld.words import first_word, without_comments
from vitessctl.rehearsal.storage.apply import ApplyError
from vitessctl.rehearsal.storage.engine import LockWaitTimeout
from vitessctl.rehearsal.storage.transaction import ReadOnlyServer, ReplicaWaitTimeout, WriteTransaction

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vitessctl.rehearsal.mysqld.state import ServerState
    from vitessctl.rehearsal.tablet_rpc import QueryResult

_READS: Final = frozenset({"select", "with", "values", "table"})
_WRITES: Final = frozenset({"insert", "replace", "update", "delete"})
_STRUCTURES: Final = frozenset({"create", "alter", "drop", "truncate", "rename"})
_IGNORED: Final = frozenset({"release", "lock", "unlock", "analyze", "optimize", "do", "handler", "check"})
_ELSEWHERE: Final = {
    "set": ("settings", "change_settings"),
    **dict.fromkeys(("show", "desc", "describe"), ("show", "show")),
    **dict.fromkeys(("flush", "purge", "reset", "stop", "start", "change", "kill"), ("admin", "administer")),
}
"""Module and function of other statements; loaded when the first one comes, because thirteen servers start at once."""


_REFUSED: Final = frozenset({"call", "explain", "load", "grant", "revoke", "prepare", "execute", "deallocate", "xa"})
"""MySQL has them, the rehearsal does not."""


def _elsewhere(word: str) -> Callable[[Session, str], QueryResult]:
    module, function = _ELSEWHERE[word]
    found: Callable[[Session, str], QueryResult] = getattr(
        importlib.import_module(f"vitessctl.rehearsal.mysqld.{module}"), function
    )
    return found


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
        word = first_word(statement.lstrip("("))
        if word == "start" and statement.lower().split()[1:2] == ["transaction"]:
            word = "begin"
        answer = self._handler(word)(statement)
        self.state.row_count = answer["rows_affected"] if not answer["fields"] else -1
        if answer["fields"]:
            self.state.found_rows = len(answer["rows"])
        return answer

    def close(self) -> None:
        """Ends the connection; what was not committed is undone."""
        self._end(lambda transaction: transaction.rollback())

    def _handler(self, word: str) -> Callable[[str], QueryResult]:
        own: dict[str, Callable[[str], QueryResult]] = {
            "begin": self._begin,
            "commit": self._commit,
            "rollback": self._rollback,
            "savepoint": self._savepoint,
            "use": self._use,
            **dict.fromkeys(_STRUCTURES, self._restructure),
            **dict.fromkeys(_WRITES, self._write),
            **dict.fromkeys(_READS, self._query),
            **dict.fromkeys(_IGNORED, lambda _: affected(0)),
        }
        if word in own:
            return own[word]
        return partial(_elsewhere(word), self) if word in _ELSEWHERE else self._unknown

    def _unknown(self, sql: str) -> QueryResult:
        if first_word(sql) in _REFUSED:
            raise unsupported(sql[:200])
        raise MySqlError(1064, sql)

    def _use(self, sql: str) -> QueryResult:
        self.use(sql[len("use") :].strip().strip("`"))
        return affected(0)

    def use(self, database: str) -> None:
        """Selects a database. MySqlError 1049."""
        if not database:
            raise MySqlError(1064, "")
        if database not in self.server.engine.schemas and database not in BUILTIN_SCHEMAS:
            raise MySqlError(1049, database)
        self.state.database = database

    # Transactions

    def _begin(self, _: str) -> QueryResult:
        self._end(self._committed)
        self.in_transaction = True
        return affected(0)

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
        checks = self.state.variables.get("foreign_key_checks", "ON") == "ON"
        transaction = self._open(foreign_keys=foreign_keys and checks)
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
        from vitessctl.rehearsal.mysqld.settings import select_variables

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
        from vitessctl.rehearsal.mysqld.run import structure_error, structure_of

        engine = self.server.engine
        version, change = engine.catalogue_version, structure_of(self, sql)
        if change is None:
            return affected(0)
        try:
            with self.writing(foreign_keys=False) as transaction:
                if engine.catalogue_version != version:
                    change = structure_of(self, sql)
                if change is not None:
                    transaction.restructure(change)
        except ApplyError as error:
            assert change is not None
            raise structure_error(self, change, error) from None
        return affected(0)

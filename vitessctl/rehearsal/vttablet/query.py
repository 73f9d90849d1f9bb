"""The query calls of a tablet (tablet_rpc.QueryService): targets, transactions, health stream."""

from __future__ import annotations

import itertools
import re
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from vitessctl.rehearsal.mysqld.client import CONNECTION_REFUSED, SERVER_GONE, Connection
from vitessctl.rehearsal.mysqld.errors import MySqlError
from vitessctl.rehearsal.servenv.times import seconds
from vitessctl.rehearsal.tablet_rpc import ExecuteResult, HealthReport, TabletError
from vitessctl.rehearsal.vttablet.tablet import Tablet

TRANSACTION_TIMEOUT: Final = 30.0
"""Seconds after which a transaction that is still open is rolled back (queryserver-config-transaction-timeout)."""

_WRITES: Final = re.compile(r"\s*(?:insert|update|delete|replace)\b", re.IGNORECASE)
_CODES: Final = {
    1046: "InvalidArgument",
    1054: "NotFound",
    1062: "AlreadyExists",
    1064: "InvalidArgument",
    1136: "InvalidArgument",
    1146: "NotFound",
    1205: "DeadlineExceeded",
    1235: "Unimplemented",
    1290: "FailedPrecondition",
    1364: "InvalidArgument",
    CONNECTION_REFUSED: "Unavailable",
    SERVER_GONE: "Unavailable",
    3024: "DeadlineExceeded",
}
"""gRPC's code for a MySQL error, where it is not Unknown."""


@dataclass
class _Transaction:
    connection: Connection
    began: float = field(default_factory=time.monotonic)
    lock: threading.Lock = field(default_factory=threading.Lock)


class Queries:
    """What vtgate can ask of this tablet."""

    def __init__(self, tablet: Tablet) -> None:
        self._tablet = tablet
        self._numbers = itertools.count(time.time_ns())
        self._transactions: dict[int, _Transaction] = {}
        self._ended: dict[int, str] = {}

    def execute(self, keyspace: str, shard: str, tablet_type: str, sql: str, transaction_id: int) -> ExecuteResult:
        """Runs one statement."""
        self._check(keyspace, shard, tablet_type)
        self._tablet.queries += 1
        arguments = {"sql": sql, "database": self._tablet.settings.database, "user": "vt_app"}
        limit = seconds("vtgate_query")
        try:
            if not (transaction_id or self._tablet.settings.commits_by_itself) and _WRITES.match(sql):
                raise TabletError("InvalidArgument", "disallowed outside transaction")
            if transaction_id:
                transaction = self._find(transaction_id)
                with transaction.lock:
                    result = transaction.connection.call("query", seconds=limit, **arguments)
            else:
                result = self._tablet.mysqld.call("query", seconds=limit, **arguments)
        except MySqlError as error:
            raise self._error(error, sql) from None
        return {"result": result, "transaction_id": transaction_id}

    def begin(self, keyspace: str, shard: str, tablet_type: str) -> int:
        """Opens a transaction."""
        self._check(keyspace, shard, tablet_type)
        try:
            connection = self._tablet.mysqld.take()
            connection.call("query", sql="begin", database=self._tablet.settings.database, user="vt_app")
        except MySqlError as error:
            raise self._error(error, "begin") from None
        number = next(self._numbers)
        self._transactions[number] = _Transaction(connection)
        return number

    def commit(self, keyspace: str, shard: str, tablet_type: str, transaction_id: int) -> None:
        """Commits."""
        self._finish(transaction_id, "commit")

    def rollback(self, keyspace: str, shard: str, tablet_type: str, transaction_id: int) -> None:
        """Rolls back."""
        self._finish(transaction_id, "rollback")

    def _finish(self, number: int, sql: str) -> None:
        transaction = self._find(number)
        self._transactions.pop(number, None)
        try:
            with transaction.lock:
                transaction.connection.call("query", sql=sql, seconds=seconds("vtgate_query"))
        except MySqlError as error:
            transaction.connection.close()
            raise self._error(error, sql) from None
        finally:
            self._remember_end(number, "unlocked connection")
        self._tablet.mysqld.give_back(transaction.connection)

    def _find(self, number: int) -> _Transaction:
        transaction = self._transactions.get(number)
        if transaction is None:
            reason = self._ended.get(number, "unknown")
            raise TabletError("Aborted", f"transaction {number}: ended at {reason}")
        return transaction

    def end_old_transactions(self, older_than: float = TRANSACTION_TIMEOUT) -> None:
        """Rolls back what was left open for too long."""
        for number, transaction in list(self._transactions.items()):
            if time.monotonic() - transaction.began > older_than:
                self._transactions.pop(number, None)
                transaction.connection.close()
                self._remember_end(number, f"exceeded timeout: {older_than:.0f}s")

    def _remember_end(self, number: int, reason: str) -> None:
        stamp = time.strftime("%Y-%m-%d %H:%M:%S.000 UTC", time.gmtime())
        self._ended[number] = f"{stamp} ({reason})"
        while len(self._ended) > 1000:
            self._ended.pop(next(iter(self._ended)))

    def _check(self, keyspace: str, shard: str, tablet_type: str) -> None:
        """Refuses what is meant for another tablet, or comes while this one does not serve."""
        tablet = self._tablet
        for word, wanted, own in (
            ("keyspace", keyspace, tablet.settings.keyspace),
            ("shard", shard, tablet.settings.shard),
        ):
            if wanted != own:
                raise TabletError("InvalidArgument", f"invalid {word} {wanted} does not match expected {own}")
        if not tablet.serving:
            raise TabletError("FailedPrecondition", f"operation not allowed in state {tablet.state_name}")
        if tablet_type != tablet.type_word:
            text = f"wrong tablet type: {tablet_type.upper()}, want: {tablet.type_word.upper()} or []"
            raise TabletError("FailedPrecondition", text)

    def _error(self, error: MySqlError, sql: str) -> TabletError:
        if error.number in {CONNECTION_REFUSED, SERVER_GONE}:
            self._tablet.mysqld_failed()
        text = f'{error} (CallerID: userData1): Sql: "{sql}", BindVars: {{}}'
        return TabletError(_CODES.get(error.number, "Unknown"), text)

    def stream_health(self) -> Iterator[HealthReport]:
        """A report at once, at every change, and at every interval."""
        tablet = self._tablet
        version = tablet.version
        tablet.streams += 1
        try:
            while True:
                yield tablet.report()
                version = tablet.wait_for_change(version, seconds("health_interval"))
        finally:
            tablet.streams -= 1

"""The admin calls of a tablet (tablet_rpc.TabletManager)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

from vitessctl.rehearsal.mysqld.client import CONNECTION_REFUSED, SERVER_GONE
from vitessctl.rehearsal.mysqld.errors import MySqlError
from vitessctl.rehearsal.mysqld.words import split_statements
from vitessctl.rehearsal.servenv.times import asked, seconds
from vitessctl.rehearsal.tablet_rpc import (
    NOT_A_REPLICA,
    FullStatus,
    QueryResult,
    ReplicationStatus,
    Schema,
    StoppedReplication,
    Table,
    TabletError,
)
from vitessctl.rehearsal.topology_names import type_number
from vitessctl.rehearsal.vttablet.tablet import Tablet
from vitessctl.vtctld.proto import topodata_pb2 as topodata


class Manager:
    """What vtctld, vtorc and other tablets can ask of this one."""

    def __init__(self, tablet: Tablet) -> None:
        self._tablet = tablet
        self._ask = tablet.ask

    def ping(self) -> None:
        """Does nothing; does not look at MySQL."""

    # Status

    def full_status(self) -> FullStatus:
        """What mysqld says."""
        status = dict(self._ask("status"))
        status.pop("blocked_writers")
        status.pop("schemas")
        status["tablet_type"] = self._tablet.type_word
        return cast(FullStatus, status)

    def replication_status(self) -> ReplicationStatus:
        """How it replicates; NOT_A_REPLICA without a source."""
        found = self._ask("status")["replication"]
        if found is None:
            raise TabletError("Unknown", NOT_A_REPLICA)
        return cast(ReplicationStatus, found)

    def primary_position(self) -> str:
        """The executed GTID set."""
        return str(self._ask("status")["position"])

    # Replication

    def stop_replication_and_get_status(self) -> StoppedReplication:
        """Stops the IO thread only."""
        with self._tablet.lock:
            try:
                before = self.replication_status()
            except TabletError as error:
                raise TabletError(error.code, f"before status failed: {error.text}") from None
            self._ask("stop_replica", io_only=True)
            return {"before": before, "after": self.replication_status()}

    def stop_replication(self) -> None:
        """Stops both threads."""
        with self._tablet.lock:
            self._ask("stop_replica", io_only=False)

    def start_replication(self, semi_sync: bool) -> None:
        """Starts both threads; errno 1200 without a source."""
        with self._tablet.lock:
            self._tablet.set_semi_sync(semi_sync)
            self._ask("start_replica")

    def set_replication_source(
        self, alias: str, host: str, port: int, start: bool, semi_sync: bool, wait_position: str, seconds: float
    ) -> None:
        """Follows another mysqld; a primary steps down for it."""
        with self._tablet.lock:
            steps_down = self._tablet.is_primary
            if steps_down:
                self._tablet.become(topodata.REPLICA)
            self._ask("set", name="super_read_only", value="1")
            self._tablet.set_semi_sync(semi_sync)
            status = self._ask("status")["replication"]
            if status is None or (status["source_host"], status["source_port"]) != (host, port):
                self._ask("follow", host=host, port=port)
            never_followed = status is None  # a tablet without any source starts at once, as in Vitess
            if start or steps_down or never_followed:
                self._ask("start_replica")
        if wait_position:
            self._wait(wait_position, seconds, "WaitSourcePos failed: timed out waiting for position {}")

    def reset_replication(self) -> None:
        """Forgets source and GTID set; the rows stay."""
        with self._tablet.lock:
            self._ask("stop_replica", io_only=False)
            self._ask("follow", host="", port=0)
            self._ask("reset_log", purged="")

    def wait_for_position(self, position: str, seconds: float) -> None:
        """Waits until that is applied."""
        self._wait(position, seconds, "timed out waiting for position {}")

    def _wait(self, position: str, limit: float, text: str) -> None:
        if not self._ask("wait_for", position=position, seconds=asked(limit)):
            raise TabletError("DeadlineExceeded", text.format(position))

    # Reparents

    def demote_primary(self) -> str:
        """Stops serving and makes mysqld read-only; keeps the type. One that is no primary goes on serving.

        An emergency reparent demotes every tablet that has no replication source, so also an emptied replica.
        """
        with self._tablet.lock:
            self._tablet.demoted = self._tablet.is_primary
            self._tablet.changed()
            self._ask("set", name="super_read_only", value="1")
            self._ask("set", name="rpl_semi_sync_source_enabled", value="0")
            return self.primary_position()

    def undo_demote_primary(self, semi_sync: bool) -> None:
        """Takes the demotion back."""
        with self._tablet.lock:
            self._tablet.set_semi_sync(semi_sync)
            self._tablet.set_writable(True)
            self._tablet.demoted = False
            self._tablet.changed()

    def promote_replica(self, semi_sync: bool) -> str:
        """Stops replicating and becomes the primary, with a new term."""
        with self._tablet.lock:
            self._ask("stop_replica", io_only=False)
            self._ask("follow", host="", port=0)
            return self._lead(semi_sync)

    def init_primary(self, semi_sync: bool) -> str:
        """Becomes the first primary of the shard."""
        return self.promote_replica(semi_sync)

    def _lead(self, semi_sync: bool) -> str:
        """The database is made before semi-sync is on: no replica could confirm it yet."""
        self._tablet.set_writable(True)
        self._ask("prepare_database", database=self._tablet.settings.database)
        self._tablet.become(topodata.PRIMARY)
        self._tablet.set_semi_sync(semi_sync)
        self._tablet.look()
        return self.primary_position()

    def init_replica(self, alias: str, host: str, port: int, position: str, semi_sync: bool) -> None:
        """Forgets the own GTID set, takes `position` for it, and follows from there; the rows stay."""
        with self._tablet.lock:
            if self._tablet.is_primary:
                self._tablet.become(topodata.REPLICA)
            self._ask("stop_replica", io_only=False)
            # The real primary writes what makes its sidecar once more after this position; here it is just there.
            self._tablet.set_writable(True)
            self._ask("prepare_database", database=self._tablet.settings.database, unlogged=True)
            self._ask("set", name="super_read_only", value="1")
            self._ask("reset_log", purged=position)
            self._tablet.set_semi_sync(semi_sync)
            self._ask("follow", host=host, port=port)
            self._ask("start_replica")

    def populate_reparent_journal(
        self, time_created_ns: int, action_name: str, primary_alias: str, position: str
    ) -> None:
        """Writes a row to the sidecar; under semi-sync this shows that a replica follows."""
        values = f"{time_created_ns}, '{action_name}', '{primary_alias}', '{position}'"
        sql = f"INSERT INTO _vt.reparent_journal VALUES ({values})"
        self._ask("query", sql=sql, seconds=seconds("wait_replicas"))

    def change_type(self, type: str, semi_sync: bool) -> None:  # noqa: A002 - the wire's name
        """Becomes another type."""
        with self._tablet.lock:
            self._tablet.become(type_number(type))
            self._tablet.set_semi_sync(semi_sync)

    # Statements

    def execute_fetch_as_dba(self, query: str, max_rows: int, disable_binlogs: bool) -> QueryResult:
        """One statement, in the tablet's database if it exists."""
        statements = split_statements(query)
        if not statements:
            raise TabletError("InvalidArgument", f"no statements found in query: {query}")
        if len(statements) > 1:
            text = "multi statement queries are not supported in ExecuteFetchAsDba"
            raise TabletError("InvalidArgument", text)
        return self._as_dba(query, max_rows, disable_binlogs)

    def execute_multi_fetch_as_dba(self, sql: str, max_rows: int, disable_binlogs: bool) -> list[QueryResult]:
        """Several statements."""
        return [self._as_dba(statement, max_rows, disable_binlogs) for statement in split_statements(sql)]

    def _as_dba(self, statement: str, max_rows: int, unlogged: bool) -> QueryResult:
        """The connection is one that the app's statements use too, so the user is named each time."""
        database = self._tablet.settings.database
        return self._fetch(statement, max_rows, database=database, unlogged=unlogged, user="vt_dba")

    def execute_fetch_as_app(self, query: str, max_rows: int) -> QueryResult:
        """One statement without a database."""
        return self._fetch(query, max_rows, database="", user="vt_app")

    def _fetch(self, sql: str, max_rows: int, **arguments: Any) -> QueryResult:
        with _as_recorded(sql):
            result = cast(QueryResult, self._tablet.mysqld.call("query", sql=sql, **arguments))
        if len(result["rows"]) > max_rows:
            raise TabletError("Aborted", f"Row count exceeded {max_rows}")
        return result

    def get_schema(
        self, tables: list[str], exclude_tables: list[str], include_views: bool, table_names_only: bool
    ) -> Schema:
        """The tables of the tablet's database."""
        schema = cast(Schema, self._ask("schema", database=self._tablet.settings.database))
        wanted = [
            table
            for table in schema["tables"]
            if (not tables or table["name"] in tables) and table["name"] not in exclude_tables
        ]
        if table_names_only:
            wanted = [_name_only(table["name"]) for table in wanted]
        return {"database_schema": schema["database_schema"], "tables": wanted}

    # The rest

    def refresh_state(self) -> None:
        """Reads the own record again."""
        self._tablet.read_record()

    def run_health_check(self) -> None:
        """Looks now; OK even with a dead mysqld."""
        self._tablet.look()
        self._tablet.changed()

    def set_read_only(self) -> None:
        """super_read_only on."""
        self._tablet.set_writable(False)

    def set_read_write(self) -> None:
        """Both off."""
        self._tablet.set_writable(True)

    def reload_schema(self) -> None:
        """There is nothing to reload: mysqld is asked each time."""


def _name_only(name: str) -> Table:
    return {
        "name": name,
        "schema": "",
        "columns": [],
        "primary_key_columns": [],
        "type": "",
        "data_length": 0,
        "row_count": 0,
        "fields": [],
    }


@contextmanager
def _as_recorded(sql: str) -> Iterator[None]:
    """Errors of a statement as ExecuteFetch words them; all have code Unknown."""
    try:
        yield
    except MySqlError as error:
        gone = error.number in {CONNECTION_REFUSED, SERVER_GONE}
        raise TabletError("Unknown", str(error) if gone else f"{error} during query: {sql}") from None

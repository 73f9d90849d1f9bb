"""The contract between the vttablet stand-in and everything that calls it.

Real vttablets speak `tabletmanagerservice` and `queryservice`; the stand-ins speak the same calls under the
same names with JSON bodies (`tablet_client`, `tablet_server`), on the same gRPC port. A request is a JSON
object of the method's keyword arguments; the answer is the JSON of what the method returns. Both sides
implement the protocols below, so mypy checks that they agree.

Positions are GTID sets as MySQL writes them, without the flavour's prefix: `uuid:1-27,uuid2:1-3`; "" is
the empty set. Aliases are `zone1-0000000100`. Tablet types are lower case. Seconds are floats.

Who writes the topology: the tablet itself, as in Vitess. Every change of type rewrites its own record;
becoming primary sets `primary_term_start_time` and, right after, the shard's record (if no newer term stands
there). A primary that finds a newer term in the shard's record steps down by itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Protocol, TypedDict

MANAGER_SERVICE: Final = "rehearsal.Tablet"
QUERY_SERVICE: Final = "rehearsal.Query"

IO_STOPPED: Final = 1
IO_CONNECTING: Final = 2
IO_RUNNING: Final = 3
"""States of a replication thread, numbered as Vitess numbers them (0 is unknown)."""

NOT_A_REPLICA: Final = "no replication status (errno 100) (sqlstate HY000)"
"""What a tablet without a replication source answers; callers know a primary, or a blank replica, by errno 100."""


class TabletError(Exception):
    """A call that a tablet refused.

    `code` is gRPC's name as Go writes it (Unknown, InvalidArgument, DeadlineExceeded, Unavailable, Aborted …);
    `text` on the server is the bare reason, on the client it carries `TabletManager.<Method> on <alias>: ` in front.
    """

    def __init__(self, code: str, text: str) -> None:
        super().__init__(f"rpc error: code = {code} desc = {text}")
        self.code = code
        self.text = text


class ReplicationStatus(TypedDict):
    """How a tablet with a source replicates."""

    position: str
    relay_position: str
    source_host: str
    source_port: int
    source_uuid: str
    source_server_id: int
    io_state: int
    sql_state: int
    last_io_error: str
    last_sql_error: str
    lag_seconds: int | None
    file_position: str
    """As `vt-0000000100-bin.000001:15800`, "" where nothing was read."""


class StoppedReplication(TypedDict):
    """Replication's state around a stop of the IO thread."""

    before: ReplicationStatus
    after: ReplicationStatus


class FullStatus(TypedDict):
    """All that a tablet's mysqld says of itself."""

    server_id: int
    server_uuid: str
    version: str
    version_comment: str
    position: str
    file_position: str
    gtid_purged: str
    read_only: bool
    super_read_only: bool
    semi_sync_primary_enabled: bool
    semi_sync_replica_enabled: bool
    semi_sync_primary_status: bool
    semi_sync_replica_status: bool
    semi_sync_primary_clients: int
    semi_sync_blocked: bool
    tablet_type: str
    """What the vttablet believes it is."""
    replication: ReplicationStatus | None


class Field(TypedDict):
    """A column of a result; `type` is a name of query.Type (INT64, VARCHAR, NULL_TYPE …)."""

    name: str
    type: str
    table: str
    org_table: str
    database: str
    org_name: str
    column_length: int
    charset: int
    decimals: int
    flags: int


class QueryResult(TypedDict):
    """Rows as MySQL's text protocol has them. Bytes that are not UTF-8 travel as surrogate escapes."""

    fields: list[Field]
    rows: list[list[str | None]]
    rows_affected: int
    insert_id: int


class Table(TypedDict):
    """A table of the tablet's database."""

    name: str
    schema: str
    columns: list[str]
    primary_key_columns: list[str]
    type: str
    data_length: int
    row_count: int
    fields: list[Field]


class Schema(TypedDict):
    """The tablet's database; `database_schema` is its CREATE DATABASE."""

    database_schema: str
    tables: list[Table]


class TabletManager(Protocol):
    """Admin calls of a tablet. All raise TabletError; with a dead mysqld code Unavailable and errno 2002.

    (ExecuteFetch calls give code Unknown for it, nested: see the recorded answers in the tests.)
    """

    def ping(self) -> None:
        """Does nothing; does not look at MySQL."""

    def full_status(self) -> FullStatus:
        """What mysqld says."""

    def replication_status(self) -> ReplicationStatus:
        """Raises Unknown NOT_A_REPLICA where there is no source."""

    def primary_position(self) -> str:
        """The executed GTID set, whatever the tablet's role."""

    def stop_replication_and_get_status(self) -> StoppedReplication:
        """Stop the IO thread only. Raises Unknown `before status failed: ` + NOT_A_REPLICA where there is no source."""

    def stop_replication(self) -> None:
        """Stop both threads."""

    def start_replication(self, semi_sync: bool) -> None:
        """Start both threads; errno 1200 where there is no source."""

    def set_replication_source(
        self, alias: str, host: str, port: int, start: bool, semi_sync: bool, wait_position: str, seconds: float
    ) -> None:
        """Follow another mysqld.

        Threads that ran before run after; a tablet that had no source starts; `start` starts them also when they were
        stopped. A PRIMARY becomes replica (its record too). With a `wait_position` it then waits for that
        at most `seconds`, and raises DeadlineExceeded `WaitSourcePos failed: timed out waiting for position <it>`.
        """

    def demote_primary(self) -> str:
        """Stop serving writes, super-read-only on, semi-sync off; idempotent, keeps the type. Gives the position."""

    def undo_demote_primary(self, semi_sync: bool) -> None:
        """Take the demotion back."""

    def promote_replica(self, semi_sync: bool) -> str:
        """Stop replicating, set semi-sync, become writable, become PRIMARY with a new term. Gives the position."""

    def init_primary(self, semi_sync: bool) -> str:
        """Become writable, create the database if absent, then as promote_replica. For a shard's first primary."""

    def init_replica(self, alias: str, host: str, port: int, position: str, semi_sync: bool) -> None:
        """Forget the own GTID set, take `position` for it (the rows stay!), follow that primary from there."""

    def reset_replication(self) -> None:
        """Forget source and GTID set (RESET BINARY LOGS AND GTIDS). The rows stay."""

    def populate_reparent_journal(
        self, time_created_ns: int, action_name: str, primary_alias: str, position: str
    ) -> None:
        """Write a row to the sidecar's reparent_journal; with semi-sync this waits for a replica."""

    def wait_for_position(self, position: str, seconds: float) -> None:
        """Until that GTID set is applied; raises DeadlineExceeded `timed out waiting for position <it>`."""

    def change_type(self, type: str, semi_sync: bool) -> None:  # noqa: A002 - the wire's name
        """Become replica, rdonly, spare, drained …"""

    def execute_fetch_as_dba(self, query: str, max_rows: int, disable_binlogs: bool) -> QueryResult:
        """One statement on mysqld; the tablet's database is selected if it exists."""

    def execute_multi_fetch_as_dba(self, sql: str, max_rows: int, disable_binlogs: bool) -> list[QueryResult]:
        """Several statements, one result each."""

    def execute_fetch_as_app(self, query: str, max_rows: int) -> QueryResult:
        """One statement as the app's user; no database is selected, ever."""

    def get_schema(
        self, tables: list[str], exclude_tables: list[str], include_views: bool, table_names_only: bool
    ) -> Schema:
        """The tables of the tablet's database; empty where it does not exist."""

    def refresh_state(self) -> None:
        """Read the own record from the topology again."""

    def run_health_check(self) -> None:
        """Look at the own health now; answers OK even with a dead mysqld."""

    def set_read_only(self) -> None:
        """super_read_only on."""

    def set_read_write(self) -> None:
        """super_read_only and read_only off."""

    def reload_schema(self) -> None:
        """Read the tables again."""


class HealthReport(TypedDict):
    """One message of a tablet's health stream."""

    alias: str
    keyspace: str
    shard: str
    type: str
    serving: bool
    lag_seconds: int
    term_start: float
    """Seconds since the epoch, 0 for what is not primary."""
    error: str


class ExecuteResult(TypedDict):
    """A query's result, and the transaction that it ran in (0: none)."""

    result: QueryResult
    transaction_id: int


class QueryService(Protocol):
    """What vtgate calls. TabletError's text ends in `(errno N) (sqlstate S)` where MySQL refused."""

    def execute(self, keyspace: str, shard: str, tablet_type: str, sql: str, transaction_id: int) -> ExecuteResult:
        """Run one statement; refuses a target that the tablet is not (FailedPrecondition, as Vitess words it)."""

    def begin(self, keyspace: str, shard: str, tablet_type: str) -> int:
        """Open a transaction; gives its id, never 0."""

    def commit(self, keyspace: str, shard: str, tablet_type: str, transaction_id: int) -> None:
        """Commit; unknown id: Aborted `transaction <id>: ended at …`."""

    def rollback(self, keyspace: str, shard: str, tablet_type: str, transaction_id: int) -> None:
        """Roll back."""

    def stream_health(self) -> Iterator[HealthReport]:
        """A report at once, then at every change and every health-check interval."""


MANAGER_METHODS: Final[dict[str, str]] = {
    "Ping": "ping",
    "FullStatus": "full_status",
    "ReplicationStatus": "replication_status",
    "PrimaryPosition": "primary_position",
    "StopReplicationAndGetStatus": "stop_replication_and_get_status",
    "StopReplication": "stop_replication",
    "StartReplication": "start_replication",
    "SetReplicationSource": "set_replication_source",
    "DemotePrimary": "demote_primary",
    "UndoDemotePrimary": "undo_demote_primary",
    "PromoteReplica": "promote_replica",
    "InitPrimary": "init_primary",
    "InitReplica": "init_replica",
    "ResetReplication": "reset_replication",
    "PopulateReparentJournal": "populate_reparent_journal",
    "WaitForPosition": "wait_for_position",
    "ChangeType": "change_type",
    "ExecuteFetchAsDba": "execute_fetch_as_dba",
    "ExecuteMultiFetchAsDba": "execute_multi_fetch_as_dba",
    "ExecuteFetchAsApp": "execute_fetch_as_app",
    "GetSchema": "get_schema",
    "RefreshState": "refresh_state",
    "RunHealthCheck": "run_health_check",
    "SetReadOnly": "set_read_only",
    "SetReadWrite": "set_read_write",
    "ReloadSchema": "reload_schema",
}
QUERY_METHODS: Final[dict[str, str]] = {
    "Execute": "execute",
    "Begin": "begin",
    "Commit": "commit",
    "Rollback": "rollback",
}
QUERY_STREAMS: Final[dict[str, str]] = {"StreamHealth": "stream_health"}
"""Names on the wire and the methods behind them."""

"""Client side of tablet_rpc."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from typing import Any, cast

import grpc

from vitessctl.rehearsal.tablet_rpc import (
    MANAGER_SERVICE,
    QUERY_SERVICE,
    ExecuteResult,
    FullStatus,
    HealthReport,
    QueryResult,
    ReplicationStatus,
    Schema,
    StoppedReplication,
    TabletError,
)
from vitessctl.rehearsal.tablet_wire import decode, encode, go_name

CHANNEL_OPTIONS = [
    ("grpc.initial_reconnect_backoff_ms", 50),
    ("grpc.min_reconnect_backoff_ms", 50),
    ("grpc.max_reconnect_backoff_ms", 500),
    ("grpc.dns_min_time_between_resolutions_ms", 500),
    ("grpc.max_receive_message_length", 64 << 20),
    ("grpc.enable_http_proxy", 0),
]
"""A tablet that comes back is found within half a second, also at another address: a pod that is made anew has one."""


def open_channel(address: str) -> grpc.Channel:
    """A channel to `host:port`; connects when it is first used."""
    return grpc.insecure_channel(address, options=CHANNEL_OPTIONS)


class _Caller:
    """One service at one address.

    Calls wait for a dead server until the deadline, as Vitess' clients do; with `wait` false they fail at once.
    """

    service = ""

    def __init__(self, channel: grpc.Channel, address: str, seconds: float, wait: bool = True) -> None:
        self._channel = channel
        self._address = address
        self._wait = wait
        self._deadline = time.monotonic() + seconds

    def _call(self, method: str, /, **arguments: Any) -> Any:
        call = self._channel.unary_unary(f"/{self.service}/{method}", encode)  # gRPC takes a decoded None for a failure
        remaining = self._deadline - time.monotonic()
        if remaining <= 0:
            raise TabletError("DeadlineExceeded", "context deadline exceeded")
        try:
            return decode(call(arguments, timeout=remaining, wait_for_ready=self._wait))
        except grpc.RpcError as error:
            raise self._as_tablet_error(error) from None

    def _as_tablet_error(self, error: grpc.RpcError) -> TabletError:
        code = cast(grpc.StatusCode, error.code())
        if code is grpc.StatusCode.DEADLINE_EXCEEDED and not listens(self._address):
            return TabletError("DeadlineExceeded", refused_text(self._address))
        details = cast(str, error.details() or "")
        if details == "Deadline Exceeded":
            details = "context deadline exceeded"
        return TabletError(go_name(code), details)


def refused_text(address: str) -> str:
    """What Go's gRPC says when a deadline ends while nothing listens at `address`."""
    cause = f"transport: Error while dialing: dial tcp {address}: connect: connection refused"
    return f'latest balancer error: connection error: desc = "{cause}"'


def listens(address: str) -> bool:
    """Whether something accepts connections at `host:port`."""
    host, _, port = address.rpartition(":")
    try:
        with socket.create_connection((host, int(port)), timeout=0.2):
            return True
    except OSError:
        return False


class TabletClient(_Caller):
    """A TabletManager at an address. `seconds` is the time for all calls of this object together."""

    service = MANAGER_SERVICE

    def ping(self) -> None:
        """See TabletManager; so for all below."""
        self._call("Ping")

    def full_status(self) -> FullStatus:
        """What mysqld says."""
        return cast(FullStatus, self._call("FullStatus"))

    def replication_status(self) -> ReplicationStatus:
        """How it replicates."""
        return cast(ReplicationStatus, self._call("ReplicationStatus"))

    def primary_position(self) -> str:
        """The executed GTID set."""
        return cast(str, self._call("PrimaryPosition"))

    def stop_replication_and_get_status(self) -> StoppedReplication:
        """Stop the IO thread."""
        return cast(StoppedReplication, self._call("StopReplicationAndGetStatus"))

    def stop_replication(self) -> None:
        """Stop both threads."""
        self._call("StopReplication")

    def start_replication(self, semi_sync: bool) -> None:
        """Start both threads."""
        self._call("StartReplication", semi_sync=semi_sync)

    def set_replication_source(
        self, alias: str, host: str, port: int, start: bool, semi_sync: bool, wait_position: str, seconds: float
    ) -> None:
        """Follow another mysqld."""
        self._call(
            "SetReplicationSource",
            alias=alias,
            host=host,
            port=port,
            start=start,
            semi_sync=semi_sync,
            wait_position=wait_position,
            seconds=seconds,
        )

    def demote_primary(self) -> str:
        """Make read-only."""
        return cast(str, self._call("DemotePrimary"))

    def undo_demote_primary(self, semi_sync: bool) -> None:
        """Take it back."""
        self._call("UndoDemotePrimary", semi_sync=semi_sync)

    def promote_replica(self, semi_sync: bool) -> str:
        """Make primary."""
        return cast(str, self._call("PromoteReplica", semi_sync=semi_sync))

    def init_primary(self, semi_sync: bool) -> str:
        """Make the first primary."""
        return cast(str, self._call("InitPrimary", semi_sync=semi_sync))

    def init_replica(self, alias: str, host: str, port: int, position: str, semi_sync: bool) -> None:
        """Follow from a position."""
        self._call("InitReplica", alias=alias, host=host, port=port, position=position, semi_sync=semi_sync)

    def reset_replication(self) -> None:
        """Forget GTIDs and source."""
        self._call("ResetReplication")

    def populate_reparent_journal(
        self, time_created_ns: int, action_name: str, primary_alias: str, position: str
    ) -> None:
        """Write the journal's row."""
        self._call(
            "PopulateReparentJournal",
            time_created_ns=time_created_ns,
            action_name=action_name,
            primary_alias=primary_alias,
            position=position,
        )

    def wait_for_position(self, position: str, seconds: float) -> None:
        """Wait until it is applied."""
        self._call("WaitForPosition", position=position, seconds=seconds)

    def change_type(self, type: str, semi_sync: bool) -> None:  # noqa: A002 - the wire's name
        """Become another type."""
        self._call("ChangeType", type=type, semi_sync=semi_sync)

    def execute_fetch_as_dba(self, query: str, max_rows: int, disable_binlogs: bool) -> QueryResult:
        """One statement."""
        answer = self._call("ExecuteFetchAsDba", query=query, max_rows=max_rows, disable_binlogs=disable_binlogs)
        return cast(QueryResult, answer)

    def execute_multi_fetch_as_dba(self, sql: str, max_rows: int, disable_binlogs: bool) -> list[QueryResult]:
        """Several statements."""
        answer = self._call("ExecuteMultiFetchAsDba", sql=sql, max_rows=max_rows, disable_binlogs=disable_binlogs)
        return cast("list[QueryResult]", answer)

    def execute_fetch_as_app(self, query: str, max_rows: int) -> QueryResult:
        """One statement as the app's user."""
        return cast(QueryResult, self._call("ExecuteFetchAsApp", query=query, max_rows=max_rows))

    def get_schema(
        self, tables: list[str], exclude_tables: list[str], include_views: bool, table_names_only: bool
    ) -> Schema:
        """The tables."""
        answer = self._call(
            "GetSchema",
            tables=tables,
            exclude_tables=exclude_tables,
            include_views=include_views,
            table_names_only=table_names_only,
        )
        return cast(Schema, answer)

    def refresh_state(self) -> None:
        """Read the record again."""
        self._call("RefreshState")

    def run_health_check(self) -> None:
        """Look now."""
        self._call("RunHealthCheck")

    def set_read_only(self) -> None:
        """Read-only on."""
        self._call("SetReadOnly")

    def set_read_write(self) -> None:
        """Read-only off."""
        self._call("SetReadWrite")

    def reload_schema(self) -> None:
        """Read the tables again."""
        self._call("ReloadSchema")


class QueryClient(_Caller):
    """A QueryService at an address; `seconds` is the time for all calls of this object together."""

    service = QUERY_SERVICE

    def execute(self, keyspace: str, shard: str, tablet_type: str, sql: str, transaction_id: int) -> ExecuteResult:
        """Run one statement."""
        answer = self._call(
            "Execute",
            keyspace=keyspace,
            shard=shard,
            tablet_type=tablet_type,
            sql=sql,
            transaction_id=transaction_id,
        )
        return cast(ExecuteResult, answer)

    def begin(self, keyspace: str, shard: str, tablet_type: str) -> int:
        """Open a transaction."""
        return cast(int, self._call("Begin", keyspace=keyspace, shard=shard, tablet_type=tablet_type))

    def commit(self, keyspace: str, shard: str, tablet_type: str, transaction_id: int) -> None:
        """Commit it."""
        self._end("Commit", keyspace, shard, tablet_type, transaction_id)

    def rollback(self, keyspace: str, shard: str, tablet_type: str, transaction_id: int) -> None:
        """Roll it back."""
        self._end("Rollback", keyspace, shard, tablet_type, transaction_id)

    def _end(self, method: str, keyspace: str, shard: str, tablet_type: str, transaction_id: int) -> None:
        self._call(method, keyspace=keyspace, shard=shard, tablet_type=tablet_type, transaction_id=transaction_id)

    def stream_health(self) -> Iterator[HealthReport]:
        """Reports until the tablet goes away; then raises TabletError. Has no deadline."""
        call = self._channel.unary_stream(f"/{self.service}/StreamHealth", encode, decode)
        try:
            yield from call({})
        except grpc.RpcError as error:
            raise self._as_tablet_error(error) from None

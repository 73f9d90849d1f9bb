"""What the topology holds, as the rest of vitessctl sees it, whichever RPC brought it."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class CellRecord:
    """A CellInfo: where a cell's own records are."""

    name: str
    server_address: str
    root: str


@dataclass(frozen=True)
class KeyspaceRecord:
    """A keyspace."""

    name: str
    durability: str | None
    """The policy's name; "" where none was ever set, which vtorc ignores; None where the release's record has no place
    for it (until 13)."""
    sidecar_database: str = ""


@dataclass(frozen=True)
class ShardRecord:
    """A shard; `primary` is an alias, "" where none was elected."""

    keyspace: str
    name: str
    primary: str
    serving: bool


@dataclass(frozen=True)
class TabletRecord:
    """A tablet's record, which is not proof that it lives."""

    alias: str
    keyspace: str
    shard: str
    type: str
    """Lower case: primary, replica, rdonly, spare, backup, restore, drained, unknown."""
    hostname: str
    ports: dict[str, int] = field(default_factory=dict)
    """By name: `vt` is HTTP, `grpc`. Empty after a clean stop."""
    mysql_hostname: str = ""
    mysql_port: int = 0
    primary_term_start: float = 0.0
    """Seconds since the epoch, 0 for a tablet that was never primary."""


@dataclass(frozen=True)
class ReplicationStatus:
    """How a tablet replicates; absent altogether where it has no source."""

    source_host: str
    source_port: int
    io_running: bool
    sql_running: bool
    lag_seconds: int | None
    """None where MySQL does not know."""
    io_error: str = ""
    sql_error: str = ""
    position: str = ""
    """The GTID set that has been applied, without the flavour's prefix."""
    received: str = ""
    """The GTID set that came to its relay logs, applied or not. From 15 on what it applied before is in it too."""


@dataclass(frozen=True)
class FullStatus:
    """What a tablet's MySQL says of itself: GetFullStatus, or until 14 the answers to queries."""

    alias: str
    server_uuid: str
    version: str
    read_only: bool
    super_read_only: bool
    position: str
    """GTID set executed, without the flavour's prefix."""
    gtid_purged: str
    semi_sync_primary_enabled: bool
    semi_sync_replica_enabled: bool
    semi_sync_blocked: bool
    replication: ReplicationStatus | None = None


@dataclass(frozen=True)
class QueryResult:
    """Rows of a query; None is SQL NULL."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str | None, ...], ...]
    rows_affected: int = 0


@dataclass(frozen=True)
class TableDefinition:
    """A table, and roughly how many rows it has."""

    name: str
    row_count: int = 0
    schema: str = ""

"""From the tablets' JSON to vtctld's messages."""

from __future__ import annotations

from typing import Final

from vitessctl.rehearsal.tablet_rpc import Field, FullStatus, QueryResult, ReplicationStatus, Schema, Table
from vitessctl.rehearsal.topology_names import type_number
from vitessctl.vtctld.proto import query_pb2 as query
from vitessctl.vtctld.proto import replicationdata_pb2 as replication
from vitessctl.vtctld.proto import tabletmanagerdata_pb2 as manager

FLAVOUR: Final = "MySQL56/"
FILE_FLAVOUR: Final = "FilePos/"
SEMI_SYNC_TIMEOUT_MS: Final = 10**18


def position(gtid_set: str) -> str:
    """A GTID set as Vitess writes it, with its flavour."""
    return FLAVOUR + gtid_set


def replication_status(status: ReplicationStatus) -> replication.Status:
    """A replica's Status."""
    lag = status["lag_seconds"]
    return replication.Status(
        position=position(status["position"]),
        relay_log_position=position(status["relay_position"]),
        file_position=_file(status["file_position"]),
        relay_log_source_binlog_equivalent_position=_file(status["file_position"]),
        source_host=status["source_host"],
        source_port=status["source_port"],
        source_uuid=status["source_uuid"],
        source_server_id=status["source_server_id"],
        source_user="vt_repl",
        connect_retry=10,
        io_state=status["io_state"],
        sql_state=status["sql_state"],
        last_io_error=status["last_io_error"],
        last_sql_error=status["last_sql_error"],
        replication_lag_seconds=lag or 0,
        replication_lag_unknown=lag is None,
        auto_position=True,
        ssl_allowed=True,
    )


def full_status(status: FullStatus) -> replication.FullStatus:
    """GetFullStatus' answer."""
    source = status["replication"]
    return replication.FullStatus(
        server_id=status["server_id"],
        server_uuid=status["server_uuid"],
        replication_status=replication_status(source) if source else None,
        primary_status=replication.PrimaryStatus(
            position=position(status["position"]),
            file_position=_file(status["file_position"]),
            server_uuid=status["server_uuid"],
        ),
        gtid_purged=position(status["gtid_purged"]),
        version=status["version"],
        version_comment=status["version_comment"],
        read_only=status["read_only"],
        super_read_only=status["super_read_only"],
        gtid_mode="ON",
        binlog_format="ROW",
        binlog_row_image="FULL",
        log_bin_enabled=True,
        log_replica_updates=True,
        semi_sync_primary_enabled=status["semi_sync_primary_enabled"],
        semi_sync_replica_enabled=status["semi_sync_replica_enabled"],
        semi_sync_primary_status=status["semi_sync_primary_status"],
        semi_sync_replica_status=status["semi_sync_replica_status"],
        semi_sync_primary_clients=status["semi_sync_primary_clients"],
        semi_sync_primary_timeout=SEMI_SYNC_TIMEOUT_MS,
        semi_sync_wait_for_replica_count=1,
        semi_sync_blocked=status["semi_sync_blocked"],
        tablet_type=type_number(status["tablet_type"]),
    )


def query_result(result: QueryResult) -> query.QueryResult:
    """Rows as vtctld sends them: all values of a row in one string, and their lengths."""
    return query.QueryResult(
        fields=[_field(field) for field in result["fields"]],
        rows=[_row(values) for values in result["rows"]],
        rows_affected=result["rows_affected"],
        insert_id=result["insert_id"],
    )


def schema(found: Schema) -> manager.SchemaDefinition:
    """GetSchema's answer."""
    tables = [_table(table) for table in found["tables"]]
    return manager.SchemaDefinition(database_schema=found["database_schema"], table_definitions=tables)


def _table(table: Table) -> manager.TableDefinition:
    return manager.TableDefinition(
        name=table["name"],
        schema=table["schema"],
        columns=table["columns"],
        primary_key_columns=table["primary_key_columns"],
        type=table["type"],
        data_length=table["data_length"],
        row_count=table["row_count"],
        fields=[_field(field) for field in table["fields"]],
    )


def _field(field: Field) -> query.Field:
    return query.Field(
        name=field["name"],
        type=field["type"],
        table=field["table"],
        org_table=field["org_table"],
        database=field["database"],
        org_name=field["org_name"],
        column_length=field["column_length"],
        charset=field["charset"],
        decimals=field["decimals"],
        flags=field["flags"],
    )


def _row(values: list[str | None]) -> query.Row:
    encoded = [None if value is None else value.encode("utf-8", "surrogateescape") for value in values]
    lengths = [-1 if value is None else len(value) for value in encoded]
    return query.Row(lengths=lengths, values=b"".join(value for value in encoded if value is not None))


def _file(name: str) -> str:
    return FILE_FLAVOUR + name if name else ""

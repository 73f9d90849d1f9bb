"""Between wire messages and the records that the rest of vitessctl works with. Pure; needs protobuf, not grpc."""

from __future__ import annotations

import json
from collections.abc import Iterator

from google.protobuf import json_format

from vitessctl.sql.result import value_text
from vitessctl.vtctld.errors import InvalidRequestError
from vitessctl.vtctld.proto import (
    query_pb2,
    replicationdata_pb2,
    tabletmanagerdata_pb2,
    topodata_pb2,
    vschema_pb2,
    vtctldata_pb2,
    vttime_pb2,
)
from vitessctl.vtctld.records import (
    CellRecord,
    FullStatus,
    KeyspaceRecord,
    QueryResult,
    ReplicationStatus,
    ShardRecord,
    TableDefinition,
    TabletRecord,
)

RUNNING = 3
"""The state of a replication thread that runs (0 unknown, 1 stopped, 2 connecting)."""


def alias_text(alias: topodata_pb2.TabletAlias) -> str:
    """`zone1-0000000100`; "" for an alias that is not set."""
    return f"{alias.cell}-{alias.uid:010d}" if alias.cell else ""


def optional_alias(text: str) -> topodata_pb2.TabletAlias | None:
    """The alias that a text stands for, None for ""."""
    return parse_alias(text) if text else None


def parse_alias(text: str) -> topodata_pb2.TabletAlias:
    """The alias that a text stands for. InvalidRequestError if it is none."""
    cell, _, uid = text.rpartition("-")
    if not cell or not uid.isascii() or not uid.isdigit() or int(uid) >= 1 << 32:
        raise InvalidRequestError(
            f"{text!r} is no tablet alias",
            why="an alias is a cell, a dash and a number",
            fix="such as zone1-0000000100",
        )
    return topodata_pb2.TabletAlias(cell=cell, uid=int(uid))


def duration(seconds: float) -> vttime_pb2.Duration:
    """A length of time, to the microsecond."""
    whole, micros = divmod(round(seconds * 1_000_000), 1_000_000)
    return vttime_pb2.Duration(seconds=whole, nanos=micros * 1000)


def gtid_set(position: str) -> str:
    """A position without the flavour in front: `MySQL56/uuid:1-5` is `uuid:1-5`."""
    return position.partition("/")[2]


def cell_record(name: str, cell: topodata_pb2.CellInfo) -> CellRecord:
    """A cell."""
    return CellRecord(name, cell.server_address, cell.root)


def cell_message(cell: CellRecord) -> topodata_pb2.CellInfo:
    """A cell, to be written."""
    return topodata_pb2.CellInfo(server_address=cell.server_address, root=cell.root)


def keyspace_record(named: vtctldata_pb2.Keyspace) -> KeyspaceRecord:
    """A keyspace."""
    return KeyspaceRecord(named.name, named.keyspace.durability_policy, named.keyspace.sidecar_db_name)


def shard_record(named: vtctldata_pb2.Shard) -> ShardRecord:
    """A shard."""
    shard = named.shard
    return ShardRecord(named.keyspace, named.name, alias_text(shard.primary_alias), shard.is_primary_serving)


def tablet_record(tablet: topodata_pb2.Tablet) -> TabletRecord:
    """A tablet. A type that is newer than this table is `unknown`."""
    types = topodata_pb2.TabletType
    return TabletRecord(
        alias=alias_text(tablet.alias),
        keyspace=tablet.keyspace,
        shard=tablet.shard,
        type=types.Name(tablet.type).lower() if tablet.type in types.values() else "unknown",
        hostname=tablet.hostname,
        ports=dict(tablet.port_map),
        mysql_hostname=tablet.mysql_hostname,
        mysql_port=tablet.mysql_port,
        primary_term_start=_epoch(tablet.primary_term_start_time),
    )


def _epoch(time: vttime_pb2.Time) -> float:
    return time.seconds + time.nanoseconds / 1e9


def full_status(alias: str, status: replicationdata_pb2.FullStatus) -> FullStatus:
    """What a tablet's MySQL says. A primary has no replication status, nor has a replica without a source."""
    source = status.replication_status.source_host
    return FullStatus(
        alias=alias,
        server_uuid=status.server_uuid,
        version=status.version,
        read_only=status.read_only,
        super_read_only=status.super_read_only,
        position=gtid_set(status.primary_status.position),
        gtid_purged=gtid_set(status.gtid_purged),
        semi_sync_primary_enabled=status.semi_sync_primary_enabled,
        semi_sync_replica_enabled=status.semi_sync_replica_enabled,
        semi_sync_blocked=status.semi_sync_blocked,
        replication=replication_status(status.replication_status) if source else None,
    )


def replication_status(status: replicationdata_pb2.Status) -> ReplicationStatus:
    """How a replica replicates. One that is stopped reports no lag, however far it is behind: that is unknown, too."""
    io_running, sql_running = status.io_state == RUNNING, status.sql_state == RUNNING
    lag_known = io_running and sql_running and not status.replication_lag_unknown
    return ReplicationStatus(
        source_host=status.source_host,
        source_port=status.source_port,
        io_running=io_running,
        sql_running=sql_running,
        lag_seconds=status.replication_lag_seconds if lag_known else None,
        io_error=status.last_io_error,
        sql_error=status.last_sql_error,
        position=gtid_set(status.position),
        received=gtid_set(status.relay_log_position),
    )


def query_result(result: query_pb2.QueryResult) -> QueryResult:
    """Rows as text. A value that is not UTF-8 (a BLOB) is written as `0x` and hexadecimal digits."""
    return QueryResult(
        columns=tuple(field.name for field in result.fields),
        rows=tuple(tuple(_values(row)) for row in result.rows),
        rows_affected=result.rows_affected,
    )


def _values(row: query_pb2.Row) -> Iterator[str | None]:
    """The columns of one row: all values come in one run of bytes, -1 is NULL and takes none of them."""
    start = 0
    for length in row.lengths:
        if length < 0:
            yield None
        else:
            yield value_text(row.values[start : start + length])
            start += length


def table_definition(table: tabletmanagerdata_pb2.TableDefinition) -> TableDefinition:
    """A table."""
    return TableDefinition(table.name, table.row_count, table.schema)


def vschema_text(vschema: vschema_pb2.Keyspace, enums_as_numbers: bool = False) -> str:
    """Canonical JSON: upstream's field names, sorted, nothing that is not set."""
    content = json_format.MessageToDict(
        vschema, preserving_proto_field_name=True, use_integers_for_enums=enums_as_numbers
    )
    return json.dumps(content, sort_keys=True)


def vschema_message(text: str, ignore_unknown: bool = False) -> vschema_pb2.Keyspace:
    """The VSchema of a JSON text; InvalidRequestError if it is none. `ignore_unknown`: take what is known of it."""
    try:
        content = json.loads(text)
        if not isinstance(content, dict):
            raise ValueError("it is no JSON object")
        return json_format.ParseDict(content, vschema_pb2.Keyspace(), ignore_unknown_fields=ignore_unknown)
    except (ValueError, RecursionError, json_format.ParseError) as error:
        raise InvalidRequestError(
            "this is no VSchema", why=str(error), fix='a VSchema is a JSON object such as {"tables": {"t": {}}}'
        ) from None

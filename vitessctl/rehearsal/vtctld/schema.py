"""Calls about schema and VSchema."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Final

from vitessctl.rehearsal.tablet_rpc import QueryResult, TabletError
from vitessctl.rehearsal.topology import Reason, TopologyError
from vitessctl.rehearsal.topology_graph import rebuild_srv_vschema
from vitessctl.rehearsal.topology_names import Refused
from vitessctl.rehearsal.vtctld.call import Call, Handlers
from vitessctl.rehearsal.vtctld.sql_shape import check_one_statement, syntax_error
from vitessctl.rehearsal.vtctld.tablets import ask_all
from vitessctl.vtctld.proto import topodata_pb2 as topodata
from vitessctl.vtctld.proto import vschema_pb2 as vschema
from vitessctl.vtctld.proto import vtctldata_pb2 as pb

DIRECT: Final = ("", "direct")
MAX_ROWS: Final = 10
TABLE_TYPES: Final = ("", "reference", "sequence")
_LOOKUPS: Final = ("lookup", "lookup_hash", "lookup_unicodeloosemd5_hash", "consistent_lookup")
VINDEX_TYPES: Final = frozenset(
    [
        *_LOOKUPS,
        *(f"{name}_unique" for name in _LOOKUPS),
        *("binary", "binary_md5", "cfc", "hash", "multicol", "null", "numeric", "numeric_static_map"),
        *("region_experimental", "region_json", "reverse_bits", "unicode_loose_md5", "unicode_loose_xxhash", "xxhash"),
    ]
)
NO_SHARDS: Final = (
    ("..17", "unable to get shard names for keyspace: {keyspace}, error: {error}/"),
    (
        "18..",
        "unable to get shards for keyspace: {keyspace}, error: {error}\nFindAllShardsInKeyspace({keyspace}): List",
    ),
)
"""What is said of a keyspace that is not there. (17 says the one and 19 the other; 18 is a guess.)"""


def apply_schema(call: Call, request: pb.ApplySchemaRequest) -> pb.ApplySchemaResponse:
    """Run DDL on every shard's primary, one statement after the other."""
    if not request.sql:
        raise Refused("Sql must be a non-empty array")
    shards = primaries(call, request.keyspace)
    for sql in request.sql:
        check_one_statement(sql)
    if request.ddl_strategy.split(" ")[0] not in DIRECT:
        raise Refused(f"rehearsal: the stand-in only knows ddl_strategy direct, not {request.ddl_strategy}")
    rows: dict[str, int] = dict.fromkeys(shards, 0)
    started = time.monotonic_ns()
    for index in range(len(request.sql)):
        for shard, result in _run(call, shards, list(request.sql), index, started).items():
            rows[shard] += result["rows_affected"]
    return pb.ApplySchemaResponse(rows_affected_by_shard=rows)


def reload_keyspace(call: Call, request: pb.ReloadSchemaKeyspaceRequest) -> pb.ReloadSchemaKeyspaceResponse:
    """Have the tablets of a keyspace read their tables again; tablets that fail are passed over."""
    try:
        shards = call.shard_names(request.keyspace)
    except TopologyError as error:
        raise Refused(f"GetShardNames({request.keyspace}) failed: {error}") from None
    for shard in shards:
        tablets = call.topology.tablets_of_shard(request.keyspace, shard)
        wanted = {a: t for a, t in tablets.items() if request.include_primary or t.type != topodata.PRIMARY}
        ask_all(wanted, lambda alias, tablet: call.brief(tablet).reload_schema())
    return pb.ReloadSchemaKeyspaceResponse()


def apply_vschema(call: Call, request: pb.ApplyVSchemaRequest) -> pb.ApplyVSchemaResponse:
    """Replace a keyspace's VSchema, and tell the vtgates."""
    try:
        call.topology.keyspace(request.keyspace)
    except TopologyError as error:
        hint = "check if the keyspace is initialized"
        raise Refused(f"keyspace({request.keyspace}) doesn't exist, {hint}: {error}") from None
    if bool(request.sql) == request.HasField("v_schema"):
        raise Refused("must pass exactly one of req.VSchema and req.Sql")
    if request.sql:
        _refuse_sql(request.sql)
    check_vschema(request.keyspace, request.v_schema)
    if not request.dry_run:
        call.topology.save_vschema(request.keyspace, request.v_schema)
        if not request.skip_rebuild:
            rebuild_srv_vschema(call.topology, list(request.cells))
    return pb.ApplyVSchemaResponse(v_schema=request.v_schema)


def get_vschema(call: Call, request: pb.GetVSchemaRequest) -> pb.GetVSchemaResponse:
    """A keyspace's VSchema."""
    return pb.GetVSchemaResponse(v_schema=call.topology.vschema(request.keyspace))


def get_srv_vschema(call: Call, request: pb.GetSrvVSchemaRequest) -> pb.GetSrvVSchemaResponse:
    """What a cell's vtgates know of all VSchemas."""
    return pb.GetSrvVSchemaResponse(srv_v_schema=call.topology.srv_vschema(request.cell))


def rebuild_graph(call: Call, request: pb.RebuildVSchemaGraphRequest) -> pb.RebuildVSchemaGraphResponse:
    """Write what the vtgates know anew."""
    rebuild_srv_vschema(call.topology, list(request.cells))
    return pb.RebuildVSchemaGraphResponse()


def check_vschema(keyspace: str, content: vschema.Keyspace) -> None:
    """Refuse a VSchema that no vtgate could use."""
    for vindex in content.vindexes.values():
        if vindex.type not in VINDEX_TYPES:
            raise Refused(f'BuildKeyspace({keyspace}): vindexType "{vindex.type}" not found')
    for name, table in sorted(content.tables.items()):
        trouble = _table_trouble(content, name, table)
        if trouble:
            raise Refused(f"BuildKeyspace({keyspace}): {trouble}")


def _table_trouble(content: vschema.Keyspace, name: str, table: vschema.Table) -> str:
    """What is wrong with a table, in the order in which Vitess looks; "" for a good one."""
    if table.type not in TABLE_TYPES:
        return f"unidentified table type {table.type}"
    if table.type == "sequence" and content.sharded and not table.pinned:
        return f"sequence table has to be in an unsharded keyspace or must be pinned: {name}"
    missing = [column.name for column in table.column_vindexes if column.name not in content.vindexes]
    if missing:
        return f"vindex {missing[0]} not found for table {name}"
    if table.column_vindexes:
        first = table.column_vindexes[0].name
        unique = content.vindexes[first].type not in _LOOKUPS
        return "" if unique else f"primary vindex {first} is not Unique for table {name}"
    needs_one = content.sharded and table.type != "reference" and not table.pinned
    return f"missing primary col vindex for table: {name}" if needs_one else ""


def _refuse_sql(sql: str) -> None:
    trouble = syntax_error(sql)
    if trouble:
        raise Refused(f"Parse({sql}): {trouble}")
    raise Refused("rehearsal: the stand-in takes a VSchema only as JSON, not as ALTER VSCHEMA")


def primaries(call: Call, keyspace: str) -> dict[str, topodata.Tablet]:
    """The primary of every shard. Refused where one has none."""
    try:
        shards = call.topology.shard_names(keyspace)
    except TopologyError as error:
        if error.reason is not Reason.ABSENT:
            raise
        told = next(text for range_, text in NO_SHARDS if call.release.within(range_))
        raise Refused(told.format(keyspace=keyspace, error=error)) from None
    word = call.release.primary_type
    if not shards:
        raise Refused(f"keyspace: {keyspace} does not contain any {word} tablets")
    found = {}
    for shard in shards:
        record = call.topology.shard(keyspace, shard)
        if not record.HasField("primary_alias"):
            raise Refused(f"shard: {shard} does not have a {word}")
        found[shard] = call.topology.tablet(record.primary_alias)
    return found


def _run(
    call: Call, primaries: Mapping[str, topodata.Tablet], sqls: list[str], index: int, started: int
) -> dict[str, QueryResult]:
    """One statement on all shards at once; Refused with vtctld's JSON if any fails."""

    def execute(shard: str, primary: topodata.Tablet) -> QueryResult:
        client = call.tablets.client(primary, call.time_left())
        result = client.execute_fetch_as_dba(sqls[index], MAX_ROWS, disable_binlogs=False)
        client.reload_schema()
        return result

    answers = ask_all(primaries, execute)
    if answers.errors:
        raise Refused(_failure(answers.errors, list(answers.values), sqls, index, started))
    return answers.values


def _failure(errors: Mapping[str, TabletError], done: list[str], sqls: list[str], index: int, started: int) -> str:
    result = {
        "FailedShards": [{"Shard": shard, "Err": str(error)} for shard, error in sorted(errors.items())],
        "SuccessShards": [{"Shard": shard} for shard in sorted(done)],
        "CurSQLIndex": index,
        "Sqls": sqls,
        "UUIDs": None,
        "ExecutorErr": "",
        "TotalTimeSpent": time.monotonic_ns() - started,
    }
    return f"schema change failed, ExecuteResult: {json.dumps(result, indent=2, ensure_ascii=False)}"


HANDLERS: Handlers = {
    "ApplySchema": apply_schema,
    "ReloadSchemaKeyspace": reload_keyspace,
    "ApplyVSchema": apply_vschema,
    "GetVSchema": get_vschema,
    "GetSrvVSchema": get_srv_vschema,
    "RebuildVSchemaGraph": rebuild_graph,
}

"""Legacy commands about schema and VSchema."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from google.protobuf import json_format

from vitessctl.rehearsal.topology import Reason, TopologyError
from vitessctl.rehearsal.topology_graph import rebuild_srv_vschema
from vitessctl.rehearsal.topology_names import Refused
from vitessctl.rehearsal.vtctld import convert, schema
from vitessctl.rehearsal.vtctld.legacy.job import Job, Work
from vitessctl.rehearsal.vtctld.legacy.records import json_text, proto_json
from vitessctl.rehearsal.vtctld.legacy.tablets import as_go_prints
from vitessctl.rehearsal.vtctld.sql_shape import statements
from vitessctl.rehearsal.vtctld.tablets import ask_all
from vitessctl.vtctld.proto import logutil_pb2 as logutil
from vitessctl.vtctld.proto import topodata_pb2 as topodata
from vitessctl.vtctld.proto import vschema_pb2 as vschema
from vitessctl.vtctld.proto import vtctldata_pb2 as pb

WANTS_A_CHANGE: Final = "..3"
"""These refuse a statement that changes nothing: a table that is there already, created if it is not."""
LOGS_ERROR: Final = "14.."
"""What stops ApplySchema is also a log line."""
NAMES_TABLET: Final = "4.."
"""GetSchema names the tablet whose record it cannot read."""
GO_NAMES: Final = "..2.1"
"""VSchemas in Go's own JSON: names with underscores, types as numbers. After that protobuf's, with camels."""
STRICT_JSON: Final = "2.2..15"
"""A field that a VSchema does not have is an error; before and after these it is passed over."""
EMPTY_IS_NONE: Final = "..2.1"
"""Saving an empty VSchema deletes what is there, and fails if nothing is."""
EMPTY_LINE: Final = "2.2..10"
EMPTY_OBJECT: Final = "{\n\n}"
"""How the library of these releases prints a VSchema with nothing in it."""
_MUST: Final = "must be specified when calling the ApplyVSchema command"
NO_VSCHEMA: Final = (
    ("..3", f"either the vschema or vschemaFile flag {_MUST}"),
    ("4..13", f"one of the sql, sql_file, vschema, or vschema_file flags {_MUST}"),
    ("14..", f"one of the --sql, --sql_file, --vschema, or --vschema_file flags {_MUST}"),
)
TOO_SHORT: Final = (
    ("..2.1", "unexpected end of JSON input"),
    ("2.2..10", "unexpected EOF"),
    ("11..", "proto: unexpected EOF"),
)
"""What is said of JSON that ends too soon; for other faults the stand-in has words of its own."""
_UNKNOWN_FIELD: Final = re.compile(r'has no field named "(\w+)" at "Keyspace"')
_CREATED: Final = re.compile(r"create\s+table\s+if\s+not\s+exists\s+`?([\w$]+)`?", re.IGNORECASE)


def get(job: Job) -> None:
    """GetSchema"""
    alias = job.alias(job.words[0])
    names_only = job.true("table_names_only")
    try:
        client = job.call.client(alias)
    except TopologyError as error:
        if not job.release.within(NAMES_TABLET):
            raise
        raise Refused(f"GetTablet({as_go_prints(job, alias)}) failed: {error}") from None
    found = client.get_schema(job.list("tables"), job.list("exclude_tables"), job.true("include-views"), False)
    if names_only:
        for table in found["tables"]:
            job.output.write(f"{table['name']}\n")
        return
    job.output.write(proto_json(convert.schema(found), job.release))


def apply(job: Job) -> None:
    """ApplySchema"""
    keyspace, sqls = job.words[0], statements(_given(job, "sql", "sql-file", "sql"))
    if not sqls:
        return
    if (strategy := job.text("ddl_strategy", "ddl-strategy").split(" ")[0]) not in schema.DIRECT:
        raise Refused(f"rehearsal: the stand-in only knows ddl_strategy direct, not {strategy}")
    if job.release.within(WANTS_A_CHANGE):
        _refuse_no_change(job, keyspace, sqls)
    try:
        schema.apply_schema(job.call, pb.ApplySchemaRequest(keyspace=keyspace, sql=sqls))
    except Refused as error:
        text = str(error)
        if job.release.within("..2.1") and text.startswith("schema change failed"):
            text = f"S{text[1:]}\n"
        if job.release.within(LOGS_ERROR):
            job.output.add(logutil.ERROR, text)
        raise Refused(text) from None


def _given(job: Job, flag: str, file_flag: str, name: str) -> str:
    if job.text(file_flag):
        raise Refused(f"rehearsal: the stand-in for vtctld reads no files, not even that of -{file_flag}")
    if not job.text(flag):
        raise Refused(f"action requires one of {name} or {name}-file")
    return job.text(flag)


def _refuse_no_change(job: Job, keyspace: str, sqls: list[str]) -> None:
    """Such a statement is not run at all, and none of the others either."""
    there = {table for sql in sqls if (match := _CREATED.match(sql)) and (table := match[1])}
    if not there:
        return
    (_, primary), *_ = sorted(schema.primaries(job.call, keyspace).items())
    found = job.call.tablets.client(primary, job.call.time_left()).get_schema([], [], False, True)
    existing = {table["name"] for table in found["tables"]} & there
    for sql in sqls:
        if (match := _CREATED.match(sql)) and match[1] in existing:
            trouble = f"schema change: '{sql}' does not introduce any table definition change"
            raise Refused(f"schema change failed, ExecuteResult: {_result(sqls, trouble)}")


def _result(sqls: list[str], trouble: str) -> str:
    result = {
        "FailedShards": None,
        "SuccessShards": None,
        "CurSQLIndex": 0,
        "Sqls": sqls,
        "ExecutorErr": trouble,
        "TotalTimeSpent": 1,
    }
    return json_text(result).rstrip("\n")


def reload_shard(job: Job) -> None:
    """ReloadSchemaShard"""
    keyspace, shard = job.shard(job.words[0])
    _reload(job, keyspace, [shard])


def reload_keyspace(job: Job) -> None:
    """ReloadSchemaKeyspace"""
    _reload(job, job.words[0], list(job.call.shard_names(job.words[0])))


def _reload(job: Job, keyspace: str, shards: list[str]) -> None:
    with_primary = job.true("include_primary", "include_master", default=True)
    for shard in shards:
        tablets = job.call.topology.tablets_of_shard(keyspace, shard)
        wanted = {alias: each for alias, each in tablets.items() if with_primary or each.type != topodata.PRIMARY}
        ask_all(wanted, lambda alias, tablet: job.call.brief(tablet).reload_schema())


def get_vschema(job: Job) -> None:
    """GetVSchema"""
    job.output.write(_vschema_text(job, job.call.topology.vschema(job.words[0])) + "\n")


def apply_vschema(job: Job) -> None:
    """ApplyVSchema: shows what it understood, then saves it."""
    keyspace, topology = job.words[0], job.call.topology
    content = _parsed(job, _vschema_given(job))
    shown = _vschema_text(job, content)
    title = "Uploaded" if job.release.within("..2.1") else "New"
    hint = "If this is not what you expected, check the input data (as JSON parsing will skip unexpected fields)."
    if title == "New":
        job.output.write(f"{title} VSchema object:\n{shown}\n{hint}\n")
    _refuse_nonsense(keyspace, content)
    if job.true("dry-run"):
        job.output.write("Dry run: Skipping update of VSchema\n")
        return
    if title == "New":
        _refuse_absent(job, keyspace)
    if job.release.within(EMPTY_IS_NONE) and not content.ByteSize():
        topology.delete_vschema(keyspace)
    else:
        topology.save_vschema(keyspace, content)
    if title == "Uploaded":
        job.output.write(f"{title} VSchema object:\n{shown}\n{hint}\n")
    if job.true("skip_rebuild"):
        text = "Skipping rebuild of SrvVSchema, will need to run RebuildVSchemaGraph for changes to take effect"
        job.output.add(logutil.WARNING, text)
        return
    rebuild_srv_vschema(topology, job.list("cells"))


def _refuse_nonsense(keyspace: str, content: vschema.Keyspace) -> None:
    try:
        schema.check_vschema(keyspace, content)
    except Refused as error:
        raise Refused(str(error).removeprefix(f"BuildKeyspace({keyspace}): ")) from None


def _vschema_given(job: Job) -> str:
    if job.text("sql", "sql_file"):
        raise Refused("rehearsal: the stand-in takes a VSchema only as JSON, not as ALTER VSCHEMA")
    if job.text("vschema_file"):
        raise Refused("rehearsal: the stand-in for vtctld reads no files, not even that of -vschema_file")
    if not job.text("vschema"):
        raise Refused(next(text for range_, text in NO_VSCHEMA if job.release.within(range_)))
    return job.text("vschema")


def _parsed(job: Job, text: str) -> vschema.Keyspace:
    try:
        lax = not job.release.within(STRICT_JSON)
        return json_format.Parse(text, vschema.Keyspace(), ignore_unknown_fields=lax)
    except json_format.ParseError as error:
        raise Refused(_json_trouble(job, text, str(error))) from None


def _json_trouble(job: Job, text: str, trouble: str) -> str:
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        if error.pos >= len(text.rstrip()):
            return next(words for range_, words in TOO_SHORT if job.release.within(range_))
    unknown = _UNKNOWN_FIELD.search(trouble)
    if unknown and job.release.within("2.2..10"):
        return f'unknown field "{unknown[1]}" in vschema.Keyspace'
    return f"rehearsal, in other words than vtctld's: {trouble}"


def _vschema_text(job: Job, content: vschema.Keyspace) -> str:
    old = job.release.within(GO_NAMES)
    found: Any = json_format.MessageToDict(content, preserving_proto_field_name=old, use_integers_for_enums=old)
    return EMPTY_OBJECT if not found and job.release.within(EMPTY_LINE) else json_text(found).rstrip("\n")


def _refuse_absent(job: Job, keyspace: str) -> None:
    try:
        job.call.topology.keyspace(keyspace)
    except TopologyError as error:
        if error.reason is not Reason.ABSENT:
            raise
        raise Refused(f"keyspace({keyspace}) doesn't exist, check if the keyspace is initialized") from None


def rebuild(job: Job) -> None:
    """RebuildVSchemaGraph"""
    rebuild_srv_vschema(job.call.topology, job.list("cells"))


def get_srv(job: Job) -> None:
    """GetSrvVSchema"""
    found = job.call.topology.srv_vschema(job.words[0])
    job.output.write(proto_json(found, job.release))


COMMANDS: Final[Mapping[str, Work]] = {
    "GetSchema": get,
    "ApplySchema": apply,
    "ReloadSchemaShard": reload_shard,
    "ReloadSchemaKeyspace": reload_keyspace,
    "GetVSchema": get_vschema,
    "ApplyVSchema": apply_vschema,
    "RebuildVSchemaGraph": rebuild,
    "GetSrvVSchema": get_srv,
}

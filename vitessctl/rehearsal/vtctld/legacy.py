"""The legacy service: command lines in, the lines of their output out. Only the commands that were recorded."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime, timezone
from typing import Any, Final

from vitessctl.rehearsal.topology_names import Refused, alias_text, parse_alias, type_name
from vitessctl.rehearsal.vtctld.call import Call
from vitessctl.rehearsal.vtctld.records import get_all
from vitessctl.vtctld.proto import query_pb2 as query
from vitessctl.vtctld.proto import topodata_pb2 as topodata
from vitessctl.vtctld.proto import vtctldata_pb2 as pb

Lines = list[str]
MAX_ROWS: Final = 10000


def run(call: Call, words: Sequence[str]) -> Lines:
    """The output of a command, in pieces as the service sends them. Refused for one that is not known."""
    command = COMMANDS.get(words[0]) if words else None
    if command is None:
        raise Refused("unknown command")
    options = [word for word in words[1:] if word.startswith("-") and word != "-"]
    return command(call, options, [word for word in words[1:] if word not in options])


def _list_all_tablets(call: Call, options: Lines, words: Lines) -> Lines:
    found = get_all(call, pb.GetTabletsRequest(cells=words)).tablets
    return [tablet_line(tablet) + "\n" for tablet in found]


def tablet_line(tablet: topodata.Tablet) -> str:
    """A tablet in one line, as both clients list them."""
    term = tablet.primary_term_start_time
    since = _rfc3339(term.seconds) if tablet.HasField("primary_term_start_time") else "<null>"
    http = f"{tablet.hostname}:{tablet.port_map.get('vt', 0)}"
    mysql = f"{tablet.mysql_hostname}:{tablet.mysql_port}"
    kind = type_name(tablet.type).lower()
    return f"{alias_text(tablet.alias)} {tablet.keyspace} {tablet.shard} {kind} {http} {mysql} [] {since}"


def _rfc3339(moment: int) -> str:
    return datetime.fromtimestamp(moment, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def _get_keyspaces(call: Call, options: Lines, words: Lines) -> Lines:
    return ["".join(f"{name}\n" for name in call.topology.keyspace_names())]


def _get_shard(call: Call, options: Lines, words: Lines) -> Lines:
    keyspace, _, shard = words[0].partition("/")
    record = call.topology.shard(keyspace, shard)
    primary, term, keys = record.primary_alias, record.primary_term_start_time, record.key_range
    shown: dict[str, Any] = {
        "primary_alias": {"cell": primary.cell, "uid": primary.uid} if primary.cell else None,
        "primary_term_start_time": {"seconds": str(term.seconds), "nanoseconds": term.nanoseconds}
        if record.HasField("primary_term_start_time")
        else None,
        "key_range": {"start": keys.start.hex(), "end": keys.end.hex()} if record.HasField("key_range") else None,
        "source_shards": [],
        "tablet_controls": [],
        "is_primary_serving": record.is_primary_serving,
        "vtorc_state": None,
    }
    return [json.dumps(shown, indent=2) + "\n"]


def _execute_fetch_as_dba(call: Call, options: Lines, words: Lines) -> Lines:
    client = call.client(parse_alias(words[0]))
    result = client.execute_fetch_as_dba(words[1], MAX_ROWS, disable_binlogs="--disable_binlogs" in options)
    names = [field["name"] for field in result["fields"]]
    if "--json" not in options:
        return _table(names, result["rows"])
    fields = [{key: value for key, value in _shown(dict(field)).items() if value} for field in result["fields"]]
    shown = {
        "fields": fields,
        "rows_affected": result["rows_affected"],
        "insert_id": result["insert_id"],
        "insert_id_changed": False,
        "rows": [
            [_json_value(value, field["type"]) for value, field in zip(row, result["fields"], strict=True)]
            for row in result["rows"]
        ],
        "session_state_changes": "",
        "status_flags": 0,
        "info": "",
    }
    return [json.dumps(shown, indent=2) + "\n"]


def _shown(field: dict[str, Any]) -> dict[str, Any]:
    return field | {"type": query.Type.Value(field["type"])}


def _json_value(value: str | None, kind: str) -> Any:
    number = value is not None and ("INT" in kind or kind == "YEAR")
    return int(value) if number and value is not None else value


def _table(names: Lines, rows: list[list[str | None]]) -> Lines:
    cells = [names, *[["NULL" if value is None else value for value in row] for row in rows]]
    widths = [max(len(row[column]) for row in cells) for column in range(len(names))]
    rule = "+" + "+".join("-" * (width + 2) for width in widths) + "+\n"
    lines = [
        "|" + "|".join(f" {value:<{width}} " for value, width in zip(row, widths, strict=True)) + "|\n" for row in cells
    ]
    return [rule, lines[0], rule, *lines[1:], rule]


COMMANDS: Final[dict[str, Callable[[Call, Lines, Lines], Lines]]] = {
    "ListAllTablets": _list_all_tablets,
    "GetKeyspaces": _get_keyspaces,
    "GetShard": _get_shard,
    "ExecuteFetchAsDba": _execute_fetch_as_dba,
}

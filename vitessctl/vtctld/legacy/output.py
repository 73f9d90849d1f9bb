"""What the legacy commands print, as records. Pure.

JSON has the names of the protocol's fields; enums are numbers; 64-bit numbers may be strings; fields were renamed from
master to primary in 12. Checked against the source of releases 2.1 to 14.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from vitessctl.vtctld.errors import VtctldError
from vitessctl.vtctld.records import CellRecord, KeyspaceRecord, QueryResult, ShardRecord, TableDefinition, TabletRecord

_LEADING = 1
"""TabletType of a primary, whatever the release calls it."""


def names(text: str) -> tuple[str, ...]:
    """One name a line; an empty list is printed as an empty line."""
    return tuple(line for line in text.splitlines() if line)


def cell(name: str, text: str) -> CellRecord:
    """GetCellInfo."""
    record = document(text)
    return CellRecord(name, record.get("server_address", ""), record.get("root", ""))


def keyspace(name: str, text: str, keeps_durability: bool) -> KeyspaceRecord:
    """GetKeyspace. `keeps_durability`: whether the release's record has a place for the policy."""
    durability = document(text).get("durability_policy", "")
    return KeyspaceRecord(name, durability if keeps_durability else None)


def shard(keyspace: str, name: str, record: Mapping[str, Any]) -> ShardRecord:
    """One shard of GetShard or FindAllShardsInKeyspace."""
    alias = record.get("primary_alias") or record.get("master_alias") or {}
    return ShardRecord(keyspace, name, _alias(alias), _serves(record))


def _alias(alias: Mapping[str, Any]) -> str:
    return f"{alias['cell']}-{int(alias.get('uid', 0)):010d}" if alias.get("cell") else ""


def _serves(record: Mapping[str, Any]) -> bool:
    """Until 3 the record says which types the shard serves; from 4 on, whether its primary does."""
    for field in ("is_primary_serving", "is_master_serving"):
        if field in record:
            return bool(record[field])
    return any(int(served.get("tablet_type", 0)) == _LEADING for served in record.get("served_types") or ())


def tablet(line: str) -> TabletRecord:
    """One line of ListAllTablets: alias keyspace shard type host:port mysqlhost:port [tags], from 7 the term's start.

    An old primary that has not noticed yet that it is none has the type `unknown`.
    """
    fields = line.split(" ", 6)
    if len(fields) < 7:
        raise unreadable(line)
    alias, keyspace_name, shard_name, kind, http, mysql, rest = fields
    host, port = _address(http)
    mysql_host, mysql_port = _address(mysql)
    return TabletRecord(
        alias=alias,
        keyspace=_null(keyspace_name),
        shard=_null(shard_name),
        type="primary" if kind == "master" else kind,
        hostname=host,
        ports={"vt": port} if port else {},
        mysql_hostname=mysql_host,
        mysql_port=mysql_port,
        primary_term_start=_moment(rest.rpartition("]")[2].strip()),
    )


def _null(word: str) -> str:
    return "" if word == "<null>" else word


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    return host.strip("[]"), int(port) if port.isdigit() else 0


def _moment(text: str) -> float:
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp() if text and text != "<null>" else 0.0


def query_result(text: str) -> QueryResult:
    """ExecuteFetchAsDba with --json. Numbers are given as MySQL wrote them."""
    result = document(text)
    return QueryResult(
        columns=tuple(field.get("name", "") for field in result.get("fields") or ()),
        rows=tuple(tuple(row) for row in result.get("rows") or ()),
        rows_affected=int(result.get("rows_affected") or 0),
    )


def tables(text: str) -> Iterator[TableDefinition]:
    """GetSchema."""
    for table in document(text).get("table_definitions") or ():
        yield TableDefinition(table["name"], int(table.get("row_count") or 0), table.get("schema", ""))


def document(text: str) -> dict[str, Any]:
    """A JSON object; every number in it stays text, so that none is changed. VtctldError if it is none."""
    try:
        found = json.loads(text, parse_int=str, parse_float=str)
    except ValueError:
        raise unreadable(text) from None
    if not isinstance(found, dict):
        raise unreadable(text)
    return found


def unreadable(text: str) -> VtctldError:
    """The error for output that is not what the release prints."""
    shown = text if len(text) <= 200 else f"{text[:200]} …"
    return VtctldError(
        "vtctld's answer is not what its release prints",
        why=f"it was: {shown.strip() or 'empty'}",
        fix="Look whether `release` in cluster.yaml is that of the vtctld that runs.",
    )

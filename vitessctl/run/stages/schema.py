"""Schema and VSchema that the spec declares: tables that are missing, and a VSchema that differs.

Only additions: a table that exists is left as it is, whatever the spec says of its columns. Changing and
dropping is a decision that needs its own command.
"""

from __future__ import annotations

import json
import re

from vitessctl.model.cluster import Keyspace
from vitessctl.run.context import Context
from vitessctl.run.stage import Stage
from vitessctl.targets.base import Verdict

_PIECE = re.compile(
    r"""'(?:[^'\\]|\\.|'')*' | "(?:[^"\\]|\\.|"")*" | `[^`]*` | --[ \t][^\n]* | --$ | \#[^\n]* | /\*.*?\*/ | ; | .""",
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)
_CREATE_TABLE = re.compile(r"^\s*create\s+table\s+(?:if\s+not\s+exists\s+)?(?:`([^`]+)`|([\w$]+))", re.IGNORECASE)


def statements_of(sql: str) -> tuple[str, ...]:
    """The statements of a script, without comments; a semicolon inside quotes ends nothing."""
    statements = [""]
    for piece in _PIECE.findall(sql):
        if piece == ";":
            statements.append("")
        elif not piece.startswith(("-- ", "--\t", "#", "/*")) and piece != "--":
            statements[-1] += piece
    return tuple(stripped for statement in statements if (stripped := statement.strip()))


def table_of(statement: str) -> str:
    """The table that a CREATE TABLE makes, "" for any other statement."""
    match = _CREATE_TABLE.match(statement)
    return (match[1] or match[2]) if match else ""


def converge(context: Context) -> Verdict:
    """Creates the tables that are missing, then sets the VSchema."""
    for keyspace in context.cluster.keyspaces:
        if keyspace.vschema:
            _converge_vschema(context, keyspace)
        if keyspace.schema:
            _create_missing_tables(context, keyspace)
    return Verdict.done("as declared")


def _create_missing_tables(context: Context, keyspace: Keyspace) -> None:
    first = keyspace.shards[0]
    record = context.vtctld.shard(first.keyspace, first.name)
    found = {table.name for table in context.vtctld.schema(record.primary)} if record else set()
    missing = [statement for statement in statements_of(keyspace.schema) if table_of(statement) not in found]
    if missing:
        context.vtctld.apply_schema(keyspace.name, missing)
        names = ", ".join(table_of(statement) for statement in missing)
        context.acted("schema", f"created in {keyspace.name}: {names}", True)


def _converge_vschema(context: Context, keyspace: Keyspace) -> None:
    if not vschema_matches(json.loads(keyspace.vschema), json.loads(context.vtctld.vschema(keyspace.name) or "{}")):
        context.vtctld.apply_vschema(keyspace.name, keyspace.vschema)
        context.acted("schema", f"set the VSchema of {keyspace.name}", True)


def vschema_matches(wanted: object, found: object) -> bool:
    """Whether two VSchemas say the same; a field left out and its empty value are one thing (protobuf)."""
    return _without_empty(wanted) == _without_empty(found)


def _without_empty(value: object) -> object:
    if isinstance(value, dict):
        pairs = {_camel(str(key)): _without_empty(item) for key, item in value.items()}
        return {key: item for key, item in pairs.items() if item not in ("", False, 0, [], {}, None) or key[0] == "_"}
    if isinstance(value, list):
        return [_without_empty(item) for item in value]
    return value


def _camel(key: str) -> str:
    head, *rest = key.split("_")
    return head + "".join(part.capitalize() for part in rest)


def applies(context: Context) -> bool:
    """Only where the spec declares one."""
    return any(keyspace.schema or keyspace.vschema for keyspace in context.cluster.keyspaces)


STAGE = Stage("schema", ("replication",), "the declared schema", converge, applies)

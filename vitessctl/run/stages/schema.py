"""Schema and VSchema that the spec declares: tables that are missing, and a VSchema that differs.

Only additions: a table that exists is left as it is, whatever the spec says of its columns. Changing and
dropping is a decision that needs its own command.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence

from vitessctl.model.cluster import Keyspace
from vitessctl.run.context import Context
from vitessctl.run.stage import Stage
from vitessctl.targets.base import Verdict

_PIECE = re.compile(
    r"""'(?:[^'\\]|\\.|'')*' | "(?:[^"\\]|\\.|"")*" | `[^`]*` | --[ \t][^\n]* | --$ | \#[^\n]* | /\*.*?\*/ | ; | .""",
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)
_NAME = r"(?:`[^`]+`|[\w$]+)"
_CREATE_TABLE = re.compile(
    rf"^\s*create\s+table\s+(?:if\s+not\s+exists\s+)?(?:{_NAME}\s*\.\s*)?({_NAME})", re.IGNORECASE
)
FORESEEING_SECONDS = 3.0
"""What a tablet gets to name its tables for a plan."""
_BY_NAME = ("tables", "vindexes", "params")
"""Fields of a VSchema whose keys are names that somebody chose, not fields."""


def statements_of(sql: str) -> tuple[str, ...]:
    """The statements of a script, without comments; a semicolon inside quotes ends nothing."""
    statements = [""]
    for piece in _PIECE.findall(sql):
        if piece == ";":
            statements.append("")
        else:
            is_comment = piece == "--" or piece.startswith(("-- ", "--\t", "#", "/*"))
            statements[-1] += " " if is_comment else piece
    return tuple(stripped for statement in statements if (stripped := statement.strip()))


def table_of(statement: str) -> str:
    """The table that a CREATE TABLE makes, "" for any other statement."""
    match = _CREATE_TABLE.match(statement)
    return match[1].strip("`") if match else ""


def converge(context: Context) -> Verdict:
    """Sets a VSchema that differs, then creates the tables that are missing."""
    for keyspace in context.cluster.keyspaces:
        strange = [statement for statement in statements_of(keyspace.schema) if not table_of(statement)]
        if strange:
            return _not_a_table(keyspace, strange[0])
    for keyspace in context.cluster.keyspaces:
        if keyspace.vschema:
            _converge_vschema(context, keyspace)
        if keyspace.schema:
            _create_missing_tables(context, keyspace)
    return Verdict.done("as declared")


def foresee(context: Context) -> Iterator[str]:
    """The tables that are missing, and each VSchema that differs."""
    existing = {keyspace.name for keyspace in context.vtctld.keyspaces()}
    for keyspace in context.cluster.keyspaces:
        there = keyspace.name in existing
        if keyspace.vschema and not (there and _has_vschema(context, keyspace)):
            yield f"set the VSchema of {keyspace.name}"
        missing = _missing_tables(context, keyspace, FORESEEING_SECONDS) if there else statements_of(keyspace.schema)
        if names := [table for statement in missing if (table := table_of(statement))]:
            yield f"create in {keyspace.name}: {', '.join(names)}"


def _not_a_table(keyspace: Keyspace, statement: str) -> Verdict:
    """There is no telling whether such a statement has been run before, so it is never run."""
    begin = " ".join(statement.split()[:3])
    return Verdict.doomed(
        f"the schema of {keyspace.name} has a statement that creates no table: {begin} …",
        "Leave only CREATE TABLE statements in it, and run the others through vtgate. Nothing was changed.",
    )


def _create_missing_tables(context: Context, keyspace: Keyspace) -> None:
    missing = _missing_tables(context, keyspace)
    if missing:
        context.vtctld.apply_schema(keyspace.name, missing)
        names = ", ".join(table_of(statement) for statement in missing)
        context.acted("schema", f"created in {keyspace.name}: {names}", True)


def _missing_tables(context: Context, keyspace: Keyspace, seconds: float = 15.0) -> Sequence[str]:
    """The statements whose table the first shard's primary does not have; all of them while nobody leads it."""
    first = keyspace.shards[0]
    record = context.vtctld.shard(first.keyspace, first.name) if keyspace.schema else None
    primary = record.primary if record else ""
    found = {table.name for table in context.vtctld.schema(primary, seconds)} if primary else set()
    return [statement for statement in statements_of(keyspace.schema) if table_of(statement) not in found]


def _has_vschema(context: Context, keyspace: Keyspace) -> bool:
    return vschema_matches(json.loads(keyspace.vschema), json.loads(context.vtctld.vschema(keyspace.name) or "{}"))


def _converge_vschema(context: Context, keyspace: Keyspace) -> None:
    if not _has_vschema(context, keyspace):
        context.vtctld.apply_vschema(keyspace.name, keyspace.vschema)
        context.acted("schema", f"set the VSchema of {keyspace.name}", True)


def vschema_matches(wanted: object, found: object) -> bool:
    """Whether two VSchemas say the same; a field left out and its empty value are one thing (protobuf)."""
    return _without_empty(wanted) == _without_empty(found)


def _without_empty(value: object) -> object:
    if isinstance(value, dict):
        fields = {_camel(str(key)): _field(_camel(str(key)), item) for key, item in value.items()}
        return {key: item for key, item in fields.items() if item not in ("", False, 0, [], {}, None)}
    if isinstance(value, list):
        return [_without_empty(item) for item in value]
    return value


def _field(name: str, value: object) -> object:
    """A map by name keeps its names as they are, and those too whose value is empty: a table is there or is not."""
    if name in _BY_NAME and isinstance(value, dict):
        return {key: _without_empty(item) for key, item in value.items()}
    return _without_empty(value)


def _camel(key: str) -> str:
    head, *rest = key.split("_")
    return head + "".join(part.capitalize() for part in rest)


def applies(context: Context) -> bool:
    """Only where the spec declares one."""
    return any(keyspace.schema or keyspace.vschema for keyspace in context.cluster.keyspaces)


STAGE = Stage("schema", ("replication",), "the declared schema", converge, applies, foresee=foresee)

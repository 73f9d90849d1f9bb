"""Results as MySQL's text protocol has them: typed columns, every value as text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from vitessctl.rehearsal.mysqld.functions import text
from vitessctl.rehearsal.storage.definition import Column, Table
from vitessctl.rehearsal.tablet_rpc import Field, QueryResult

BINARY_CHARSET, UTF8MB4 = 63, 255
_NOT_NULL, _PRIMARY, _UNIQUE, _BLOB, _UNSIGNED, _BINARY, _AUTO = 1, 2, 4, 16, 32, 128, 512
_STAMP, _PART_OF_KEY, _NUMBER = 1024, 16384, 32768
_TEMPORAL = ("datetime", "timestamp", "time")

_TYPES: dict[str, tuple[str, int]] = {
    "tinyint": ("INT8", 4),
    "smallint": ("INT16", 6),
    "mediumint": ("INT24", 9),
    "int": ("INT32", 11),
    "integer": ("INT32", 11),
    "bigint": ("INT64", 20),
    "float": ("FLOAT32", 12),
    "double": ("FLOAT64", 22),
    "decimal": ("DECIMAL", 12),
    "numeric": ("DECIMAL", 12),
    "year": ("YEAR", 4),
    "bit": ("BIT", 1),
    "date": ("DATE", 10),
    "time": ("TIME", 10),
    "datetime": ("DATETIME", 19),
    "timestamp": ("TIMESTAMP", 19),
    "char": ("CHAR", 4),
    "varchar": ("VARCHAR", 4),
    "binary": ("BINARY", 1),
    "varbinary": ("VARBINARY", 1),
    "json": ("JSON", 4294967295),
    "enum": ("ENUM", 4),
    "set": ("SET", 4),
    **{f"{size}text": ("TEXT", 262140) for size in ("tiny", "", "medium", "long")},
    **{f"{size}blob": ("BLOB", 65535) for size in ("tiny", "", "medium", "long")},
}
"""MySQL's base type: the name in Vitess's query.Type and the display length (of one character for strings)."""

_NUMERIC = {"INT8", "INT16", "INT24", "INT32", "INT64", "FLOAT32", "FLOAT64", "DECIMAL", "YEAR"}
_TEXTUAL = {"CHAR", "VARCHAR", "TEXT", "ENUM", "SET"}


@dataclass(frozen=True)
class Output:
    """One column of a result: its heading, and what is known of its type."""

    heading: str
    type: str = ""
    """A name of query.Type, "" to go by the values."""
    scale: int | None = None
    """Digits after the point of an exact number; None for everything else."""
    table: Table | None = None
    column: Column | None = None
    alias: str = ""
    """The table's name in the statement."""


def result(outputs: Sequence[Output], rows: Iterable[Sequence[Any]]) -> QueryResult:
    """Rows of Python values as a result."""
    rows = list(rows)
    typed = [_settled(output, [row[index] for row in rows]) for index, output in enumerate(outputs)]
    shown = [[_shown(output, value) for output, value in zip(typed, row, strict=True)] for row in rows]
    return {"fields": [field(output) for output in typed], "rows": shown, "rows_affected": 0, "insert_id": 0}


def affected(rows: int, insert_id: int = 0) -> QueryResult:
    """The answer to a statement without rows."""
    return {"fields": [], "rows": [], "rows_affected": max(0, rows), "insert_id": insert_id}


def strings(headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> QueryResult:
    """A result of text columns, as SHOW statements give."""
    return result([Output(heading, "VARCHAR") for heading in headings], rows)


def field(output: Output) -> Field:
    """The column's description as the protocol has it."""
    column, table = output.column, output.table
    kind = output.type
    made: Field = {
        "name": output.heading,
        "type": kind,
        "table": "",
        "org_table": "",
        "database": "",
        "org_name": "",
        "column_length": 20 if kind == "INT64" else 0,
        "charset": UTF8MB4 if kind in _TEXTUAL else BINARY_CHARSET,
        "decimals": output.scale or (31 if kind in _TEXTUAL and column is None else 0),
        "flags": (_BINARY if kind not in _TEXTUAL else 0) | (_NUMBER if kind in _NUMERIC else 0),
    }
    if column is not None and table is not None:
        made |= {
            "table": output.alias or table.name,
            "org_table": table.name,
            "database": table.schema,
            "org_name": column.name,
            "column_length": _length(column),
            "decimals": column.length if column.base_type in _TEMPORAL else column_scale(column) or 0,
            "flags": _flags(table, column),
        }
    return made


def column_type(column: Column) -> str:
    """A column's name in query.Type."""
    name = _TYPES.get(column.base_type, ("VARCHAR", 4))[0]
    return "U" + name if column.is_unsigned and name.startswith("INT") else name


def column_scale(column: Column) -> int | None:
    """Digits after the point that an exact number keeps; None for inexact and other types."""
    if column.base_type in {"decimal", "numeric"}:
        parts = column.type.partition("(")[2].partition(")")[0].split(",")
        return int(parts[1]) if len(parts) > 1 else 0
    return 0 if column_type(column).lstrip("U").startswith("INT") else None


def _settled(output: Output, values: Sequence[Any]) -> Output:
    """The output with a type, taken from the values where nothing else tells."""
    if output.type:
        return output
    kinds = {type(value) for value in values if value is not None}
    kind = "NULL_TYPE" if not kinds else "VARCHAR"
    if kinds == {int}:
        kind = "INT64"
    elif kinds <= {int, float} and kinds:
        kind = "DECIMAL" if output.scale is not None else "FLOAT64"
    elif kinds == {bytes}:
        kind = "VARBINARY"
    return Output(output.heading, kind, output.scale)


def _shown(output: Output, value: Any) -> str | None:
    if value is None:
        return None
    scale = output.scale
    if scale is not None and isinstance(value, int):
        return str(value) if scale == 0 else f"{value}.{'0' * scale}"
    if scale is not None and isinstance(value, float):
        return f"{value:.{scale}f}"
    if output.column is not None and output.column.base_type == "binary" and isinstance(value, bytes):
        return text(value.ljust(output.column.length, b"\0"))
    return text(value)


def _length(column: Column) -> int:
    unit = _TYPES.get(column.base_type, ("", 4))[1]
    if column.base_type in {"char", "varchar", "binary", "varbinary"}:
        return unit * (column.length or 1)
    if column.base_type in _TEMPORAL and column.length:
        return unit + 1 + column.length
    return unit


def _flags(table: Table, column: Column) -> int:
    kind = column_type(column)
    flags = 0 if column.nullable else _NOT_NULL
    for key in table.keys:
        if column.name in key.columns:
            flags |= _PART_OF_KEY | {"primary": _PRIMARY | _NOT_NULL, "unique": _UNIQUE, "index": 8}[key.kind]
    flags |= _AUTO if column.auto_increment else 0
    flags |= _STAMP if (column.default or "").startswith("CURRENT_TIMESTAMP") else 0
    flags |= _UNSIGNED if column.is_unsigned else 0
    flags |= _NUMBER if kind.lstrip("U") in _NUMERIC else 0
    flags |= _BLOB if kind in {"TEXT", "BLOB", "JSON"} else 0
    return flags if kind in _TEXTUAL or kind.lstrip("U") in _NUMERIC else flags | _BINARY

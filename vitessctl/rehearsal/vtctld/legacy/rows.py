"""Rows of a query as the legacy service prints them: a table, or Go's JSON of its own type."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from vitessctl.rehearsal.tablet_rpc import QueryResult
from vitessctl.rehearsal.vtctld.legacy.records import json_text
from vitessctl.releases import Release
from vitessctl.vtctld.proto import query_pb2 as query

RESULT_FIELDS: Final = (
    ("fields", ".."),
    ("rows_affected", ".."),
    ("insert_id", ".."),
    ("insert_id_changed", "22.."),
    ("rows", ".."),
    ("extras", "..5"),
    ("session_state_changes", "10.."),
    ("status_flags", "10.."),
    ("info", "14.."),
)
"""What the type has in which release, in order."""


def rows_json(result: QueryResult, release: Release) -> str:
    """All of a result."""
    values: dict[str, Any] = {
        "fields": [_field(dict(each), release) for each in result["fields"]] or None,
        "rows_affected": result["rows_affected"],
        "insert_id": result["insert_id"],
        "insert_id_changed": False,
        "rows": [
            [_json_value(value, field["type"]) for value, field in zip(row, result["fields"], strict=True)]
            for row in result["rows"]
        ],
        "extras": None,
        "session_state_changes": "",
        "status_flags": 0,
        "info": "",
    }
    return json_text({name: values[name] for name, range_ in RESULT_FIELDS if release.within(range_)})


def _field(field: dict[str, Any], release: Release) -> dict[str, Any]:
    numbered = field | {"type": query.Type.Value(field["type"])}
    if not release.within("9.."):
        numbered.pop("column_type", None)
    return {name: value for name, value in numbered.items() if value}


def _json_value(value: str | None, kind: str) -> Any:
    number = value is not None and ("INT" in kind or kind == "YEAR")
    return int(value) if number and value is not None else value


def rows_table(result: QueryResult) -> list[str]:
    """The lines of a table, each with its end."""
    return table([field["name"] for field in result["fields"]], result["rows"])


def table(names: Sequence[str], rows: Iterable[Sequence[str | None]]) -> list[str]:
    """The same, of columns and rows; None is NULL."""
    cells = [list(names), *[["NULL" if value is None else value for value in row] for row in rows]]
    widths = [max(len(row[column]) for row in cells) for column in range(len(names))]
    rule = "+" + "+".join("-" * (width + 2) for width in widths) + "+\n"
    lines = [
        "|" + "|".join(f" {value:<{width}} " for value, width in zip(row, widths, strict=True)) + "|\n" for row in cells
    ]
    return [rule, lines[0], rule, *lines[1:], rule]

"""Answers of several shards made one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlglot import exp

from vitessctl.rehearsal.tablet_rpc import QueryResult

NUMBERS = {"INT8", "INT16", "INT24", "INT32", "INT64", "UINT64", "DECIMAL", "FLOAT32", "FLOAT64", "YEAR"}
_AGGREGATES: dict[Any, str] = {exp.Count: "sum", exp.Sum: "sum", exp.Min: "min", exp.Max: "max"}


def aggregate_of(item: Any) -> str:
    """How an aggregate's parts are put together (`sum`, `min`, `max`), "" for a plain column."""
    inner = item.this if isinstance(item, exp.Alias) else item
    if isinstance(inner, exp.Count) and isinstance(inner.this, exp.Distinct):
        return ""
    return _AGGREGATES.get(type(inner), "")


@dataclass(frozen=True)
class Merge:
    """What is done with the rows of all shards together."""

    aggregates: tuple[str, ...] = ()
    order: tuple[tuple[str, bool], ...] = ()
    limit: int | None = None

    def apply(self, results: Sequence[QueryResult]) -> QueryResult:
        """One result of several; the columns are those of the first that has any."""
        first = next((result for result in results if result["fields"]), results[0])
        rows = [row for result in results for row in result["rows"]]
        kinds = [field["type"] for field in first["fields"]]
        if self.aggregates:
            rows = [[_reduce(how, [row[i] for row in rows], kinds[i]) for i, how in enumerate(self.aggregates)]]
        names = [field["name"].lower() for field in first["fields"]]
        for column, descending in reversed(self.order):
            index = names.index(column.lower())
            rows.sort(key=lambda row, at=index: _key(row[at], kinds[at]), reverse=descending)  # type: ignore[misc]
        return QueryResult(
            fields=first["fields"],
            rows=rows if self.limit is None else rows[: self.limit],
            rows_affected=sum(result["rows_affected"] for result in results),
            insert_id=max(result["insert_id"] for result in results),
        )


def _key(value: str | None, kind: str) -> tuple[int, Any]:
    """NULL first, as MySQL sorts; numbers by value."""
    if value is None:
        return (0, 0)
    return (1, Decimal(value)) if kind in NUMBERS else (1, value.lower())


def _reduce(how: str, values: Sequence[str | None], kind: str) -> str | None:
    present = [value for value in values if value is not None]
    if not present:
        return None
    if how == "sum":
        return str(sum(Decimal(value) for value in present))
    choose: Callable[..., str] = min if how == "min" else max
    return choose(present, key=lambda value: _key(value, kind))

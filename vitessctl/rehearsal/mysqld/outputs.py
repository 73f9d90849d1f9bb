"""Which columns a SELECT gives: headings and types, worked out from the statement and the tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast

from sqlglot import exp

from vitessctl.rehearsal.mysqld.resultset import Output, column_scale, column_type
from vitessctl.rehearsal.storage.definition import Column, Table

_FUNCTION_TYPES = {
    "my_now": "DATETIME",
    "my_utc_timestamp": "DATETIME",
    "my_sysdate": "DATETIME",
    "my_timestamp": "DATETIME",
    "my_from_unixtime": "DATETIME",
    "my_curdate": "DATE",
    "my_date": "DATE",
    "my_last_day": "DATE",
    "my_curtime": "TIME",
    "my_time": "TIME",
    "my_last_insert_id": "UINT64",
    "my_connection_id": "UINT64",
    "my_uuid": "VARCHAR",
    "my_database": "VARCHAR",
    "my_to_text": "VARCHAR",
}
_ROUNDING = ("my_round", "my_truncate")
_TRUTH = (exp.Boolean, exp.Predicate, exp.Not, exp.And, exp.Or, exp.Count)


@dataclass(frozen=True)
class _Source:
    alias: str
    table: Table


def outputs_of(statement: exp.Expression, texts: Sequence[str], catalogue: Mapping[str, Table]) -> list[Output] | None:
    """The columns of a rewritten query; None where only running it can tell (a star over a subquery)."""
    select = statement.find(exp.Select)
    if select is None:
        return None
    sources, complete = _sources(select, catalogue)
    found: list[Output] = []
    for index, item in enumerate(select.expressions):
        if isinstance(item, exp.Star) or (isinstance(item, exp.Column) and isinstance(item.this, exp.Star)):
            wanted = item.table if isinstance(item, exp.Column) else ""
            matching = [source for source in sources if wanted in {"", source.alias}]
            if not matching or not (complete or wanted):
                return None
            found += [_column_output(source, column) for source in matching for column in source.table.columns]
        else:
            found.append(_item_output(item, texts[index] if index < len(texts) else "", sources))
    return found


def _sources(select: exp.Select, catalogue: Mapping[str, Table]) -> tuple[list[_Source], bool]:
    """The base tables that a SELECT reads, and whether it reads nothing else."""
    origin = cast("exp.Expression | None", select.args.get("from_") or select.args.get("from"))
    relations = [origin.this] if origin is not None else []
    joins = cast("list[exp.Join]", select.args.get("joins") or [])
    relations += [join.this for join in joins]
    found: list[_Source] = []
    for relation in relations:
        table = catalogue.get(relation.name) if isinstance(relation, exp.Table) else None
        if table is not None:
            found.append(_Source(relation.alias_or_name, table))
    simple = not any(join.args.get("using") or join.args.get("method") for join in joins)
    return found, simple and len(found) == len(relations)


def _column_output(source: _Source, column: Column, heading: str = "") -> Output:
    kind = column_type(column)
    scale = column_scale(column)
    return Output(heading or column.name, kind, scale, source.table, column, source.alias)


def _item_output(item: exp.Expression, source_text: str, sources: Sequence[_Source]) -> Output:
    inner = cast(exp.Expression, item.unalias())
    heading = item.alias if isinstance(item, exp.Alias) else ""
    if isinstance(inner, exp.Column):
        heading = heading or inner.name
        found = _resolve(inner, sources)
        return _column_output(*found, heading) if found else Output(heading)
    if isinstance(inner, exp.Literal) and source_text[:1] in {"'", '"'} and not heading:
        heading = inner.name
    described = _described(inner, sources)
    return replace(described, heading=heading or source_text)


def _resolve(column: exp.Column, sources: Sequence[_Source]) -> tuple[_Source, Column] | None:
    for source in sources:
        if column.table in {"", source.alias}:
            found = source.table.column(column.name)
            if found is not None:
                return source, found
    return None


def _described(node: exp.Expression, sources: Sequence[_Source]) -> Output:
    """The type of an expression, as far as it can be told."""
    if isinstance(node, _TRUTH):
        return Output("", "INT64")
    if isinstance(node, exp.Literal) and node.is_string:
        return Output("", "VARCHAR")
    if isinstance(node, (exp.Min, exp.Max)) and isinstance(node.this, exp.Column):
        found = _resolve(node.this, sources)
        return Output("", column_type(found[1]), column_scale(found[1])) if found else Output("")
    if isinstance(node, exp.Anonymous) and _scale(node, sources) is None:
        return Output("", _function_type(node, sources))
    scale = _scale(node, sources)
    return Output("", "DECIMAL" if scale or (isinstance(node, (exp.Sum, exp.Avg)) and scale is not None) else "", scale)


def _function_type(node: exp.Anonymous, sources: Sequence[_Source]) -> str:
    name = str(node.this).lower()
    if name == "my_shift":
        moved = cast(exp.Expression, node.expressions[0])
        kind = _resolved_type(moved, sources)
        by_days = node.expressions[2].name in {"DAY", "WEEK", "MONTH", "QUARTER", "YEAR"}
        if kind == "DATE":
            return "DATE" if by_days else "DATETIME"
        return "DATETIME" if kind in {"DATETIME", "TIMESTAMP"} else "VARCHAR"
    if name == "my_from_unixtime" and len(node.expressions) > 1:
        return "VARCHAR"
    return _FUNCTION_TYPES.get(name, "")


def _resolved_type(node: exp.Expression, sources: Sequence[_Source]) -> str:
    if isinstance(node, exp.Column):
        found = _resolve(node, sources)
        return column_type(found[1]) if found else ""
    return _described(node, sources).type


def _scale(node: exp.Expression, sources: Sequence[_Source]) -> int | None:
    """How many digits after the point an exact number has; None for an inexact or other value."""
    if isinstance(node, (exp.Paren, exp.Neg, exp.Sum, exp.Min, exp.Max)):
        return _scale(node.this, sources)
    if isinstance(node, exp.Column):
        found = _resolve(node, sources)
        return column_scale(found[1]) if found else None
    if isinstance(node, exp.Literal) and not node.is_string:
        return len(node.name.partition(".")[2]) if "e" not in node.name.lower() else None
    if isinstance(node, exp.Avg):
        return _plus(_scale(node.this, sources), 4)
    if isinstance(node, (exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Mod)):
        return _binary_scale(node, _scale(node.this, sources), _scale(node.expression, sources))
    if isinstance(node, exp.Anonymous) and str(node.this).lower() == "my_mod" and len(node.expressions) == 2:
        return _binary_scale(node, *(_scale(argument, sources) for argument in node.expressions))
    if isinstance(node, exp.Anonymous) and str(node.this).lower() in _ROUNDING and len(node.expressions) == 2:
        return int(node.expressions[1].name) if isinstance(node.expressions[1], exp.Literal) else 0
    return None


def _binary_scale(node: exp.Expression, left: int | None, right: int | None) -> int | None:
    if left is None or right is None:
        return None
    if isinstance(node, exp.Mul):
        return left + right
    return left + 4 if isinstance(node, exp.Div) else max(left, right)


def _plus(scale: int | None, more: int) -> int | None:
    return None if scale is None else scale + more

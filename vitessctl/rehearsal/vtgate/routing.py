"""Which shards a statement on a sharded keyspace goes to, and how the answers become one.

Only what a rehearsal needs, and no wrong answer ever: what is not understood is refused, in words that say that
it is the stand-in that cannot.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlglot
from sqlglot import exp

from vitessctl.rehearsal.vtgate.failures import GateError, not_here
from vitessctl.rehearsal.vtgate.merging import Merge, aggregate_of
from vitessctl.rehearsal.vtgate.vschema import Keyspace, Table

DIALECT = "mysql"
Node = Any
"""A node of a parsed statement; sqlglot gave its base class another name between 26 and 30."""


@dataclass(frozen=True)
class Route:
    """What to send where. `merge` says how several answers become one."""

    statements: Sequence[tuple[str, str]]
    """Pairs of shard and SQL."""
    merge: Merge = field(default_factory=Merge)


def route(keyspace: Keyspace, sql: str) -> Route:
    """The route of a statement. GateError for what cannot be parsed or not be routed here."""
    try:
        statement = sqlglot.parse_one(sql, dialect=DIALECT)
    except sqlglot.errors.ParseError as error:
        raise GateError(f"syntax error: {str(error).splitlines()[0]}", 1064, "42000") from None
    if isinstance(statement, exp.Insert):
        return Route(list(_split_insert(keyspace, statement)))
    if isinstance(statement, exp.Select):
        return _select(keyspace, statement, sql)
    if isinstance(statement, exp.Update | exp.Delete):
        return _change(keyspace, statement, sql)
    return Route([(shard, sql) for shard in keyspace.shards])


def _split_insert(keyspace: Keyspace, statement: exp.Insert) -> Iterable[tuple[str, str]]:
    """One statement a shard, each with the rows that belong there."""
    into, rows = statement.this, statement.expression
    if not isinstance(into, exp.Schema) or not isinstance(rows, exp.Values):
        raise not_here("an INSERT without a column list, or from a SELECT,")
    table = keyspace.table(into.this.name)
    columns = [column.name.lower() for column in into.expressions]
    if table.column.lower() not in columns:
        raise GateError(
            f"VT09003: INSERT query does not have primary vindex column '{table.column}' in the column list"
        )
    position = columns.index(table.column.lower())
    by_shard: dict[str, list[Node]] = {}
    for row in rows.expressions:
        value = _literal(row.expressions[position])
        if value is None:
            raise not_here(f"an INSERT whose {table.column} is no plain value")
        by_shard.setdefault(keyspace.shard_of(table, value), []).append(row)
    for shard, own in by_shard.items():
        part = statement.copy()
        part.set("expression", exp.Values(expressions=[row.copy() for row in own]))
        yield shard, part.sql(dialect=DIALECT)


def _select(keyspace: Keyspace, statement: exp.Select, sql: str) -> Route:
    tables = list(statement.find_all(exp.Table))
    if not tables:
        return Route([(next(iter(keyspace.shards)), sql)])
    shards = _shards_of_where(keyspace, keyspace.table(tables[0].name), statement)
    if len(shards) == 1:
        return Route([(shards[0], sql)])
    return Route([(shard, sql) for shard in shards], _merge(statement, len(tables)))


def _change(keyspace: Keyspace, statement: exp.Update | exp.Delete, sql: str) -> Route:
    table = keyspace.table(statement.this.name)
    changed = [item.this.name.lower() for item in statement.expressions] if isinstance(statement, exp.Update) else []
    if table.column.lower() in changed:
        raise not_here("an UPDATE of the primary vindex column")
    shards = _shards_of_where(keyspace, table, statement)
    if len(shards) > 1 and (statement.args.get("limit") or statement.args.get("order")):
        raise not_here("an UPDATE or DELETE with LIMIT")
    return Route([(shard, sql) for shard in shards])


def _shards_of_where(keyspace: Keyspace, table: Table, statement: Node) -> list[str]:
    """The shards that can hold rows: those of `column = value` and `column IN (values)`, else all."""
    where = statement.args.get("where")
    shards = list(keyspace.shards)
    for condition in _conjunction(where.this) if where else ():
        values = _values(condition, table.column)
        if values is not None:
            possible = {keyspace.shard_of(table, value) for value in values}
            shards = [shard for shard in shards if shard in possible]
    return shards or [next(iter(keyspace.shards))]


def _conjunction(condition: Node) -> Iterable[Node]:
    if isinstance(condition, exp.And):
        yield from _conjunction(condition.left)
        yield from _conjunction(condition.right)
    elif isinstance(condition, exp.Paren):
        yield from _conjunction(condition.this)
    else:
        yield condition


def _values(condition: Node, column: str) -> list[str] | None:
    """The values that a condition leaves for the column; None where it says nothing about it."""
    if isinstance(condition, exp.EQ):
        sides = (condition.left, condition.right)
        for one, other in (sides, sides[::-1]):
            value = _literal(other)
            if isinstance(one, exp.Column) and one.name.lower() == column.lower() and value is not None:
                return [value]
    if isinstance(condition, exp.In) and isinstance(condition.this, exp.Column):
        values = [_literal(item) for item in condition.expressions]
        known = [value for value in values if value is not None]
        if condition.this.name.lower() == column.lower() and known and len(known) == len(values):
            return known
    return None


def _literal(value: Node) -> str | None:
    if isinstance(value, exp.Literal):
        return str(value.this)
    if isinstance(value, exp.Neg) and isinstance(value.this, exp.Literal) and not value.this.is_string:
        return f"-{value.this.this}"
    return None


def _merge(statement: exp.Select, tables: int) -> Merge:
    """How rows of several shards become one answer; GateError where that takes more than we can."""
    if tables > 1:
        raise not_here("a join or subquery")
    for clause in ("group", "having", "distinct", "offset", "windows", "lock"):
        if statement.args.get(clause):
            raise not_here(f"a SELECT with {clause.upper()}")
    aggregates = [aggregate_of(item) for item in statement.expressions]
    if any(item.find(exp.AggFunc) and not how for item, how in zip(statement.expressions, aggregates, strict=True)):
        raise not_here("an aggregate that is not COUNT, SUM, MIN or MAX by itself")
    limit = statement.args.get("limit")
    if any(aggregates):
        if not all(aggregates) or limit or statement.args.get("order"):
            raise not_here("a SELECT that mixes aggregates with rows")
        return Merge(aggregates=tuple(name for name in aggregates if name))
    order = statement.args.get("order")
    return Merge(
        order=tuple(_order(statement, item) for item in order.expressions) if order else (),
        limit=int(limit.expression.this) if limit else None,
    )


def _order(statement: exp.Select, item: exp.Ordered) -> tuple[str, bool]:
    """A column of the result to sort by, and whether downwards."""
    if not isinstance(item.this, exp.Column):
        raise not_here("ORDER BY something that is no column")
    name = item.this.name
    shown = {expression.alias_or_name.lower() for expression in statement.expressions}
    if name.lower() not in shown and not any(isinstance(e, exp.Star) for e in statement.expressions):
        raise not_here(f"ORDER BY {name}, which is not among the columns of the result,")
    return name, bool(item.args.get("desc"))

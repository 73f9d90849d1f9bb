"""UPDATE and DELETE, with ORDER BY, LIMIT and joins, which SQLite lacks there."""

from __future__ import annotations

from collections.abc import Mapping

from sqlglot import exp

from vitessctl.rehearsal.mysqld.dialect import to_sqlite
from vitessctl.rehearsal.mysqld.errors import MySqlError, unsupported
from vitessctl.rehearsal.mysqld.insert import converted, default_value, is_default
from vitessctl.rehearsal.mysqld.plan import Plan
from vitessctl.rehearsal.mysqld.rewrite import Rewriter
from vitessctl.rehearsal.storage.definition import Table
from vitessctl.rehearsal.storage.physical import rowid_name

Catalogue = Mapping[str, Table]


def known_table(name: exp.Table, rewriter: Rewriter, catalogue: Catalogue) -> Table:
    """The table that a name stands for. MySqlError 1146."""
    physical = rewriter.physical_name(name)
    if physical not in catalogue:
        raise MySqlError(1146, physical)
    return catalogue[physical]


def update_plan(statement: exp.Update, rewriter: Rewriter, catalogue: Catalogue) -> Plan:
    """How to run an UPDATE; of several joined tables only the first can be changed."""
    target = statement.this
    table = known_table(target, rewriter, catalogue)
    alias = target.alias_or_name
    rewriter.knows(table, alias)
    joins = list(target.args.get("joins") or [])
    target.set("joins", None)
    changed = _assignments(statement, table, alias, rewriter)
    condition, others = _joined(joins, statement.args.get("where"))
    relation = f" FROM {', '.join(_relation(other, rewriter) for other in others)}" if others else ""
    where = _where(condition, statement, table, alias, rewriter)
    return Plan(f"UPDATE `{table.physical}` AS `{alias}` SET {changed}{relation}{where}", table)


def delete_plan(statement: exp.Delete, rewriter: Rewriter, catalogue: Catalogue) -> Plan:
    """How to run a DELETE; from one table, chosen by a join if need be."""
    named = list(statement.args.get("tables") or [])
    source = statement.this
    if len(named) > 1 or statement.args.get("using"):
        raise unsupported("DELETE from several tables at once")
    joins = list(source.args.get("joins") or [])
    relations = [source, *(join.this for join in joins)]
    target = next((one for one in relations if not named or one.alias_or_name == named[0].name), source)
    table = known_table(target, rewriter, catalogue)
    alias = target.alias_or_name
    rewriter.knows(table, alias)
    if not joins:
        where = _where(statement.args.get("where"), statement, table, alias, rewriter)
        return Plan(f"DELETE FROM `{table.physical}` AS `{alias}`{where}", table)
    rowid = exp.column(rowid_name(table), table=alias)
    chosen = exp.Select(expressions=[rowid], joins=joins)
    source.set("joins", None)
    chosen = chosen.from_(source)
    if statement.args.get("where"):
        chosen = chosen.where(statement.args["where"].this)
    inner = to_sqlite(rewriter.rewrite(chosen))
    return Plan(f"DELETE FROM `{table.physical}` WHERE {rowid_name(table)} IN ({inner})", table)


def _assignments(statement: exp.Update, table: Table, alias: str, rewriter: Rewriter) -> str:
    made: dict[str, exp.Expression] = {}
    for assignment in statement.expressions:
        target = assignment.this
        column = table.column(target.name)
        if column is None:
            raise MySqlError(1054, target.name, "field list")
        if target.table not in {"", alias}:
            raise unsupported("UPDATE of another table than the first")
        value = assignment.expression
        if is_default(value):
            made[column.name] = converted(column, default_value(column, rewriter))
        else:
            made[column.name] = converted(column, rewriter.rewrite(exp.select(value.copy())).expressions[0])
    for column in table.columns:
        if column.on_update and column.name not in made:
            fresh = rewriter.rewrite(exp.select(column.on_update, dialect="mysql")).expressions[0]
            made[column.name] = converted(column, fresh)
    return ", ".join(f"`{name}` = {to_sqlite(value)}" for name, value in made.items())


def _joined(joins: list[exp.Join], where: exp.Expression | None) -> tuple[exp.Expression | None, list[exp.Expression]]:
    """The joins as a condition and a list of tables."""
    conditions = [join.args["on"] for join in joins if join.args.get("on")]
    if any(join.side or join.args.get("using") for join in joins):
        raise unsupported("UPDATE with an outer join or USING")
    conditions += [where.this] if where is not None else []
    return (exp.Where(this=exp.and_(*conditions)) if conditions else None), [join.this for join in joins]


def _relation(other: exp.Expression, rewriter: Rewriter) -> str:
    holder = rewriter.rewrite(exp.select("*").from_(other.copy()))
    origin = holder.args.get("from_") or holder.args.get("from")
    assert origin is not None
    return to_sqlite(origin.this)


def _where(
    condition: exp.Expression | None, statement: exp.Expression, table: Table, alias: str, rewriter: Rewriter
) -> str:
    """The WHERE clause; ORDER BY and LIMIT become a choice of row numbers."""
    order, limit = statement.args.get("order"), statement.args.get("limit")
    if order is None and limit is None:
        if condition is None:
            return ""
        holder = rewriter.rewrite(exp.select("1").where(condition.this.copy()))
        return f" WHERE {to_sqlite(holder.args['where'].this)}"
    rowid = rowid_name(table)
    source = exp.to_table(table.name, db=None)
    source.set("db", exp.to_identifier(table.schema))
    source.set("alias", exp.TableAlias(this=exp.to_identifier(alias)))
    chosen = exp.select(exp.column(rowid, table=alias)).from_(source)
    if condition is not None:
        chosen = chosen.where(condition.this.copy())
    chosen.set("order", order)
    chosen.set("limit", limit)
    return f" WHERE `{alias}`.{rowid} IN ({to_sqlite(rewriter.rewrite(chosen))})"

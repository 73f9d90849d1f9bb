"""INSERT and REPLACE: MySQL's defaults, counters and conversions, made explicit for SQLite."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from sqlglot import exp

from vitessctl.rehearsal.mysqld.dialect import MySqlSource, to_sqlite
from vitessctl.rehearsal.mysqld.errors import MySqlError, unsupported
from vitessctl.rehearsal.mysqld.plan import Plan
from vitessctl.rehearsal.mysqld.rewrite import Rewriter, call
from vitessctl.rehearsal.mysqld.storing import storing_function
from vitessctl.rehearsal.storage.definition import Column, Table
from vitessctl.rehearsal.storage.physical import affinity


def insert_plan(statement: exp.Insert, table: Table, rewriter: Rewriter, *, replace: bool) -> Plan:
    """How to run an INSERT (or, with `replace`, a REPLACE) into `table`."""
    columns = _named_columns(statement, table)
    source = statement.expression
    if statement.args.get("conflict") is not None:
        _name_new_row(statement, source)
    conflict = statement.args.get("conflict")
    if isinstance(source, exp.Values):
        body, generated = _values(source, columns, table, rewriter)
    elif isinstance(source, exp.Query):
        body, generated = _from_query(source, columns, table, rewriter), table.auto_increment not in _names(columns)
    else:
        raise unsupported("this INSERT")
    all_columns = columns + _filled_columns(columns, table)
    verb = "INSERT OR REPLACE" if replace else "INSERT OR IGNORE" if statement.args.get("ignore") else "INSERT"
    names = ", ".join(f"`{column.name}`" for column in all_columns)
    sql = f"{verb} INTO `{table.physical}` AS `{table.name}` ({names}) {body}"
    if conflict is not None:
        sql += " " + _on_conflict(conflict, table, rewriter)
    return Plan(sql, table, generates_id=generated, counts_changes=replace or conflict is not None)


def _named_columns(statement: exp.Insert, table: Table) -> list[Column]:
    if not isinstance(statement.this, exp.Schema):
        values = statement.expression
        empty = isinstance(values, exp.Values) and not values.expressions[0].expressions
        return [] if empty else list(table.columns)
    return [_column(table, identifier.name) for identifier in statement.this.expressions]


def _column(table: Table, name: str) -> Column:
    column = table.column(name)
    if column is None:
        raise MySqlError(1054, name, "field list")
    return column


def _names(columns: Sequence[Column]) -> set[str | None]:
    return {column.name for column in columns}


def _filled_columns(columns: Sequence[Column], table: Table) -> list[Column]:
    """Columns that the statement leaves out and that get a default here."""
    given = _names(columns)
    missing = [column for column in table.columns if column.name not in given and not column.auto_increment]
    for column in missing:
        if column.default is None and not column.nullable:
            raise MySqlError(1364, column.name)
    filled = [column for column in missing if column.default is not None]
    if not columns and not filled:
        filled = [column for column in table.columns if column.auto_increment or column in missing][:1]
    return filled


def default_value(column: Column, rewriter: Rewriter) -> exp.Expression:
    """The expression of a column's default, ready for SQLite."""
    if column.auto_increment or column.default is None:
        if column.auto_increment or column.nullable:
            return exp.Null()
        raise MySqlError(1364, column.name)
    select = exp.select(exp.maybe_parse(column.default, dialect=MySqlSource))
    return cast(exp.Expression, rewriter.rewrite(select).expressions[0])


def converted(column: Column, value: exp.Expression) -> exp.Expression:
    """The value as the column keeps it; plain literals that need nothing stay as they are."""
    rule = storing_function(column)
    if rule is None or isinstance(value, exp.Null):
        return value
    is_integer = isinstance(value, exp.Literal) and not value.is_string and value.name.isdigit()
    if affinity(column) == "INTEGER" and is_integer:
        return value
    name, arguments = rule
    return call(name, value, *(exp.Literal.string(argument) for argument in arguments))


def _values(source: exp.Values, columns: list[Column], table: Table, rewriter: Rewriter) -> tuple[str, bool]:
    filled = [converted(column, default_value(column, rewriter)) for column in _filled_columns(columns, table)]
    tail = [to_sqlite(value) for value in filled]
    rows: list[str] = []
    generated = table.auto_increment not in _names(columns)
    for row in source.expressions:
        values = list(row.expressions) if isinstance(row, exp.Tuple) else [row]
        if len(values) == 1 and isinstance(values[0], exp.Anonymous) and str(values[0].this).lower() == "row":
            values = list(values[0].expressions)
        if len(values) != len(columns):
            raise MySqlError(1136)
        pairs = list(zip(columns, values, strict=True))
        generated = generated or any(column.auto_increment and _means_next(value) for column, value in pairs)
        rows.append(f"({', '.join([_value(column, value, rewriter) for column, value in pairs] + tail)})")
    return f"VALUES {', '.join(rows)}", generated


def _means_next(value: exp.Expression) -> bool:
    """NULL, 0 and DEFAULT ask a counter for its next number."""
    return isinstance(value, exp.Null) or value.sql().upper() in {"0", "DEFAULT"}


def is_default(value: exp.Expression) -> bool:
    """Whether this is the word DEFAULT, which is read as a name."""
    return isinstance(value, (exp.Var, exp.Column)) and value.name.upper() == "DEFAULT"


def _value(column: Column, value: exp.Expression, rewriter: Rewriter) -> str:
    if column.auto_increment and _means_next(value):
        return "NULL"
    if is_default(value):
        return to_sqlite(converted(column, default_value(column, rewriter)))
    if isinstance(value, exp.Literal):
        return to_sqlite(converted(column, value))
    holder = rewriter.rewrite(exp.select(value))
    return to_sqlite(converted(column, holder.expressions[0]))


def _from_query(source: exp.Query, columns: list[Column], table: Table, rewriter: Rewriter) -> str:
    names = [f"c{index}" for index in range(len(columns))]
    values = [converted(column, exp.column(name)) for column, name in zip(columns, names, strict=True)]
    values += [converted(column, default_value(column, rewriter)) for column in _filled_columns(columns, table)]
    query = to_sqlite(rewriter.rewrite(cast(exp.Expression, source)))
    wanted = ", ".join(map(to_sqlite, values))
    return f"SELECT {wanted} FROM (WITH source({', '.join(names)}) AS ({query}) SELECT * FROM source) WHERE TRUE"


def _name_new_row(statement: exp.Insert, source: exp.Expression) -> None:
    """`VALUES (…) AS new` names the row that could not be inserted; SQLite calls it excluded."""
    alias = source.args.get("alias")
    if alias is None:
        return
    source.set("alias", None)
    for column in statement.args["conflict"].find_all(exp.Column):
        if column.table == alias.name:
            column.set("table", exp.to_identifier("excluded"))


def _on_conflict(conflict: exp.Expression, table: Table, rewriter: Rewriter) -> str:
    assignments: list[str] = []
    for assignment in conflict.expressions:
        column = _column(table, assignment.this.name)
        value = _value(column, assignment.expression.copy(), rewriter)
        assignments.append(f"`{column.name}` = {value}")
    return f"ON CONFLICT DO UPDATE SET {', '.join(assignments)}"

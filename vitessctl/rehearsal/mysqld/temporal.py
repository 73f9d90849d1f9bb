"""Comparisons of times with text: MySQL compares them as times, SQLite would compare letters.

`changed = '2024-01-02'` is true at midnight of that day, so the text gets the shape that the column stores.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sqlglot import exp

from vitessctl.rehearsal.mysqld.times import parse_time, time_text
from vitessctl.rehearsal.storage.definition import Column, Table

_COMPARISONS = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.NullSafeEQ)


def shape_times(statement: exp.Expression, tables: Mapping[str, Table]) -> None:
    """Changes the text literals that are compared with time columns; `tables` are the statement's, by alias."""
    if not any(_is_time(column) for table in tables.values() for column in table.columns):
        return
    for reference, literals in list(_compared(statement)):
        column = _find(reference, tables)
        if column is None or not _is_time(column):
            continue
        for literal in literals:
            shaped = shape(literal.name, column)
            if shaped is not None:
                literal.set("this", shaped)


def shape(text: str, column: Column) -> str | None:
    """A time as the column stores it; None for what is no time, or what the column could not hold exactly."""
    moment = parse_time(text)
    if moment is None:
        return None
    if column.base_type == "date":
        is_midnight = moment == moment.replace(hour=0, minute=0, second=0, microsecond=0)
        return moment.date().isoformat() if is_midnight else time_text(moment)
    return time_text(moment, max(column.length, 6 if moment.microsecond else 0))


def _is_time(column: Column) -> bool:
    return column.base_type in {"date", "datetime", "timestamp"}


def _find(reference: exp.Column, tables: Mapping[str, Table]) -> Column | None:
    candidates = [tables[reference.table]] if reference.table in tables else tables.values()
    return next((found for table in candidates if (found := table.column(reference.name)) is not None), None)


def _compared(statement: exp.Expression) -> Iterator[tuple[exp.Column, list[exp.Literal]]]:
    """Each column that is compared, and the texts that it is compared with."""
    for node in statement.find_all(*_COMPARISONS, exp.Between, exp.In):
        if isinstance(node, exp.Between):
            sides = [node.this, node.args["low"], node.args["high"]]
        elif isinstance(node, exp.In):
            sides = [node.this, *node.expressions]
        else:
            sides = [node.this, node.expression]
        columns = [side for side in sides if isinstance(side, exp.Column)]
        texts = [side for side in sides if isinstance(side, exp.Literal) and side.is_string]
        for column in columns:
            yield column, texts

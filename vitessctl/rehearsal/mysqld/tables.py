"""From a parsed CREATE TABLE, or parts of an ALTER TABLE, to table definitions."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import cast

from sqlglot import exp

from vitessctl.rehearsal.mysqld.dialect import MySqlSource, to_sqlite
from vitessctl.rehearsal.mysqld.errors import MySqlError, unsupported
from vitessctl.rehearsal.mysqld.resultset import column_scale
from vitessctl.rehearsal.mysqld.rewrite import KNOWN_COLLATIONS, Rewriter
from vitessctl.rehearsal.storage.connection import MAX_COLUMNS
from vitessctl.rehearsal.storage.definition import Check, Column, ForeignKey, Key, Table

_TYPE_NAMES = {"integer": "int", "boolean": "tinyint(1)", "bool": "tinyint(1)", "numeric": "decimal", "real": "double"}
_NO_WIDTH = {"tinyint", "smallint", "mediumint", "int", "bigint"}


def table_of(statement: exp.Create, schema: str, rewriter: Rewriter) -> Table:
    """The table that a CREATE TABLE with a column list describes. MySqlError for what makes no sense."""
    listed = statement.this
    if not isinstance(listed, exp.Schema):
        raise unsupported("CREATE TABLE without a list of columns")
    table = Table(schema, listed.this.name, ())
    for item in listed.expressions:
        table = with_item(table, item, rewriter)
    comment = statement.find(exp.SchemaCommentProperty)
    return checked(replace(table, comment=comment.this.name if comment is not None else ""))


def checked(table: Table) -> Table:
    """The table, when its names fit together and primary keys are NOT NULL."""
    names = [column.name.lower() for column in table.columns]
    for name in names:
        if names.count(name) > 1:
            raise MySqlError(1060, name)
    if not names:
        raise MySqlError(1113, text="A table must have at least one column")
    if len(names) > MAX_COLUMNS:
        raise unsupported(f"more than {MAX_COLUMNS} columns")
    for key in table.keys:
        for name in key.columns:
            if table.column(name) is None:
                raise MySqlError(1072, name)
        if [other.name.lower() for other in table.keys].count(key.name.lower()) > 1:
            raise MySqlError(1068 if key.kind == "primary" else 1061, key.name, text=_multiple(key))
    columns = tuple(
        replace(column, nullable=False) if column.name in table.primary_key else column for column in table.columns
    )
    counters = [column for column in columns if column.auto_increment]
    keyed = {key.columns[0] for key in table.keys}
    if len(counters) > 1 or (counters and counters[0].name not in keyed):
        text = "Incorrect table definition; there can be only one auto column and it must be defined as a key"
        raise MySqlError(1075, text=text)
    return replace(table, columns=columns, keys=tuple(sorted(table.keys, key=lambda key: _KEY_ORDER.index(key.kind))))


_KEY_ORDER = ("primary", "unique", "index")
"""As MySQL lists them; within a kind they stay as they were made."""


def _multiple(key: Key) -> str:
    return "Multiple primary key defined" if key.kind == "primary" else f"Duplicate key name '{key.name}'"


def with_item(table: Table, item: exp.Expression, rewriter: Rewriter) -> Table:
    """The table with one more column, key or constraint."""
    name = ""
    if isinstance(item, exp.Constraint):
        name, item = item.name, item.expressions[0]
    if isinstance(item, exp.ColumnDef):
        return _with_column(table, item, rewriter)
    if isinstance(item, exp.ForeignKey):
        return replace(table, foreign_keys=(*table.foreign_keys, _foreign_key(table, item, name)))
    if isinstance(item, exp.CheckColumnConstraint):
        return replace(table, checks=(*table.checks, _check(table, item, name, rewriter)))
    return replace(table, keys=(*table.keys, _key(table, item, name)))


def _with_column(table: Table, item: exp.ColumnDef, rewriter: Rewriter) -> Table:
    column = column_of(item)
    keys = list(table.keys)
    if item.args["kind"].this is exp.DataType.Type.SERIAL:
        keys.append(Key(_free_name(table, column.name), "unique", (column.name,)))
    for constraint in item.find_all(exp.ColumnConstraint):
        kind = constraint.args["kind"]
        if isinstance(kind, exp.PrimaryKeyColumnConstraint):
            keys.append(Key("PRIMARY", "primary", (column.name,)))
        elif isinstance(kind, exp.UniqueColumnConstraint):
            keys.append(Key(_free_name(table, column.name), "unique", (column.name,)))
        elif isinstance(kind, exp.CheckColumnConstraint):
            table = replace(table, checks=(*table.checks, _check(table, kind, "", rewriter)))
    return replace(table, columns=(*table.columns, column), keys=tuple(keys))


def column_of(item: exp.ColumnDef) -> Column:
    """A column's definition, without the keys that it declares."""
    kind_text = type_text(cast("exp.DataType | None", item.args.get("kind")))
    column = Column(item.name, kind_text)
    if kind_text == "serial":
        column = replace(column, type="bigint unsigned", nullable=False, auto_increment=True)
    for constraint in item.args.get("constraints") or []:
        kind = constraint.args.get("kind")
        if isinstance(kind, exp.NotNullColumnConstraint):
            column = replace(column, nullable=bool(kind.args.get("allow_null")))
        elif isinstance(kind, exp.AutoIncrementColumnConstraint):
            column = replace(column, auto_increment=True, nullable=False)
        elif isinstance(kind, exp.DefaultColumnConstraint):
            column = replace(column, default=default_text(kind.this))
        elif isinstance(kind, exp.OnUpdateColumnConstraint):
            column = replace(column, on_update=kind.this.sql(dialect=MySqlSource).upper())
        elif isinstance(kind, exp.CommentColumnConstraint):
            column = replace(column, comment=kind.name)
        elif isinstance(kind, exp.CollateColumnConstraint):
            column = replace(column, collation=_collation(kind.this.name))
        elif isinstance(kind, (exp.GeneratedAsIdentityColumnConstraint, exp.ComputedColumnConstraint)):
            raise unsupported("generated columns")
    return replace(column, default=_with_digits(column))


def _with_digits(column: Column) -> str | None:
    """The default; that of an exact number has the column's digits."""
    digits = column_scale(column) if column.base_type == "decimal" else None
    number = (column.default or "").strip("'")
    if digits is None or not re.fullmatch(r"-?\d+(\.\d*)?", number):
        return column.default
    return f"'{float(number):.{digits}f}'"


def _collation(name: str) -> str:
    return name.lower() if name.lower() in KNOWN_COLLATIONS else ""


def default_text(value: exp.Expression) -> str | None:
    """A default as SHOW CREATE TABLE has it: constants in quotes, functions in capitals; None for NULL."""
    if isinstance(value, exp.Null):
        return None
    if isinstance(value, exp.Boolean):
        return f"'{int(value.this)}'"
    if isinstance(value, exp.Literal):
        return exp.Literal.string(value.name).sql(dialect=MySqlSource)
    if isinstance(value, exp.Neg):
        return f"'-{value.this.name}'"
    text = value.sql(dialect=MySqlSource)
    return text.lower() if isinstance(value, exp.Paren) else text.upper()


def type_text(kind: exp.DataType | None) -> str:
    """A type as MySQL shows it: lower case, integers without a width."""
    if kind is None:
        raise MySqlError(1064, "")
    text = kind.sql(dialect=MySqlSource)
    head, parenthesis, rest = text.partition("(")
    base = head.strip().lower()
    words = base.split(" ")
    name = _TYPE_NAMES.get(words[0], words[0])
    width, _, tail = rest.rpartition(")") if parenthesis else ("", "", "")
    suffix = " ".join([*words[1:], *tail.lower().split()])
    if name in _NO_WIDTH and not (name == "tinyint" and width == "1"):
        width = ""
    if name == "decimal" and not width:
        width = "10,0"
    width = re.sub(r"',\s+'", "','", width) if name in {"enum", "set"} else re.sub(r"\s", "", width)
    return " ".join(filter(None, [f"{name}({width})" if width else name, suffix]))


def _key(table: Table, item: exp.Expression, name: str) -> Key:
    if isinstance(item, exp.PrimaryKey):
        return Key("PRIMARY", "primary", *_key_columns(item.expressions))
    if isinstance(item, exp.UniqueColumnConstraint):
        listed = item.this
        name = name or (listed.this.name if listed.this is not None else "")
        columns = _key_columns(listed.expressions)
        return Key(name or _free_name(table, columns[0][0]), "unique", *columns)
    if isinstance(item, exp.IndexColumnConstraint):
        if item.args.get("kind"):
            raise unsupported(f"a {item.text('kind') or item.args['kind']} index")
        columns = _key_columns(item.expressions)
        return Key(item.name or _free_name(table, columns[0][0]), "index", *columns)
    raise unsupported(item.sql(dialect="mysql"))


def _key_columns(items: list[exp.Expression]) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """Names and prefix lengths of a key's columns."""
    names: list[str] = []
    lengths: list[int] = []
    for item in items:
        inner = item.this if isinstance(item, exp.Ordered) else item
        length = 0
        if isinstance(inner, exp.ColumnPrefix):
            inner, length = inner.this, int(inner.expression.name)
        elif isinstance(inner, exp.Anonymous):
            length = int(inner.expressions[0].name)
        names.append(inner.name if not isinstance(inner, exp.Anonymous) else str(inner.this))
        lengths.append(length)
    return tuple(names), tuple(lengths) if any(lengths) else ()


def index_of(table: Table, index: exp.Index, *, unique: bool) -> Key:
    """The key that a CREATE INDEX describes."""
    parameters = cast("exp.IndexParameters | None", index.args.get("params"))
    columns = _key_columns(list(parameters.args.get("columns") or []) if parameters is not None else [])
    return Key(index.name or _free_name(table, columns[0][0]), "unique" if unique else "index", *columns)


def _free_name(table: Table, wanted: str) -> str:
    """MySQL names a key after its first column, with _2, _3 where that is taken."""
    taken = {key.name.lower() for key in table.keys}
    candidates = [wanted, *(f"{wanted}_{number}" for number in range(2, 100))]
    return next(name for name in candidates if name.lower() not in taken)


def _foreign_key(table: Table, item: exp.ForeignKey, name: str) -> ForeignKey:
    reference = item.args["reference"]
    options = [str(option).upper() for option in reference.args.get("options") or []]
    actions = {
        verb: next((option.removeprefix(f"ON {verb} ") for option in options if option.startswith(f"ON {verb}")), "")
        for verb in ("DELETE", "UPDATE")
    }
    return ForeignKey(
        name or f"{table.name}_ibfk_{len(table.foreign_keys) + 1}",
        tuple(identifier.name for identifier in item.expressions),
        reference.this.this.name,
        tuple(identifier.name for identifier in reference.this.expressions),
        actions["DELETE"],
        actions["UPDATE"],
    )


def _check(table: Table, item: exp.CheckColumnConstraint, name: str, rewriter: Rewriter) -> Check:
    condition = cast(exp.Expression, item.this.unnest())
    written = condition.sql(dialect=MySqlSource, identify=True)
    holder = rewriter.rewrite(exp.select(condition.copy()))
    return Check(name or f"{table.name}_chk_{len(table.checks) + 1}", to_sqlite(holder.expressions[0]), written)

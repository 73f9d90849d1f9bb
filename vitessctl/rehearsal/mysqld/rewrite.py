"""Rewrites a parsed MySQL statement so that SQLite runs it with MySQL's meaning.

Tables get their physical names, functions those that functions.py registers, operators that SQLite lacks become
functions. What remains impossible is refused with words that say so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import cast

from sqlglot import exp

from vitessctl.rehearsal.mysqld.errors import MySqlError, unsupported
from vitessctl.rehearsal.mysqld.functions import NAMES
from vitessctl.rehearsal.mysqld.names import BUILTIN, DOCUMENTS, FUNCTION_ALIASES, TIME_PARTS, UNTRANSLATED
from vitessctl.rehearsal.mysqld.temporal import shape_times
from vitessctl.rehearsal.storage.definition import Table
from vitessctl.rehearsal.storage.physical import DEFAULT_COLLATION

KNOWN_COLLATIONS = frozenset(
    {
        DEFAULT_COLLATION,
        "utf8mb4_bin",
        "utf8mb4_0900_as_cs",
        "utf8mb4_0900_bin",
        "utf8mb4_general_ci",
        "utf8mb4_unicode_ci",
        "utf8_general_ci",
    }
)
Variable = Callable[[str, str], str | None]
"""Gives the value of @@scope.name; raises MySqlError 1193."""


class Rewriter:
    """Rewrites one statement in place, for a session whose database is `database`."""

    def __init__(self, database: str | None, variable: Variable, catalogue: Mapping[str, Table]) -> None:
        self._database = database
        self._variable = variable
        self._catalogue = catalogue
        self._tables: dict[str, Table] = {}
        """The base tables that were met so far, by alias."""

    def rewrite(self, statement: exp.Expression) -> exp.Expression:
        """The statement with every table, function and operator turned into SQLite's."""
        self._qualify_tables(statement)
        shape_times(statement, self._tables)
        for node in reversed(list(statement.walk())):
            rule = _RULES.get(cast("type[exp.Expression]", type(node)))
            replacement = node if rule is None else rule(self, cast(exp.Expression, node))
            if replacement is not node:
                node.replace(replacement)
        return statement

    def knows(self, table: Table, alias: str) -> None:
        """Names a table whose columns the next expressions may mention, though they do not name it."""
        self._tables[alias] = table

    def physical_name(self, table: exp.Table) -> str:
        """The SQLite table behind a name. MySqlError 1046 without a database."""
        schema = table.text("db") or self._database
        if not schema:
            raise MySqlError(1046)
        return f"{schema}.{table.name}"

    def _qualify_tables(self, statement: exp.Expression) -> None:
        local = {cte.alias_or_name for cte in statement.find_all(exp.CTE)}
        for table in list(statement.find_all(exp.Table)):
            if not isinstance(table.this, exp.Identifier):
                raise unsupported(table.sql(dialect="mysql"))
            if table.name in local and not table.text("db"):
                continue
            if table.name.lower() == "dual" and isinstance(table.parent, exp.From):
                table.parent.pop()
                continue
            name = self.physical_name(table)
            if not table.alias:
                table.set("alias", exp.TableAlias(this=exp.to_identifier(table.name, quoted=True)))
            if name in self._catalogue:
                self._tables[table.alias] = self._catalogue[name]
            table.set("this", exp.to_identifier(name, quoted=True))
            table.set("db", None)
            for ignored in ("hints", "partition"):
                table.set(ignored, None)

    def _column(self, node: exp.Expression) -> exp.Expression:
        node.set("db", None)
        node.set("catalog", None)
        return node

    def _session_parameter(self, node: exp.Expression) -> exp.Expression:
        return literal(self._variable(node.text("kind").lower(), node.name))

    def _anonymous(self, node: exp.Expression) -> exp.Expression:
        name = str(node.this).lower()
        arguments = list(node.expressions)
        if name in {"date_add", "adddate", "date_sub", "subdate"}:
            return _shifted(arguments, -1 if name.endswith(("_sub", "ubdate")) else 1)
        if name == "values":
            return exp.column(arguments[0].name, table="excluded", quoted=True)
        if name in TIME_PARTS:
            return call("extract", exp.Literal.string(TIME_PARTS[name]), *arguments)
        if name in {"timestampdiff", "timestampadd"}:
            unit = exp.Literal.string(arguments[0].name.upper())
            if name == "timestampdiff":
                return call("timestampdiff", unit, *arguments[1:])
            return call("shift", arguments[2], arguments[1], unit)
        if name == "position":
            return call("locate", *arguments)
        inner = isinstance(node.parent, exp.Anonymous) and str(node.parent.this).lower().startswith("json_")
        return self._plain_call(name, arguments, inner)

    def _plain_call(self, name: str, arguments: list[exp.Expression], inner: bool) -> exp.Expression:
        if name in UNTRANSLATED:
            raise unsupported(f"the function {name.upper()}()")
        name = FUNCTION_ALIASES.get(name, name)
        if name in NAMES:
            return call(name, *arguments)
        if name in BUILTIN:
            return exp.Anonymous(this=name, expressions=arguments)
        if name in DOCUMENTS:
            document = exp.Anonymous(this=name, expressions=arguments)
            return document if inner else call("json_text", document)
        raise MySqlError(1305, f"{self._database}.{name}" if self._database else name)


def call(name: str, *arguments: exp.Expression) -> exp.Anonymous:
    """A call of one of our own SQL functions."""
    return exp.Anonymous(this=f"my_{name}", expressions=list(arguments))


def literal(value: str | None) -> exp.Expression:
    """A value as SQL text; numbers as numbers."""
    if value is None:
        return exp.Null()
    is_number = value.lstrip("-").isdigit()
    return exp.Literal.number(value) if is_number else exp.Literal.string(value)


def _shifted(arguments: list[exp.Expression], sign: int) -> exp.Expression:
    moment, amount = arguments[0], arguments[1]
    if isinstance(amount, exp.Interval):
        return _interval_call(moment, amount, sign)
    return call("shift", moment, amount, exp.Literal.string("DAY"), exp.Literal.number(str(sign)))


def _interval_call(moment: exp.Expression, interval: exp.Interval, sign: int) -> exp.Expression:
    unit = interval.text("unit").upper()
    if "_" in unit:
        raise unsupported(f"INTERVAL … {unit}")
    amount = interval.this
    return call("shift", moment, amount, exp.Literal.string(unit), exp.Literal.number(str(sign)))


def _arithmetic(_: Rewriter, node: exp.Expression) -> exp.Expression:
    left, right = node.this, node.expression
    sign = -1 if isinstance(node, exp.Sub) else 1
    if isinstance(right, exp.Interval):
        return _interval_call(left, right, sign)
    if isinstance(left, exp.Interval):
        return _interval_call(right, left, sign)
    return node


_CASTS = {
    "CHAR": "to_text",
    "NCHAR": "to_text",
    "VARCHAR": "to_text",
    "TEXT": "to_text",
    "BIGINT": "signed",
    "UBIGINT": "signed",
    "INT": "signed",
    "DATE": "date",
    "DATETIME": "timestamp",
    "TIMESTAMP": "timestamp",
    "TIMESTAMPTZ": "timestamp",
    "TIME": "time",
}


def _cast(_: Rewriter, node: exp.Expression) -> exp.Expression:
    kind = cast(exp.DataType, node.args["to"])
    name = kind.this.value if hasattr(kind.this, "value") else str(kind.this)
    if name in _CASTS:
        return call(_CASTS[name], node.this)
    if name == "DECIMAL":
        digits = kind.expressions[1].name if len(kind.expressions) > 1 else "0"
        return call("round", node.this, exp.Literal.number(digits))
    if name in {"CHARACTER SET", "CHARACTER_SET"}:
        return cast(exp.Expression, node.this)
    if name in {"DOUBLE", "FLOAT"}:
        return exp.Cast(this=node.this, to=exp.DataType.build("DOUBLE"))
    if name in {"BINARY", "VARBINARY"}:
        return exp.Cast(this=node.this, to=exp.DataType.build("BLOB", dialect="sqlite"))
    if name == "JSON":
        return call("json_text", node.this)
    raise unsupported(f"CAST to {name}")


def _arrow(_: Rewriter, node: exp.Expression) -> exp.Expression:
    path = exp.Literal.string(node.expression.sql(dialect="mysql").strip("'"))
    found = call("json_extract", node.this, path)
    return call("json_unquote", found) if isinstance(node, exp.JSONExtractScalar) else found


def _extract(_: Rewriter, node: exp.Expression) -> exp.Expression:
    return call("extract", exp.Literal.string(node.name.upper()), node.expression)


def _any(_: Rewriter, node: exp.Expression) -> exp.Expression:
    """`= ANY (SELECT …)` is IN, `<> ALL (SELECT …)` is NOT IN; other comparisons with them SQLite cannot make."""
    every = node.expression
    wanted = exp.Any if isinstance(node, exp.EQ) else exp.All
    if not isinstance(every, (exp.Any, exp.All)):
        return node
    if not isinstance(every, wanted):
        raise unsupported(node.sql(dialect="mysql"))
    query = every.this if isinstance(every.this, exp.Subquery) else exp.Subquery(this=every.this)
    member = exp.In(this=node.this, query=query)
    return member if wanted is exp.Any else exp.Not(this=member)


def _operand(_: Rewriter, node: exp.Expression) -> exp.Expression:
    """A SELECT in parentheses beside UNION, which SQLite takes only without them."""
    inner = node.this
    if not isinstance(node.parent, exp.SetOperation) or node.args.get("alias"):
        return node
    if inner.args.get("order") or inner.args.get("limit"):
        return exp.select("*").from_(node.copy())
    return cast(exp.Expression, inner)


def _substring(_: Rewriter, node: exp.Expression) -> exp.Expression:
    parts = [node.args.get("start"), node.args.get("length")]
    return call("substring", node.this, *(part for part in parts if part is not None))


def _trim(_: Rewriter, node: exp.Expression) -> exp.Expression:
    characters = node.args.get("expression") or exp.Literal.string(" ")
    return call("trim", node.this, characters, exp.Literal.string(node.text("position").upper() or "BOTH"))


def _position(_: Rewriter, node: exp.Expression) -> exp.Expression:
    return call("locate", node.args["substr"], node.this)


def _collate(_: Rewriter, node: exp.Expression) -> exp.Expression:
    if node.expression.name.lower() not in KNOWN_COLLATIONS:
        return cast(exp.Expression, node.this)
    return node


def _count(_: Rewriter, node: exp.Expression) -> exp.Expression:
    distinct = node.this
    if not isinstance(distinct, exp.Distinct) or len(distinct.expressions) < 2:
        return node
    columns = [column.copy() for column in distinct.expressions]
    missing = exp.or_(*(exp.Is(this=column.copy(), expression=exp.Null()) for column in columns))
    together = exp.Anonymous(this="json_array", expressions=columns)
    node.set(
        "this", exp.Distinct(expressions=[exp.Case(ifs=[exp.If(this=missing, true=exp.Null())], default=together)])
    )
    return node


def _group_concat(_: Rewriter, node: exp.Expression) -> exp.Expression:
    separator = node.args.get("separator") or exp.Literal.string(",")
    inner = node.this
    orders: list[exp.Expression] = []
    if isinstance(inner, exp.Order):
        orders, inner = list(inner.expressions), inner.this
    distinct = isinstance(inner, exp.Distinct)
    values = list(inner.expressions) if distinct else [inner]
    value = values[0] if len(values) == 1 else call("concat", *values)
    directions = "".join("d" if order.args.get("desc") else "a" for order in orders)
    options = exp.Literal.string(f"{'distinct' if distinct else 'all'}:{directions}")
    return call("group_concat", value, separator, options, *(order.this for order in orders))


_RULES: dict[type[exp.Expression], Callable[[Rewriter, exp.Expression], exp.Expression]] = {
    exp.Column: Rewriter._column,
    exp.SessionParameter: Rewriter._session_parameter,
    exp.Parameter: lambda _, node: call("variable", exp.Literal.string(node.name)),
    exp.Anonymous: Rewriter._anonymous,
    exp.CurrentTimestamp: lambda _, node: call("now", *filter(None, [node.args.get("this")])),
    exp.CurrentDatetime: lambda _, node: call("now", *filter(None, [node.args.get("this")])),
    exp.Localtimestamp: lambda _, node: call("now", *filter(None, [node.args.get("this")])),
    exp.Localtime: lambda _, node: call("now", *filter(None, [node.args.get("this")])),
    exp.CurrentDate: lambda *_: call("curdate"),
    exp.CurrentTime: lambda *_: call("curtime"),
    exp.CurrentUser: lambda *_: call("current_user"),
    exp.Add: _arithmetic,
    exp.Sub: _arithmetic,
    exp.Cast: _cast,
    exp.Extract: _extract,
    exp.JSONExtract: _arrow,
    exp.JSONExtractScalar: _arrow,
    exp.Substring: _substring,
    exp.Trim: _trim,
    exp.StrPosition: _position,
    exp.Chr: lambda _, node: call("char", *node.expressions),
    exp.RegexpLike: lambda _, node: call("regexp", node.this, node.expression),
    exp.Xor: lambda _, node: call("xor", node.this, node.expression),
    exp.BitwiseXor: lambda _, node: call("bitxor", node.this, node.expression),
    exp.EQ: _any,
    exp.NEQ: _any,
    exp.Subquery: _operand,
    exp.National: lambda _, node: exp.Literal.string(node.name),
    exp.Introducer: lambda _, node: cast(exp.Expression, node.expression),
    exp.Collate: _collate,
    exp.Mod: lambda _, node: call("mod", node.this, node.expression),
    exp.Count: _count,
    exp.GroupConcat: _group_concat,
}

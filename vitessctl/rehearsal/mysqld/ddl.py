"""CREATE, ALTER, DROP, TRUNCATE and RENAME: each becomes a StructureChange that replicas can repeat as it is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlglot import exp

from vitessctl.rehearsal.mysqld.alter import Evaluate, altered
from vitessctl.rehearsal.mysqld.errors import MySqlError, unsupported
from vitessctl.rehearsal.mysqld.rewrite import Rewriter
from vitessctl.rehearsal.mysqld.tables import checked, index_of, table_of
from vitessctl.rehearsal.storage.definition import Table
from vitessctl.rehearsal.storage.events import StructureChange
from vitessctl.rehearsal.storage.physical import create_statements, quoted, rebuild_statements

_RENAME = re.compile(r"\s*rename\s+tables?\s+(?P<pairs>.+?);?\s*$", re.IGNORECASE | re.DOTALL)
_PAIR = re.compile(r"\s*`?([^`.\s]+)`?\s+to\s+`?([^`.\s]+)`?\s*$", re.IGNORECASE)


@dataclass(frozen=True)
class Structures:
    """What there is before a change, and for whom it is made."""

    catalogue: Mapping[str, Table]
    schemas: frozenset[str]
    rewriter: Rewriter
    database: str | None
    evaluate: Evaluate

    def schema(self, name: exp.Table) -> str:
        """The schema that a name is in. MySqlError 1046, 1049."""
        schema = name.text("db") or self.database
        if not schema:
            raise MySqlError(1046)
        if schema not in self.schemas:
            raise MySqlError(1049, schema)
        return schema

    def table(self, name: exp.Table) -> Table:
        """An existing table. MySqlError 1146."""
        physical = f"{self.schema(name)}.{name.name}"
        if physical not in self.catalogue:
            raise MySqlError(1146, physical)
        return self.catalogue[physical]


def structure_change(statement: exp.Expression, present: Structures) -> StructureChange | None:
    """What a statement changes; None when IF [NOT] EXISTS makes it change nothing."""
    if isinstance(statement, exp.Create):
        return _create(statement, present)
    if isinstance(statement, exp.Drop):
        return _drop(statement, present)
    if isinstance(statement, exp.TruncateTable):
        return _truncate(present.table(statement.expressions[0]))
    if isinstance(statement, exp.Alter):
        return _alter(statement, present)
    raise unsupported(statement.sql(dialect="mysql"))


def rename_change(sql: str, present: Structures) -> StructureChange:
    """RENAME TABLE a TO b, c TO d. MySqlError."""
    match = _RENAME.match(sql)
    if match is None:
        raise MySqlError(1064, sql)
    changes: list[StructureChange] = []
    for pair in match["pairs"].split(","):
        names = _PAIR.match(pair)
        if names is None:
            raise MySqlError(1064, pair.strip())
        table = present.table(exp.to_table(names[1]))
        changes.append(replaced(table, table.moved(table.schema, names[2]), present.catalogue))
    return StructureChange(
        tuple(text for change in changes for text in change.statements),
        tuple(text for change in changes for text in change.defined),
        tuple(name for change in changes for name in change.dropped),
    )


def replaced(
    old: Table, new: Table, catalogue: Mapping[str, Table], sources: dict[str, str] | None = None
) -> StructureChange:
    """The change from one definition to another, rows kept."""
    if new.physical != old.physical and new.physical in catalogue:
        raise MySqlError(1050, new.name)
    filled = sources if sources is not None else {column.name: quoted(column.name) for column in new.columns}
    dropped = (old.physical,) if new.physical != old.physical else ()
    return StructureChange(tuple(rebuild_statements(old, new, filled)), (new.to_json(),), dropped)


def _create(statement: exp.Create, present: Structures) -> StructureChange | None:
    kind = str(statement.args["kind"]).upper()
    if kind in {"DATABASE", "SCHEMA"}:
        return _create_schema(statement, present)
    if kind == "INDEX":
        return _create_index(statement, present)
    if kind != "TABLE":
        raise unsupported(f"CREATE {kind}")
    name = statement.find(exp.Table)
    assert name is not None
    schema = present.schema(name)
    if f"{schema}.{name.name}" in present.catalogue:
        if statement.args.get("exists"):
            return None
        raise MySqlError(1050, name.name)
    like = statement.find(exp.LikeProperty)
    if like is not None:
        table = present.table(like.this).moved(schema, name.name)
    else:
        table = table_of(statement, schema, present.rewriter)
    return StructureChange(tuple(create_statements(table)), (table.to_json(),))


def _create_schema(statement: exp.Create, present: Structures) -> StructureChange | None:
    name = statement.this.name or statement.this.text("db")
    if name in present.schemas:
        if statement.args.get("exists"):
            return None
        raise MySqlError(1007, name)
    return StructureChange(schemas_created=(name,))


def _create_index(statement: exp.Create, present: Structures) -> StructureChange:
    index = statement.this
    table = present.table(index.args["table"])
    key = index_of(table, index, unique=bool(statement.args.get("unique")))
    return replaced(table, checked(replace(table, keys=(*table.keys, key))), present.catalogue)


def _drop(statement: exp.Drop, present: Structures) -> StructureChange | None:
    kind = str(statement.args["kind"]).upper()
    names = [name for name in statement.args.get("tables") or [statement.this] if name is not None]
    if kind in {"DATABASE", "SCHEMA"}:
        return _drop_schema(names[0], present, quiet=bool(statement.args.get("exists")))
    if kind == "INDEX":
        return _drop_index(statement, names[0].name, present)
    if kind != "TABLE":
        raise unsupported(f"DROP {kind}")
    tables: list[Table] = []
    for name in names:
        physical = f"{present.schema(name)}.{name.name}"
        if physical in present.catalogue:
            tables.append(present.catalogue[physical])
        elif not statement.args.get("exists"):
            raise MySqlError(1051, physical)
    return _dropped(tables) if tables else None


def _dropped(tables: list[Table]) -> StructureChange:
    statements = tuple(f"DROP TABLE {quoted(table.physical)}" for table in tables)
    return StructureChange(statements, dropped=tuple(table.physical for table in tables))


def _drop_schema(name: exp.Expression, present: Structures, *, quiet: bool) -> StructureChange | None:
    schema = name.name or name.text("db")
    if schema not in present.schemas:
        if quiet:
            return None
        raise MySqlError(1008, schema)
    tables = _dropped([table for table in present.catalogue.values() if table.schema == schema])
    return replace(tables, schemas_dropped=(schema,))


def _drop_index(statement: exp.Drop, name: str, present: Structures) -> StructureChange:
    on = statement.find(exp.OnProperty)
    if on is None:
        raise MySqlError(1064, statement.sql(dialect="mysql"))
    table = present.table(on.this)
    keys = tuple(key for key in table.keys if key.name.lower() != name.lower())
    if len(keys) == len(table.keys):
        raise MySqlError(1091, name)
    return replaced(table, replace(table, keys=keys), present.catalogue)


def _truncate(table: Table) -> StructureChange:
    restart = f"DELETE FROM sqlite_sequence WHERE name = '{table.physical}'"
    return StructureChange((f"DELETE FROM {quoted(table.physical)}", restart))


def _alter(statement: exp.Alter, present: Structures) -> StructureChange:
    table = present.table(statement.this)
    new, sources = altered(table, list(statement.args.get("actions") or []), present.rewriter, present.evaluate)
    return replaced(table, checked(new), present.catalogue, sources)

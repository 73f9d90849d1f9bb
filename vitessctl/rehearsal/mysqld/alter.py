"""ALTER TABLE: each action is a step from one definition to the next; the table is then rebuilt once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from sqlglot import exp

from vitessctl.rehearsal.mysqld.dialect import to_sqlite
from vitessctl.rehearsal.mysqld.errors import MySqlError, unsupported
from vitessctl.rehearsal.mysqld.insert import converted, default_value
from vitessctl.rehearsal.mysqld.rewrite import Rewriter
from vitessctl.rehearsal.mysqld.tables import column_of, default_text, with_item
from vitessctl.rehearsal.storage.definition import Column, Table
from vitessctl.rehearsal.storage.physical import affinity, quoted

Evaluate = Callable[[str], str]
"""Makes a literal of an SQLite expression: replicas repeat the statement, and must not ask for the time again."""


class Alteration:
    """A table on its way to its new definition, and what fills each column of it."""

    def __init__(self, table: Table, rewriter: Rewriter, evaluate: Evaluate) -> None:
        self.table = table
        self._evaluate = evaluate
        self.sources = {column.name: quoted(column.name) for column in table.columns}
        self._rewriter = rewriter

    def apply(self, action: exp.Expression) -> None:
        """Takes one action of the statement. MySqlError for one that cannot be."""
        rule = _ACTIONS.get(type(action))
        if rule is None:
            raise unsupported(f"ALTER TABLE … {action.sql(dialect='mysql')}")
        rule(self, action)

    def _add_column(self, action: exp.Expression) -> None:
        assert isinstance(action, exp.ColumnDef)
        before = {column.name for column in self.table.columns}
        self.table = with_item(self.table, action, self._rewriter)
        column = self.table.columns[-1]
        if column.name in before:
            raise MySqlError(1060, column.name)
        self._place(column, action.args.get("position"))
        self.sources[column.name] = self._filling(column)

    def _filling(self, column: Column) -> str:
        """What rows that are there get in a new column: the default, or MySQL's zero of the type."""
        if column.auto_increment:
            return "rowid"
        if column.default is None and not column.nullable:
            return "0" if affinity(column) in {"INTEGER", "REAL", "NUMERIC"} else "''"
        return self._evaluate(to_sqlite(converted(column, default_value(column, self._rewriter))))

    def _place(self, column: Column, position: exp.Expression | None) -> None:
        others = [other for other in self.table.columns if other.name != column.name]
        if position is None:
            return
        if str(position.args.get("position")).upper() == "FIRST":
            at = 0
        else:
            at = [other.name for other in others].index(self._existing(position.this.name).name) + 1
        self.table = replace(self.table, columns=(*others[:at], column, *others[at:]))

    def _existing(self, name: str) -> Column:
        column = self.table.column(name)
        if column is None:
            raise MySqlError(1054, name, self.table.name)
        return column

    def _drop(self, action: exp.Expression) -> None:
        kind = str(action.args.get("kind")).upper()
        name = (action.args.get("tables") or [action.this])[0].name
        if kind == "COLUMN":
            self._drop_column(name)
        elif kind in {"INDEX", "KEY"}:
            self._drop_key(name)
        elif kind in {"FOREIGN KEY", "CONSTRAINT"}:
            kept = tuple(key for key in self.table.foreign_keys if key.name != name)
            if len(kept) == len(self.table.foreign_keys):
                raise MySqlError(1091, name)
            self.table = replace(self.table, foreign_keys=kept)
        else:
            raise unsupported(f"ALTER TABLE … DROP {kind}")

    def _drop_column(self, name: str) -> None:
        column = self.table.column(name)
        if column is None:
            raise MySqlError(1091, name)
        columns = tuple(other for other in self.table.columns if other.name != column.name)
        keys = [
            replace(key, columns=tuple(one for one in key.columns if one != column.name), prefixes=())
            if column.name in key.columns
            else key
            for key in self.table.keys
        ]
        self.table = replace(self.table, columns=columns, keys=tuple(key for key in keys if key.columns))
        self.sources.pop(column.name)

    def _drop_key(self, name: str) -> None:
        kept = tuple(key for key in self.table.keys if key.name.lower() != name.lower())
        if len(kept) == len(self.table.keys):
            raise MySqlError(1091, name)
        self.table = replace(self.table, keys=kept)

    def _change_column(self, action: exp.Expression) -> None:
        """MODIFY keeps the name, CHANGE gives another."""
        definition = action.this
        renamed = action.args.get("rename_from")
        old = self._existing(renamed.name if renamed is not None else definition.name)
        new = column_of(definition)
        self._replace_column(old, new)
        self._place(new, definition.args.get("position"))

    def _replace_column(self, old: Column, new: Column) -> None:
        names = {old.name: new.name}
        self.table = replace(
            self.table,
            columns=tuple(new if column.name == old.name else column for column in self.table.columns),
            keys=tuple(
                replace(key, columns=tuple(names.get(name, name) for name in key.columns)) for key in self.table.keys
            ),
            foreign_keys=tuple(
                replace(key, columns=tuple(names.get(name, name) for name in key.columns))
                for key in self.table.foreign_keys
            ),
        )
        source = self.sources.pop(old.name)
        plain = exp.column(source.strip('"'))
        self.sources[new.name] = source if new.type == old.type else to_sqlite(converted(new, plain))

    def _rename_column(self, action: exp.Expression) -> None:
        old = self._existing(action.this.name)
        self._replace_column(old, replace(old, name=action.args["to"].name))

    def _alter_column(self, action: exp.Expression) -> None:
        old = self._existing(action.this.name)
        default = action.args.get("default")
        self._replace_column(old, replace(old, default=None if default is None else default_text(default)))

    def _add_constraints(self, action: exp.Expression) -> None:
        for item in action.expressions:
            self.table = with_item(self.table, item, self._rewriter)

    def _drop_primary_key(self, _: exp.Expression) -> None:
        if not self.table.primary_key:
            raise MySqlError(1091, "PRIMARY")
        self._drop_key("PRIMARY")

    def _rename(self, action: exp.Expression) -> None:
        self.table = self.table.moved(self.table.schema, action.this.name)

    def _rename_index(self, action: exp.Expression) -> None:
        old, new = action.this.name, action.args["to"].name
        if all(key.name != old for key in self.table.keys):
            raise MySqlError(1176, text=f"Key '{old}' doesn't exist in table '{self.table.name}'")
        keys = tuple(replace(key, name=new) if key.name == old else key for key in self.table.keys)
        self.table = replace(self.table, keys=keys)


def altered(
    table: Table, actions: list[exp.Expression], rewriter: Rewriter, evaluate: Evaluate
) -> tuple[Table, dict[str, str]]:
    """The new definition, and for each of its columns the SQLite expression that fills it."""
    alteration = Alteration(table, rewriter, evaluate)
    for action in actions:
        alteration.apply(action)
    return alteration.table, alteration.sources


_ACTIONS: dict[type[exp.Expression], Callable[[Alteration, exp.Expression], None]] = {
    exp.ColumnDef: Alteration._add_column,
    exp.Drop: Alteration._drop,
    exp.ModifyColumn: Alteration._change_column,
    exp.RenameColumn: Alteration._rename_column,
    exp.AlterColumn: Alteration._alter_column,
    exp.AddConstraint: Alteration._add_constraints,
    exp.DropPrimaryKey: Alteration._drop_primary_key,
    exp.AlterRename: Alteration._rename,
}
if hasattr(exp, "RenameIndex"):
    _ACTIONS[exp.RenameIndex] = Alteration._rename_index

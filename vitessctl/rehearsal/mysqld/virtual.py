"""information_schema and mysql, as far as clients ask for them: built from the catalogue when they are read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from vitessctl.rehearsal.mysqld import variables
from vitessctl.rehearsal.mysqld.functions import register
from vitessctl.rehearsal.mysqld.names import BUILTIN_SCHEMAS
from vitessctl.rehearsal.mysqld.resultset import column_scale
from vitessctl.rehearsal.storage.connection import Link
from vitessctl.rehearsal.storage.definition import Column, Key, Table

if TYPE_CHECKING:
    from vitessctl.rehearsal.mysqld.state import ServerState

Row = Mapping[str, Any]

_USERS: Final = (
    *((name, "localhost") for name in ("mysql.infoschema", "mysql.session", "mysql.sys", "root")),
    *((f"vt_{role}", "localhost") for role in ("allprivs", "app", "appdebug", "dba", "filtered", "monitoring")),
    ("vt_repl", "%"),
)
"""What Vitess's init script leaves in mysql.user."""


def column_rows(table: Table) -> list[dict[str, Any]]:
    """A table's columns, with SHOW FULL COLUMNS' headings."""
    return [
        {
            "Field": column.name,
            "Type": column.type,
            "Collation": _collation(column),
            "Null": "YES" if column.nullable else "NO",
            "Key": _key_letter(table, column),
            "Default": _plain_default(column),
            "Extra": _extra(column),
            "Privileges": "select,insert,update,references",
            "Comment": column.comment,
        }
        for column in table.columns
    ]


def statistics_rows(table: Table) -> list[dict[str, Any]]:
    """A table's keys, one row a column, with SHOW INDEX's headings."""
    rows: list[dict[str, Any]] = []
    for key in table.keys:
        prefixes = key.prefixes or (0,) * len(key.columns)
        for place, (name, prefix) in enumerate(zip(key.columns, prefixes, strict=True), start=1):
            column = table.column(name)
            rows.append(
                {
                    "Table": table.name,
                    "Non_unique": int(key.kind == "index"),
                    "Key_name": key.name,
                    "Seq_in_index": place,
                    "Column_name": name,
                    "Collation": "A",
                    "Cardinality": 0,
                    "Sub_part": prefix or None,
                    "Packed": None,
                    "Null": "YES" if column is not None and column.nullable else "",
                    "Index_type": "BTREE",
                    "Comment": "",
                    "Index_comment": "",
                    "Visible": "YES",
                    "Expression": None,
                }
            )
    return rows


def _collation(column: Column) -> str | None:
    textual = column.base_type in {"char", "varchar", "enum", "set"} or column.base_type.endswith("text")
    return (column.collation or "utf8mb4_0900_ai_ci") if textual else None


def _key_letter(table: Table, column: Column) -> str:
    starts = [key for key in table.keys if key.columns[0] == column.name]
    if column.name in table.primary_key or (not table.primary_key and column.name in _stand_in_key(table)):
        return "PRI"
    if any(key.kind == "unique" and len(key.columns) == 1 for key in starts):
        return "UNI"
    return "MUL" if starts else ""


def _stand_in_key(table: Table) -> tuple[str, ...]:
    """The first unique key without NULL, which is as good as a primary key."""
    needed = {column.name for column in table.columns if not column.nullable}
    return next((key.columns for key in table.keys if key.kind == "unique" and needed.issuperset(key.columns)), ())


def _plain_default(column: Column) -> str | None:
    default = column.default
    return default[1:-1].replace("''", "'") if default is not None and default.startswith("'") else default


def _extra(column: Column) -> str:
    words = ["auto_increment"] if column.auto_increment else []
    if column.default is not None and not column.default.startswith("'"):
        words.append("DEFAULT_GENERATED")
    if column.on_update:
        words.append(f"on update {column.on_update}")
    return " ".join(words)


def _schemata(server: ServerState) -> Iterable[Row]:
    for name in sorted({*server.engine.schemas, *BUILTIN_SCHEMAS}):
        yield {
            "CATALOG_NAME": "def",
            "SCHEMA_NAME": name,
            "DEFAULT_CHARACTER_SET_NAME": "utf8mb4",
            "DEFAULT_COLLATION_NAME": "utf8mb4_0900_ai_ci",
            "SQL_PATH": None,
        }


def _tables(server: ServerState, table: Table) -> Iterable[Row]:
    yield {
        "TABLE_CATALOG": "def",
        "TABLE_SCHEMA": table.schema,
        "TABLE_NAME": table.name,
        "TABLE_TYPE": "BASE TABLE",
        "ENGINE": "InnoDB",
        "TABLE_ROWS": server.row_count(table),
        "DATA_LENGTH": 16384,
        "INDEX_LENGTH": 0,
        "AUTO_INCREMENT": None,
        "CREATE_TIME": None,
        "TABLE_COLLATION": "utf8mb4_0900_ai_ci",
        "TABLE_COMMENT": table.comment,
    }


def _columns(_: ServerState, table: Table) -> Iterable[Row]:
    shown = column_rows(table)
    for place, (column, row) in enumerate(zip(table.columns, shown, strict=True), start=1):
        textual = row["Collation"] is not None
        yield {
            "TABLE_CATALOG": "def",
            "TABLE_SCHEMA": table.schema,
            "TABLE_NAME": table.name,
            "COLUMN_NAME": column.name,
            "ORDINAL_POSITION": place,
            "COLUMN_DEFAULT": row["Default"],
            "IS_NULLABLE": row["Null"],
            "DATA_TYPE": column.base_type,
            "CHARACTER_MAXIMUM_LENGTH": (column.length or 65535) if textual else None,
            "NUMERIC_SCALE": column_scale(column),
            "CHARACTER_SET_NAME": "utf8mb4" if textual else None,
            "COLLATION_NAME": row["Collation"],
            "COLUMN_TYPE": column.type,
            "COLUMN_KEY": row["Key"],
            "EXTRA": row["Extra"],
            "PRIVILEGES": row["Privileges"],
            "COLUMN_COMMENT": column.comment,
            "GENERATION_EXPRESSION": "",
        }


def _statistics(_: ServerState, table: Table) -> Iterable[Row]:
    for row in statistics_rows(table):
        yield {
            "TABLE_SCHEMA": table.schema,
            "TABLE_NAME": table.name,
            "NON_UNIQUE": row["Non_unique"],
            "INDEX_SCHEMA": table.schema,
            "INDEX_NAME": row["Key_name"],
            "SEQ_IN_INDEX": row["Seq_in_index"],
            "COLUMN_NAME": row["Column_name"],
            "SUB_PART": row["Sub_part"],
            "INDEX_TYPE": "BTREE",
        }


def _key_columns(_: ServerState, table: Table) -> Iterable[Row]:
    named = [(key.name, key.columns, "", ()) for key in table.keys if key.kind != "index"]
    named += [(key.name, key.columns, key.table, key.references) for key in table.foreign_keys]  # type: ignore[misc]
    for name, columns, other, references in named:
        for place, column in enumerate(columns, start=1):
            yield {
                "CONSTRAINT_SCHEMA": table.schema,
                "CONSTRAINT_NAME": name,
                "TABLE_SCHEMA": table.schema,
                "TABLE_NAME": table.name,
                "COLUMN_NAME": column,
                "ORDINAL_POSITION": place,
                "REFERENCED_TABLE_SCHEMA": table.schema if other else None,
                "REFERENCED_TABLE_NAME": other or None,
                "REFERENCED_COLUMN_NAME": references[place - 1] if other else None,
            }


def _users(_: ServerState) -> Iterable[Row]:
    return ({"Host": host, "User": user, "plugin": "caching_sha2_password"} for user, host in _USERS)


def _values(values: Mapping[str, str]) -> Iterable[Row]:
    return ({"VARIABLE_NAME": name, "VARIABLE_VALUE": value} for name, value in values.items())


_OF_TABLE: Final[dict[str, Callable[[ServerState, Table], Iterable[Row]]]] = {
    "information_schema.tables": _tables,
    "information_schema.columns": _columns,
    "information_schema.statistics": _statistics,
    "information_schema.key_column_usage": _key_columns,
}
"""Virtual tables with rows for each real table."""
_OF_SERVER: Final[dict[str, Callable[[ServerState], Iterable[Row]]]] = {
    "information_schema.schemata": _schemata,
    "mysql.user": _users,
    "performance_schema.global_variables": lambda server: _values(variables.all_values(server)),
    "performance_schema.global_status": lambda server: _values(variables.all_status(server)),
}
_SAMPLE: Final = Table("sample", "sample", (Column("id", "int"),), (Key("PRIMARY", "primary", ("id",)),))
"""Gives the columns of a virtual table that has no rows."""
_EMPTY: Final[dict[str, Sequence[str]]] = {
    "information_schema.views": ("TABLE_SCHEMA", "TABLE_NAME", "VIEW_DEFINITION"),
    "information_schema.routines": ("ROUTINE_SCHEMA", "ROUTINE_NAME", "ROUTINE_TYPE"),
    "information_schema.triggers": ("TRIGGER_SCHEMA", "TRIGGER_NAME", "EVENT_OBJECT_TABLE"),
    "information_schema.events": ("EVENT_SCHEMA", "EVENT_NAME"),
    "information_schema.processlist": ("ID", "USER", "HOST", "DB", "COMMAND", "TIME", "STATE", "INFO"),
    "information_schema.referential_constraints": ("CONSTRAINT_SCHEMA", "CONSTRAINT_NAME", "TABLE_NAME"),
    "information_schema.check_constraints": ("CONSTRAINT_SCHEMA", "CONSTRAINT_NAME", "CHECK_CLAUSE"),
}


def is_virtual(physical: str) -> bool:
    """Whether a table belongs to a schema that is built when it is read."""
    return physical.partition(".")[0].lower() in BUILTIN_SCHEMAS


def virtual_link(server: ServerState, names: Iterable[str]) -> Link:
    """A database in memory that holds those virtual tables; MySQL's other ones are missing in it."""
    link = Link.in_memory(register)
    for name in names:
        columns, rows = _content(server, name.lower())
        if not columns:
            continue
        listed = ", ".join(f"`{column}` COLLATE NOCASE" for column in columns)
        link.sqlite.execute(f"CREATE TABLE `{name}` ({listed})")
        marks = ", ".join("?" * len(columns))
        link.sqlite.executemany(f"INSERT INTO `{name}` VALUES ({marks})", [tuple(row.values()) for row in rows])
    return link


def _content(server: ServerState, name: str) -> tuple[Sequence[str], Sequence[Row]]:
    """Columns and rows of a virtual table; no columns for an unknown one."""
    if name in _OF_SERVER:
        rows = list(_OF_SERVER[name](server))
        return list(rows[0]), rows
    if name in _OF_TABLE:
        rule = _OF_TABLE[name]
        rows = [row for table in server.engine.catalogue.values() for row in rule(server, table)]
        return list(next(iter(rule(server, _SAMPLE)))), rows
    return _EMPTY.get(name, ()), []

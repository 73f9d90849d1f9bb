"""What a MySQL table is: columns, keys, foreign keys. Pure data, kept as JSON beside the rows.

SQLite's own schema cannot say `bigint unsigned` or `ON UPDATE CURRENT_TIMESTAMP`, and result sets need it.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

KeyKind = Literal["primary", "unique", "index"]


@dataclass(frozen=True)
class Column:
    """One column; `type` is MySQL's own text, in lower case, such as `varchar(64)` or `bigint unsigned`."""

    name: str
    type: str
    nullable: bool = True
    default: str | None = None
    """The SQL text of the default: `'x'`, `0`, `CURRENT_TIMESTAMP(6)`; None where there is none."""
    auto_increment: bool = False
    on_update: str | None = None
    collation: str = ""
    comment: str = ""

    @property
    def base_type(self) -> str:
        """The type's first word: `varchar`, `bigint`."""
        return self.type.split("(", 1)[0].split(" ", 1)[0]

    @property
    def length(self) -> int:
        """The number in parentheses, 0 without one."""
        inside = self.type.partition("(")[2].partition(")")[0].split(",")[0]
        return int(inside) if inside.isdigit() else 0

    @property
    def is_unsigned(self) -> bool:
        """Whether negative numbers are refused."""
        return "unsigned" in self.type


@dataclass(frozen=True)
class Key:
    """A primary key, a unique key or an index. `prefixes` holds a length for each column, 0 for the whole."""

    name: str
    kind: KeyKind
    columns: tuple[str, ...]
    prefixes: tuple[int, ...] = ()


@dataclass(frozen=True)
class ForeignKey:
    """A reference to another table of the same schema; actions are SQL words such as CASCADE, or ""."""

    name: str
    columns: tuple[str, ...]
    table: str
    references: tuple[str, ...]
    on_delete: str = ""
    on_update: str = ""


@dataclass(frozen=True)
class Check:
    """A CHECK constraint, as SQLite runs it and as MySQL writes it."""

    name: str
    sqlite: str
    mysql: str


@dataclass(frozen=True)
class Table:
    """One base table of a schema."""

    schema: str
    name: str
    columns: tuple[Column, ...]
    keys: tuple[Key, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    checks: tuple[Check, ...] = ()
    comment: str = ""

    @property
    def physical(self) -> str:
        """The name of the SQLite table that holds the rows: all schemas share one file, so commits are atomic."""
        return f"{self.schema}.{self.name}"

    @property
    def primary_key(self) -> tuple[str, ...]:
        """The columns of the primary key, () without one."""
        return next((key.columns for key in self.keys if key.kind == "primary"), ())

    @property
    def auto_increment(self) -> str | None:
        """The column that counts by itself."""
        return next((column.name for column in self.columns if column.auto_increment), None)

    def column(self, name: str) -> Column | None:
        """A column by its name, whatever the case."""
        return next((column for column in self.columns if column.name.lower() == name.lower()), None)

    def to_json(self) -> str:
        """The table as the text that the binary log and the catalogue hold."""
        return json.dumps(asdict(self), separators=(",", ":"))

    def moved(self, schema: str, name: str) -> Table:
        """The same table under another name."""
        return replace(self, schema=schema, name=name)


def table_from_json(text: str) -> Table:
    """The inverse of Table.to_json."""
    data: dict[str, Any] = json.loads(text)
    return Table(
        schema=data["schema"],
        name=data["name"],
        columns=tuple(Column(**column) for column in data["columns"]),
        keys=tuple(Key(**_tuples(key)) for key in data["keys"]),
        foreign_keys=tuple(ForeignKey(**_tuples(key)) for key in data["foreign_keys"]),
        checks=tuple(Check(**check) for check in data["checks"]),
        comment=data["comment"],
    )


def _tuples(data: dict[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in data.items()}


def create_table_text(table: Table) -> str:
    """What SHOW CREATE TABLE answers."""
    lines = [_column_text(column) for column in table.columns]
    lines += [_key_text(key) for key in table.keys]
    lines += [_foreign_key_text(key) for key in table.foreign_keys]
    lines += [f"CONSTRAINT {ticked(check.name)} CHECK (({check.mysql}))" for check in table.checks]
    body = ",\n".join(f"  {line}" for line in lines)
    comment = f" COMMENT='{table.comment}'" if table.comment else ""
    tail = f"ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci{comment}"
    return f"CREATE TABLE {ticked(table.name)} (\n{body}\n) {tail}"


def ticked(name: str) -> str:
    """An identifier in MySQL's quotes."""
    return "`" + name.replace("`", "``") + "`"


def _column_text(column: Column) -> str:
    collate = f" CHARACTER SET utf8mb4 COLLATE {column.collation}" if column.collation else ""
    words = [f"{ticked(column.name)} {column.type}{collate}"]
    if not column.nullable:
        words.append("NOT NULL")
    elif column.base_type == "timestamp":
        words.append("NULL")
    if column.default is not None:
        words.append(f"DEFAULT {column.default}")
    elif column.nullable and column.base_type not in {"text", "blob", "json", "longtext", "mediumtext", "longblob"}:
        words.append("DEFAULT NULL")
    if column.on_update:
        words.append(f"ON UPDATE {column.on_update}")
    if column.auto_increment:
        words.append("AUTO_INCREMENT")
    if column.comment:
        words.append(f"COMMENT '{column.comment}'")
    return " ".join(words)


def _key_text(key: Key) -> str:
    prefixes = key.prefixes or (0,) * len(key.columns)
    pairs = zip(key.columns, prefixes, strict=True)
    columns = ",".join(ticked(column) + (f"({prefix})" if prefix else "") for column, prefix in pairs)
    head = {"primary": "PRIMARY KEY", "unique": f"UNIQUE KEY {ticked(key.name)}", "index": f"KEY {ticked(key.name)}"}
    return f"{head[key.kind]} ({columns})"


def _foreign_key_text(key: ForeignKey) -> str:
    columns = ", ".join(map(ticked, key.columns))
    references = ", ".join(map(ticked, key.references))
    actions = "".join(
        f" ON {verb} {action}" for verb, action in (("DELETE", key.on_delete), ("UPDATE", key.on_update)) if action
    )
    return (
        f"CONSTRAINT {ticked(key.name)} FOREIGN KEY ({columns}) REFERENCES {ticked(key.table)} ({references}){actions}"
    )

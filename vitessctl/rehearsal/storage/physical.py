"""How a MySQL table is laid out in SQLite: one table, its indexes, and the checks MySQL would make.

A check's name says which MySQL error it stands for, see mysqld/errors.py.
"""

from __future__ import annotations

from vitessctl.rehearsal.storage.definition import Column, ForeignKey, Key, Table

_AFFINITIES = {
    "INTEGER": ("tinyint", "smallint", "mediumint", "int", "integer", "bigint", "year", "bit"),
    "REAL": ("float", "double", "real"),
    "NUMERIC": ("decimal", "numeric"),
    "BLOB": ("binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob"),
}
_AFFINITY_OF = {base: affinity for affinity, bases in _AFFINITIES.items() for base in bases}
_INTEGER_BITS = {"tinyint": 8, "smallint": 16, "mediumint": 24, "int": 32, "integer": 32, "bigint": 64}
_SQLITE_MAX = 2**63 - 1
DEFAULT_COLLATION = "utf8mb4_0900_ai_ci"
"""MySQL compares text without regard to case or accents; the engine registers a collation of this name."""


def quoted(name: str) -> str:
    """An identifier in SQLite's quotes."""
    return '"' + name.replace('"', '""') + '"'


def affinity(column: Column) -> str:
    """The SQLite type that stores a column's values; TEXT for strings, times, JSON, enum."""
    return _AFFINITY_OF.get(column.base_type, "TEXT")


def rowid_name(table: Table) -> str:
    """A name of SQLite's row number that no column of the table hides."""
    taken = {column.name.lower() for column in table.columns}
    return next(name for name in ("rowid", "_rowid_", "oid") if name not in taken)


def integer_range(column: Column) -> tuple[int, int] | None:
    """The numbers that fit into an integer column, as far as SQLite can hold them."""
    bits = _INTEGER_BITS.get(column.base_type)
    if bits is None:
        return None
    return (0, min(2**bits - 1, _SQLITE_MAX)) if column.is_unsigned else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)


def create_statements(table: Table) -> list[str]:
    """The statements that make an empty table with its indexes."""
    parts = [_column_sql(table, column) for column in table.columns]
    parts += [
        _primary_key_sql(table, key) for key in table.keys if key.kind == "primary" and not _is_counter(table, key)
    ]
    parts += [_foreign_key_sql(table, key) for key in table.foreign_keys]
    parts += [f"CONSTRAINT {quoted(check.name)} CHECK ({check.sqlite})" for check in table.checks]
    statements = [f"CREATE TABLE {quoted(table.physical)} ({', '.join(parts)})"]
    statements += [_index_sql(table, key) for key in table.keys if key.kind != "primary"]
    return statements


def rebuild_statements(old: Table, new: Table, sources: dict[str, str]) -> list[str]:
    """The statements that turn `old` into `new` and keep rows and row numbers.

    `sources` has, for each column of `new`, the SQLite expression over `old` that fills it.
    """
    building = new.moved(new.schema, f"{new.name}#new")
    columns = [quoted(column.name) for column in new.columns]
    values = [sources[column.name] for column in new.columns]
    if new.auto_increment is None:
        columns.insert(0, rowid_name(new))
        values.insert(0, rowid_name(old))
    create, *indexes = create_statements(new)
    return [
        create.replace(quoted(new.physical), quoted(building.physical), 1),
        f"INSERT INTO {quoted(building.physical)} ({', '.join(columns)})"
        f" SELECT {', '.join(values)} FROM {quoted(old.physical)}",
        *(_keep_counter(old, building) if old.auto_increment and new.auto_increment else ()),
        f"DROP TABLE {quoted(old.physical)}",
        f"ALTER TABLE {quoted(building.physical)} RENAME TO {quoted(new.physical)}",
        *indexes,
    ]


def _keep_counter(old: Table, new: Table) -> tuple[str, str]:
    """Numbers that were given and deleted are not given again."""
    source, target = (table.physical.replace("'", "''") for table in (old, new))
    return (
        f"DELETE FROM sqlite_sequence WHERE name = '{target}'",
        f"INSERT INTO sqlite_sequence (name, seq) SELECT '{target}', seq FROM sqlite_sequence WHERE name = '{source}'",
    )


def _is_counter(table: Table, key: Key) -> bool:
    """Whether the primary key is the AUTO_INCREMENT column, which is SQLite's own row number."""
    return key.columns == (table.auto_increment,)


def _column_sql(table: Table, column: Column) -> str:
    if column.auto_increment:
        return f"{quoted(column.name)} INTEGER PRIMARY KEY AUTOINCREMENT {_checks(column)}".strip()
    kind = affinity(column)
    words = [quoted(column.name), kind]
    if kind == "TEXT" and column.base_type not in {"json"}:
        words.append(f"COLLATE {quoted(column.collation or DEFAULT_COLLATION)}")
    if not column.nullable or column.name in table.primary_key:
        words.append("NOT NULL")
    words.append(_checks(column))
    return " ".join(words).strip()


def _checks(column: Column) -> str:
    """Constraints named after the MySQL error that a bad value has."""
    name = quoted(column.name)
    limits = integer_range(column)
    if limits is not None:
        not_a_number = quoted(f"1366:{column.name}")
        too_big = quoted(f"1264:{column.name}")
        return (
            f"CONSTRAINT {not_a_number} CHECK (typeof({name}) IN ('integer', 'null', 'real'))"
            f" CONSTRAINT {too_big} CHECK ({name} BETWEEN {limits[0]} AND {limits[1]})"
        )
    if column.base_type in {"varchar", "char", "varbinary", "binary"} and column.length:
        return f"CONSTRAINT {quoted(f'1406:{column.name}')} CHECK (length({name}) <= {column.length})"
    return ""


def _primary_key_sql(table: Table, key: Key) -> str:
    """SQLite's primary key is the counter, where there is one; MySQL's is then just another unique key."""
    kind = "PRIMARY KEY" if table.auto_increment is None else "UNIQUE"
    return f"{kind} ({', '.join(map(quoted, key.columns))})"


def _foreign_key_sql(table: Table, key: ForeignKey) -> str:
    columns = ", ".join(map(quoted, key.columns))
    references = ", ".join(map(quoted, key.references))
    target = quoted(f"{table.schema}.{key.table}")
    actions = "".join(
        f" ON {verb} {action}" for verb, action in (("DELETE", key.on_delete), ("UPDATE", key.on_update)) if action
    )
    return f"CONSTRAINT {quoted(key.name)} FOREIGN KEY ({columns}) REFERENCES {target} ({references}){actions}"


def _index_sql(table: Table, key: Key) -> str:
    unique = "UNIQUE " if key.kind == "unique" else ""
    prefixes = key.prefixes or (0,) * len(key.columns)
    columns = ", ".join(
        f"substr({quoted(column)}, 1, {prefix})" if prefix and key.kind == "unique" else quoted(column)
        for column, prefix in zip(key.columns, prefixes, strict=True)
    )
    return f"CREATE {unique}INDEX {quoted(f'{table.physical}.{key.name}')} ON {quoted(table.physical)} ({columns})"

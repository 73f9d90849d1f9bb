"""A database as GetSchema describes it, and the sidecar database that a primary prepares."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from vitessctl.rehearsal.mysqld.resultset import Output, column_scale, column_type, field
from vitessctl.rehearsal.storage.definition import Column, Key, Table, create_table_text
from vitessctl.rehearsal.storage.events import StructureChange
from vitessctl.rehearsal.storage.physical import create_statements
from vitessctl.rehearsal.tablet_rpc import Field, Schema
from vitessctl.rehearsal.tablet_rpc import Table as SchemaTable

if TYPE_CHECKING:
    from vitessctl.rehearsal.mysqld.session import Session
    from vitessctl.rehearsal.mysqld.state import ServerState

SIDECAR: Final = "_vt"
DATABASE_SCHEMA: Final = (
    "CREATE DATABASE /*!32312 IF NOT EXISTS*/ {{.DatabaseName}} /*!40100 DEFAULT CHARACTER SET utf8mb4 "
    "COLLATE utf8mb4_0900_ai_ci */ /*!80016 DEFAULT ENCRYPTION='N' */"
)
_JOURNAL: Final = Table(
    SIDECAR,
    "reparent_journal",
    (
        Column("time_created_ns", "bigint unsigned", nullable=False),
        Column("action_name", "varbinary(250)", nullable=False),
        Column("primary_alias", "varbinary(32)", nullable=False),
        Column("replication_position", "varbinary(64000)"),
    ),
    (Key("PRIMARY", "primary", ("time_created_ns",)),),
)
_SIDECAR_TABLES: Final = (_JOURNAL,)


def describe(server: ServerState, database: str) -> Schema:
    """The tables of a database; none where it does not exist."""
    tables = server.engine.tables_of(database)
    return {"database_schema": DATABASE_SCHEMA if tables else "", "tables": [_table(server, table) for table in tables]}


def _table(server: ServerState, table: Table) -> SchemaTable:
    return {
        "name": table.name,
        "schema": create_table_text(table),
        "columns": [column.name for column in table.columns],
        "primary_key_columns": list(table.primary_key),
        "type": "BASE TABLE",
        "data_length": 16384,
        "row_count": server.row_count(table),
        "fields": [_field(table, column) for column in table.columns],
    }


def _field(table: Table, column: Column) -> Field:
    return field(Output(column.name, column_type(column), column_scale(column), table, column))


def prepare_database(session: Session, database: str) -> None:
    """Creates a database and the sidecar's tables where they are missing, as a vttablet does when it becomes primary.

    What is there already is left alone and costs no transaction; on a replica that has it, too. MySqlError.
    """
    engine = session.server.engine
    missing = tuple(name for name in (SIDECAR, database) if name not in engine.schemas)
    tables = [table for table in _SIDECAR_TABLES if table.physical not in engine.catalogue]
    if not missing and not tables:
        return
    statements = tuple(_if_missing(text) for table in tables for text in create_statements(table))
    with session.writing(foreign_keys=False) as transaction:
        transaction.restructure(
            StructureChange(statements, tuple(table.to_json() for table in tables), schemas_created=missing)
        )


def _if_missing(statement: str) -> str:
    return re.sub(r"^CREATE ((?:UNIQUE )?(?:TABLE|INDEX)) ", r"CREATE \1 IF NOT EXISTS ", statement)

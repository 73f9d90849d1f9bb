"""What a server holds, for comparing one with another."""

from __future__ import annotations

from typing import Any

from vitessctl.rehearsal.storage.engine import Engine
from vitessctl.rehearsal.storage.physical import quoted, rowid_name


def contents(engine: Engine) -> dict[str, Any]:
    """Schemas, definitions, and every row with its row number."""
    rows: dict[str, Any] = {}
    with engine.read() as link:
        for physical, table in sorted(engine.catalogue.items()):
            query = f"SELECT {rowid_name(table)}, * FROM {quoted(physical)} ORDER BY 1"
            rows[physical] = link.sqlite.execute(query).fetchall()
    return {"schemas": engine.schemas, "tables": engine.catalogue, "rows": rows}


def replay(source: Engine, replica: Engine) -> None:
    """Gives every transaction of one server to another."""
    for transaction in source.transactions_after(0, limit=10_000):
        replica.apply(transaction)

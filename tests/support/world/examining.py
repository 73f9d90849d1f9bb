"""What a doctor asks a MySQL of a world: its clock, its binary logs, its certificate, its switches."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING

from vitessctl.vtctld.records import QueryResult

if TYPE_CHECKING:
    from tests.support.world.world import World

LOG_BYTES = 1000
"""Of each of the two binary logs that every MySQL has."""


def run(world: World, alias: str, query: str) -> QueryResult | None:
    """The answer; None for any other statement."""
    if query == "select utc_timestamp(6)":
        return QueryResult(("utc_timestamp(6)",), ((datetime.now(timezone.utc).strftime("%Y-%m-%d %H:%M:%S.%f"),),))
    if query == "show binary logs":
        names = ("Log_name", "File_size", "Encrypted")
        return QueryResult(names, tuple((f"bin.{number:06d}", str(LOG_BYTES), "No") for number in (1, 2)))
    if query == "show global status like 'Ssl_server_not_%'":
        rows = (("Ssl_server_not_after", "Nov 24 10:00:00 2036 GMT"), ("Ssl_server_not_before", ""))
        return QueryResult(("Variable_name", "Value"), rows)
    if query == "show global variables like 'rpl_semi_sync_%_enabled'":
        names = ("rpl_semi_sync_replica_enabled", "rpl_semi_sync_source_enabled")
        return QueryResult(("Variable_name", "Value"), tuple((name, "OFF") for name in names))
    if query == "set global rpl_semi_sync_source_enabled = 1":
        world.mysqlds[alias].semi_sync_primary = True
        return QueryResult((), ())
    return None

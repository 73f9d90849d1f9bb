"""What GetFullStatus says from 15 on, put together from queries in MySQL's own words of that time.

MySQL 5.6, 5.7 and 8.0 all know SHOW SLAVE STATUS; 8.0.26 and later may have the semi-sync plugins under their new
names. A variable that a server does not have is missing from SHOW VARIABLES, where `select @@` would fail. But SHOW
cuts long values off at 1024 characters, so the GTID sets are selected.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from vitessctl.vtctld.errors import RefusedError
from vitessctl.vtctld.records import FullStatus, QueryResult, ReplicationStatus

Fetch = Callable[[str], QueryResult]
"""Runs one statement on the tablet's MySQL."""

VARIABLES = (
    "show global variables where variable_name in ('server_uuid', 'version', 'read_only', 'super_read_only', "
    "'rpl_semi_sync_master_enabled', 'rpl_semi_sync_source_enabled', "
    "'rpl_semi_sync_slave_enabled', 'rpl_semi_sync_replica_enabled')"
)
POSITIONS = "select @@global.gtid_executed as gtid_executed, @@global.gtid_purged as gtid_purged"
REPLICATION = "show slave status"
SEMI_SYNC = (
    "show global status where variable_name in ('Rpl_semi_sync_master_clients', 'Rpl_semi_sync_source_clients', "
    "'Rpl_semi_sync_master_wait_sessions', 'Rpl_semi_sync_source_wait_sessions')"
)
OWN_TABLES = (
    "select concat(table_schema, '.', table_name) from information_schema.tables where table_schema not in "
    "('_vt', 'information_schema', 'mysql', 'performance_schema', 'sys') limit 5"
)
"""Tables that somebody other than MySQL and Vitess made."""


def full_status(alias: str, fetch: Fetch) -> FullStatus:
    """Ask a tablet's MySQL. RefusedError for MariaDB, whose positions are another thing; raises what `fetch` raises."""
    variables = _by_name(fetch(VARIABLES))
    if "MariaDB" in variables.get("version", ""):
        raise _mariadb(alias, variables["version"])
    executed, purged = fetch(POSITIONS).rows[0]
    leads_semi_sync = _is_on(variables, "rpl_semi_sync_master_enabled", "rpl_semi_sync_source_enabled")
    return FullStatus(
        alias=alias,
        server_uuid=variables.get("server_uuid", ""),
        version=variables.get("version", ""),
        read_only=_is_on(variables, "read_only"),
        super_read_only=_is_on(variables, "super_read_only"),
        position=_one_line(executed),
        gtid_purged=_one_line(purged),
        semi_sync_primary_enabled=leads_semi_sync,
        semi_sync_replica_enabled=_is_on(variables, "rpl_semi_sync_slave_enabled", "rpl_semi_sync_replica_enabled"),
        semi_sync_blocked=leads_semi_sync and _blocked(_by_name(fetch(SEMI_SYNC))),
        replication=replication_status(fetch(REPLICATION)),
    )


def replication_status(result: QueryResult) -> ReplicationStatus | None:
    """SHOW SLAVE STATUS; None for a tablet that has no source."""
    if not result.rows:
        return None
    row = {name: value or "" for name, value in zip(result.columns, result.rows[0], strict=True)}
    if not row["Master_Host"]:
        return None
    io_running, sql_running = row["Slave_IO_Running"] == "Yes", row["Slave_SQL_Running"] == "Yes"
    lag = row["Seconds_Behind_Master"]
    return ReplicationStatus(
        source_host=row["Master_Host"],
        source_port=int(row["Master_Port"]),
        io_running=io_running,
        sql_running=sql_running,
        lag_seconds=int(lag) if lag and io_running and sql_running else None,
        io_error=row["Last_IO_Error"],
        sql_error=row["Last_SQL_Error"],
        position=_one_line(row["Executed_Gtid_Set"]),
        received=_one_line(row["Retrieved_Gtid_Set"]),
    )


def _by_name(result: QueryResult) -> dict[str, str]:
    return {str(row[0]).lower(): row[1] or "" for row in result.rows}


def _is_on(variables: Mapping[str, str], *names: str) -> bool:
    return any(variables.get(name, "").upper() in ("ON", "1") for name in names)


def _blocked(status: Mapping[str, str]) -> bool:
    """Somebody waits for an acknowledgement, and nobody is connected who could give it."""
    clients = [int(value) for name, value in status.items() if name.endswith("_clients")]
    waiting = [int(value) for name, value in status.items() if name.endswith("_wait_sessions")]
    return any(waiting) and not any(clients)


def _one_line(gtid_set: str | None) -> str:
    """MySQL breaks a long GTID set into lines."""
    return "".join((gtid_set or "").split())


def _mariadb(alias: str, version: str) -> RefusedError:
    return RefusedError(
        f"{alias} runs MariaDB, which vitessctl does not manage",
        why=f"its version is {version}; completeness is proven by MySQL's GTID sets",
        fix="use an image with MySQL: 5.6 or 5.7 until release 3, 5.6 to 8.0 until 12, 5.7 or 8.0 after it",
    )

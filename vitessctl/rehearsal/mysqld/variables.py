"""System variables: what @@name and SHOW VARIABLES answer, and which SET changes the server."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from vitessctl.rehearsal.mysqld.config import is_on
from vitessctl.rehearsal.mysqld.errors import MySqlError
from vitessctl.rehearsal.mysqld.series import named, version

if TYPE_CHECKING:
    from vitessctl.rehearsal.mysqld.state import ServerState

VERSION_COMMENT: Final = "REHEARSAL: vitessctl's stand-in, not MySQL"

CONSTANTS: Final = {
    "auto_increment_increment": "1",
    "auto_increment_offset": "1",
    "autocommit": "ON",
    "binlog_format": "ROW",
    "binlog_row_image": "FULL",
    "character_set_client": "utf8mb4",
    "character_set_connection": "utf8mb4",
    "character_set_database": "utf8mb4",
    "character_set_results": "utf8mb4",
    "character_set_server": "utf8mb4",
    "collation_connection": "utf8mb4_0900_ai_ci",
    "collation_database": "utf8mb4_0900_ai_ci",
    "collation_server": "utf8mb4_0900_ai_ci",
    "default_storage_engine": "InnoDB",
    "foreign_key_checks": "ON",
    "init_connect": "",
    "innodb_lock_wait_timeout": "50",
    "interactive_timeout": "28800",
    "license": "Apache-2.0",
    "log_bin": "ON",
    "log_replica_updates": "ON",
    "lower_case_table_names": "0",
    "max_allowed_packet": "67108864",
    "net_write_timeout": "60",
    "performance_schema": "OFF",
    "rpl_semi_sync_replica_trace_level": "32",
    "rpl_semi_sync_source_timeout": "1000000000000000000",
    "rpl_semi_sync_source_trace_level": "32",
    "rpl_semi_sync_source_wait_for_replica_count": "1",
    "rpl_semi_sync_source_wait_no_replica": "ON",
    "rpl_semi_sync_source_wait_point": "AFTER_SYNC",
    "sql_log_bin": "ON",
    "sql_mode": "ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,"
    "NO_ENGINE_SUBSTITUTION",
    "system_time_zone": "UTC",
    "time_zone": "SYSTEM",
    "transaction_isolation": "REPEATABLE-READ",
    "transaction_read_only": "OFF",
    "unique_checks": "ON",
    "version_comment": VERSION_COMMENT,
    "wait_timeout": "28800",
}
"""Variables that never change here; a session may set its own value, which then only it sees."""


_OF_SEVERAL: Final = frozenset({"gtid_mode"})
"""Variables for which ON is one word of more than two."""


def _word(on: bool) -> str:
    return "ON" if on else "OFF"


_LIVE: Final[dict[str, Callable[[ServerState], str]]] = {
    "read_only": lambda server: _word(server.read_only),
    "super_read_only": lambda server: _word(server.super_read_only),
    "rpl_semi_sync_source_enabled": lambda server: _word(server.engine.semi_sync.source_enabled),
    "rpl_semi_sync_replica_enabled": lambda server: _word(server.engine.semi_sync.replica_enabled),
    "gtid_executed": lambda server: str(server.engine.executed),
    "gtid_purged": lambda server: str(server.engine.purged),
    "gtid_mode": lambda server: _word(server.config.gtid),
    "server_id": lambda server: str(server.config.server_id),
    "server_uuid": lambda server: server.engine.server_uuid,
    "port": lambda server: str(server.config.port),
    "socket": lambda server: str(server.config.socket),
    "datadir": lambda server: f"{server.config.folder}/data/",
    "hostname": lambda _: socket.gethostname(),
    "version": lambda _: version(),
}

STATUS: Final[dict[str, Callable[[ServerState], str]]] = {
    "Rpl_semi_sync_replica_status": lambda server: _word(server.replica_is_semi_sync),
    "Rpl_semi_sync_source_clients": lambda server: str(server.engine.semi_sync.clients),
    "Rpl_semi_sync_source_net_avg_wait_time": lambda _: "0",
    "Rpl_semi_sync_source_net_wait_time": lambda _: "0",
    "Rpl_semi_sync_source_net_waits": lambda server: str(server.engine.semi_sync.acknowledged),
    "Rpl_semi_sync_source_no_times": lambda _: "0",
    "Rpl_semi_sync_source_no_tx": lambda _: "0",
    "Rpl_semi_sync_source_status": lambda server: _word(server.engine.semi_sync.source_enabled),
    "Rpl_semi_sync_source_timefunc_failures": lambda _: "0",
    "Rpl_semi_sync_source_tx_avg_wait_time": lambda _: "0",
    "Rpl_semi_sync_source_tx_wait_time": lambda _: "0",
    "Rpl_semi_sync_source_tx_waits": lambda server: str(server.engine.semi_sync.acknowledged),
    "Rpl_semi_sync_source_wait_pos_backtraverse": lambda _: "0",
    "Rpl_semi_sync_source_wait_sessions": lambda server: str(server.blocked_writers),
    "Rpl_semi_sync_source_yes_tx": lambda server: str(server.engine.semi_sync.acknowledged),
    "Threads_connected": lambda server: str(server.connections),
    "Uptime": lambda server: str(int(server.uptime)),
}
"""What SHOW STATUS answers."""


def value_of(server: ServerState, name: str, session: dict[str, str]) -> str:
    """A variable's value as SHOW VARIABLES has it. MySqlError 1193 for an unknown name."""
    name = name.lower()
    if name in session:
        return session[name]
    own = _own_name(name)
    return _LIVE[own](server) if own in _LIVE else CONSTANTS[own]


def selected(name: str, value: str) -> str:
    """The value as SELECT @@name has it: a switch is a number there, a word of several stays a word."""
    return value if name.lower() in _OF_SEVERAL else {"ON": "1", "OFF": "0"}.get(value, value)


def all_values(server: ServerState) -> dict[str, str]:
    """Every variable, by name."""
    live = {name: value(server) for name, value in _LIVE.items()}
    return dict(sorted((named(name), value) for name, value in {**CONSTANTS, **live}.items()))


def all_status(server: ServerState) -> dict[str, str]:
    """Every status variable, by name."""
    return {named(name): value(server) for name, value in STATUS.items()}


def set_global(server: ServerState, name: str, value: str) -> None:
    """SET GLOBAL. MySqlError 1193 for an unknown name; one that changes nothing here is accepted."""
    setters: dict[str, Callable[[bool], None]] = {
        "read_only": server.set_read_only,
        "super_read_only": server.set_super_read_only,
        "rpl_semi_sync_source_enabled": server.set_semi_sync_source,
        "rpl_semi_sync_replica_enabled": server.set_semi_sync_replica,
    }
    own = _own_name(name.lower())
    if own in setters:
        setters[own](is_on(value))


def _own_name(name: str) -> str:
    """What a variable is called in the tables here, whatever this MySQL calls it. MySqlError 1193."""
    own = next((each for each in (*_LIVE, *CONSTANTS) if named(each) == name), None)
    if own is None:
        raise MySqlError(1193, name)
    return own

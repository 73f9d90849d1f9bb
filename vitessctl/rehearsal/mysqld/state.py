"""One running mysqld: its data, its switches, its replication."""

from __future__ import annotations

import itertools
import time
from typing import Any

from vitessctl.rehearsal.mysqld.config import Config, server_uuid
from vitessctl.rehearsal.mysqld.errors import MySqlError
from vitessctl.rehearsal.mysqld.functions import register
from vitessctl.rehearsal.mysqld.replica import Replica, Source
from vitessctl.rehearsal.mysqld.series import version
from vitessctl.rehearsal.mysqld.variables import VERSION_COMMENT
from vitessctl.rehearsal.storage.definition import Table
from vitessctl.rehearsal.storage.engine import Engine
from vitessctl.rehearsal.storage.gtid import GtidSet
from vitessctl.rehearsal.storage.physical import quoted
from vitessctl.rehearsal.tablet_rpc import IO_RUNNING


class ServerState:
    """What sessions, replicas and the vttablet of one mysqld share."""

    def __init__(self, config: Config) -> None:
        self.config: Config = config
        self.engine: Engine = Engine(config.data_file, server_uuid(config), register)
        self.replica: Replica = Replica(self.engine)
        self.read_only: bool = config.read_only
        self.super_read_only: bool = config.super_read_only
        self.engine.read_only = self.super_read_only
        self.connections: int = 0
        self.connection_ids = itertools.count(8)
        self._started = time.monotonic()

    @property
    def uptime(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self._started

    @property
    def file_position(self) -> str:
        """Where the binary log ends, as `vt-0000000100-bin.000001:15800`; the number counts transactions."""
        return f"{self.config.log_name}.{self.engine.binlog_file:06d}:{158 + self.engine.announced}"

    @property
    def replica_is_semi_sync(self) -> bool:
        """Whether this server confirms what it receives."""
        return self.engine.semi_sync.replica_enabled and self.replica.progress.io_state == IO_RUNNING

    @property
    def blocked_writers(self) -> int:
        """How many writers wait for a replica's confirmation."""
        return 1 + self.engine.waiting_writers if self.engine.semi_sync.waiting else 0

    def row_count(self, table: Table) -> int:
        """How many rows a table has."""
        if table.physical not in self.engine.catalogue:
            return 0
        with self.engine.read() as link:
            (count,) = link.sqlite.execute(f"SELECT count(*) FROM {quoted(table.physical)}").fetchone()
        return int(count)

    def set_read_only(self, on: bool) -> None:
        """Whether ordinary users may write; off takes super_read_only with it, as in MySQL."""
        self.read_only = on
        if not on:
            self._set_super(False)

    def set_super_read_only(self, on: bool) -> None:
        """Whether nobody may write; on takes read_only with it."""
        if on:
            self.read_only = True
        self._set_super(on)

    def _set_super(self, on: bool) -> None:
        with self.engine.commit_gate:
            self.super_read_only = on
            self.engine.read_only = on

    def set_semi_sync_source(self, on: bool) -> None:
        """Whether commits wait for a replica."""
        self.engine.semi_sync.source_enabled = on

    def set_semi_sync_replica(self, on: bool) -> None:
        """Whether this server confirms; takes a new connection to the source, as in MySQL."""
        if on != self.engine.semi_sync.replica_enabled:
            self.engine.semi_sync.replica_enabled = on
            self.replica.restart()

    def reset_log(self, purged: str = "") -> None:
        """RESET BINARY LOGS AND GTIDS, then gtid_purged set. Rows stay."""
        self.engine.reset_log(GtidSet.parse(purged))

    def follow(self, host: str, port: int) -> None:
        """Replicate from another server; keeps the threads stopped or running. MySqlError 1777 without GTIDs."""
        if host and not self.config.gtid:
            raise MySqlError(1777)
        running = self.replica.is_running
        self.replica.stop()
        self.replica.change_source(Source(host, port) if host else None)
        if running and host:
            self.replica.start()

    def start_replica(self) -> None:
        """START REPLICA. MySqlError 1200 without a source."""
        try:
            self.replica.start()
        except ValueError:
            raise MySqlError(1200) from None

    def status(self) -> dict[str, Any]:
        """All that a vttablet asks for."""
        engine, semi_sync = self.engine, self.engine.semi_sync
        return {
            "server_id": self.config.server_id,
            "server_uuid": engine.server_uuid,
            "version": version(),
            "version_comment": VERSION_COMMENT,
            "position": str(engine.executed),
            "file_position": self.file_position,
            "gtid_purged": str(engine.purged),
            "read_only": self.read_only,
            "super_read_only": self.super_read_only,
            "semi_sync_primary_enabled": semi_sync.source_enabled,
            "semi_sync_replica_enabled": semi_sync.replica_enabled,
            "semi_sync_primary_status": semi_sync.source_enabled,
            "semi_sync_replica_status": self.replica_is_semi_sync,
            "semi_sync_primary_clients": semi_sync.clients,
            "blocked_writers": self.blocked_writers,
            "semi_sync_blocked": semi_sync.blocked,
            "schemas": sorted(engine.schemas),
            "replication": self.replication(),
        }

    def replication(self) -> dict[str, Any] | None:
        """How it replicates; None without a source."""
        source, progress = self.replica.source, self.replica.progress
        if source is None:
            return None
        position = str(self.engine.executed)
        return {
            "position": position,
            "relay_position": position,
            "source_host": source.host,
            "source_port": source.port,
            "source_uuid": progress.source_uuid,
            "source_server_id": progress.source_server_id,
            "io_state": progress.io_state,
            "sql_state": progress.sql_state,
            "last_io_error": progress.io_error,
            "last_sql_error": progress.sql_error,
            "lag_seconds": progress.behind,
            "file_position": progress.file_position,
        }

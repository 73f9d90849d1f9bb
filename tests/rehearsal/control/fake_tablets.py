"""Tablets in memory that obey the contract of tablet_rpc: GTID sets, replication, read-only, semi-sync, records.

A transaction is `<uuid>:<n>` and writes one row named after itself, so that tests can tell rows from histories.
"""

from __future__ import annotations

import itertools
import threading
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field

from vitessctl.model.gtid import GtidSet, parse_gtid_set
from vitessctl.rehearsal.tablet_rpc import (
    IO_CONNECTING,
    IO_RUNNING,
    IO_STOPPED,
    NOT_A_REPLICA,
    FullStatus,
    QueryResult,
    ReplicationStatus,
    Schema,
    StoppedReplication,
    TabletError,
)
from vitessctl.rehearsal.topology_names import alias_text, from_nanoseconds, nanoseconds_of, parse_alias, type_number
from vitessctl.rehearsal.topology_records import Topology
from vitessctl.vtctld.proto import topodata_pb2 as topodata

MYSQL_GONE = (
    "net.Dial(/vt/vtdataroot/mysql.sock) to local server failed: dial unix /vt/vtdataroot/mysql.sock: "
    "connect: connection refused (errno 2002) (sqlstate HY000)"
)
ACKNOWLEDGED_WITHIN = 1.0
"""Seconds that a write waits for a replica that acknowledges."""
_terms = itertools.count(1_700_000_000_000_000_000, 1_000_000_000)


def union(*texts: str) -> str:
    return str(parse_gtid_set(",".join(text for text in texts if text)))


@dataclass
class Mysqld:
    """One MySQL: what it executed, what it has received but not executed, its rows, its source."""

    port: int
    server_uuid: str
    executed: str = ""
    relay: str = ""
    purged: str = ""
    rows: set[str] = field(default_factory=set)
    read_only: bool = True
    semi_sync_primary: bool = False
    semi_sync_replica: bool = False
    source_port: int = 0
    io_running: bool = False
    sql_running: bool = False
    io_error: str = ""
    alive: bool = True
    has_database: bool = True
    writes: int = 0

    def gtids(self) -> GtidSet:
        return parse_gtid_set(self.executed)


class FakeShard:
    """All mysqlds of a shard, so that they can replicate; `settle` lets what runs catch up."""

    def __init__(self, topology: Topology, keyspace: str, shard: str) -> None:
        self.topology = topology
        self.keyspace = keyspace
        self.shard = shard
        self.tablets: dict[str, FakeTablet] = {}
        self.lock = threading.RLock()

    def add(self, alias: str, port: int, tablet_type: str = "replica") -> FakeTablet:
        """Register a tablet as vttablet does when it starts."""
        server_uuid = str(uuid.UUID(int=port))
        tablet = FakeTablet(self, alias, Mysqld(port, server_uuid), tablet_type)
        self.tablets[alias] = tablet
        record = topodata.Tablet(
            alias=parse_alias(alias),
            hostname="127.0.0.1",
            keyspace=self.keyspace,
            shard=self.shard,
            type=type_number(tablet_type),
            mysql_hostname="127.0.0.1",
            mysql_port=port,
            default_conn_collation=255,
        )
        record.port_map.update({"vt": port + 1, "grpc": port})
        self.topology.save_tablet(record)
        return tablet

    def by_port(self, port: int) -> FakeTablet | None:
        return next((tablet for tablet in self.tablets.values() if tablet.mysqld.port == port), None)

    def settle(self) -> None:
        """Every running replica takes what its source has, along chains too."""
        with self.lock:
            for _ in self.tablets:
                for tablet in self.tablets.values():
                    tablet.pull()

    def primary_of_record(self) -> str:
        return alias_text(self.topology.shard(self.keyspace, self.shard).primary_alias)


class FakeTablet:
    """A TabletManager. `dead` makes vtctld's pool treat it as a vttablet that does not answer."""

    def __init__(self, shard: FakeShard, alias: str, mysqld: Mysqld, tablet_type: str) -> None:
        self.shard = shard
        self.alias = alias
        self.mysqld = mysqld
        self.type = tablet_type
        self.dead = False
        self.calls: list[str] = []
        self.journal: list[str] = []

    # What a test does with it

    def write(self, count: int = 1) -> None:
        """Transactions as if by a client of the primary."""
        mysqld = self.mysqld
        assert not mysqld.read_only, f"{self.alias} is read-only"
        for _ in range(count):
            self._commit()

    def _commit(self) -> None:
        mysqld = self.mysqld
        mysqld.writes += 1
        gtid = f"{mysqld.server_uuid}:{mysqld.writes}"
        mysqld.executed = union(mysqld.executed, gtid)
        mysqld.rows.add(gtid)

    def pull(self) -> None:
        """One step of replication."""
        mysqld = self.mysqld
        source = self.shard.by_port(mysqld.source_port)
        if not mysqld.alive or source is None:
            return
        if mysqld.io_running and source.mysqld.alive:
            self._receive(source.mysqld)
        if mysqld.sql_running:
            self._apply(source.mysqld)

    def _receive(self, source: Mysqld) -> None:
        missing = parse_gtid_set(source.purged).minus(self.mysqld.gtids())
        if missing.count():
            self.mysqld.io_running = False
            self.mysqld.io_error = "Got fatal error 1236: source purged required binary logs"
            return
        self.mysqld.relay = union(self.mysqld.relay, source.executed)

    def _apply(self, source: Mysqld) -> None:
        received = parse_gtid_set(self.mysqld.relay).minus(self.mysqld.gtids())
        self.mysqld.rows |= {row for row in source.rows if received.contains(parse_gtid_set(row))}
        self.mysqld.executed = union(self.mysqld.executed, self.mysqld.relay)

    def restart(self) -> None:
        """All its processes anew: read-only, replication stopped, semi-sync off, as my.cnf says."""
        mysqld = self.mysqld
        mysqld.alive, self.dead = True, False
        mysqld.read_only = True
        mysqld.semi_sync_primary = mysqld.semi_sync_replica = False
        mysqld.io_running = mysqld.sql_running = False

    # TabletManager

    def ping(self) -> None:
        self.calls.append("ping")

    def full_status(self) -> FullStatus:
        mysqld = self._mysql()
        return {
            "server_id": mysqld.port,
            "server_uuid": mysqld.server_uuid,
            "version": "9.7.4",
            "version_comment": "(fake)",
            "position": mysqld.executed,
            "file_position": "bin.000001:1",
            "gtid_purged": mysqld.purged,
            "read_only": mysqld.read_only,
            "super_read_only": mysqld.read_only,
            "semi_sync_primary_enabled": mysqld.semi_sync_primary,
            "semi_sync_replica_enabled": mysqld.semi_sync_replica,
            "semi_sync_primary_status": mysqld.semi_sync_primary,
            "semi_sync_replica_status": mysqld.semi_sync_replica and mysqld.io_running,
            "semi_sync_primary_clients": len(self._acknowledging()),
            "semi_sync_blocked": False,
            "tablet_type": self.type,
            "replication": self.replication_status() if mysqld.source_port else None,
        }

    def replication_status(self) -> ReplicationStatus:
        mysqld = self._mysql()
        if not mysqld.source_port:
            raise TabletError("Unknown", NOT_A_REPLICA)
        source = self.shard.by_port(mysqld.source_port)
        connected = source is not None and source.mysqld.alive
        return {
            "position": mysqld.executed,
            "relay_position": mysqld.relay,
            "source_host": "127.0.0.1",
            "source_port": mysqld.source_port,
            "source_uuid": source.mysqld.server_uuid if source else "",
            "source_server_id": mysqld.source_port,
            "io_state": (IO_RUNNING if connected else IO_CONNECTING) if mysqld.io_running else IO_STOPPED,
            "sql_state": IO_RUNNING if mysqld.sql_running else IO_STOPPED,
            "last_io_error": mysqld.io_error,
            "last_sql_error": "",
            "lag_seconds": 0,
            "file_position": "bin.000001:1",
        }

    def primary_position(self) -> str:
        return self._mysql().executed

    def stop_replication_and_get_status(self) -> StoppedReplication:
        try:
            before = self.replication_status()
        except TabletError as error:
            raise TabletError(error.code, f"before status failed: {error.text}") from None
        self.mysqld.io_running = False
        return {"before": before, "after": self.replication_status()}

    def stop_replication(self) -> None:
        mysqld = self._mysql()
        mysqld.io_running = mysqld.sql_running = False

    def start_replication(self, semi_sync: bool) -> None:
        mysqld = self._mysql()
        if not mysqld.source_port:
            raise TabletError("Unknown", "The server is not configured as replica (errno 1200) (sqlstate HY000)")
        mysqld.semi_sync_replica = semi_sync
        mysqld.io_running = mysqld.sql_running = True
        mysqld.io_error = ""
        self.shard.settle()

    def set_replication_source(
        self, alias: str, host: str, port: int, start: bool, semi_sync: bool, wait_position: str, seconds: float
    ) -> None:
        mysqld = self._mysql()
        ran = mysqld.io_running or mysqld.sql_running or not mysqld.source_port
        mysqld.source_port = port
        mysqld.semi_sync_primary = False
        mysqld.read_only = True
        if self.type == "primary":
            self._become("replica")
        mysqld.io_running = mysqld.sql_running = False
        mysqld.semi_sync_replica = semi_sync
        if start or ran:
            mysqld.io_running = mysqld.sql_running = True
            mysqld.io_error = ""
        self.shard.settle()
        if wait_position and not self._has(wait_position):
            text = f"WaitSourcePos failed: timed out waiting for position {wait_position}"
            raise TabletError("DeadlineExceeded", text)

    def demote_primary(self) -> str:
        mysqld = self._mysql()
        mysqld.read_only, mysqld.semi_sync_primary = True, False
        return mysqld.executed

    def undo_demote_primary(self, semi_sync: bool) -> None:
        mysqld = self._mysql()
        mysqld.semi_sync_primary, mysqld.read_only = semi_sync, False
        mysqld.source_port, mysqld.io_running, mysqld.sql_running = 0, False, False
        self.type = "primary"

    def promote_replica(self, semi_sync: bool) -> str:
        mysqld = self._mysql()
        mysqld.relay = ""
        mysqld.source_port, mysqld.io_running, mysqld.sql_running = 0, False, False
        mysqld.semi_sync_primary, mysqld.read_only = semi_sync, False
        self._become("primary")
        return mysqld.executed

    def init_primary(self, semi_sync: bool) -> str:
        self._mysql().has_database = True
        return self.promote_replica(semi_sync)

    def init_replica(self, alias: str, host: str, port: int, position: str, semi_sync: bool) -> None:
        mysqld = self._mysql()
        mysqld.executed, mysqld.relay = position, ""
        self.type = "replica" if self.type == "primary" else self.type
        self._save_type(self.type)
        mysqld.source_port, mysqld.read_only = port, True
        self.start_replication(semi_sync)

    def reset_replication(self) -> None:
        mysqld = self._mysql()
        mysqld.executed = mysqld.relay = mysqld.purged = ""
        mysqld.writes = 0
        mysqld.source_port, mysqld.io_running, mysqld.sql_running = 0, False, False

    def populate_reparent_journal(
        self, time_created_ns: int, action_name: str, primary_alias: str, position: str
    ) -> None:
        self._mysql()
        deadline = time.monotonic() + ACKNOWLEDGED_WITHIN
        while self.mysqld.semi_sync_primary and not self._acknowledging():
            if time.monotonic() > deadline:
                raise TabletError("DeadlineExceeded", "context deadline exceeded")
            time.sleep(0.005)
        self.journal.append(action_name)
        self._commit()
        self.shard.settle()

    def wait_for_position(self, position: str, seconds: float) -> None:
        self._mysql()
        self.shard.settle()
        if not self._has(position):
            raise TabletError("DeadlineExceeded", f"timed out waiting for position {position}")

    def change_type(self, type: str, semi_sync: bool) -> None:  # noqa: A002 - the wire's name
        if type == "primary":
            self.promote_replica(semi_sync)
            return
        self.mysqld.semi_sync_replica = semi_sync
        self._save_type(type)
        self.type = type

    def execute_fetch_as_dba(self, query: str, max_rows: int, disable_binlogs: bool) -> QueryResult:
        self._mysql(f"during query: {query}")
        if self.mysqld.read_only and not query.lower().startswith(("select", "show")):
            text = "The MySQL server is running with the --super-read-only option (errno 1290)"
            raise TabletError("Unknown", f"rpc error: code = Unknown desc = {text}")
        self.calls.append(query)
        return {"fields": [], "rows": [], "rows_affected": 0, "insert_id": 0}

    def execute_multi_fetch_as_dba(self, sql: str, max_rows: int, disable_binlogs: bool) -> list[QueryResult]:
        return [self.execute_fetch_as_dba(part, max_rows, disable_binlogs) for part in sql.split(";")]

    def execute_fetch_as_app(self, query: str, max_rows: int) -> QueryResult:
        text = f"No database selected (errno 1046) (sqlstate 3D000) during query: {query}"
        raise TabletError("Unknown", f"rpc error: code = Unknown desc = {text}")

    def get_schema(
        self, tables: list[str], exclude_tables: list[str], include_views: bool, table_names_only: bool
    ) -> Schema:
        self._mysql()
        return {"database_schema": "CREATE DATABASE {{.DatabaseName}}", "tables": []}

    def refresh_state(self) -> None:
        self.calls.append("refresh_state")

    def run_health_check(self) -> None:
        self.calls.append("run_health_check")

    def set_read_only(self) -> None:
        self._mysql().read_only = True

    def set_read_write(self) -> None:
        self._mysql().read_only = False

    def reload_schema(self) -> None:
        self.calls.append("reload_schema")

    def stream_health(self) -> Iterator[None]:
        yield None

    def _mysql(self, more: str = "") -> Mysqld:
        if not self.mysqld.alive:
            raise TabletError("Unavailable", f"{MYSQL_GONE} {more}".strip())
        return self.mysqld

    def _has(self, position: str) -> bool:
        return self.mysqld.gtids().contains(parse_gtid_set(position))

    def _acknowledging(self) -> list[FakeTablet]:
        return [
            other
            for other in self.shard.tablets.values()
            if other.mysqld.alive
            and other.mysqld.io_running
            and other.mysqld.semi_sync_replica
            and other.mysqld.source_port == self.mysqld.port
        ]

    def _become(self, tablet_type: str) -> None:
        term = next(_terms) if tablet_type == "primary" else 0
        self.type = tablet_type
        self._save_type(tablet_type, term)
        if term:
            self.shard.topology.update_shard(self.shard.keyspace, self.shard.shard, lambda one: self._claim(one, term))

    def _claim(self, record: topodata.Shard, term: int) -> bool:
        if nanoseconds_of(record.primary_term_start_time) >= term:
            return False
        record.primary_alias.CopyFrom(parse_alias(self.alias))
        record.primary_term_start_time.CopyFrom(from_nanoseconds(term))
        return True

    def _save_type(self, tablet_type: str, term: int = 0) -> None:
        record = self.shard.topology.tablet(parse_alias(self.alias))
        record.type = type_number(tablet_type)
        record.ClearField("primary_term_start_time")
        if term:
            record.primary_term_start_time.CopyFrom(from_nanoseconds(term))
        self.shard.topology.save_tablet(record)


class FakePool:
    """In place of vtctld's Tablets: gives the fakes themselves; a dead one refuses as after a deadline."""

    def __init__(self, *shards: FakeShard) -> None:
        self._shards = shards

    def client(self, tablet: topodata.Tablet, seconds: float, wait: bool = True) -> FakeTablet:
        alias = alias_text(tablet.alias)
        fake = next(shard.tablets[alias] for shard in self._shards if alias in shard.tablets)
        if fake.dead:
            raise TabletError("DeadlineExceeded", "latest balancer error: connection refused")
        return fake

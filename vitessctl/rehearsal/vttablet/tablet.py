"""One tablet: what it is, whether it serves, and how that changes."""

from __future__ import annotations

import threading
import time
from typing import Any

from vitessctl.rehearsal.mysqld.client import CONNECTION_REFUSED, SERVER_GONE, Pool
from vitessctl.rehearsal.mysqld.errors import MySqlError
from vitessctl.rehearsal.servenv.log import Log
from vitessctl.rehearsal.tablet_rpc import HealthReport, TabletError
from vitessctl.rehearsal.topology_names import from_nanoseconds, nanoseconds_of, type_name
from vitessctl.rehearsal.topology_records import Topology
from vitessctl.rehearsal.vttablet.registration import claim_shard
from vitessctl.rehearsal.vttablet.settings import FLAG_DECIDES, Settings
from vitessctl.vtctld.proto import topodata_pb2 as topodata

SERVED = (topodata.PRIMARY, topodata.REPLICA, topodata.RDONLY)


class Tablet:
    """The tablet's state; `lock` serialises what changes its role."""

    def __init__(self, settings: Settings, topology: Topology, log: Log, record: topodata.Tablet, pool: Pool) -> None:
        self.settings = settings
        self.topology = topology
        self.log = log
        self.record = record
        self.mysqld = pool
        self.lock = threading.RLock()
        self.open = False
        """Whether mysqld answered and had the database when the tablet last looked; it looks when queries fail."""
        self.demoted = False
        self.stopping = False
        self.streams = 0
        self.queries = 0
        self._changed = threading.Condition()
        self._version = 0

    @property
    def type(self) -> topodata.TabletType:
        """What the tablet believes it is."""
        return self.record.type

    @property
    def type_word(self) -> str:
        """The same in lower case."""
        return type_name(self.record.type).lower()

    @property
    def is_primary(self) -> bool:
        """Whether it believes that it leads its shard."""
        return self.record.type == topodata.PRIMARY

    @property
    def serving(self) -> bool:
        """Whether it takes queries."""
        return self.open and not self.demoted and not self.stopping and self.type in SERVED

    @property
    def state_name(self) -> str:
        """SERVING or NOT_SERVING."""
        return "SERVING" if self.serving else "NOT_SERVING"

    def ask(self, op: str, **arguments: Any) -> Any:
        """One request to mysqld; TabletError with MySQL's error, code Unavailable where mysqld is gone."""
        try:
            return self.mysqld.call(op, **arguments)
        except MySqlError as error:
            gone = error.number in {CONNECTION_REFUSED, SERVER_GONE}
            raise TabletError("Unavailable" if gone else "Unknown", str(error)) from None

    def become(self, kind: topodata.TabletType) -> None:
        """Changes the type and writes the record; a new primary gets a new term and claims its shard."""
        with self.lock:
            self.record.type = kind
            self.demoted = False
            if kind == topodata.PRIMARY:
                self.record.primary_term_start_time.CopyFrom(from_nanoseconds(time.time_ns()))
            else:
                self.record.ClearField("primary_term_start_time")
            self.changed()
            self.topology.save_tablet(self.record)
            if kind == topodata.PRIMARY:
                claim_shard(self.topology, self.record)

    def read_record(self) -> None:
        """Takes over what somebody else wrote into the own record."""
        with self.lock:
            self.record = self.topology.tablet(self.settings.alias)
            self.changed()

    def set_semi_sync(self, on: bool) -> None:
        """Whether commits here wait for a replica (on a primary) and whether this tablet confirms. TabletError.

        `on` is what the durability policy says; until 14 the tablet's own flag decides, whatever that says.
        """
        if self.settings.release.within(FLAG_DECIDES):
            if not self.settings.semi_sync:
                self._complain(on)
                return
            on = self.type in (topodata.PRIMARY, topodata.REPLICA)
        source = on and self.is_primary
        self.ask("set", name="rpl_semi_sync_source_enabled", value="1" if source else "0")
        self.ask("set", name="rpl_semi_sync_replica_enabled", value="1" if on else "0")

    def _complain(self, on: bool) -> None:
        if on:
            hint = "semi-sync should be setup according to durability policies, but enable_semi_sync is not set"
            self.log.error(f"invalid configuration - {hint}")

    def set_writable(self, on: bool) -> None:
        """read_only and super_read_only together. TabletError."""
        self.ask("set", name="read_only" if on else "super_read_only", value="0" if on else "1")

    # Serving

    def look(self) -> None:
        """Opens the tablet for queries when mysqld answers and has the database; a writable primary makes it."""
        if self.open:
            return
        try:
            status = self.mysqld.call("status")
            if self.is_primary and not status["super_read_only"] and self.settings.database not in status["schemas"]:
                self.mysqld.call("prepare_database", database=self.settings.database)
                status = self.mysqld.call("status")
        except MySqlError:
            return
        if self.settings.database in status["schemas"]:
            self.open = True
            self.changed()

    def mysqld_failed(self) -> None:
        """A query found mysqld gone: stop serving until it is back."""
        self.mysqld.clear()
        if self.open:
            self.open = False
            self.changed()

    # Health reports

    def changed(self) -> None:
        """Wakes everybody who waits for a new report."""
        with self._changed:
            self._version += 1
            self._changed.notify_all()

    @property
    def version(self) -> int:
        """Counts the changes."""
        return self._version

    def wait_for_change(self, version: int, seconds: float) -> int:
        """The version after a change, or after that time."""
        with self._changed:
            self._changed.wait_for(lambda: self._version != version, seconds)
            return self._version

    def report(self) -> HealthReport:
        """The tablet's health as vtgate gets it."""
        term = nanoseconds_of(self.record.primary_term_start_time) / 1e9 if self.is_primary else 0.0
        return {
            "alias": self.settings.name,
            "keyspace": self.settings.keyspace,
            "shard": self.settings.shard,
            "type": self.type_word,
            "serving": self.serving,
            "lag_seconds": 0,
            "term_start": term,
            "error": "" if self.serving else f"operation not allowed in state {self.state_name}",
        }

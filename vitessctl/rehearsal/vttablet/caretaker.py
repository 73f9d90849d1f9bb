"""What a vttablet does by itself: opens, starts replication, steps down for a newer primary, ends old transactions."""

from __future__ import annotations

import threading
import time

import grpc

from vitessctl.rehearsal.etcd.client import EtcdError
from vitessctl.rehearsal.servenv.times import real, seconds
from vitessctl.rehearsal.tablet_rpc import TabletError
from vitessctl.rehearsal.topology import TopologyError
from vitessctl.rehearsal.topology_names import alias_text, nanoseconds_of
from vitessctl.rehearsal.vttablet.manager import Manager
from vitessctl.rehearsal.vttablet.query import Queries
from vitessctl.rehearsal.vttablet.registration import claim_shard, needs_acknowledgements
from vitessctl.rehearsal.vttablet.tablet import Tablet
from vitessctl.vtctld.proto import topodata_pb2 as topodata

_ALREADY = "Attempting to restore, but mysqld already contains data. Assuming vttablet was just restarted."


class Caretaker:
    """Runs in threads of its own from `start` until the process ends."""

    def __init__(self, tablet: Tablet, manager: Manager, queries: Queries) -> None:
        self._tablet = tablet
        self._manager = manager
        self._queries = queries

    def start(self) -> None:
        """Starts looking after the tablet."""
        for work in (self._keep_open, self._follow_shard):
            threading.Thread(target=work, daemon=True).start()

    # mysqld

    def _keep_open(self) -> None:
        poll = 1.0 if real() else 0.1
        self._wait_for_mysqld(poll)
        self._start_replication()
        looked = time.monotonic()
        while not self._tablet.stopping:
            self._tablet.look()
            if self._tablet.is_primary and time.monotonic() - looked > seconds("health_interval"):
                looked = time.monotonic()
                self._check_mysqld()
            self._queries.end_old_transactions()
            self._tablet.wait_for_change(self._tablet.version, poll if not self._tablet.open else max(poll, 0.5))

    def _wait_for_mysqld(self, poll: float) -> None:
        while not self._tablet.stopping:
            try:
                self._tablet.ask("ping")
            except TabletError:
                time.sleep(poll)
            else:
                return

    def _check_mysqld(self) -> None:
        """A primary writes all the time in the real one, and so finds out by itself that its mysqld is gone."""
        try:
            self._tablet.ask("ping")
        except TabletError:
            self._tablet.mysqld_failed()

    def _start_replication(self) -> None:
        """Follows the shard's primary, as after a start without --restore-from-backup."""
        tablet = self._tablet
        if tablet.is_primary:
            return
        if tablet.settings.restores:
            if self._has_data():
                tablet.log.info(_ALREADY)
            return
        with tablet.lock:
            if not tablet.is_primary:  # a reparent may have come first
                self._follow_primary()

    def _follow_primary(self) -> None:
        tablet = self._tablet
        try:
            primary = self._shard_primary()
        except (TopologyError, EtcdError) as error:
            tablet.log.warning(f"cannot read shard primary: {error}")
            return
        if primary is None:
            tablet.log.warning("cannot start replication during initialization: shard has no primary")
            return
        self._follow(primary)

    def _has_data(self) -> bool:
        try:
            return bool(self._tablet.ask("status")["position"])
        except TabletError:
            return False

    def _follow(self, primary: topodata.Tablet) -> None:
        tablet = self._tablet
        try:
            policy = tablet.topology.keyspace(tablet.settings.keyspace).durability_policy
            self._manager.set_replication_source(
                alias_text(primary.alias),
                primary.mysql_hostname,
                primary.mysql_port,
                start=True,
                semi_sync=needs_acknowledgements(policy, tablet.settings.type),
                wait_position="",
                seconds=0,
            )
        except (TabletError, TopologyError, EtcdError) as error:
            tablet.log.error(f"failed to start replication: {error}")

    def _shard_primary(self) -> topodata.Tablet | None:
        """The record of another tablet that leads the shard."""
        settings, topology = self._tablet.settings, self._tablet.topology
        shard = topology.shard(settings.keyspace, settings.shard)
        if not shard.HasField("primary_alias") or shard.primary_alias == settings.alias:
            return None
        return topology.tablet(shard.primary_alias)

    # The shard's record

    def _follow_shard(self) -> None:
        """A primary watches its shard's record: somebody with a newer term makes it a replica."""
        settings, topology = self._tablet.settings, self._tablet.topology
        path = f"{topology.shard_directory(settings.keyspace, settings.shard)}/Shard"
        while not self._tablet.stopping:
            try:
                watch = topology.store.watch(path)
                self._compare_terms()
                for _ in watch:
                    self._compare_terms()
            except (EtcdError, TopologyError, grpc.RpcError) as error:
                self._tablet.log.warning(f"watching the shard record: {error}")
            time.sleep(0.5)

    def _compare_terms(self) -> None:
        tablet = self._tablet
        if not tablet.is_primary:
            return
        with tablet.lock:
            if not tablet.is_primary:
                return
            shard = claim_shard(tablet.topology, tablet.record)
            if shard.primary_alias == tablet.settings.alias:
                return
            if nanoseconds_of(shard.primary_term_start_time) < nanoseconds_of(tablet.record.primary_term_start_time):
                return
            tablet.log.info("shard record has a newer primary: ending the term as primary")
            primary = self._shard_primary()
            if primary is not None:
                self._follow(primary)

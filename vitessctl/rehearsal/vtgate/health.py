"""Which tablets there are and which of them serve: the topology's records, and each tablet's health stream."""

from __future__ import annotations

import itertools
import random
import threading
from collections import Counter
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass

import grpc

from vitessctl.rehearsal.etcd.client import EtcdError
from vitessctl.rehearsal.servenv.times import seconds
from vitessctl.rehearsal.tablet_client import QueryClient, open_channel
from vitessctl.rehearsal.tablet_rpc import HealthReport, TabletError
from vitessctl.rehearsal.topology import TopologyError
from vitessctl.rehearsal.topology_names import alias_text
from vitessctl.rehearsal.topology_records import Topology
from vitessctl.rehearsal.vtgate.failures import GateError, no_tablet
from vitessctl.vtctld.proto import topodata_pb2 as topodata

REFRESH_SECONDS = 0.5
FIRST_PAUSE = 0.1
STREAM_SECONDS = 3600.0 * 24 * 365
QUERY_GRACE = 2.0
"""Seconds beyond the longest query that a tablet may take to answer at all."""


@dataclass(frozen=True)
class Seen:
    """A tablet as it was last heard of. A report that ended counts for nothing but `show vitess_tablets`."""

    report: HealthReport
    address: str
    hostname: str
    alive: bool
    channel: grpc.Channel


class Health:
    """All tablets of the watched cells, each followed by a thread of its own."""

    def __init__(self, topology: Topology, cells: Sequence[str]) -> None:
        self._topology = topology
        self._cells = cells
        self._followed: dict[str, str] = {}
        self._seen: dict[str, Seen] = {}
        self._lock = threading.Lock()
        self._turn = itertools.count(random.randrange(1000))
        self.closed = threading.Event()

    def start(self) -> None:
        """Begin to watch; the first look happens at once, in the background."""
        threading.Thread(target=self._watch_topology, daemon=True).start()

    def client(
        self, keyspace: str, shard: str, tablet_type: str, tried: Collection[str] = ()
    ) -> tuple[str, QueryClient]:
        """A serving tablet's alias and client, in turn; of primaries the newest. GateError if nobody else serves.

        `tried`: aliases that are not wanted again.
        """
        with self._lock:
            serving = [seen for seen in self._seen.values() if _serves(seen, keyspace, shard, tablet_type)]
        fit = [seen for seen in serving if seen.report["alias"] not in tried]
        if not fit:
            raise no_tablet(keyspace, shard, tablet_type)
        if tablet_type == "primary":
            chosen = max(fit, key=lambda seen: seen.report["term_start"])
        else:
            chosen = fit[next(self._turn) % len(fit)]
        return chosen.report["alias"], _client_of(chosen)

    def client_of(self, alias: str) -> QueryClient:
        """The client of one tablet, for what must go on where it began."""
        with self._lock:
            seen = self._seen.get(alias)
        if seen is None or not seen.alive:
            raise GateError(f"target: {alias}: the tablet is gone, and with it the transaction")
        return _client_of(seen)

    def connections(self, primary_type: str = "primary") -> dict[str, int]:
        """HealthcheckConnections of /debug/vars: serving tablets by `keyspace.shard.type`, in the release's word."""
        with self._lock:
            serving = [seen.report for seen in self._seen.values() if seen.alive and seen.report["serving"]]
        words = {"primary": primary_type}
        counts = Counter(f"{r['keyspace']}.{r['shard']}.{words.get(r['type'], r['type'])}" for r in serving)
        return dict(sorted(counts.items()))

    def listed(self) -> list[Seen]:
        """Every tablet ever heard of, also those that died: what `show vitess_tablets` shows."""
        with self._lock:
            return sorted(self._seen.values(), key=lambda seen: seen.report["alias"])

    def _watch_topology(self) -> None:
        while not self.closed.is_set():
            for cell in self._cells:
                with suppress(TopologyError, EtcdError):
                    self._follow_all(self._topology.tablets_of_cell(cell))
            self.closed.wait(REFRESH_SECONDS)

    def _follow_all(self, tablets: Sequence[topodata.Tablet]) -> None:
        for tablet in tablets:
            alias = alias_text(tablet.alias)
            port = tablet.port_map.get("grpc", 0)
            address = f"{tablet.hostname}:{port}"
            if not tablet.hostname or not port or self._followed.get(alias) == address:
                continue
            self._followed[alias] = address
            follow = threading.Thread(target=self._follow, args=(alias, address, tablet.hostname), daemon=True)
            follow.start()

    def _follow(self, alias: str, address: str, hostname: str) -> None:
        """Hold the tablet's stream, again and again with growing pauses, until it moves to another address."""
        channel = open_channel(address)
        pause = FIRST_PAUSE
        while not self.closed.is_set() and self._followed.get(alias) == address:
            with suppress(TabletError):
                for report in QueryClient(channel, address, STREAM_SECONDS).stream_health():
                    pause = FIRST_PAUSE
                    if report["alias"] == alias:
                        self._note(Seen(report, address, hostname, True, channel))
            self._lost(alias)
            self.closed.wait(pause)
            pause = min(pause * 1.5, seconds("vtgate_reconnect_longest"))
        channel.close()

    def _note(self, seen: Seen) -> None:
        with self._lock:
            self._seen[seen.report["alias"]] = seen

    def _lost(self, alias: str) -> None:
        with self._lock:
            seen = self._seen.get(alias)
            if seen is not None:
                self._seen[alias] = Seen(seen.report, seen.address, seen.hostname, False, seen.channel)


def _serves(seen: Seen, keyspace: str, shard: str, tablet_type: str) -> bool:
    report = seen.report
    place = (report["keyspace"], report["shard"], report["type"])
    return seen.alive and report["serving"] and place == (keyspace, shard, tablet_type)


def _client_of(seen: Seen) -> QueryClient:
    return QueryClient(seen.channel, seen.address, seconds("vtgate_query") + QUERY_GRACE)

"""What every reparent is about, and the steps that they share."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from vitessctl.rehearsal.servenv.times import asked, seconds
from vitessctl.rehearsal.tablet_rpc import IO_STOPPED, TabletError, TabletManager
from vitessctl.rehearsal.topology_names import Refused, alias_text, nanoseconds_of
from vitessctl.rehearsal.topology_records import Topology
from vitessctl.rehearsal.vtctld.durability import Policy, policy_of
from vitessctl.rehearsal.vtctld.events import Events
from vitessctl.rehearsal.vtctld.tablets import Tablets, ask_all
from vitessctl.releases import Release
from vitessctl.vtctld.proto import topodata_pb2 as topodata
from vitessctl.vtctld.proto import vttime_pb2 as vttime

POLICY_IN_RECORD: Final = "14.."
"""From here on the keyspace's record says what a commit needs, and reparents say that they look."""


@dataclass(frozen=True)
class Place:
    """Where a reparent happens, and with what."""

    topology: Topology
    tablets: Tablets
    events: Events
    keyspace: str
    shard: str
    release: Release | None = None
    """What is checked first, and in which words, changed over time; None is as the newest has it."""

    def within(self, range_: str) -> bool:
        """Whether the release lies in a range; the newest lies in no range that ends."""
        return self.release.within(range_) if self.release else range_.endswith("..")

    def remote(self, tablet: topodata.Tablet) -> TabletManager:
        """A tablet for a step that may take a remote operation's time."""
        return self.tablets.client(tablet, seconds("remote_operation"))

    def patient(self, tablet: topodata.Tablet, wait: float) -> TabletManager:
        """A tablet for a step that waits for replication."""
        return self.tablets.client(tablet, wait + seconds("remote_operation"))


@dataclass(frozen=True)
class Shard:
    """The records of a shard, read under its lock."""

    record: topodata.Shard
    tablets: Mapping[str, topodata.Tablet]
    policy: Policy

    @property
    def primary_alias(self) -> str:
        """The primary that the shard's record names, "" for none."""
        return alias_text(self.record.primary_alias)

    def acknowledges(self, primary: topodata.Tablet, replica: topodata.Tablet) -> bool:
        """Whether a replica acknowledges for that primary."""
        return self.policy.acknowledges(primary, replica)

    def others(self, alias: str) -> dict[str, topodata.Tablet]:
        """All tablets but that one."""
        return {name: tablet for name, tablet in self.tablets.items() if name != alias}


@dataclass
class NewSource:
    """Pointing replicas at a new primary."""

    place: Place
    shard: Shard
    primary: topodata.Tablet
    wait: float
    started: Mapping[str, bool] = field(default_factory=dict)
    """Replicas that are started even if they stood still."""

    def attach(self, alias: str, replica: topodata.Tablet) -> None:
        """Set one replica's source. TabletError if it fails."""
        self.place.events.info(f"setting new primary on replica {alias}")
        self.place.patient(replica, self.wait).set_replication_source(
            alias_text(self.primary.alias),
            self.primary.mysql_hostname,
            self.primary.mysql_port,
            start=self.started.get(alias, False),
            semi_sync=self.shard.acknowledges(self.primary, replica),
            wait_position="",
            seconds=self.wait,
        )


def read_shard(place: Place, expected: str) -> Shard:
    """Read a shard's records. Refused if another primary than the expected one stands there ("" expects nothing)."""
    record = place.topology.shard(place.keyspace, place.shard)
    current = alias_text(record.primary_alias)
    if expected and expected != current:
        raise Refused(f"primary {current or '<nil>'} is not equal to expected alias {expected}")
    name, policy = policy_of(place.topology, place.keyspace)
    if place.within(POLICY_IN_RECORD):
        place.events.info(f"Getting a new durability policy for {name}")
    return Shard(record, place.topology.tablets_of_shard(place.keyspace, place.shard), policy)


def current_primary(tablets: Mapping[str, topodata.Tablet]) -> topodata.Tablet | None:
    """The PRIMARY with the newest term, None if there is none or two share it."""
    primaries = [tablet for tablet in tablets.values() if tablet.type == topodata.PRIMARY]
    if not primaries:
        return None
    terms = [nanoseconds_of(tablet.primary_term_start_time) for tablet in primaries]
    newest = max(terms)
    return primaries[terms.index(newest)] if terms.count(newest) == 1 else None


def wait_seconds(duration: vttime.Duration | None) -> float:
    """A call's wait_replicas_timeout; 30 s (or what stands for them) where it is not given."""
    if duration is None or not (duration.seconds or duration.nanos):
        return seconds("wait_replicas")
    return asked(duration.seconds + duration.nanos / 1e9)


def await_running(place: Place, replicas: Mapping[str, topodata.Tablet], position: str, wait: float) -> Sequence[str]:
    """Wait until the replicas that replicate have a position; gives a line for each that has not."""

    def wait_for(alias: str, tablet: topodata.Tablet) -> None:
        client = place.patient(tablet, wait)
        status = client.replication_status()
        if status["io_state"] > IO_STOPPED:
            client.wait_for_position(position, wait)

    answers = ask_all(replicas, wait_for)
    return [f"tablet {alias} failed to SetReplicationSource: {error}" for alias, error in answers.errors.items()]


def joined(errors: Mapping[str, TabletError], text: str) -> str:
    """Errors of several tablets in one line; `text` has {alias} and {error}."""
    return ";".join(text.format(alias=alias, error=error) for alias, error in sorted(errors.items()))


def journal_time() -> int:
    """A time for the reparent journal, in nanoseconds."""
    return time.time_ns()

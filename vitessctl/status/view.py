"""What was seen beside what the spec wants, shard by shard: what the rules look at. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from vitessctl import releases
from vitessctl.model.cluster import Cluster, Shard, Tablet
from vitessctl.model.gtid import GtidSet, parse_gtid_set
from vitessctl.releases import Release
from vitessctl.render.names import label_value
from vitessctl.status.observed import Observed, SeenTablet
from vitessctl.targets.base import ComponentStatus
from vitessctl.vtctld.records import FullStatus, ShardRecord, TabletRecord

MAX_LAG = 30.0
"""Seconds. vtgate itself prefers tablets that lag less (its discovery_low_replication_lag)."""
UNSEEN = SeenTablet(None, None)


@dataclass(frozen=True)
class TabletView:
    """One tablet: the spec's, the topology's, and its own word."""

    tablet: Tablet
    record: TabletRecord | None
    seen: SeenTablet

    @property
    def alias(self) -> str:
        """`zone1-0000000100`."""
        return self.tablet.alias

    @property
    def status(self) -> FullStatus | None:
        """What its MySQL says."""
        return self.seen.full_status

    @property
    def position(self) -> GtidSet | None:
        """Its transactions; None where they are not known."""
        return parse_gtid_set(self.status.position) if self.status else None

    @property
    def copies(self) -> bool:
        """Whether both of its replication threads run, by MySQL's word."""
        replication = self.status.replication if self.status else None
        return bool(replication and replication.io_running and replication.sql_running)

    @property
    def writable_alone(self) -> bool:
        """Whether its MySQL takes writes and copies from nobody, as that of a primary."""
        status = self.status
        return status is not None and not status.read_only and status.replication is None

    @property
    def lag(self) -> float | None:
        """Seconds that it says it lags; None where it does not know."""
        replication = self.status.replication if self.status else None
        return replication.lag_seconds if replication else None


@dataclass(frozen=True)
class ShardView:
    """One shard with its tablets, and who leads it by the topology's word."""

    shard: Shard
    record: ShardRecord | None
    durability: str
    tablets: tuple[TabletView, ...]
    leader_record: TabletRecord | None

    @property
    def primary(self) -> str:
        """The alias that its record names; "" if none."""
        return self.record.primary if self.record else ""

    @cached_property
    def leader(self) -> TabletView | None:
        """The tablet of the spec that leads."""
        return next((tablet for tablet in self.tablets if tablet.alias == self.primary), None)

    @property
    def others(self) -> Iterator[TabletView]:
        """All that do not lead."""
        return (tablet for tablet in self.tablets if tablet.alias != self.primary)


@dataclass(frozen=True)
class View:
    """Everything, for the rules."""

    cluster: Cluster
    observed: Observed
    target: str
    max_lag: float = MAX_LAG

    @cached_property
    def release(self) -> Release:
        """Of the cluster."""
        return releases.get(self.cluster.release)

    @property
    def process(self) -> str:
        """What a component is on this target."""
        return "pod" if self.target == "kubernetes" else "process"

    @property
    def topology_known(self) -> bool:
        """Whether the topology could be read."""
        return not self.observed.topology_error

    @property
    def nothing_runs(self) -> bool:
        """Whether it is known that there is nothing."""
        return not self.observed.components and not self.observed.components_error

    def shards(self) -> Iterator[ShardView]:
        """In the order of the spec."""
        for shard in self.cluster.shards():
            record = self.observed.shards.get((shard.keyspace, shard.name))
            yield ShardView(
                shard,
                record,
                self.cluster.keyspace(shard.keyspace).durability,
                tuple(self._tablet(tablet) for tablet in shard.tablets),
                self.observed.records.get(record.primary) if record else None,
            )

    def _tablet(self, tablet: Tablet) -> TabletView:
        seen = self.observed.tablets.get(tablet.alias, UNSEEN)
        return TabletView(tablet, self.observed.records.get(tablet.alias), seen)

    @cached_property
    def _by_subject(self) -> Mapping[tuple[str, str], list[ComponentStatus]]:
        found: dict[tuple[str, str], list[ComponentStatus]] = {}
        for component in self.observed.components:
            found.setdefault((component.component, component.subject), []).append(component)
        return found

    def processes(self, component: str, subject: str) -> list[ComponentStatus]:
        """Everything of a component and its subject that is there. A label of Kubernetes may have cut the subject."""
        found = self._by_subject
        return found.get((component, subject)) or found.get((component, label_value(subject))) or []

    def gone(self, component: str, subject: str) -> str:
        """`is gone`, `is BACKOFF`, where nothing of a component is known to run; "" where it does or is not known."""
        if self.observed.components_error:
            return ""
        there = self.processes(component, subject)
        if any(process.running for process in there):
            return ""
        return f"is {there[0].state}{detail_of(there[0])}" if there else "is gone"

    def has_record(self, component: ComponentStatus) -> bool:
        """Whether it is a vttablet of the spec that has a record: then its end is said of the tablet."""
        return component.component == "vttablet" and component.subject in self._recorded

    @cached_property
    def _recorded(self) -> frozenset[str]:
        aliases = {tablet.alias for tablet in self.cluster.tablets()} & self.observed.records.keys()
        return frozenset(aliases) | {label_value(alias) for alias in aliases}


def detail_of(component: ComponentStatus) -> str:
    """What its target says besides the state, after a colon."""
    return f": {component.detail}" if component.detail else ""


def logs_of(component: str, subject: str) -> str:
    """What `vitessctl logs` wants to be told for a component."""
    if component == "vttablet":
        return subject
    if component in ("mysqlctld", "mysqld"):
        return f"{subject} --container mysqld"
    return f"{component}/{subject}" if subject else component

"""One row a tablet: its record in the topology beside what it says itself. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from vitessctl.model.cluster import Cluster
from vitessctl.status.observed import Observed, SeenTablet
from vitessctl.status.report import Status, TabletLine
from vitessctl.vtctld.records import TabletRecord

STRANGER = "is in the topology but not in the spec"


@dataclass(frozen=True)
class TabletRow:
    """A tablet. What could not be found out is None, and `differs` says why."""

    alias: str
    keyspace: str
    shard: str
    type: str
    """As in the topology; "" where it has no record, or that could not be read."""
    serving: bool | None
    lag_seconds: float | None
    position: str | None
    """The GTID set that its MySQL has executed."""
    differs: tuple[str, ...]
    """In sentences, where it is not what the spec wants or what it seems."""
    hostname: str = ""
    ports: dict[str, int] = field(default_factory=dict)
    """By name: `vt` is HTTP, `grpc`; a release until 14 lists only the first."""
    mysql: str = ""
    """host:port of its MySQL."""
    primary_term_start: float = 0.0
    """Seconds since the epoch; 0 for a tablet that was never primary, and until release 6."""

    @property
    def cell(self) -> str:
        """The cell it is in, by its alias."""
        return self.alias.rpartition("-")[0]

    @property
    def well(self) -> bool:
        """Whether it serves, and nothing differs."""
        return bool(self.serving) and not self.differs


@dataclass(frozen=True)
class Listing:
    """All rows, or those that were asked for."""

    cluster: str
    target: str
    rows: tuple[TabletRow, ...]
    topology_error: str = ""
    """Why the topology could not be read; then the rows are the spec's tablets."""

    @property
    def well(self) -> bool:
        """Whether all of it is as it should be."""
        return not self.topology_error and all(row.well for row in self.rows)


def listing_of(cluster: Cluster, observed: Observed, status: Status) -> Listing:
    """The tablets of the spec in its order, then those that only the topology has, by alias."""
    ours = tuple(_row(line, observed) for line in status.tablets)
    known = {row.alias for row in ours}
    strangers = sorted(observed.records.keys() - known)
    rows = (*ours, *(_stranger(observed.records[alias]) for alias in strangers))
    return Listing(cluster.name, status.target, rows, observed.topology_error)


def _row(line: TabletLine, observed: Observed) -> TabletRow:
    seen = observed.tablets.get(line.alias, SeenTablet(None, None))
    return _with_record(
        TabletRow(
            alias=line.alias,
            keyspace=line.keyspace,
            shard=line.shard,
            type=line.type,
            serving=line.serving if seen.variables is not None else None,
            lag_seconds=line.lag_seconds,
            position=seen.full_status.position if seen.full_status else None,
            differs=tuple(str(difference) for difference in line.differs),
        ),
        observed.records.get(line.alias),
    )


def _stranger(record: TabletRecord) -> TabletRow:
    """Nobody asks it anything: only the spec says where a tablet is reached."""
    row = TabletRow(record.alias, record.keyspace, record.shard, record.type, None, None, None, (STRANGER,))
    return _with_record(row, record)


def _with_record(row: TabletRow, record: TabletRecord | None) -> TabletRow:
    if record is None:
        return row
    return replace(
        row,
        hostname=record.hostname,
        ports=dict(record.ports),
        mysql=f"{record.mysql_hostname}:{record.mysql_port}" if record.mysql_port else "",
        primary_term_start=record.primary_term_start,
    )


def names_of(cluster: Cluster) -> Iterator[str]:
    """All words that a person may choose tablets by, but for those that only the topology has."""
    yield from (cell.name for cell in cluster.cells)
    for keyspace in cluster.keyspaces:
        yield keyspace.name
        yield from (shard.path for shard in keyspace.shards)
    yield from (tablet.alias for tablet in cluster.tablets())

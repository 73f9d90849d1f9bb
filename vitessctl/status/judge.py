"""From what was seen to what it means. Pure: no network, no clock."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from vitessctl.model.cluster import Cluster, Shard, Tablet
from vitessctl.model.gtid import parse_gtid_set
from vitessctl.run.stages.replication import primary_fault, replica_fault, wants_semi_sync
from vitessctl.status.findings import findings_of
from vitessctl.status.observed import Observed, SeenTablet
from vitessctl.status.report import ComponentLine, Endpoint, ShardLine, Status, TabletLine
from vitessctl.vtctld.records import TabletRecord

_ACCEPTABLE = {"replica": ("replica", "primary"), "rdonly": ("rdonly",)}
AddressOf = Callable[[str, str, str], str]
"""host:port of a component, its subject, and the name of the port."""


@dataclass(frozen=True)
class _Facts:
    """All that bears on one tablet."""

    tablet: Tablet
    record: TabletRecord | None
    seen: SeenTablet
    primary: TabletRecord | None
    primary_seen: SeenTablet | None
    topology_known: bool
    wants_semi_sync: bool

    @property
    def is_primary(self) -> bool:
        return self.primary is not None and self.primary.alias == self.tablet.alias


def judge(cluster: Cluster, target: str, observed: Observed, address_of: AddressOf) -> Status:
    """The status of a cluster. `ready`: everything runs, serves, replicates and is complete."""
    tablets = tuple(_tablet_line(facts) for facts in _facts(cluster, observed))
    shards = tuple(_shard_line(shard, observed, tablets) for shard in cluster.shards())
    findings = tuple(findings_of(cluster, observed))
    components = tuple(
        ComponentLine(c.label, c.component, c.state, c.running, c.pid, c.restarts) for c in observed.components
    )
    healthy = all(line.serving and not line.differs for line in tablets) and all(line.serving for line in shards)
    running = bool(components) and all(line.running for line in components)
    return Status(
        cluster=cluster.name,
        target=target,
        ready=healthy and running and not findings,
        vtgate=tuple(_vtgate(cell.name, address_of) for cell in cluster.cells),
        vtctld=(Endpoint(grpc=address_of("vtctld", "", "grpc"), http=address_of("vtctld", "", "http")),),
        components=components,
        shards=shards,
        tablets=tablets,
        findings=findings,
    )


def _vtgate(cell: str, address_of: AddressOf) -> Endpoint:
    ports = {port: address_of("vtgate", cell, port) for port in ("grpc", "http", "mysql")}
    return Endpoint(cell=cell, **ports)


def _facts(cluster: Cluster, observed: Observed) -> Iterator[_Facts]:
    for shard in cluster.shards():
        record = observed.shards.get((shard.keyspace, shard.name))
        leader = record.primary if record else ""
        for tablet in shard.tablets:
            yield _Facts(
                tablet=tablet,
                record=observed.records.get(tablet.alias),
                seen=observed.tablets.get(tablet.alias, SeenTablet(None, None)),
                primary=observed.records.get(leader),
                primary_seen=observed.tablets.get(leader),
                topology_known=not observed.topology_error,
                wants_semi_sync=wants_semi_sync(cluster, shard.keyspace),
            )


def _tablet_line(facts: _Facts) -> TabletLine:
    variables = facts.seen.variables or {}
    record = facts.record
    return TabletLine(
        alias=facts.tablet.alias,
        keyspace=facts.tablet.keyspace,
        shard=facts.tablet.shard,
        type=record.type if record else "",
        serving=variables.get("TabletStateName") == "SERVING",
        hostname=record.hostname if record else "",
        lag_seconds=_lag(facts),
        differs=tuple(_differences(facts)),
    )


def _lag(facts: _Facts) -> float | None:
    status = facts.seen.full_status
    if status is None:
        return None
    if facts.is_primary:
        return 0.0
    return status.replication.lag_seconds if status.replication else None


def _differences(facts: _Facts) -> Iterator[str]:
    """Every way in which a tablet is not what it should be, most telling first."""
    found = tuple(_faults(facts))
    state = (facts.seen.variables or {}).get("TabletStateName", "")
    yield from found or ((f"takes no queries, it is {state}",) if state not in ("", "SERVING") else ())


def _faults(facts: _Facts) -> Iterator[str]:
    record, seen = facts.record, facts.seen
    if record is None and facts.topology_known:
        yield "is not in the topology"
    if record is not None and record.type not in _ACCEPTABLE[facts.tablet.type]:
        yield f"has type {record.type}, the spec says {facts.tablet.type}"
    if seen.full_status is None:
        if seen.error or record is not None:
            yield seen.error or "does not answer"
        return
    if facts.is_primary:
        if fault := primary_fault(seen.full_status, facts.wants_semi_sync):
            yield fault
        return
    if facts.primary is not None and (fault := replica_fault(seen.full_status, facts.primary)):
        yield fault
    yield from _incompleteness(facts)


def _incompleteness(facts: _Facts) -> Iterator[str]:
    """A replica whose health page says ok may still lack rows or tables, so its GTID set and tables are compared."""
    own, leader = facts.seen.full_status, facts.primary_seen.full_status if facts.primary_seen else None
    if own is None or leader is None or facts.primary_seen is None:
        return
    position, leaders = parse_gtid_set(own.position), parse_gtid_set(leader.position)
    lacking = leaders.minus(position)
    if lacking.sources:
        yield f"incomplete: lacks {lacking.count()} of the primary's {leaders.count()} transactions"
    # The primary was asked first: what it wrote itself since then is no difference.
    errant = {name for name in position.minus(leaders).sources if name.partition(":")[0] != leader.server_uuid.lower()}
    if errant:
        yield f"has transactions that the primary lacks (errant): {', '.join(sorted(errant))}"
    if facts.seen.tables is not None and facts.primary_seen.tables is not None:
        missing = sorted(facts.primary_seen.tables - facts.seen.tables)
        if missing:
            yield f"incomplete: lacks the tables {', '.join(missing)}"


def _shard_line(shard: Shard, observed: Observed, tablets: tuple[TabletLine, ...]) -> ShardLine:
    record = observed.shards.get((shard.keyspace, shard.name))
    primary = record.primary if record else ""
    leads = next((line for line in tablets if line.alias == primary), None)
    alive = leads is not None and leads.serving and leads.type == "primary" and not leads.differs
    return ShardLine(shard.keyspace, shard.name, primary, bool(record and record.serving and alive))

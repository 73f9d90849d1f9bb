"""How the tablets of a shard replicate, and what is wrong with it. Pure: no network, no clock."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from vitessctl.heal.look import SeenShard
from vitessctl.heal.remedies import Fault, primary_faults, replica_faults, shard_faults
from vitessctl.model.gtid import GtidSet, parse_gtid_set
from vitessctl.status.observed import SeenTablet
from vitessctl.vtctld.records import FullStatus, ReplicationStatus, TabletRecord

EMPTY = GtidSet({})


@dataclass(frozen=True)
class TabletReplication:
    """One tablet. GTID sets are whole, as MySQL writes them."""

    alias: str
    type: str
    """What the topology says: primary, replica, rdonly, …; "" for a tablet that is not there."""
    error: str = ""
    """Why it could not be asked; then all that follows is unknown."""
    source: str = ""
    """The alias it copies from, or host:port where no tablet is there; "" for none."""
    io_running: bool | None = None
    sql_running: bool | None = None
    io_error: str = ""
    """In MySQL's words."""
    sql_error: str = ""
    lag_seconds: int | None = None
    gtid_set: str = ""
    transactions: int = 0
    missing: str = ""
    """What the primary has and it has not."""
    missing_transactions: int = 0
    errant: str = ""
    """What it has and the primary has not."""
    errant_transactions: int = 0
    read_only: bool | None = None
    semi_sync_source: bool | None = None
    semi_sync_replica: bool | None = None
    semi_sync_blocked: bool | None = None
    tables: int | None = None
    tables_missing: tuple[str, ...] = ()
    tables_only_here: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True)
class ShardReplication:
    """One shard; `faults` are those that belong to no single tablet."""

    keyspace: str
    shard: str
    primary: str
    durability: str
    broken: bool
    tablets: tuple[TabletReplication, ...]
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True)
class Replication:
    """What `vitessctl replication` shows."""

    cluster: str
    target: str
    broken: bool
    shards: tuple[ShardReplication, ...]


def judge(seen: SeenShard, has_vtorc: bool) -> ShardReplication:
    """A shard's replication with every fault. `has_vtorc`: whether somebody repairs what is merely stopped."""
    tablets = tuple(_tablet(seen, alias, has_vtorc) for alias in seen.tablets)
    faults = tuple(shard_faults(seen))
    broken = bool(faults) or any(tablet.faults for tablet in tablets)
    return ShardReplication(
        seen.shard.keyspace, seen.shard.name, seen.primary, seen.durability, broken, tablets, faults
    )


def _tablet(seen: SeenShard, alias: str, has_vtorc: bool) -> TabletReplication:
    record, own = seen.records.get(alias), seen.tablets[alias]
    found = TabletReplication(alias, record.type if record else "", own.error)
    status = own.full_status
    if status is None:
        error = own.error or "its MySQL was not asked"
        return replace(found, error=error, faults=(Fault(error, f"look at it: vitessctl logs {alias}"),))
    found = replace(
        found,
        gtid_set=status.position,
        transactions=parse_gtid_set(status.position).count(),
        read_only=status.read_only or status.super_read_only,
        semi_sync_source=status.semi_sync_primary_enabled,
        semi_sync_replica=status.semi_sync_replica_enabled,
        semi_sync_blocked=status.semi_sync_blocked,
        tables=None if own.tables is None else len(own.tables),
    )
    if status.replication is not None:
        found = _with_threads(found, status.replication, seen.records)
    if alias == seen.primary:
        wants = not has_vtorc and seen.durability != "none"
        return replace(found, faults=tuple(primary_faults(status, wants)))
    found = _beside_primary(found, own, seen.tablets.get(seen.primary))
    return replace(found, faults=tuple(replica_faults(found, status, seen, has_vtorc)))


def _with_threads(
    found: TabletReplication, threads: ReplicationStatus, records: Mapping[str, TabletRecord]
) -> TabletReplication:
    return replace(
        found,
        source=_source(threads, records),
        io_running=threads.io_running,
        sql_running=threads.sql_running,
        io_error=threads.io_error,
        sql_error=threads.sql_error,
        lag_seconds=threads.lag_seconds,
    )


def _source(threads: ReplicationStatus, records: Mapping[str, TabletRecord]) -> str:
    """The tablet that is behind an address; the address where none is, or several are."""
    where = (threads.source_host, threads.source_port)
    found = [alias for alias, record in records.items() if (record.mysql_hostname, record.mysql_port) == where]
    return found[0] if len(found) == 1 else f"{threads.source_host}:{threads.source_port}"


def _beside_primary(found: TabletReplication, own: SeenTablet, leader: SeenTablet | None) -> TabletReplication:
    if leader is None or leader.full_status is None or own.full_status is None:
        return found
    lacking, errant = differences(own.full_status, leader.full_status)
    missing, surplus = _tables(own, leader)
    return replace(
        found,
        missing=str(lacking),
        missing_transactions=lacking.count(),
        errant=str(errant),
        errant_transactions=errant.count(),
        tables_missing=missing,
        tables_only_here=surplus,
    )


def differences(own: FullStatus, leader: FullStatus) -> tuple[GtidSet, GtidSet]:
    """What a tablet lacks beside its primary, and what it has of others than the primary (errant).

    The primary was asked first, so what it wrote itself since then is no difference.
    """
    position, leaders = parse_gtid_set(own.position), parse_gtid_set(leader.position)
    more = position.minus(leaders)
    errant = {
        name: spans for name, spans in more.sources.items() if name.partition(":")[0] != leader.server_uuid.lower()
    }
    return leaders.minus(position), GtidSet(errant)


def _tables(own: SeenTablet, leader: SeenTablet) -> tuple[tuple[str, ...], tuple[str, ...]]:
    if own.tables is None or leader.tables is None:
        return (), ()
    return tuple(sorted(leader.tables - own.tables)), tuple(sorted(own.tables - leader.tables))


def every_fault(shard: ShardReplication) -> Iterator[tuple[str, Fault]]:
    """Each fault with the tablet that it is about, "" for the shard's own."""
    for fault in shard.faults:
        yield "", fault
    for tablet in shard.tablets:
        for fault in tablet.faults:
            yield tablet.alias, fault

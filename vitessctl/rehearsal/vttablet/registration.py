"""A tablet's records in the topology: its own, its shard's, and what a first tablet creates."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import Final

from vitessctl.rehearsal.servenv.exits import StartError
from vitessctl.rehearsal.servenv.log import Log
from vitessctl.rehearsal.topology import Reason, TopologyError
from vitessctl.rehearsal.topology_graph import rebuild_keyspace, rebuild_srv_vschema
from vitessctl.rehearsal.topology_names import ANY_NAME, Refused, from_nanoseconds, nanoseconds_of, now
from vitessctl.rehearsal.topology_records import Topology
from vitessctl.rehearsal.vttablet.settings import Settings
from vitessctl.releases import Release
from vitessctl.vtctld.proto import topodata_pb2 as topodata

COLLATION: Final = 255
CLEARS_ADDRESSES: Final = "7.."
KNOWS_COLLATION: Final = "13.."
KNOWS_TIMES: Final = "24.."
"""Since when a tablet takes its addresses out of its record, and writes its collation, start and stop into it."""
_PANIC: Final = "panic: runtime error: invalid memory address or nil pointer dereference"


def check_cell(topology: Topology, settings: Settings) -> None:
    """StartError with exit code 2 (a panic of the real one) for a cell without a record."""
    try:
        topology.cell(settings.alias.cell)
    except TopologyError as error:
        text = f"{error}: UpdateSrvVSchema({settings.alias.cell}) failed\n{_PANIC}"
        raise StartError(text, code=2) from None


def create_keyspace_and_shard(topology: Topology, settings: Settings) -> None:
    """Makes the keyspace (without a durability policy!) and the shard where they are missing, and what vtgate reads."""
    any_name = settings.release.within(ANY_NAME)
    with _ignoring_existing():
        topology.create_keyspace(settings.keyspace, topodata.Keyspace(), any_name)
    with _ignoring_existing():
        topology.create_shard(settings.keyspace, settings.shard, any_name)
    cell = settings.alias.cell
    if not _has_partition(topology, settings):
        with suppress(TopologyError, Refused):  # other shards may still be missing: the last one completes it
            rebuild_keyspace(topology, settings.keyspace, [cell])
    try:
        known = settings.keyspace in topology.srv_vschema(cell).keyspaces
    except TopologyError:
        known = False
    if not known:
        rebuild_srv_vschema(topology, [cell])


class _ignoring_existing(suppress):
    def __init__(self) -> None:
        super().__init__(TopologyError)

    def __exit__(self, kind: object, error: object, trace: object) -> bool:
        return isinstance(error, TopologyError) and error.reason is Reason.EXISTS


def _has_partition(topology: Topology, settings: Settings) -> bool:
    try:
        record = topology.srv_keyspace(settings.alias.cell, settings.keyspace)
    except TopologyError:
        return False
    return any(
        reference.name == settings.shard for partition in record.partitions for reference in partition.shard_references
    )


def first_record(topology: Topology, settings: Settings, log: Log, mysql_port: int) -> topodata.Tablet:
    """The record of a tablet that starts: a replica, unless record and shard agree that it is the primary."""
    record = topodata.Tablet(
        alias=settings.alias,
        hostname=settings.hostname,
        keyspace=settings.keyspace,
        shard=settings.shard,
        type=settings.type,
        mysql_hostname=settings.hostname,
        mysql_port=mysql_port,
        default_conn_collation=COLLATION if settings.release.within(KNOWS_COLLATION) else 0,
    )
    if settings.release.within(KNOWS_TIMES):
        record.tablet_start_time.CopyFrom(now())
    if settings.database != f"vt_{settings.keyspace}":
        record.db_name_override = settings.database
    record.port_map["vt"] = settings.http_port
    record.port_map["grpc"] = settings.grpc_port
    term = _term_to_keep(topology, settings, log)
    if term:
        record.type = topodata.PRIMARY
        record.primary_term_start_time.CopyFrom(from_nanoseconds(term))
    return record


def _term_to_keep(topology: Topology, settings: Settings, log: Log) -> int:
    """When the primary term began (ns since the epoch) that this tablet goes on with; 0 for a replica."""
    shard = topology.shard(settings.keyspace, settings.shard)
    old = _old_record(topology, settings)
    shard_term = nanoseconds_of(shard.primary_term_start_time)
    old_term = nanoseconds_of(old.primary_term_start_time) if old is not None else 0
    was_primary = old is not None and old.type == topodata.PRIMARY
    if shard.HasField("primary_alias") and shard.primary_alias == settings.alias:
        if old is None:
            log.info("Shard primary alias matches, but there is no existing tablet record. Switching to primary")
            return time.time_ns()
        return old_term if was_primary and old_term else shard_term
    if not was_primary:
        return 0
    if old_term > shard_term:
        log.info("Existing tablet type is primary, with a newer term than the shard record. Switching to primary")
        return old_term
    log.info(
        "Existing tablet type is primary, but the shard record has a different primary with a newer timestamp."
        " Remaining a replica"
    )
    return 0


def _old_record(topology: Topology, settings: Settings) -> topodata.Tablet | None:
    try:
        return topology.tablet(settings.alias)
    except TopologyError as error:
        if error.reason is Reason.ABSENT:
            return None
        raise


def claim_shard(topology: Topology, record: topodata.Tablet) -> topodata.Shard:
    """Writes a new primary into the shard's record, unless a newer term stands there; gives what stands there then."""
    term = nanoseconds_of(record.primary_term_start_time)

    def change(shard: topodata.Shard) -> bool:
        if nanoseconds_of(shard.primary_term_start_time) >= term:
            return False
        shard.primary_alias.CopyFrom(record.alias)
        shard.primary_term_start_time.CopyFrom(record.primary_term_start_time)
        return True

    return topology.update_shard(record.keyspace, record.shard, change)


def stopped_record(record: topodata.Tablet, release: Release) -> topodata.Tablet:
    """The record after a clean stop: no addresses (from 7 on), no start and a shutdown time (24); the type stays."""
    stopped = topodata.Tablet()
    stopped.CopyFrom(record)
    if not release.within(CLEARS_ADDRESSES):
        return stopped
    for field in ("hostname", "mysql_hostname", "tablet_start_time"):
        stopped.ClearField(field)
    stopped.port_map.clear()
    if release.within(KNOWS_TIMES):
        stopped.tablet_shutdown_time.CopyFrom(now())
    return stopped


def needs_acknowledgements(policy: str, kind: topodata.TabletType) -> bool:
    """Whether a replica of this type confirms what it receives, under a keyspace's durability policy."""
    if policy in {"", "none"}:
        return False
    return kind == topodata.REPLICA or (kind == topodata.RDONLY and policy.endswith("with_rdonly_ack"))

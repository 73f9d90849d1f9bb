"""The records that vtgate reads, built from the keyspaces', shards' and VSchemas' own."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from vitessctl.rehearsal.topology import Reason, TopologyError
from vitessctl.rehearsal.topology_names import Refused, type_name
from vitessctl.rehearsal.topology_records import Topology, srv_keyspace_path
from vitessctl.vtctld.proto import topodata_pb2 as topodata
from vitessctl.vtctld.proto import vschema_pb2 as vschema

SERVED_TYPES = (topodata.PRIMARY, topodata.REPLICA, topodata.RDONLY)


def rebuild_keyspace(topology: Topology, keyspace: str, cells: Sequence[str] = ()) -> None:
    """Write a keyspace's SrvKeyspace in those cells, or in all. Refused if its shards leave a hole."""
    shards = {name: topology.shard(keyspace, name) for name in topology.shard_names(keyspace)}
    serving = {name: shard for name, shard in shards.items() if shard.is_primary_serving}
    for cell in cells or topology.cell_names():
        record = srv_keyspace(serving, cell)
        store = topology.cell_store(cell)
        store.update(srv_keyspace_path(store, keyspace), record.SerializeToString())


def srv_keyspace(serving: dict[str, topodata.Shard], cell: str) -> topodata.SrvKeyspace:
    """The partitions of all serving shards."""
    if not serving:
        return topodata.SrvKeyspace()
    ordered = sorted(serving.items(), key=lambda item: (item[1].key_range.start, item[0]))
    references = [_reference(name, shard) for name, shard in ordered]
    partition = topodata.SrvKeyspace.KeyspacePartition
    for served in SERVED_TYPES:
        _check_contiguous(references, type_name(served), cell)
    return topodata.SrvKeyspace(
        partitions=[partition(served_type=served, shard_references=references) for served in SERVED_TYPES]
    )


def rebuild_srv_vschema(topology: Topology, cells: Sequence[str] = ()) -> None:
    """Write the SrvVSchema of those cells, or of all."""
    record = vschema.SrvVSchema()
    for keyspace in topology.keyspace_names():
        record.keyspaces[keyspace].CopyFrom(vschema_or_empty(topology, keyspace))
    for part in (record.routing_rules, record.shard_routing_rules, record.mirror_rules):
        part.SetInParent()
    for cell in cells or topology.cell_names():
        _save_srv_vschema(topology, cell, record)


def vschema_or_empty(topology: Topology, keyspace: str) -> vschema.Keyspace:
    """A keyspace's VSchema, or an empty one where none was written."""
    try:
        return topology.vschema(keyspace)
    except TopologyError as error:
        if error.reason is Reason.ABSENT:
            return vschema.Keyspace()
        raise


def _save_srv_vschema(topology: Topology, cell: str, record: vschema.SrvVSchema) -> None:
    store = topology.cell_store(cell)
    store.update(store.path("SrvVSchema"), record.SerializeToString(deterministic=True))


def _reference(name: str, shard: topodata.Shard) -> topodata.ShardReference:
    keys = shard.key_range if shard.HasField("key_range") else None
    return topodata.ShardReference(name=name, key_range=keys)


def _check_contiguous(references: Sequence[topodata.ShardReference], served: str, cell: str) -> None:
    if references[0].key_range.start:
        raise Refused(f"keyspace partition for {served} in cell {cell} does not start with min key")
    if references[-1].key_range.end:
        raise Refused(f"keyspace partition for {served} in cell {cell} does not end with max key")
    for index, (left, right) in enumerate(itertools.pairwise(references)):
        if left.HasField("key_range") and left.key_range.end != right.key_range.start:
            end, start = left.key_range.end.hex(), right.key_range.start.hex()
            raise Refused(
                f"non-contiguous KeyRange values for {served} in cell {cell} "
                f"at shard {index} to {index + 1}: {end} != {start}"
            )

"""Legacy commands about keyspaces and shards."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from vitessctl.rehearsal.topology import Reason, TopologyError
from vitessctl.rehearsal.topology_graph import rebuild_srv_vschema
from vitessctl.rehearsal.topology_names import ANY_NAME, Refused
from vitessctl.rehearsal.vtctld import keyspaces
from vitessctl.rehearsal.vtctld.legacy.job import Job, Work
from vitessctl.rehearsal.vtctld.legacy.records import go_fields, json_text, proto_json
from vitessctl.vtctld.proto import logutil_pb2 as logutil
from vitessctl.vtctld.proto import topodata_pb2 as topodata
from vitessctl.vtctld.proto import vtctldata_pb2 as pb

SERVED_TYPES: Final = (1, 2, 3)
SINCE_VSCHEMA: Final = "4.."
"""From here on a new keyspace gets an empty VSchema, and the cells hear of it."""
SIDECAR: Final = "_vt"


def create(job: Job) -> None:
    """CreateKeyspace"""
    name, topology = job.words[0], job.call.topology
    _refuse_unknown_kinds(job)
    record = topodata.Keyspace(
        durability_policy=job.text("durability-policy") or ("none" if job.release.within("14..") else ""),
        sidecar_db_name=job.text("sidecar-db-name") or (SIDECAR if job.release.has_sidecar_name else ""),
    )
    try:
        topology.create_keyspace(name, record, any_name=job.release.within(ANY_NAME))
    except Refused as error:
        raise Refused(f"CreateKeyspace: {error}: {error}") from None
    except TopologyError as error:
        if error.reason is not Reason.EXISTS or not job.true("force"):
            raise
        dash = "--force" if job.release.within("14..") else "-force"
        job.output.add(logutil.INFO, f"keyspace {name} already exists (ignoring error with {dash})")
    if job.release.within(SINCE_VSCHEMA):
        if not job.true("allow_empty_vschema"):
            keyspaces.ensure_vschema(topology, name)
        rebuild_srv_vschema(topology)


def _refuse_unknown_kinds(job: Job) -> None:
    """What a keyspace can be besides a plain one, and the stand-in has not."""
    for flag in ("keyspace_type", "base_keyspace", "snapshot_time", "sharding_column_name", "served_from"):
        if job.text(flag) not in ("", "NORMAL"):
            raise Refused(f"rehearsal: the stand-in for vtctld only makes plain keyspaces, without {flag}")


def delete(job: Job) -> None:
    """DeleteKeyspace"""
    name, recursive = job.words[0], job.true("recursive")
    if job.release.within("13.."):
        keyspaces.delete(job.call, pb.DeleteKeyspaceRequest(keyspace=name, recursive=recursive))
        return
    shards = job.call.shard_names(name)
    if shards and not recursive:
        raise Refused(f"keyspace {name} still has {len(shards)} shards; use -recursive or remove them manually")
    keyspaces.delete(job.call, pb.DeleteKeyspaceRequest(keyspace=name, recursive=recursive, force=True))


def get(job: Job) -> None:
    """GetKeyspace"""
    job.output.write(proto_json(job.call.topology.keyspace(job.words[0]), job.release))


def get_all(job: Job) -> None:
    """GetKeyspaces"""
    job.output.write("\n".join(job.call.topology.keyspace_names()) + "\n")


def rebuild(job: Job) -> None:
    """RebuildKeyspaceGraph"""
    for name in job.words:
        cells = job.list("cells") or _cells_of(job, name)
        if cells is not None:
            keyspaces.rebuild_graph(job.call, pb.RebuildKeyspaceGraphRequest(keyspace=name, cells=cells))


def _cells_of(job: Job, keyspace: str) -> list[str] | None:
    """The cells that are written: until 3 those that shards have tablets in, None for none; later all, []."""
    if not job.release.within("..3"):
        return []
    topology = job.call.topology
    tablets = [
        tablet
        for shard in job.call.shard_names(keyspace)
        for tablet in topology.tablets_of_shard(keyspace, shard).values()
    ]
    return sorted({tablet.alias.cell for tablet in tablets}) or None


def find_shards(job: Job) -> None:
    """FindAllShardsInKeyspace: in Go's own JSON, which leaves out what is empty."""
    keyspace = job.words[0]
    found = keyspaces.find_shards(job.call, pb.FindAllShardsInKeyspaceRequest(keyspace=keyspace)).shards
    shown = {
        name: go_fields(found[name].shard, job.release, _old_fields(job, keyspace, name, found[name].shard))
        for name in sorted(found)
    }
    job.output.write(json_text(shown))


def create_shard(job: Job) -> None:
    """CreateShard"""
    keyspace, shard = job.shard(job.words[0])
    if job.true("parent"):
        try:
            job.call.topology.create_keyspace(keyspace, topodata.Keyspace(), any_name=job.release.within(ANY_NAME))
        except TopologyError as error:
            if error.reason is not Reason.EXISTS:
                raise
    request = pb.CreateShardRequest(keyspace=keyspace, shard_name=shard, force=job.true("force"))
    keyspaces.create_shard(job.call, request)


def get_shard(job: Job) -> None:
    """GetShard"""
    keyspace, shard = job.shard(job.words[0])
    record = job.call.topology.shard(keyspace, shard)
    job.output.write(proto_json(record, job.release, _old_fields(job, keyspace, shard, record)))


def delete_shards(job: Job) -> None:
    """DeleteShard: one that is not there is passed over."""
    for word in job.words:
        keyspace, shard = job.shard(word)
        try:
            _delete_shard(job, keyspace, shard)
        except TopologyError as error:
            if error.reason is not Reason.ABSENT:
                raise
            job.output.add(logutil.INFO, f"Shard {keyspace}/{shard} doesn't exist, skipping it")


def _delete_shard(job: Job, keyspace: str, shard: str) -> None:
    record = job.call.topology.shard(keyspace, shard)
    if _is_serving(job, keyspace, record) and not job.true("even_if_serving"):
        hint = "use even_if_serving flag if needed"
        raise Refused(f"shard {keyspace}/{shard} is still serving, cannot delete it, {hint}")
    tablets = job.call.topology.tablets_of_shard(keyspace, shard)
    if tablets and not job.true("recursive"):
        cell = min(tablet.alias.cell for tablet in tablets.values())
        count = sum(tablet.alias.cell == cell for tablet in tablets.values())
        dash = "--recursive" if job.release.within("14..") else "-recursive"
        hint = f"use {dash} or remove them manually"
        raise Refused(f"shard {keyspace}/{shard} still has {count} tablets in cell {cell}; {hint}")
    keyspaces.delete_shard(job.call.topology, keyspace, shard)


def _is_serving(job: Job, keyspace: str, record: topodata.Shard) -> bool:
    """Until 3 the record says so; after that the cells' serving graphs do."""
    if job.release.within("..3"):
        return record.is_primary_serving
    request = pb.GetSrvKeyspacesRequest(keyspace=keyspace)
    found = keyspaces.get_srv(job.call, request).srv_keyspaces.values()
    return record.is_primary_serving and any(srv.partitions for srv in found)


def _old_fields(job: Job, keyspace: str, shard: str, record: topodata.Shard) -> dict[str, Any]:
    """What a shard's record had until 3: the types it serves, the cells that it has tablets in."""
    if not job.release.within("..3"):
        return {}
    tablets = job.call.topology.tablets_of_shard(keyspace, shard).values()
    kinds = SERVED_TYPES if record.is_primary_serving else ()
    served = [{"tablet_type": kind, "cells": []} for kind in kinds]
    return {"SERVED": served, "CELLS": sorted({tablet.alias.cell for tablet in tablets})}


def get_srv(job: Job) -> None:
    """GetSrvKeyspace"""
    cell, keyspace = job.words
    job.output.write(proto_json(job.call.topology.srv_keyspace(cell, keyspace), job.release))


COMMANDS: Final[Mapping[str, Work]] = {
    "CreateKeyspace": create,
    "DeleteKeyspace": delete,
    "GetKeyspace": get,
    "GetKeyspaces": get_all,
    "RebuildKeyspaceGraph": rebuild,
    "FindAllShardsInKeyspace": find_shards,
    "CreateShard": create_shard,
    "GetShard": get_shard,
    "DeleteShard": delete_shards,
    "GetSrvKeyspace": get_srv,
}

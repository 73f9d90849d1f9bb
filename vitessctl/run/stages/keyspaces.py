"""Keyspaces and their shards, before any tablet.

A vttablet that starts first makes the keyspace itself, without a durability policy, and vtorc then ignores
it for ever (measured on Vitess 24).
"""

from __future__ import annotations

from collections.abc import Iterator

from vitessctl.model.cluster import Keyspace
from vitessctl.run.context import Context
from vitessctl.run.stage import Stage
from vitessctl.targets.base import Verdict
from vitessctl.vtctld.records import KeyspaceRecord


def converge(context: Context) -> Verdict:
    """Creates what is missing and sets a durability policy that differs."""
    for keyspace in context.cluster.keyspaces:
        _converge_keyspace(context, keyspace)
        _create_missing_shards(context, keyspace)
    if _unpublished(context):
        context.vtctld.publish_vschemas()
        context.acted("keyspaces", "made the keyspaces known to the vtgates", True)
    return Verdict.done(", ".join(f"{ks.name} ({ks.durability})" for ks in context.cluster.keyspaces))


def foresee(context: Context) -> Iterator[str]:
    """Each keyspace and shard that is missing, each durability policy that differs."""
    found = {keyspace.name: keyspace for keyspace in context.vtctld.keyspaces()}
    for keyspace in context.cluster.keyspaces:
        record = found.get(keyspace.name)
        shards = {shard.name for shard in context.vtctld.shards(keyspace.name)} if record else set()
        if record is None:
            yield f"create keyspace {keyspace.name}{_with_durability(context, keyspace)}"
        elif _durability_differs(record, keyspace):
            yield f"set durability of {keyspace.name}: {record.durability or 'none set'} becomes {keyspace.durability}"
        for shard in keyspace.shards:
            if shard.name not in shards:
                yield f"create shard {shard.path}"
    if _unpublished(context):
        yield "make the keyspaces known to the vtgates"


def _converge_keyspace(context: Context, keyspace: Keyspace) -> None:
    found = context.vtctld.keyspace(keyspace.name)
    if found is None:
        record = KeyspaceRecord(keyspace.name, keyspace.durability, keyspace.sidecar_database)
        context.vtctld.create_keyspace(record)
        context.acted("keyspaces", f"created keyspace {keyspace.name}{_with_durability(context, keyspace)}", True)
    elif _durability_differs(found, keyspace):
        context.vtctld.set_durability(keyspace.name, keyspace.durability)
        change = f"{found.durability or 'none set'} is now {keyspace.durability}"
        context.acted("keyspaces", f"durability of {keyspace.name}: {change}", True)


def _with_durability(context: Context, keyspace: Keyspace) -> str:
    """What is said of a new one; nothing where flags of its tablets decide that."""
    return f" with durability {keyspace.durability}" if context.release.durability_mechanism == "record" else ""


def _durability_differs(record: KeyspaceRecord, keyspace: Keyspace) -> bool:
    """Until 13 the record has no place for it: a flag of the tablets decides."""
    return record.durability not in (None, keyspace.durability)


def _unpublished(context: Context) -> bool:
    """Whether the vtgates of some cell do not know of some keyspace, which until 3 they are told only on demand."""
    if context.release.publishes_keyspaces:
        return False
    wanted = {keyspace.name for keyspace in context.cluster.keyspaces}
    return any(wanted - set(context.vtctld.served_keyspaces(cell.name)) for cell in context.cluster.cells)


def _create_missing_shards(context: Context, keyspace: Keyspace) -> None:
    found = {shard.name for shard in context.vtctld.shards(keyspace.name)}
    for shard in keyspace.shards:
        if shard.name not in found:
            context.vtctld.create_shard(keyspace.name, shard.name)
            context.acted("keyspaces", f"created shard {shard.path}", True)


STAGE = Stage("keyspaces", ("cells",), "the keyspaces", converge, foresee=foresee)

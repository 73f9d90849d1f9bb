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
    return Verdict.done(", ".join(f"{ks.name} ({ks.durability})" for ks in context.cluster.keyspaces))


def foresee(context: Context) -> Iterator[str]:
    """Each keyspace and shard that is missing, each durability policy that differs."""
    found = {keyspace.name: keyspace for keyspace in context.vtctld.keyspaces()}
    for keyspace in context.cluster.keyspaces:
        record = found.get(keyspace.name)
        shards = {shard.name for shard in context.vtctld.shards(keyspace.name)} if record else set()
        if record is None:
            yield f"create keyspace {keyspace.name} with durability {keyspace.durability}"
        elif record.durability != keyspace.durability:
            yield f"set durability of {keyspace.name}: {record.durability or 'none set'} becomes {keyspace.durability}"
        for shard in keyspace.shards:
            if shard.name not in shards:
                yield f"create shard {shard.path}"


def _converge_keyspace(context: Context, keyspace: Keyspace) -> None:
    found = context.vtctld.keyspace(keyspace.name)
    if found is None:
        record = KeyspaceRecord(keyspace.name, keyspace.durability, keyspace.sidecar_database)
        context.vtctld.create_keyspace(record)
        context.acted("keyspaces", f"created keyspace {keyspace.name} with durability {keyspace.durability}", True)
    elif found.durability != keyspace.durability:
        context.vtctld.set_durability(keyspace.name, keyspace.durability)
        change = f"{found.durability or 'none set'} is now {keyspace.durability}"
        context.acted("keyspaces", f"durability of {keyspace.name}: {change}", True)


def _create_missing_shards(context: Context, keyspace: Keyspace) -> None:
    found = {shard.name for shard in context.vtctld.shards(keyspace.name)}
    for shard in keyspace.shards:
        if shard.name not in found:
            context.vtctld.create_shard(keyspace.name, shard.name)
            context.acted("keyspaces", f"created shard {shard.path}", True)


STAGE = Stage("keyspaces", ("cells",), "the keyspaces", converge, foresee=foresee)

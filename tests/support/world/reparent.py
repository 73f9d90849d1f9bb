"""Making a tablet the primary of its shard, which vtctld does for a caller and vtorc by itself."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.support.world.mysql import Gtid
from vitessctl.vtctld.records import ShardRecord

if TYPE_CHECKING:
    from tests.support.world.world import World


def candidates(world: World, shard: ShardRecord) -> list[str]:
    """Tablets that could lead: of type replica (or primary), and alive."""
    records = world.topology.of_shard(shard.keyspace, shard.name)
    return [r.alias for r in records if r.type in ("replica", "primary", "unknown") and world.healthy(r.alias)]


def most_advanced(world: World, shard: ShardRecord) -> str:
    """The candidate that lacks nothing that another living one has; "" if there is none."""
    for alias in candidates(world, shard):
        if all(world.mysqlds[alias].executed >= world.mysqlds[other].executed for other in _living(world, shard)):
            return alias
    return ""


def promote(world: World, actor: str, shard: ShardRecord, alias: str) -> None:
    """Change records and replication. The caller has made sure that the tablet has everything."""
    living = [world.mysqlds[alias].executed for alias in _living(world, shard)]
    lost = set[Gtid]().union(*living) - world.mysqlds[alias].executed
    if lost:
        world.crimes.append(f"{actor} made {alias} primary, which lacks {len(lost)} transactions")
    world.elections.append((actor, alias))
    world.mysqlds[alias].lead()
    for record in world.topology.of_shard(shard.keyspace, shard.name):
        _follow(world, shard, record.alias, alias)
    leader = world.topology.tablets[alias]
    world.topology.tablets[alias] = replace(leader, type="primary", primary_term_start=1.0 + world.now)
    world.topology.shards[shard.keyspace, shard.name] = replace(shard, primary=alias, serving=True)


def _living(world: World, shard: ShardRecord) -> list[str]:
    return [r.alias for r in world.topology.of_shard(shard.keyspace, shard.name) if world.healthy(r.alias)]


def _follow(world: World, shard: ShardRecord, alias: str, primary: str) -> None:
    """Others copy from the new primary; one whose threads were stopped stays stopped, a new one is started."""
    if alias == primary:
        return
    record = world.topology.tablets[alias]
    if world.healthy(alias):
        mysqld = world.mysqlds[alias]
        mysqld.follow(primary, start=mysqld.replicating or not mysqld.source)
    if record.type == "primary":
        world.topology.tablets[alias] = replace(record, type="replica" if world.tablet_up(alias) else "unknown")

"""vtorc: what it repairs, after how long, and what it does not see."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.world import reparent
from vitessctl.vtctld.records import ShardRecord

if TYPE_CHECKING:
    from tests.support.world.world import World


def discovered(world: World, cell: str) -> bool:
    """Whether a cell's vtorc has finished its first look."""
    process = world.processes.get(("vtorc", cell))
    return process is not None and process.up and world.now >= process.ready_at + world.times.vtorc_discovery


def work(world: World) -> None:
    """One look at every shard; a keyspace without durability policy is ignored for ever."""
    cells = [subject for component, subject in world.processes if component == "vtorc"]
    if not world.etcd_up or not any(discovered(world, cell) for cell in cells):
        world.troubles.clear()
        return
    for shard in list(world.topology.shards.values()):
        if world.topology.keyspaces[shard.keyspace].durability:
            _look(world, shard)


def _look(world: World, shard: ShardRecord) -> None:
    path = f"{shard.keyspace}/{shard.name}"
    if not shard.primary:
        candidate = reparent.most_advanced(world, shard)
        if candidate and _lasted(world, f"{path} no primary", candidate != "", world.times.vtorc_repair):
            reparent.promote(world, "vtorc", shard, candidate)
    elif not world.mysql_up(shard.primary):
        candidate = reparent.most_advanced(world, shard)
        if _lasted(world, f"{path} dead primary", bool(candidate), world.times.vtorc_failover):
            reparent.promote(world, "vtorc", shard, candidate)
    elif world.tablet_up(shard.primary):
        _repair_living(world, shard)
    # A dead vttablet whose MySQL lives is UnreachablePrimary: vtorc does nothing about it.


def _repair_living(world: World, shard: ShardRecord) -> None:
    leader = world.mysqlds[shard.primary]
    if _lasted(world, f"{shard.primary} read-only", leader.read_only, world.times.vtorc_repair):
        leader.make_writable()
    for record in world.topology.of_shard(shard.keyspace, shard.name):
        if record.alias == shard.primary or not world.healthy(record.alias):
            continue
        mysqld = world.mysqlds[record.alias]
        ill = mysqld.source != shard.primary or not (mysqld.replicating or mysqld.io_error)
        if _lasted(world, f"{record.alias} not replicating", ill, world.times.vtorc_repair):
            mysqld.follow(shard.primary, start=True)


def _lasted(world: World, trouble: str, there: bool, seconds: float) -> bool:
    if not there:
        world.troubles.pop(trouble, None)
        return False
    since = world.troubles.setdefault(trouble, world.now)
    if world.now - since < seconds:
        return False
    del world.troubles[trouble]
    return True

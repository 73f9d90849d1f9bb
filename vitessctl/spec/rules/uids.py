"""Tablet UIDs: one tablet, one number, in the whole cluster.

The numbers follow from names, so two of them can meet by chance; and a person can choose them.
"""

from __future__ import annotations

from collections.abc import Iterator, Set

from vitessctl.model.naming import LOCAL_TABLET_SLOTS, TABLETS_PER_BLOCK, tablet_alias
from vitessctl.spec.node import Path
from vitessctl.spec.rules.finding import Finding, finding
from vitessctl.spec.view import KeyspaceView, PoolView, View
from vitessctl.spec.words import did_you_mean, listed


def uids_name_every_shard(view: View) -> Iterator[Finding]:
    """A chosen UID is for one shard; several shards need one each, by name."""
    for keyspace in view.keyspaces:
        for pool in keyspace.pools:
            yield from _names_every_shard(view, keyspace, pool)


def _names_every_shard(view: View, keyspace: KeyspaceView, pool: PoolView) -> Iterator[Finding]:
    shards = [shard.name for shard in keyspace.shards]
    path = (*pool.path, "uid")
    if isinstance(pool.uid, int) and len(shards) > 1:
        yield finding(
            view,
            path,
            f"one uid is not enough for the {len(shards)} shards of {keyspace.name}",
            why="counting on from shard to shard would renumber tablets when shards change",
            fix=f'name each shard: uid: {{"{shards[0]}": {pool.uid}, "{shards[1]}": {pool.uid + 100}}}',
        )
    if pool.uid is None or isinstance(pool.uid, int):
        return
    for name in pool.uid:
        if name not in shards:
            what = f"{keyspace.name} has no shard {name}"
            why = f"its shards are {listed(shards, 'and')}"
            yield finding(view, (*path, name), what, why, did_you_mean(name, shards), at_key=True)
    missing = [name for name in shards if name not in pool.uid]
    if missing:
        yield finding(view, path, f"uid says nothing for shard {listed(missing, 'and')}", fix="add them to the map")


def uids_do_not_collide(view: View) -> Iterator[Finding]:
    """MySQL's server id is the UID, so it is unique across cells as well."""
    owners: dict[int, tuple[PoolView, str]] = {}
    reported: set[tuple[Path, Path]] = set()
    every = list(tablets_of(view))
    for pool, shard, uid in every:
        owner, owners_shard = owners.setdefault(uid, (pool, shard))
        known = _is_one_uid(owner, pool, owners_shard == shard) or _are_alike(owner, pool)
        if known or (owner.path, pool.path) in reported:
            continue
        reported.add((owner.path, pool.path))
        yield finding(
            view,
            (*pool.path, "uid"),
            f"UID {uid} is taken twice",
            why=f"by {tablet_alias(owner.cell, uid)} of {owner.keyspace}/{owners_shard} "
            f"and by {tablet_alias(pool.cell, uid)} of {pool.keyspace}/{shard}",
            fix=f"give this pool another uid:, such as {free_uid({uid for _, _, uid in every}, pool.tablets)}",
        )


def _is_one_uid(one: PoolView, other: PoolView, same_shard: bool) -> bool:
    """Whether it is the tablet itself, or one uid for several shards, which another rule reports."""
    return one.path == other.path and (same_shard or isinstance(one.uid, int))


def _are_alike(one: PoolView, other: PoolView) -> bool:
    """Whether two pools are the same by cell, type and name, which another rule reports."""
    return one.path != other.path and other.uid is None and _identity(one) == _identity(other)


def _identity(pool: PoolView) -> tuple[str, ...]:
    return pool.keyspace, pool.cell, pool.type, pool.name


def tablets_of(view: View) -> Iterator[tuple[PoolView, str, int]]:
    """Every tablet: its pool, its shard, its UID. Those whose UID is not decided are left out."""
    for keyspace in view.keyspaces:
        for shard in keyspace.shards:
            for pool in keyspace.pools:
                first = pool.first_uid(shard.name)
                if first is not None:
                    yield from ((pool, shard.name, first + index) for index in range(pool.tablets))


def free_uid(taken: Set[int], tablets: int) -> int:
    """The first hundred below 5000 in which nobody is; there the UID is also the place of the ports."""
    firsts = range(TABLETS_PER_BLOCK, LOCAL_TABLET_SLOTS, TABLETS_PER_BLOCK)
    return next((first for first in firsts if taken.isdisjoint(range(first, first + tablets))), LOCAL_TABLET_SLOTS)

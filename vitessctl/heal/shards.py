"""Which shards a person means by `commerce` or `commerce/-80`."""

from __future__ import annotations

from vitessctl.errors import UsageError
from vitessctl.model.cluster import Cluster, Shard
from vitessctl.model.naming import tablet_alias
from vitessctl.spec.words import did_you_mean


def chosen_shards(cluster: Cluster, word: str) -> tuple[Shard, ...]:
    """The shards of a keyspace, or the one shard, or all where `word` is empty. UsageError if there are none."""
    every = tuple(cluster.shards())
    found = tuple(shard for shard in every if word in ("", shard.keyspace, shard.path))
    if not found:
        raise _unknown(word, [keyspace.name for keyspace in cluster.keyspaces] + [shard.path for shard in every])
    return found


def chosen_shard(cluster: Cluster, word: str) -> Shard:
    """The one shard that is meant: a keyspace stands for its shard if it has but one. UsageError otherwise."""
    found = chosen_shards(cluster, word)
    if len(found) > 1:
        raise UsageError(
            f"{word} has {len(found)} shards",
            why="this is done to one shard at a time",
            fix=f"name one: {', '.join(shard.path for shard in found)}",
        )
    return found[0]


def _unknown(word: str, known: list[str]) -> UsageError:
    return UsageError(
        f"the spec has no keyspace or shard {word}",
        why=f"it has {', '.join(known)}",
        fix=did_you_mean(word, known) or "name one of them, as KEYSPACE or KEYSPACE/SHARD",
    )


def tablet_alias_of(word: str) -> str:
    """The alias in its long form of `zone1-101` or `zone1-0000000101`. UsageError if it is none."""
    cell, _, uid = word.rpartition("-")
    if not cell or not (uid.isascii() and uid.isdigit()):
        raise UsageError(f"{word} is no tablet alias", fix="an alias is a cell, a dash and a number: zone1-0000000100")
    return tablet_alias(cell, int(uid))

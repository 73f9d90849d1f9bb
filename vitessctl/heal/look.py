"""One look at the tablets of some shards, also at those that are in the topology and not in the spec.

It is bounded in time whatever the tablets do: one whose own port is closed or silent is not asked through vtctld, where
that call would only hang.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from vitessctl.errors import NotReadyError
from vitessctl.model.cluster import Cluster, Keyspace, Shard, Tablet
from vitessctl.run.context import Context
from vitessctl.status.observe import observe
from vitessctl.status.observed import Observed, SeenTablet
from vitessctl.vtctld.records import ShardRecord, TabletRecord

NOTHING = SeenTablet(None, None, "is not in the topology")


@dataclass(frozen=True)
class SeenShard:
    """A shard as it was found."""

    shard: Shard
    """Of the spec, and behind its tablets those that only the topology has."""
    record: ShardRecord | None
    durability: str
    """The policy that counts: the record's where the release keeps it there, else the spec's."""
    records: Mapping[str, TabletRecord]
    """By alias."""
    tablets: Mapping[str, SeenTablet]
    """By alias; every tablet of `shard` is there."""

    @property
    def primary(self) -> str:
        """The alias that the shard's record names, "" for none."""
        return self.record.primary if self.record else ""

    def answers(self, alias: str) -> bool:
        """Whether a tablet and its MySQL said what they hold."""
        seen = self.tablets.get(alias)
        return seen is not None and seen.full_status is not None


def look(context: Context, shards: Sequence[Shard]) -> tuple[SeenShard, ...]:
    """See the shards. Raises VtctldError where vtctld does not answer; of tablets nothing is raised."""
    recorded = context.vtctld.tablets()
    wider = [_with_strangers(shard, recorded) for shard in shards]
    narrow = replace(context, cluster=_narrowed(context.cluster, wider), documents=(), connect=lambda: context.vtctld)
    observed = observe(narrow)
    if observed.topology_error:
        raise NotReadyError("the topology cannot be read", where=context.cluster.name, why=observed.topology_error)
    return tuple(_seen(context.cluster, shard, observed) for shard in wider)


def _with_strangers(shard: Shard, recorded: Iterable[TabletRecord]) -> Shard:
    known = {tablet.alias for tablet in shard.tablets}
    strangers = [
        record
        for record in recorded
        if (record.keyspace, record.shard) == (shard.keyspace, shard.name) and record.alias not in known
    ]
    return replace(shard, tablets=(*shard.tablets, *map(_tablet_of, strangers)))


def _tablet_of(record: TabletRecord) -> Tablet:
    cell, _, uid = record.alias.rpartition("-")
    type_ = "rdonly" if record.type == "rdonly" else "replica"
    return Tablet(cell, int(uid), record.keyspace, record.shard, type_, 0, "")


def _narrowed(cluster: Cluster, shards: Sequence[Shard]) -> Cluster:
    """The cluster as if it had only these shards, and no vtgate to ask."""
    keyspaces = [_only(keyspace, shards) for keyspace in cluster.keyspaces]
    return replace(cluster, cells=(), keyspaces=tuple(keyspace for keyspace in keyspaces if keyspace.shards))


def _only(keyspace: Keyspace, shards: Sequence[Shard]) -> Keyspace:
    return replace(keyspace, shards=tuple(shard for shard in shards if shard.keyspace == keyspace.name))


def _seen(cluster: Cluster, shard: Shard, observed: Observed) -> SeenShard:
    keyspace = observed.keyspaces.get(shard.keyspace)
    recorded = keyspace.durability if keyspace else None
    aliases = [tablet.alias for tablet in shard.tablets]
    return SeenShard(
        shard=shard,
        record=observed.shards.get((shard.keyspace, shard.name)),
        durability=cluster.keyspace(shard.keyspace).durability if recorded is None else recorded or "none",
        records={alias: observed.records[alias] for alias in aliases if alias in observed.records},
        tablets={alias: observed.tablets.get(alias, NOTHING) for alias in aliases},
    )

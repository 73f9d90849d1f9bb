"""What vtorc sees: the shards that it looks after, and what each of their tablets says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from vitessctl.rehearsal.servenv.times import seconds
from vitessctl.rehearsal.tablet_rpc import FullStatus
from vitessctl.rehearsal.topology_names import alias_text
from vitessctl.rehearsal.topology_records import Topology, by_shard
from vitessctl.rehearsal.vtctld.durability import POLICIES, Policy
from vitessctl.rehearsal.vtctld.reparent import current_primary
from vitessctl.rehearsal.vtctld.tablets import Tablets, ask_all
from vitessctl.vtctld.proto import topodata_pb2 as topodata


@dataclass(frozen=True)
class ShardView:
    """One shard at one moment."""

    keyspace: str
    name: str
    record: topodata.Shard
    policy: Policy
    tablets: Mapping[str, topodata.Tablet]
    statuses: Mapping[str, FullStatus]
    """What the tablets said; those that did not answer, or whose MySQL did not, are missing."""

    @property
    def primary(self) -> topodata.Tablet | None:
        """The tablet that is primary by its record."""
        return current_primary(self.tablets)

    def replicas(self) -> dict[str, topodata.Tablet]:
        """All tablets but the primary that are meant to replicate."""
        primary = self.primary
        kinds = (topodata.REPLICA, topodata.RDONLY, topodata.SPARE)
        stale = (topodata.PRIMARY,)
        return {
            alias: tablet
            for alias, tablet in self.tablets.items()
            if tablet.type in kinds + stale and (primary is None or tablet.alias != primary.alias)
        }


def watched(keyspace: str, shard: str, clusters: Iterable[str]) -> bool:
    """Whether --clusters-to-watch (keyspaces, or keyspace/shard) names a shard; nothing means all."""
    wanted = tuple(clusters)
    return not wanted or keyspace in wanted or f"{keyspace}/{shard}" in wanted


def read_shards(topology: Topology, clusters: Iterable[str]) -> Iterator[ShardView]:
    """All watched shards of keyspaces that have a durability policy, without statuses."""
    found = topology.everything()
    tablets = by_shard(found.tablets)
    wanted = tuple(clusters)
    for (keyspace, shard), record in sorted(found.shards.items()):
        policy = POLICIES.get(found.keyspaces[keyspace].durability_policy) if keyspace in found.keyspaces else None
        if policy is not None and watched(keyspace, shard, wanted):
            mine = {alias_text(tablet.alias): tablet for tablet in tablets.get((keyspace, shard), [])}
            yield ShardView(keyspace, shard, record, policy, mine, {})


def read_shard(topology: Topology, view: ShardView) -> ShardView:
    """The same shard as it is now, without statuses."""
    found = topology.tablets_of_shard(view.keyspace, view.name)
    record = topology.shard(view.keyspace, view.name)
    return ShardView(view.keyspace, view.name, record, view.policy, found, {})


def ask(view: ShardView, tablets: Tablets) -> ShardView:
    """The shard with what its tablets say now."""
    patience = seconds("vtorc_tablet_call")
    answers = ask_all(view.tablets, lambda alias, tablet: tablets.client(tablet, patience, wait=False).full_status())
    return ShardView(view.keyspace, view.name, view.record, view.policy, view.tablets, answers.values)

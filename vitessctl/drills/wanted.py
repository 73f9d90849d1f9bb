"""A drill that is about to be done, and what a person should know before. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from vitessctl.drills.catalogue import Drill, Whom
from vitessctl.drills.healing import Key, keys
from vitessctl.drills.victims import NotHealthy, node_of, victims
from vitessctl.model.cluster import Cluster, Shard
from vitessctl.model.durability import acknowledgers
from vitessctl.releases import Release
from vitessctl.status.observed import Observed
from vitessctl.status.report import Status
from vitessctl.targets.base import ComponentStatus, Force

TABLE = "vitessctl_drill"


@dataclass(frozen=True)
class Wanted:
    """A drill on a shard."""

    drill: Drill
    target: str
    shard: Shard
    table: str
    """Made for this drill alone."""
    primary: str
    """The alias of the shard's."""
    victims: tuple[ComponentStatus, ...]
    lives: frozenset[str]
    """Of everything that ran before."""
    known: frozenset[Key]
    """What was wrong before."""
    seconds: float
    """How long healing may take."""
    notes: tuple[str, ...] = ()

    asks_replicas: bool = True
    """Whether vtgate of this release reads at replicas for MySQL clients."""

    @property
    def has_replicas(self) -> bool:
        """Whether the shard has replicas, beside its primary."""
        return any(tablet.type == "replica" and tablet.alias != self.primary for tablet in self.shard.tablets)


def wanted(
    cluster: Cluster,
    release: Release,
    drill: Drill,
    shard: Shard,
    seen: tuple[Observed, Status],
    node: str = "",
    anyway: bool = False,
) -> Wanted:
    """The drill as it would be done now. Raises NotHealthy (not with `anyway`) and NobodyToHit."""
    observed, status = seen
    if not status.ready and not anyway:
        raise NotHealthy(status)
    record = observed.shards.get((shard.keyspace, shard.name))
    primary = record.primary if record else ""
    hit = victims(drill, observed.components, shard, primary, node)
    lives = frozenset(each.life for each in observed.components)
    made = Wanted(drill, status.target, shard, TABLE, primary, hit, lives, keys(status.findings), 0.0)
    recorded = observed.keyspaces.get(shard.keyspace)
    durability = (
        recorded.durability if recorded and recorded.durability else cluster.keyspace(shard.keyspace).durability
    )
    where = node or node_of(observed.components, primary)
    return replace(
        made,
        asks_replicas=release.mysql_target_has_type,
        notes=tuple(_notes(cluster, release, made, durability, where)),
    )


def _notes(cluster: Cluster, release: Release, made: Wanted, durability: str, node: str) -> Iterator[str]:
    drill = made.drill
    if cluster.keyspace(made.shard.keyspace).sharded:
        yield f"rows are written to {made.shard.path} alone, straight to that shard"
    if made.has_replicas and not release.mysql_target_has_type:
        yield f"nobody reads at replicas, as vtgate of Vitess {release.name} does so for no MySQL client"
    if drill.ends_primary and not release.has_vtorc:
        yield (
            f"Vitess {release.name} has no vtorc: nobody promotes a replica, so writes wait until the killed primary "
            "is back; in an emergency, vitessctl reparent promotes one"
        )
    if drill.ends_primary and release.has_vtorc and not acknowledgers(durability, made.primary, made.shard.tablets):
        yield (
            f"with durability {durability} nobody confirms a write before it is acknowledged: if a replica is "
            "promoted, rows that it had not yet copied are lost"
        )
    if drill.whom is Whom.NODE:
        yield (
            f"node {node} is not cordoned, as that is a right over the whole of Kubernetes that vitessctl does not ask "
            f"for: pods may come back on it; before it, kubectl cordon {node} sends them elsewhere"
        )
    if drill.force is Force.EVICT and not made.has_replicas:
        yield "the shard has no other tablet, so writes and reads stop while it moves"

"""What a tablet's pod asks vtctld by itself: whether its keyspace is there, and to make another tablet primary."""

from __future__ import annotations

from vitessctl import releases
from vitessctl.model.cluster import Cluster, Tablet
from vitessctl.render.layout_kubernetes import KubernetesLayout

STOP_LIMIT = "6"
"""Seconds that a planned reparent may hold up the stop of a tablet. It takes about one (measured with Vitess 24)."""
REPLICAS_LIMIT = "4s"
"""How long the reparent itself waits for the replicas: shorter, so that it can undo what it began."""


def waiting(tablet: Tablet, layout: KubernetesLayout) -> tuple[str, ...]:
    """The mark that ends the waiting for the keyspace, then the command that succeeds when it is there."""
    if not layout.admin_client:
        return ()
    return (layout.keyspace_mark(tablet), *layout.admin_command("GetKeyspace", tablet.keyspace))


def before_stop(cluster: Cluster, tablet: Tablet, layout: KubernetesLayout) -> tuple[str, ...]:
    """The command that gives a primary's role away; empty where no other tablet can take it."""
    words = releases.get(cluster.release).reparent_away
    shards = cluster.keyspace(tablet.keyspace).shards
    (shard,) = (each for each in shards if each.name == tablet.shard)
    candidates = [each for each in shard.tablets if each.type == "replica"]
    if not words or tablet not in candidates or len(candidates) < 2:
        return ()
    known = {"{shard}": shard.path, "{alias}": tablet.alias, "{wait}": REPLICAS_LIMIT}
    return ("timeout", STOP_LIMIT, *layout.admin_command(*(_filled(word, known) for word in words)))


def _filled(word: str, known: dict[str, str]) -> str:
    for placeholder, value in known.items():
        word = word.replace(placeholder, value)
    return word

"""What a tablet's pod asks vtctld by itself: whether it may start, and to make another tablet primary.

`GetShard` prints JSON in every release: `"primary_alias": {"cell": "zone1", "uid": 100}`, up to 11
`master_alias`; the space around it differs.
"""

from __future__ import annotations

from vitessctl import releases
from vitessctl.model.cluster import Cluster, Tablet
from vitessctl.render.layout_kubernetes import KubernetesLayout

STOP_LIMIT = "6"
"""Seconds that a planned reparent may hold up the stop of a tablet. It takes about one (measured with Vitess 24)."""
REPLICAS_LIMIT = "4s"
"""How long the reparent itself waits for the replicas: shorter, so that it can undo what it began."""


def waiting(cluster: Cluster, tablet: Tablet, layout: KubernetesLayout) -> tuple[str, ...]:
    """The words of the container that waits: the mark that ends it, the keyspace, the shard, what the shard's record
    says without spaces while this tablet is its primary, and the command that asks vtctld.
    """
    field = f"{releases.get(cluster.release_of('vttablet')).primary_type}_alias"
    primary = f'"{field}":{{"cell":"{tablet.cell}","uid":{tablet.uid}}}'
    shard = f"{tablet.keyspace}/{tablet.shard}"
    return (layout.keyspace_mark(tablet), tablet.keyspace, shard, primary, *layout.admin_command())


def before_stop(cluster: Cluster, tablet: Tablet, layout: KubernetesLayout) -> tuple[str, ...]:
    """The command that gives a primary's role away; empty where no other tablet can take it."""
    words = releases.get(cluster.release_of("vttablet")).reparent_away
    shard = cluster.keyspace(tablet.keyspace).shard(tablet.shard)
    candidates = [each for each in shard.tablets if each.type == "replica"]
    if tablet not in candidates or len(candidates) < 2:
        return ()
    known = {"{shard}": shard.path, "{alias}": tablet.alias, "{wait}": REPLICAS_LIMIT}
    return ("timeout", STOP_LIMIT, *layout.admin_command(*(_filled(word, known) for word in words)))


def _filled(word: str, known: dict[str, str]) -> str:
    for placeholder, value in known.items():
        word = word.replace(placeholder, value)
    return word

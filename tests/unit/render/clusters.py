"""Clusters to render in tests, as the spec would make them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from vitessctl import releases
from vitessctl.model.cluster import (
    COMPONENTS,
    Cell,
    Cluster,
    Keyspace,
    Shard,
    Tablet,
    Topology,
    User,
    Vtgate,
)
from vitessctl.model.keyrange import KeyRange, equal_parts
from vitessctl.model.naming import tablet_block


def images(release: str) -> Mapping[str, str]:
    """The public images of a release for every component."""
    known = releases.get(release).default_images if release in releases.names() else {}
    vitess = f"vitess/lite:v{release}"
    return {component: known.get(component, vitess) for component in COMPONENTS}


def minimal(release: str = "24", **changes: Any) -> Cluster:
    """One cell, one keyspace of one shard, three replicas with the UIDs 100 to 102."""
    tablets = tuple(Tablet("zone1", 100 + index, "messages", "0", "replica", index, "10Gi") for index in range(3))
    cluster = Cluster(
        name="guestbook",
        namespace="guestbook",
        release=release,
        images=images(release),
        topology=Topology(),
        cells=(Cell("zone1", root="/vitess/zone1"),),
        keyspaces=(Keyspace("messages", "semi_sync", (Shard("messages", "0", KeyRange("", ""), tablets),)),),
    )
    return replace(cluster, **changes)


def production(release: str = "24") -> Cluster:
    """Two cells in two zones, three etcd members, two shards with rdonly tablets, users, resources, flags."""
    shards = tuple(
        Shard(
            "commerce",
            str(part),
            part,
            (
                *pool("zone1", "commerce", str(part), "replica", 2),
                *pool("zone2", "commerce", str(part), "replica", 1),
                *pool("zone2", "commerce", str(part), "rdonly", 1),
            ),
        )
        for part in equal_parts(2)
    )
    return Cluster(
        name="shop",
        namespace="shop-live",
        release=release,
        images={**images(release), "vtgate": "registry.local:5000/db/vtgate@sha256:00ff"},
        topology=Topology(members=3, storage="2Gi", storage_class="fast"),
        cells=(
            Cell("zone1", "eu-west-1a", "/vitess/zone1", Vtgate(2, "LoadBalancer", {"lb.example/internal": "true"})),
            Cell("zone2", "eu-west-1b", "/vitess/zone2"),
        ),
        keyspaces=(Keyspace("commerce", "semi_sync", shards),),
        users=(User("app", "correct horse"), User("reader", "battery: 'staple'")),
        resources={
            "vttablet": {"requests": {"cpu": "500m", "memory": "1Gi"}, "limits": {"memory": "1Gi"}},
            "vtgate": {"requests": {"cpu": 1}},
        },
        extra_flags={"vttablet": {"queryserver_config_pool_size": "200"}, "vtgate": {"enable-buffer": "false"}},
    )


def pool(cell: str, keyspace: str, shard: str, kind: str, count: int) -> tuple[Tablet, ...]:
    """The tablets of one pool, numbered as the spec numbers them."""
    block = tablet_block(cell, keyspace, shard, kind, "")
    return tuple(Tablet(cell, block + index, keyspace, shard, kind, index, "20Gi", "fast") for index in range(count))


def wide(tablets: int) -> Cluster:
    """A cluster with that many tablets in shards of five."""
    parts = equal_parts(max(tablets // 5, 1))
    shards = tuple(Shard("big", str(part), part, pool("zone1", "big", str(part), "replica", 5)) for part in parts)
    return minimal(keyspaces=(Keyspace("big", "none", shards),))


ALL: Mapping[str, Cluster] = {
    "minimal": minimal(),
    "production": production(),
    "vitess-2.1": minimal("2.1", name="trial"),
}
"""One of each kind."""

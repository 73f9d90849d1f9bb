"""A typed look at the spec with the built-in defaults filled in: what both the rules and the model read.

Every part keeps its path in the spec, so that a rule can say where the thing it complains about was written.
Cells, keyspaces and pools come in the order in which they were written.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any, NamedTuple

from vitessctl import releases
from vitessctl.model.keyrange import KeyRange, equal_parts, parse_key_range
from vitessctl.model.naming import tablet_block
from vitessctl.spec.node import Path
from vitessctl.spec.spec import Spec

DEFAULT_STORAGE = "10Gi"
UNSHARDED = "0"
TABLET_TYPES = ("replica", "rdonly")


class ShardView(NamedTuple):
    """A shard by its name."""

    name: str
    path: Path

    @property
    def key_range(self) -> KeyRange:
        """What it holds; ValueError if its name is no key range."""
        return KeyRange("", "") if self.name == UNSHARDED else parse_key_range(self.name)


class PoolView(NamedTuple):
    """Tablets of one type in one cell; they are there once in every shard."""

    keyspace: str
    cell: str
    type: str
    tablets: int
    storage: str
    storage_class: str
    ephemeral: bool
    uid: int | Mapping[str, int] | None
    name: str
    pod: Mapping[str, Any]
    path: Path

    def first_uid(self, shard: str) -> int | None:
        """The UID of its first tablet in a shard; None if `uid` is a map that leaves the shard out."""
        if self.uid is None:
            return tablet_block(self.cell, self.keyspace, shard, self.type, self.name)
        return self.uid if isinstance(self.uid, int) else self.uid.get(shard)


class KeyspaceView:
    """A keyspace with its shards and pools."""

    def __init__(self, name: str, settings: Mapping[str, Any], cells: tuple[str, ...]) -> None:
        """`cells` are the names of the cluster's cells, for the short form of pools."""
        self.name = name
        self.settings = settings
        self.path: Path = ("keyspaces", name)
        self._cells = cells

    @cached_property
    def shards(self) -> tuple[ShardView, ...]:
        """In the order of their key ranges if they were counted, else as they were written."""
        given = self.settings.get("shards", 1)
        path = (*self.path, "shards")
        if not isinstance(given, int):
            return tuple(ShardView(name, (*path, index)) for index, name in enumerate(given))
        if given == 1:
            return (ShardView(UNSHARDED, path),)
        return tuple(ShardView(str(part), path) for part in equal_parts(given))

    @cached_property
    def pools(self) -> tuple[PoolView, ...]:
        """Its pools, those of the short form included: one for each cell and type."""
        if "pools" not in self.settings:
            return tuple(self._short_pools())
        return tuple(
            self._pool(pool, (*self.path, "pools", index)) for index, pool in enumerate(self.settings["pools"])
        )

    def count_tablets(self) -> int:
        """How many tablets it has, without a look at each; a shard counts at least once."""
        shards = self.settings.get("shards", 1)
        return (shards if isinstance(shards, int) else len(shards)) * max(1, sum(pool.tablets for pool in self.pools))

    def replicas(self) -> int:
        """How many tablets of each shard may become its primary."""
        return sum(pool.tablets for pool in self.pools if pool.type == "replica")

    @property
    def durability(self) -> str:
        """The policy: the one written, else semi_sync as soon as there is somebody to confirm a write."""
        given: str | None = self.settings.get("durability")
        return given or ("semi_sync" if self.replicas() >= 2 else "none")

    def _short_pools(self) -> Iterator[PoolView]:
        counts = self.settings.get("tablets", {})
        for cell in self._cells:
            for tablet_type in TABLET_TYPES:
                if counts.get(tablet_type):
                    pool = {"cell": cell, "type": tablet_type, "tablets": counts[tablet_type]}
                    yield self._pool(pool, (*self.path, "tablets", tablet_type))

    def _pool(self, pool: Mapping[str, Any], path: Path) -> PoolView:
        own_or_keyspaces = {**self.settings, **pool}
        return PoolView(
            keyspace=self.name,
            cell=pool["cell"],
            type=pool.get("type", "replica"),
            tablets=pool["tablets"],
            storage=own_or_keyspaces.get("storage", DEFAULT_STORAGE),
            storage_class=own_or_keyspaces.get("storage_class", ""),
            ephemeral=pool.get("ephemeral", False),
            uid=pool.get("uid"),
            name=pool.get("name", ""),
            pod=pool.get("pod", {}),
            path=path,
        )


def _known(release: str) -> releases.Release | None:
    return releases.get(release) if release in releases.names() else None


class View:
    """The whole spec."""

    def __init__(self, spec: Spec) -> None:
        self.spec = spec

    @cached_property
    def cells(self) -> Mapping[str, Mapping[str, Any]]:
        """Settings of each cell."""
        cells: Mapping[str, Mapping[str, Any]] = self.spec.data.get("cells", {})
        return cells

    @cached_property
    def keyspaces(self) -> tuple[KeyspaceView, ...]:
        """All keyspaces."""
        names = tuple(self.cells)
        return tuple(KeyspaceView(name, settings, names) for name, settings in self.spec.data["keyspaces"].items())

    @property
    def applications(self) -> Mapping[str, Mapping[str, Any]]:
        """Settings of each application."""
        applications: Mapping[str, Mapping[str, Any]] = self.spec.data.get("applications", {})
        return applications

    def count_tablets(self) -> int:
        """How many tablets the cluster has, without a look at each."""
        return sum(keyspace.count_tablets() for keyspace in self.keyspaces)

    @cached_property
    def release(self) -> releases.Release | None:
        """The release that holds; None while it is not told or not known."""
        return _known(self.spec.release)

    def release_name(self, component: str) -> str:
        """The release of a component's own image, else the one that holds for all.

        Where `release:` is written, only an image of the Vitess project is still taken at its tag's word.
        """
        image = self.images.get(component, "")
        told = releases.of_image(image) if image else None
        believed = told and (releases.is_vitess_image(image) or not self.spec.has("release"))
        return told if told and believed else self.spec.release

    def release_of(self, component: str) -> releases.Release | None:
        """What a component's own image accepts; None while it is not told or not known."""
        return _known(self.release_name(component))

    def oldest_release(self, *components: str) -> releases.Release | None:
        """The oldest one among components that have to understand the same; None while none is known."""
        found = [release for component in components if (release := self.release_of(component)) is not None]
        return min(found, key=lambda release: release.order, default=None)

    @property
    def images(self) -> Mapping[str, str]:
        """The images that were named, by component or `vitess`."""
        images: Mapping[str, str] = self.spec.data.get("images", {})
        return images

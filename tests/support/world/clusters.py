"""Clusters to bring up, and their documents as a renderer for one machine would give them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from vitessctl import releases
from vitessctl.model.cluster import COMPONENTS, Cell, Cluster, Keyspace, Shard, Tablet, Timeouts, Topology
from vitessctl.model.keyrange import KeyRange, parse_key_range
from vitessctl.model.naming import tablet_alias
from vitessctl.render.documents import Document

__all__ = ["a_cluster", "documents_of", "tablet_alias"]


def a_cluster(
    name: str = "guestbook",
    *,
    cells: Sequence[str] = ("zone1",),
    keyspaces: Mapping[str, Mapping[str, Any]] | None = None,
    replicas: int = 3,
    rdonly: int = 0,
    shards: Sequence[str] = ("0",),
    timeouts: Timeouts | None = None,
    **fields: Any,
) -> Cluster:
    """One keyspace `messages` unless `keyspaces` says otherwise; tablets count from 100, by cell in turn."""
    wanted = keyspaces or {"messages": {}}
    numbers = iter(range(100, 1000))
    built = tuple(
        _keyspace(keyspace, {"replicas": replicas, "rdonly": rdonly, "shards": shards, **options}, cells, numbers)
        for keyspace, options in wanted.items()
    )
    return Cluster(
        name=name,
        namespace=name,
        release=fields.pop("release", "24"),
        images=dict.fromkeys(COMPONENTS, "vitess/lite:v24.0.4"),
        topology=fields.pop("topology", Topology()),
        cells=tuple(Cell(cell, root=f"/vitess/{cell}") for cell in cells),
        keyspaces=built,
        timeouts=timeouts or Timeouts(),
        **fields,
    )


def _keyspace(name: str, options: dict[str, Any], cells: Sequence[str], numbers: Iterator[int]) -> Keyspace:
    shards = []
    for shard in options.pop("shards"):
        types = ["replica"] * options["replicas"] + ["rdonly"] * options["rdonly"]
        tablets = tuple(
            Tablet(cells[index % len(cells)], next(numbers), name, shard, type_, index, "20Gi")
            for index, type_ in enumerate(types)
        )
        key_range = KeyRange("", "") if shard == "0" else parse_key_range(shard)
        shards.append(Shard(name, shard, key_range, tablets))
    settings = {key: value for key, value in options.items() if key not in ("replicas", "rdonly")}
    return Keyspace(name, settings.pop("durability", "semi_sync"), tuple(shards), **settings)


def documents_of(cluster: Cluster) -> tuple[Document, ...]:
    """A program for every process of the cluster."""
    return tuple(_documents(cluster))


def _documents(cluster: Cluster) -> Iterator[Document]:
    if cluster.topology.managed:
        for member in range(cluster.topology.members):
            yield _program("etcd", "etcd", f"etcd-{member}")
    yield _program("vtctld", "vtctld", "")
    for tablet in cluster.tablets():
        yield _program("mysql", "mysqlctld", tablet.alias)
    for tablet in cluster.tablets():
        flags = f"--init-keyspace {tablet.keyspace} --init-shard {tablet.shard} --init-tablet-type {tablet.type}"
        for flag, value in cluster.extra_flags.get("vttablet", {}).items():
            flags += f" --{flag}={value}"
        yield _program("tablets", "vttablet", tablet.alias, flags)
    for component in ("vtorc", "vtgate") if releases.get(cluster.release).has_vtorc else ("vtgate",):
        for cell in cluster.cells:
            yield _program(component, component, cell.name)
    for application in cluster.applications:
        yield _program("applications", "application", application.name)


def _program(stage: str, component: str, subject: str, words: str = "") -> Document:
    name = subject if subject.startswith(component) else f"{component}-{subject}" if subject else component
    command = f"{component} {words}".rstrip()
    text = f"command = {command}\n"
    return Document(
        stage, component, "Program", name, text, f"local/{component}.conf.j2", {"command": command}, subject
    )

"""The defaults that the schema tells editors of are those that a cluster gets."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from vitessctl.model.build import build
from vitessctl.model.cluster import Cluster
from vitessctl.model.durations import seconds
from vitessctl.spec import load, schema

SPEC = {
    "cluster": "shop",
    "image": "vitess/lite:v24.0.4",
    "cells": ["zone1"],
    "keyspaces": {"messages": {"pools": [{"cell": "zone1", "tablets": 2}]}},
    "applications": {"shop": {"local": {"command": ["python"]}}},
}

GIVEN: dict[str, Callable[[Cluster], Any]] = {
    "resources": lambda cluster: "none" if not cluster.resources else "something",
    "topology.etcd.members": lambda cluster: cluster.topology.members,
    "topology.etcd.storage": lambda cluster: cluster.topology.storage,
    "topology.root": lambda cluster: cluster.topology.global_root,
    "cells.vtgate.replicas": lambda cluster: cluster.cells[0].vtgate.replicas,
    "cells.vtgate.service": lambda cluster: cluster.cells[0].vtgate.service,
    "keyspaces.shards": lambda cluster: len(cluster.keyspaces[0].shards),
    "keyspaces.storage": lambda cluster: next(cluster.tablets()).storage,
    "keyspaces.sidecar_database": lambda cluster: cluster.keyspaces[0].sidecar_database,
    "keyspaces.pools.type": lambda cluster: next(cluster.tablets()).type,
    "keyspaces.pools.ephemeral": lambda cluster: next(cluster.tablets()).ephemeral,
    "applications.port": lambda cluster: cluster.applications[0].port,
    "applications.health": lambda cluster: cluster.applications[0].health,
    "applications.replicas": lambda cluster: cluster.applications[0].replicas,
    "applications.service": lambda cluster: cluster.applications[0].service,
    "local.base_port": lambda cluster: cluster.local.base_port,
    "drills": lambda cluster: "allowed" if cluster.drills else "refused",
    "timeouts.default": lambda cluster: cluster.timeouts.default,
}
"""Where in the cluster each default of the schema has to be found."""


def defaults(found: dict[str, Any], path: str = "") -> Iterator[tuple[str, Any]]:
    """Every default of the schema with the path of its field; names of things are left out of the path."""
    if "default" in found:
        yield path, found["default"]
    for name, below in found.get("properties", {}).items():
        yield from defaults(below, f"{path}.{name}" if path else name)
    for below in (found.get("items"), found.get("additionalProperties"), *found.get("anyOf", ())):
        if isinstance(below, dict):
            yield from defaults(below, path)


DEFAULTS = dict(defaults(dict(schema.load())))


def test_every_default_is_looked_at() -> None:
    assert set(DEFAULTS) == set(GIVEN)


@pytest.mark.parametrize("path", sorted(GIVEN))
def test_a_default_is_what_a_cluster_gets(path: str, tmp_path: Path) -> None:
    file = tmp_path / "cluster.yaml"
    file.write_text(json.dumps(SPEC))
    told = seconds(DEFAULTS[path]) if path.startswith("timeouts") else DEFAULTS[path]
    assert GIVEN[path](build(load(file))) == told


@pytest.mark.parametrize("path", sorted(GIVEN))
def test_writing_a_default_changes_nothing(path: str, tmp_path: Path) -> None:
    file = tmp_path / "cluster.yaml"
    file.write_text(json.dumps(SPEC))
    steps = path.replace("cells.", "cells.zone1.").replace("keyspaces.", "keyspaces.messages.")
    steps = steps.replace("applications.", "applications.shop.")
    written = f"{steps}={json.dumps(DEFAULTS[path])}"
    if ".pools." in path:
        field = steps.rpartition(".")[2]
        written = json.dumps(
            {"keyspaces": {"messages": {"pools": [{"cell": "zone1", "tablets": 2, field: DEFAULTS[path]}]}}}
        )
    assert build(load(file, [written])) == build(load(file))

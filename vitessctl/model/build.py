"""From a checked spec to the cluster: every default filled in, every name and number decided. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from vitessctl import releases
from vitessctl.model.build_applications import applications
from vitessctl.model.cluster import (
    COMPONENTS,
    Autoscale,
    Cell,
    Cluster,
    Keyspace,
    Local,
    Mysql,
    Shard,
    Tablet,
    Timeouts,
    Topology,
    User,
    Vtgate,
)
from vitessctl.model.durations import seconds
from vitessctl.model.resources import RECOMMENDED
from vitessctl.spec.files import file_beside
from vitessctl.spec.spec import VITESS_COMPONENTS, Spec
from vitessctl.spec.view import KeyspaceView, PoolView, ShardView, View


def build(spec: Spec) -> Cluster:
    """The cluster that a spec describes. The spec must have passed its rules, as one from `load` has."""
    view, data = View(spec), spec.data
    return Cluster(
        name=data["cluster"],
        namespace=data.get("namespace", data["cluster"]),
        release=spec.release,
        images=_images(view.images, spec.release),
        topology=_topology(data.get("topology", {})),
        cells=tuple(_cell(name, settings) for name, settings in view.cells.items()),
        keyspaces=tuple(_keyspace(keyspace, spec) for keyspace in view.keyspaces),
        users=tuple(User(user["name"], user.get("password", "")) for user in data.get("users", ())),
        users_secret=data.get("users_secret", ""),
        applications=applications(view),
        resources=_resources(data.get("resources", "none")),
        extra_flags=data.get("extra_flags", {}),
        components=data.get("components", {}),
        mysql=Mysql(spec.texts.get(("mysql", "my_cnf"), "")),
        local=_local(data.get("local", {}), spec),
        timeouts=_timeouts(data.get("timeouts", {})),
        other_releases=_other_releases(view, spec.release),
        drills=data.get("drills") == "allowed",
    )


def _images(given: Mapping[str, str], release: str) -> Mapping[str, str]:
    """The image of every component; etcd's and MySQL's are the release's own choice unless they are named.

    A release that has MySQL in its own image takes that of mysqlctld where no image is for all.
    """
    common = {"mysqld": given.get("vitess", given.get("mysqlctld", "")), **releases.get(release).default_images}
    vitess = given.get("vitess", "")
    return {component: given.get(component, common.get(component, vitess)) for component in COMPONENTS}


def _other_releases(view: View, release: str) -> Mapping[str, str]:
    own = {component: view.release_name(component) for component in VITESS_COMPONENTS}
    return {component: name for component, name in own.items() if name != release}


def _topology(settings: Mapping[str, Any]) -> Topology:
    etcd = settings.get("etcd", {})
    default = Topology()
    return Topology(
        global_root=settings.get("root", default.global_root),
        members=etcd.get("members", default.members),
        storage=etcd.get("storage", default.storage),
        storage_class=etcd.get("storage_class", default.storage_class),
        external=tuple(settings.get("external", {}).get("addresses", ())),
        operator=etcd.get("operator", default.operator),
    )


def _cell(name: str, settings: Mapping[str, Any]) -> Cell:
    root = settings.get("root", f"/vitess/{name}")
    return Cell(name, settings.get("zone", ""), root, _vtgate(settings.get("vtgate", {})), settings.get("pod", {}))


def _vtgate(settings: Mapping[str, Any]) -> Vtgate:
    scale = settings.get("autoscale")
    return Vtgate(**{**settings, "autoscale": None if scale is None else Autoscale(**scale)})


def _keyspace(view: KeyspaceView, spec: Spec) -> Keyspace:
    vschema = view.settings.get("vschema", "")
    return Keyspace(
        name=view.name,
        durability=view.durability,
        shards=tuple(_shard(shard, view) for shard in view.shards),
        sidecar_database=view.settings.get("sidecar_database", "_vt"),
        schema=spec.texts.get((*view.path, "schema"), ""),
        vschema=json.dumps(vschema) if isinstance(vschema, dict) else spec.texts.get((*view.path, "vschema"), ""),
    )


def _shard(shard: ShardView, keyspace: KeyspaceView) -> Shard:
    tablets = tuple(_tablet(pool, shard, index) for pool in keyspace.pools for index in range(pool.tablets))
    return Shard(keyspace.name, shard.name, shard.key_range, tablets)


def _tablet(pool: PoolView, shard: ShardView, index: int) -> Tablet:
    first = pool.first_uid(shard.name)
    if first is None:
        raise ValueError(f"pool {pool.path} has no uid for shard {shard.name}; the rules should have refused it")
    return Tablet(
        cell=pool.cell,
        uid=first + index,
        keyspace=pool.keyspace,
        shard=shard.name,
        type=pool.type,
        index=index,
        storage=pool.storage,
        storage_class=pool.storage_class,
        ephemeral=pool.ephemeral,
        pod=pool.pod,
    )


def _resources(given: str | Mapping[str, Any]) -> Mapping[str, Mapping[str, Any]]:
    """Resources by component; what is `none` is left out altogether."""
    if isinstance(given, str):
        given = dict.fromkeys(RECOMMENDED, given)
    chosen = {
        component: RECOMMENDED[component] if wanted == "recommended" else wanted
        for component, wanted in given.items()
        if wanted != "none"
    }
    return {_CONTAINERS.get(component, component): wanted for component, wanted in chosen.items() if wanted}


_CONTAINERS = {"mysqld": "mysqlctld"}
"""mysqlctld runs mysqld in its own container, so what is said of one holds for the other."""


def _local(settings: Mapping[str, Any], spec: Spec) -> Local:
    """A folder is relative to the file that names it, like every other path; `~` is left to the target."""
    folders = {
        name: settings[name] if settings[name].startswith("~") else str(file_beside(spec.place("local", name), path))
        for name in ("vitess", "mysql")
        if (path := settings.get(name))
    }
    return Local(**{**settings, **folders, "my_cnf": spec.texts.get(("local", "my_cnf"), "")})


def _timeouts(settings: Mapping[str, str]) -> Timeouts:
    stages = {stage: seconds(text) for stage, text in settings.items()}
    return Timeouts(default=stages.pop("default", Timeouts().default), stages=stages)

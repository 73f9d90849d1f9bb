"""What each server does when it starts and when it is stopped cleanly."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from vitessctl.model import ports
from vitessctl.render.documents import Document
from vitessctl.vtctld.records import KeyspaceRecord, ShardRecord, TabletRecord

if TYPE_CHECKING:
    from tests.support.world.world import World

NEEDS_TOPOLOGY = ("vtctld", "vttablet", "vtorc", "vtgate")
NEEDS_CELL = {
    "vttablet": "node doesn't exist: /vitess/global/cells/{cell}/CellInfo: UpdateSrvVSchema({cell}) failed",
    "vtorc": "failed to validate cell {cell}: node doesn't exist: /vitess/global/cells/{cell}/CellInfo",
    "vtgate": "cells_to_watch validation failed: cell: [{cell}] does not exist in topo",
}
"""What a server dies with whose cell is not registered."""


def start_seconds(world: World, document: Document) -> float:
    """How long the process takes until it does its work."""
    if document.component == "mysqlctld" and document.subject in world.damaged:
        world.ended[document.subject] = world.damaged[document.subject]
        return math.inf
    if document.component == "mysqlctld":
        there = world.mysqld(document.subject).initialised
        return world.times.mysql_start if there else world.times.mysql_initialisation
    if document.component == "vtgate" and world.topology.keyspaces and not any_serving(world):
        return world.times.vtgate_patience
    return world.times.boot


def any_serving(world: World) -> bool:
    """Whether a single tablet serves anywhere."""
    return any(world.serving(alias) for alias in world.topology.tablets)


def boot(world: World, document: Document) -> str:
    """The end of a start; gives the last words of a process that dies in place of it."""
    component, subject = document.component, document.subject
    if component == "mysqlctld":
        mysqld = world.mysqld(subject)
        if not mysqld.initialised and world.backups:
            mysqld.executed = set(world.backups[-1][1])
            mysqld.purged = set(mysqld.executed)
        mysqld.started()
    if component in NEEDS_TOPOLOGY and not world.etcd_up:
        return "Failed to open topo server (etcd2,127.0.0.1:15010,/vitess/global): context deadline exceeded"
    cell = subject.partition("-")[0]
    if component in NEEDS_CELL and cell not in world.topology.cells:
        return NEEDS_CELL[component].format(cell=cell)
    if component == "vttablet":
        register(world, document)
    return ""


def register(world: World, document: Document) -> None:
    """A vttablet writes its record. The primary of its shard stays it; any other starts as its flag says."""
    alias = document.subject
    keyspace, shard, wanted = (_flag(document, f"init-{name}") for name in ("keyspace", "shard", "tablet-type"))
    if keyspace not in world.topology.keyspaces:
        world.crimes.append(f"{alias} started before its keyspace, and made it without a durability policy")
        world.topology.keyspaces[keyspace] = KeyspaceRecord(keyspace, "", "_vt")
    world.topology.shards.setdefault((keyspace, shard), ShardRecord(keyspace, shard, "", False))
    leads = world.topology.shards[keyspace, shard].primary == alias
    before = world.topology.tablets.get(alias)
    uid = int(alias.rpartition("-")[2])
    own = ports.tablet_ports(world.base_port, uid)
    world.topology.tablets[alias] = TabletRecord(
        alias,
        keyspace,
        shard,
        "primary" if leads else wanted,
        "127.0.0.1",
        {"vt": own.http, "grpc": own.grpc},
        "127.0.0.1",
        own.mysql,
        before.primary_term_start if before and leads else 0.0,
    )


def _flag(document: Document, name: str) -> str:
    return document.text.split(f"--{name} ")[1].split()[0]


def clean_stop(world: World, component: str, subject: str) -> None:
    """What a process does on SIGTERM: a vttablet clears its record, but keeps its type and demotes nobody."""
    record = world.topology.tablets.get(subject)
    if component == "vttablet" and record is not None and world.etcd_up:
        world.topology.tablets[subject] = replace(record, hostname="", ports={}, mysql_hostname="")

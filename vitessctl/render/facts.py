"""What the model and the layout say for each placeholder of vitessctl/releases/data/lines.json.

A fact that is None takes its option off the command line.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from vitessctl.model.cluster import Cell, Cluster, Tablet
from vitessctl.render.layout import EtcdMember, Layout

Facts = Mapping[str, "str | int | None"]
Subject = Tablet | Cell | EtcdMember | None
"""What a command line is about: a tablet, a cell, an etcd member, or nothing where there is only one."""
FEW_TABLETS = 50
"""Up to so many, vtgate looks for new ones each second. A look reads all records, in older releases one by one."""


def of_topology(cluster: Cluster, layout: Layout) -> Facts:
    """What every Vitess component is told."""
    return {
        "topology_address": layout.topology_address(),
        "global_root": cluster.topology.global_root,
        "bind_address": layout.bind_address,
        "backup_folder": layout.backup_folder,
        "backup_storage": "file" if layout.backup_folder else None,
    }


def of_etcd(cluster: Cluster, member: EtcdMember, layout: Layout) -> Facts:
    """One etcd member."""
    return {
        "member": member.name,
        "data_folder": member.data_folder,
        "listen_clients": member.listen_clients,
        "advertise_clients": member.advertise_clients,
        "listen_peers": member.listen_peers,
        "advertise_peers": member.advertise_peers,
        "listen_metrics": member.listen_metrics,
        "initial_cluster": member.initial_cluster,
        "token": cluster.name,
    }


def of_vtctld(cluster: Cluster, nothing: None, layout: Layout) -> Facts:
    """The one vtctld; its cell is only its label."""
    found = layout.vtctld_ports()
    policies = {keyspace.durability for keyspace in cluster.keyspaces}
    return {
        "cell": cluster.cells[0].name,
        "http_port": found.http,
        "grpc_port": found.grpc,
        "durability_policy": min(policies - {"none"}, default=None),
    }


def of_mysqlctld(cluster: Cluster, tablet: Tablet, layout: Layout) -> Facts:
    """A tablet's MySQL."""
    return {
        "tablet_uid": tablet.uid,
        "mysql_port": layout.tablet_ports(tablet).mysql,
        "mysqlctl_socket": layout.mysqlctl_socket(tablet),
        "mysqlctld_port": layout.mysqlctld_port,
        "init_db_sql_file": layout.init_db_sql_file or None,
    }


def of_vttablet(cluster: Cluster, tablet: Tablet, layout: Layout) -> Facts:
    """A tablet."""
    found = layout.tablet_ports(tablet)
    durability = cluster.keyspace(tablet.keyspace).durability
    return {
        "tablet_alias": tablet.alias,
        "tablet_hostname": layout.tablet_hostname(tablet),
        "keyspace": tablet.keyspace,
        "shard": tablet.shard,
        "tablet_type": tablet.type,
        "database": f"vt_{tablet.keyspace}",
        "http_port": found.http,
        "grpc_port": found.grpc,
        "mysqlctl_socket": layout.mysqlctl_socket(tablet),
        "semi_sync": None if durability == "none" else "true",
        "restore_from_backup": "true" if layout.backup_folder else None,
    }


def of_vtorc(cluster: Cluster, cell: Cell, layout: Layout) -> Facts:
    """A cell's vtorc; it looks after the shards of all cells."""
    return {"cell": cell.name, "http_port": layout.vtorc_ports(cell).http}


def of_vtgate(cluster: Cluster, cell: Cell, layout: Layout) -> Facts:
    """A cell's vtgate; it routes to the tablets of all cells."""
    found = layout.vtgate_ports(cell)
    return {
        "cell": cell.name,
        "tablet_refresh": "1s" if sum(1 for _ in cluster.tablets()) <= FEW_TABLETS else "5s",
        "all_cells": ",".join(each.name for each in cluster.cells),
        "http_port": found.http,
        "grpc_port": found.grpc,
        "mysql_port": found.mysql,
        "mysql_auth": "static" if cluster.authenticates else "none",
        "users_file": layout.users_file if cluster.authenticates else None,
        "users_reload": "30s" if cluster.authenticates else None,
    }


OF_COMPONENT: Mapping[str, Callable[..., Facts]] = {
    "etcd": of_etcd,
    "vtctld": of_vtctld,
    "mysqlctld": of_mysqlctld,
    "vttablet": of_vttablet,
    "vtorc": of_vtorc,
    "vtgate": of_vtgate,
}

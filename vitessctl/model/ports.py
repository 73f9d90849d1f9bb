"""Ports on one machine, as offsets from the cluster's base port.

All lie below 32768 for the default base port of 15000: above, Linux hands ports out to outgoing
connections and any of them may be taken for a moment (net.ipv4.ip_local_port_range).
"""

from __future__ import annotations

from typing import NamedTuple

from vitessctl.model.naming import application_number, cell_number, local_tablet_slot

DEFAULT_BASE_PORT = 15000
HIGHEST_OFFSET = 500 + 3 * 5000


class EtcdPorts(NamedTuple):
    """Ports of one etcd member: clients, peers, and /health with /metrics."""

    client: int
    peer: int
    metrics: int


class ServerPorts(NamedTuple):
    """Ports of a Vitess server: HTTP, gRPC, and the MySQL protocol where it has it (else 0)."""

    http: int
    grpc: int = 0
    mysql: int = 0


def etcd_ports(base: int, member: int) -> EtcdPorts:
    """Ports of etcd member 0 to 4."""
    first = base + 10 + 3 * member
    return EtcdPorts(first, first + 1, first + 2)


def vtctld_ports(base: int) -> ServerPorts:
    """Ports of the one vtctld."""
    return ServerPorts(http=base, grpc=base + 1)


def vtgate_ports(base: int, cell: str) -> ServerPorts:
    """Ports of a cell's vtgate; MySQL clients of `zone1` find it at base + 301."""
    number = cell_number(cell)
    return ServerPorts(http=base + 100 + number, grpc=base + 200 + number, mysql=base + 300 + number)


def vtorc_ports(base: int, cell: str) -> ServerPorts:
    """Port of a cell's vtorc."""
    return ServerPorts(http=base + 400 + cell_number(cell))


def application_port(base: int, name: str) -> int:
    """The port of an application: between those of etcd and those of vtgate."""
    return base + 30 + application_number(name)


def tablet_ports(base: int, uid: int) -> ServerPorts:
    """Ports of a tablet: vttablet's two and its mysqld's."""
    first = base + 500 + 3 * local_tablet_slot(uid)
    return ServerPorts(http=first, grpc=first + 1, mysql=first + 2)

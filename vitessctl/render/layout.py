"""Where things are on a target: addresses, ports, folders. All that a command line needs beside the model.

Two implementations: one machine (layout_local) and Kubernetes (layout_kubernetes). Both are pure.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from vitessctl.model.applications import Application
from vitessctl.model.cluster import Cell, Tablet
from vitessctl.model.ports import ServerPorts


class Expanded(str):
    """Text in which the target itself fills something in: supervisor's `%(here)s`, Kubernetes' `$(POD_NAME)`.

    The type says that this one percent or dollar sign is meant; in any other text they are escaped.
    """

    __slots__ = ()

    def prefixed(self, prefix: str) -> Expanded:
        """The text after a prefix such as `--data-dir=`, still marked."""
        return Expanded(prefix + self)


@dataclass(frozen=True)
class EtcdMember:
    """What one etcd member is told about itself and its peers."""

    name: str
    data_folder: str
    listen_clients: str
    advertise_clients: str
    listen_peers: str
    advertise_peers: str
    listen_metrics: str
    initial_cluster: str


class Layout(Protocol):
    """Answers for one cluster on one target."""

    def release_of(self, component: str) -> str:
        """The release whose flags a component is given."""

    @property
    def bind_address(self) -> str | None:
        """The address that servers listen on; None for all."""

    @property
    def backup_folder(self) -> str | None:
        """Where backups go; None if there is no place for them."""

    @property
    def users_file(self) -> str:
        """The file with vtgate's users."""

    @property
    def init_db_sql_file(self) -> str:
        """The file that makes MySQL's users, for releases that must be told; empty where there is none."""

    def topology_address(self) -> str:
        """host:port of each topology server member, separated by commas."""

    def etcd_members(self) -> tuple[EtcdMember, ...]:
        """What is started for our own etcd; empty where the topology server is somebody else's."""

    def vtctld_ports(self) -> ServerPorts:
        """Ports of vtctld."""

    def tablet_ports(self, tablet: Tablet) -> ServerPorts:
        """Ports of a tablet; `mysql` is its mysqld's."""

    def tablet_hostname(self, tablet: Tablet) -> str:
        """The name under which the others reach the tablet."""

    def mysqlctl_socket(self, tablet: Tablet) -> str:
        """The unix socket on which mysqlctld serves its vttablet."""

    @property
    def mysqlctld_port(self) -> int | None:
        """mysqlctld's HTTP port; None where nobody asks it."""

    def vtorc_ports(self, cell: Cell) -> ServerPorts:
        """Ports of a cell's vtorc."""

    def vtgate_ports(self, cell: Cell) -> ServerPorts:
        """Ports of a cell's vtgate."""

    def vtgate_host(self, cell: Cell) -> str:
        """The name under which applications reach a cell's vtgate."""

    def application_port(self, application: Application) -> int:
        """What an application listens on."""

    def password_file(self, application: Application) -> str:
        """The file with the password with which it connects to vtgate."""

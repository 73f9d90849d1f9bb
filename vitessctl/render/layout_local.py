"""One machine: everything on 127.0.0.1, ports from the base port, files below the state folder."""

from __future__ import annotations

from dataclasses import dataclass

from vitessctl.model import ports
from vitessctl.model.applications import Application
from vitessctl.model.cluster import Cell, Cluster, Tablet
from vitessctl.model.ports import ServerPorts
from vitessctl.render.layout import EtcdMember, Expanded
from vitessctl.render.names import label_value

LOOPBACK = "127.0.0.1"


def state_path(path: str) -> Expanded:
    """A path below the state folder, the same text on every machine."""
    return Expanded(f"%(here)s/{path}")


def password_path(user: str) -> str:
    """The file below the state folder that holds the password of a user of vtgate."""
    return f"config/{label_value(user)}.password"


@dataclass(frozen=True)
class LocalLayout:
    """See vitessctl.render.layout.Layout."""

    cluster: Cluster

    bind_address: str | None = LOOPBACK
    backup_folder: str | None = state_path("backups")
    users_file: str = state_path("config/vtgate-users.json")
    init_db_sql_file: str = state_path("config/init_db.sql")
    mysqlctld_port: int | None = None

    def topology_address(self) -> str:
        """The client port of each etcd member, or what the spec says."""
        topology = self.cluster.topology
        own = [f"{LOOPBACK}:{self._etcd(member).client}" for member in range(topology.members)]
        return ",".join(topology.external or own)

    def etcd_members(self) -> tuple[EtcdMember, ...]:
        """`etcd-0` and so on."""
        topology = self.cluster.topology
        if not topology.managed:
            return ()
        peers = ",".join(f"etcd-{member}={self._url(self._etcd(member).peer)}" for member in range(topology.members))
        return tuple(self._member(member, peers) for member in range(topology.members))

    def release_of(self, component: str) -> str:
        """One for all: the binaries of a machine lie in one folder, and images do not count."""
        return self.cluster.release

    def vtctld_ports(self) -> ServerPorts:
        """Ports of vtctld."""
        return ports.vtctld_ports(self._base)

    def tablet_ports(self, tablet: Tablet) -> ServerPorts:
        """Ports of a tablet."""
        return ports.tablet_ports(self._base, tablet.uid)

    def tablet_hostname(self, tablet: Tablet) -> str:
        """Always the loopback address."""
        return LOOPBACK

    def mysqlctl_socket(self, tablet: Tablet) -> str:
        """A short name, as a socket's path has to stay below 108 bytes."""
        return state_path(f"run/mysqlctl-{tablet.uid:010d}.sock")

    def vtorc_ports(self, cell: Cell) -> ServerPorts:
        """Ports of a cell's vtorc."""
        return ports.vtorc_ports(self._base, cell.name)

    def vtgate_ports(self, cell: Cell) -> ServerPorts:
        """Ports of a cell's vtgate."""
        return ports.vtgate_ports(self._base, cell.name)

    def vtgate_host(self, cell: Cell) -> str:
        """Always the loopback address."""
        return LOOPBACK

    def application_port(self, application: Application) -> int:
        """Its own, which follows from its name."""
        return ports.application_port(self._base, application.name)

    def password_file(self, application: Application) -> str:
        """One file a user: several applications may be the same one."""
        return state_path(password_path(application.user))

    @property
    def _base(self) -> int:
        return self.cluster.local.base_port

    def _etcd(self, member: int) -> ports.EtcdPorts:
        return ports.etcd_ports(self._base, member)

    @staticmethod
    def _url(port: int) -> str:
        return f"http://{LOOPBACK}:{port}"

    def _member(self, member: int, peers: str) -> EtcdMember:
        found = self._etcd(member)
        return EtcdMember(
            name=f"etcd-{member}",
            data_folder=state_path(f"data/etcd-{member}"),
            listen_clients=self._url(found.client),
            advertise_clients=self._url(found.client),
            listen_peers=self._url(found.peer),
            advertise_peers=self._url(found.peer),
            listen_metrics=self._url(found.metrics),
            initial_cluster=peers,
        )

"""Kubernetes: one port a purpose, Services for names, folders inside the containers.

Names are short (`shop-etcd:2379`): all of a cluster is in one namespace, and old MySQL keeps only 60
characters of a primary's host name.
"""

from __future__ import annotations

from dataclasses import dataclass

from vitessctl import releases
from vitessctl.model.applications import Application
from vitessctl.model.cluster import Cell, Cluster, Tablet
from vitessctl.model.ports import EtcdPorts, ServerPorts
from vitessctl.releases import Release
from vitessctl.releases.image import tag_of
from vitessctl.render import vtctl_by_http
from vitessctl.render.layout import EtcdMember, Expanded
from vitessctl.render.names import object_name

ETCD = EtcdPorts(client=2379, peer=2380, metrics=2381)
VITESS = ServerPorts(http=15000, grpc=15999, mysql=3306)
PASSWORD = "password"
"""The file that holds an application's password."""
MYSQLCTLD_PORT = 15001
"""In a pod with vttablet, so none of its ports."""


@dataclass(frozen=True)
class Folders:
    """Folders inside the containers."""

    data: str = "/vt/vtdataroot"
    """VTDATAROOT, on the tablet's volume."""
    run: str = "/vt/run"
    """Sockets that a tablet's containers share."""
    binaries: str = "/vt/bin"
    shared: str = "/vt/shared"
    """What a tablet's MySQL container borrows from the Vitess image."""
    settings: str = "/vt/vitessctl"
    """my.cnf."""
    users: str = "/vt/secrets/vtgate"
    etcd: str = "/var/lib/etcd"


FOLDERS = Folders()

_CLIENT_SERVICE = {"": "", "coreos": "-client", "etcd-io": ""}
"""What is appended to an etcd's name for the Service at which clients find it, by operator."""


@dataclass(frozen=True)
class KubernetesLayout:
    """See vitessctl.render.layout.Layout."""

    cluster: Cluster

    bind_address: str | None = None
    backup_folder: str | None = None
    users_file: str = f"{FOLDERS.users}/users.json"
    mysqlctld_port: int | None = MYSQLCTLD_PORT

    @property
    def init_db_sql_file(self) -> str:
        """The file that the image holds."""
        return self._release("mysqlctld").init_db_sql_file

    def release_of(self, component: str) -> str:
        """That of the component's own image."""
        return self.cluster.release_of(component)

    @property
    def users_secret(self) -> str:
        """The Secret that holds vtgate's users."""
        return self.cluster.users_secret or self.name("vtgate", "users")

    def admin_command(self, *words: str) -> tuple[str, ...]:
        """The command line that gives `words` to vtctld, by the client that the image has or without one."""
        release, (vtctld, port) = self._release("vttablet"), self.admin_address
        if not release.admin_client:
            return vtctl_by_http.command(vtctld, port, *words)
        server = f"--{release.admin_server_flag}={vtctld}:{port}"
        return (f"{FOLDERS.binaries}/{release.admin_client}", server, *words)

    @property
    def admin_address(self) -> tuple[str, int]:
        """Host and port of vtctld for that command."""
        return self.name("vtctld"), VITESS.grpc if self._release("vttablet").admin_client else VITESS.http

    @property
    def etcd_tag(self) -> str:
        """The tag of etcd's image, which an etcd operator wants by itself: `v3.5.17`."""
        return tag_of(self.cluster.images["etcd"])

    @property
    def etcd_version(self) -> str:
        """The tag as the operator of CoreOS wants it: it puts a `v` before it."""
        return self.etcd_tag.removeprefix("v")

    @property
    def etcd_repository(self) -> str:
        """etcd's image without its tag."""
        return self.cluster.images["etcd"].removesuffix(f":{self.etcd_tag}")

    def name(self, *parts: str) -> str:
        """The name of an object of this cluster."""
        return object_name(self.cluster.name, *parts)

    def topology_address(self) -> str:
        """The Service of our own etcd, or what the spec says."""
        topology = self.cluster.topology
        service = self.name("etcd") + _CLIENT_SERVICE[topology.operator]
        return ",".join(topology.external) or f"{service}:{ETCD.client}"

    def etcd_members(self) -> tuple[EtcdMember, ...]:
        """One description for all members: their own name is filled in when a pod starts."""
        if not self.cluster.topology.managed or self.cluster.topology.operator:
            return ()
        peers = (f"{pod}={self._url(pod, ETCD.peer)}" for pod in self.etcd_pods())
        return (
            EtcdMember(
                name=Expanded("$(POD_NAME)"),
                data_folder=f"{FOLDERS.etcd}/data",
                listen_clients=f"http://0.0.0.0:{ETCD.client}",
                advertise_clients=Expanded(self._url("$(POD_NAME)", ETCD.client)),
                listen_peers=f"http://0.0.0.0:{ETCD.peer}",
                advertise_peers=Expanded(self._url("$(POD_NAME)", ETCD.peer)),
                listen_metrics=f"http://0.0.0.0:{ETCD.metrics}",
                initial_cluster=",".join(peers),
            ),
        )

    def etcd_pods(self) -> tuple[str, ...]:
        """The pods of our own etcd."""
        return tuple(f"{self.name('etcd')}-{member}" for member in range(self.cluster.topology.members))

    def vtctld_ports(self) -> ServerPorts:
        """The usual ports."""
        return VITESS

    def tablet_ports(self, tablet: Tablet) -> ServerPorts:
        """The usual ports; each tablet has an address of its own."""
        return VITESS

    def tablet_name(self, tablet: Tablet) -> str:
        """The name of a tablet's StatefulSet."""
        return self.name("vttablet", tablet.alias)

    def tablet_hostname(self, tablet: Tablet) -> str:
        """The name of its pod below the tablets' headless Service: it outlives the pod."""
        return f"{self.tablet_name(tablet)}-0.{self.name('vttablet')}"

    def mysqlctl_socket(self, tablet: Tablet) -> str:
        """In a folder that the two containers of a tablet share."""
        return f"{FOLDERS.run}/mysqlctl.sock"

    def keyspace_mark(self, tablet: Tablet) -> str:
        """The file on a tablet's volume that says that its keyspace was there."""
        return f"{FOLDERS.data}/vt_{tablet.uid:010d}.keyspace"

    @property
    def borrows_mysqlctld(self) -> bool:
        """Whether MySQL's image is not the Vitess image, and so has no mysqlctld."""
        images = self.cluster.images
        return images.get("mysqld", images["mysqlctld"]) != images["mysqlctld"]

    @property
    def lent_by_keyspace(self) -> bool:
        """Whether the container that waits for the keyspace has the mysqlctld that MySQL's image has not."""
        return self.borrows_mysqlctld and self.cluster.images["mysqlctld"] == self.cluster.images["vttablet"]

    @property
    def mysqlctld_folder(self) -> str:
        """Where the MySQL container finds mysqlctld."""
        return FOLDERS.shared if self.borrows_mysqlctld else FOLDERS.binaries

    @property
    def extra_my_cnf(self) -> str:
        """MySQL settings beside those that mysqlctld chooses itself, files separated by colons."""
        own = ("my.cnf", "user.cnf") if self.cluster.mysql.my_cnf else ("my.cnf",)
        return ":".join((*self._release("mysqlctld").extra_my_cnf, *(f"{FOLDERS.settings}/{file}" for file in own)))

    def vtorc_ports(self, cell: Cell) -> ServerPorts:
        """The usual ports."""
        return VITESS

    def vtgate_ports(self, cell: Cell) -> ServerPorts:
        """The usual ports."""
        return VITESS

    def vtgate_host(self, cell: Cell) -> str:
        """The Service of its vtgates."""
        return self.name("vtgate", cell.name)

    def application_name(self, application: Application) -> str:
        """The name of its objects."""
        return self.name("application", application.name)

    def application_port(self, application: Application) -> int:
        """What the spec says."""
        return application.port

    def password_file(self, application: Application) -> str:
        """Where its container sees its user's key of vtgate's Secret."""
        return f"{FOLDERS.users}/{PASSWORD}"

    def _release(self, component: str) -> Release:
        return releases.get(self.release_of(component))

    def _url(self, pod: str, port: int) -> str:
        return f"http://{pod}.{self.name('etcd', 'peer')}:{port}"

"""etcd, the API server and its controllers: their command lines, and how they are started."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.testbed.build import Binaries
from tests.testbed.certificates import Authority, Identity
from tests.testbed.processes import Daemon

Wrap = Callable[[Sequence[str]], list[str]]
"""Makes a command line run where the control plane lives."""

USERS = (
    Identity("admin", "kubernetes-admin", "system:masters"),
    Identity("controller-manager", "system:kube-controller-manager"),
    Identity("scheduler", "system:kube-scheduler"),
    Identity("kube-proxy", "system:kube-proxy"),
    Identity("kubelet-client", "kube-apiserver-kubelet-client", "system:masters"),
    Identity("front-proxy-client", "front-proxy-client"),
)
"""Who talks to whom; Kubernetes binds the system users to their roles by itself."""

SERVED_NAMES = ("kubernetes", "kubernetes.default", "kubernetes.default.svc", "kubernetes.default.svc.cluster.local")

FAST_TOLERATIONS = ("--default-not-ready-toleration-seconds=5", "--default-unreachable-toleration-seconds=5")
FAST_GRACE = ("--node-monitor-grace-period=12s", "--node-monitor-period=1s")
"""With these the pods of a lost node are replaced after 20 s; by default after 6 minutes."""


@dataclass(frozen=True)
class Ports:
    """Where etcd and the API server listen."""

    etcd: int = 2379
    etcd_peer: int = 2380
    api: int = 6443


@dataclass(frozen=True)
class ControlPlane:
    """One control plane, its files in `folder`; `address` is where the API server is reached."""

    binaries: Binaries
    folder: Path
    authority: Authority
    address: str
    services: str
    api_service: str
    wrap: Wrap = list
    ports: Ports = Ports()
    fast_node_loss: bool = False

    @property
    def server(self) -> str:
        """The API server's URL."""
        return f"https://{self.address}:{self.ports.api}"

    def issue(self) -> None:
        """Make the certificates and kubeconfigs of all its users."""
        addresses = sorted({self.api_service, "127.0.0.1", self.address})
        serving = Identity("apiserver", "kube-apiserver", names=[*SERVED_NAMES, "localhost"], addresses=addresses)
        self.authority.issue([*USERS, serving])
        for user in ("controller-manager", "scheduler", "kube-proxy", "admin"):
            self.authority.kubeconfig(user, self.server, self.kubeconfig(user))

    def kubeconfig(self, user: str) -> Path:
        """Where a user's kubeconfig is."""
        return self.authority.folder / f"{user}.kubeconfig"

    def start(self, name: str, arguments: Sequence[str]) -> Daemon:
        """Start one of its programs."""
        command = [str(self.binaries.program(name)), *arguments]
        return Daemon.start(name, self.wrap(command), self.folder / "logs" / f"{name}.log")

    def start_server(self) -> list[Daemon]:
        """Start etcd and the API server, which waits for it."""
        return [self.start("etcd", self.etcd()), self.start("kube-apiserver", self.apiserver())]

    def etcd(self) -> list[str]:
        """One member that does not wait for the disk."""
        client, peer = (f"http://127.0.0.1:{port}" for port in (self.ports.etcd, self.ports.etcd_peer))
        return [
            f"--data-dir={self.folder / 'etcd'}",
            "--unsafe-no-fsync",
            f"--listen-client-urls={client}",
            f"--advertise-client-urls={client}",
            f"--listen-peer-urls={peer}",
            f"--initial-advertise-peer-urls={peer}",
            f"--initial-cluster=default={peer}",
            "--log-level=warn",
        ]

    def apiserver(self) -> list[str]:
        """Node and RBAC authorization, as in any real cluster."""
        key, certificate = self.authority.key, self.authority.certificate
        # The address of this machine's loopback cannot be an endpoint, so nobody may write it as one.
        loopback = self.address == "127.0.0.1"
        return [
            f"--etcd-servers=http://127.0.0.1:{self.ports.etcd}",
            f"--advertise-address={self.address}",
            f"--bind-address={self.address if loopback else '0.0.0.0'}",
            f"--secure-port={self.ports.api}",
            f"--service-cluster-ip-range={self.services}",
            "--authorization-mode=Node,RBAC",
            "--enable-admission-plugins=NodeRestriction",
            f"--client-ca-file={certificate('ca')}",
            f"--tls-cert-file={certificate('apiserver')}",
            f"--tls-private-key-file={key('apiserver')}",
            f"--kubelet-client-certificate={certificate('kubelet-client')}",
            f"--kubelet-client-key={key('kubelet-client')}",
            f"--kubelet-certificate-authority={certificate('ca')}",
            "--kubelet-preferred-address-types=InternalIP",
            "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
            f"--service-account-key-file={key('sa')}",
            f"--service-account-signing-key-file={key('sa')}",
            f"--requestheader-client-ca-file={certificate('ca')}",
            "--requestheader-allowed-names=front-proxy-client",
            "--requestheader-extra-headers-prefix=X-Remote-Extra-",
            "--requestheader-group-headers=X-Remote-Group",
            "--requestheader-username-headers=X-Remote-User",
            f"--proxy-client-cert-file={certificate('front-proxy-client')}",
            f"--proxy-client-key-file={key('front-proxy-client')}",
            "--allow-privileged=true",
            "--profiling=false",
            f"--endpoint-reconciler-type={'none' if loopback else 'lease'}",
            *(FAST_TOLERATIONS if self.fast_node_loss else ()),
        ]

    def controller_manager(self) -> list[str]:
        """At the default rate of requests the default ServiceAccount comes 4.6 s later."""
        return [
            *self._controller("controller-manager"),
            f"--root-ca-file={self.authority.certificate('ca')}",
            f"--service-account-private-key-file={self.authority.key('sa')}",
            "--use-service-account-credentials=true",
            "--allocate-node-cidrs=false",
            "--kube-api-qps=200",
            "--kube-api-burst=400",
            *(FAST_GRACE if self.fast_node_loss else ()),
        ]

    def scheduler(self) -> list[str]:
        """Nothing but what every controller needs."""
        return self._controller("scheduler")

    def _controller(self, user: str) -> list[str]:
        config = self.kubeconfig(user)
        return [
            f"--kubeconfig={config}",
            f"--authentication-kubeconfig={config}",
            f"--authorization-kubeconfig={config}",
            "--leader-elect=false",
            "--profiling=false",
            # Nobody asks a bed's controllers for their metrics; without a port two beds cannot collide.
            "--secure-port=0",
        ]

"""A node: containerd, kubelet and kube-proxy in namespaces of their own."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from tests.testbed import node_files
from tests.testbed.certificates import Identity
from tests.testbed.control_plane import ControlPlane
from tests.testbed.namespaces import Namespaces
from tests.testbed.network import Network
from tests.testbed.processes import Daemon

SOCKET = "/run/containerd/containerd.sock"

PROGRAMS = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
"""Where nft, mount and the like are, whatever PATH the tests have."""


@dataclass(frozen=True)
class Node:
    """Node `number` of a bed; `store` is containerd's root, which outlives the node."""

    number: int
    network: Network
    namespaces: Namespaces
    plane: ControlPlane
    store: Path

    @property
    def name(self) -> str:
        """Its name in the cluster."""
        return node_name(self.number)

    @property
    def folder(self) -> Path:
        """Its files."""
        return self.plane.folder / self.name

    @property
    def cgroup(self) -> str:
        """The group that its pods' groups are in."""
        return f"{self.network.name}-{self.name}"

    def start(self, name: str, arguments: list[str]) -> Daemon:
        """Start one of its programs."""
        command = self.namespaces.inside([str(self.plane.binaries.bin / name), *arguments])
        log = self.folder / "logs" / f"{name}.log"
        return Daemon.start(name, command, log, {"PATH": f"{self.plane.binaries.bin}:{PROGRAMS}"})

    def start_containerd(self) -> Daemon:
        """Start containerd, which needs nothing of the control plane."""
        cni = self.folder / "cni"
        cni.mkdir(parents=True, exist_ok=True)
        (cni / "10-pods.conflist").write_text(json.dumps(node_files.cni(self.network.pods_of(self.number))))
        config = self.folder / "containerd.toml"
        config.write_text(node_files.containerd(self.plane.binaries, cni))
        return self.start(
            "containerd",
            ["--config", str(config), "--root", str(self.store), "--state", "/run/containerd", "-a", SOCKET],
        )

    def containerd_answers(self) -> bool:
        """Whether its socket is there."""
        return self.namespaces.path(SOCKET).exists()

    def issue(self) -> None:
        """Make the node's certificate, for both ends of its talk with the API server."""
        address = self.network.node(self.number)
        identity = Identity(self.name, f"system:node:{self.name}", "system:nodes", [self.name], [address])
        self.plane.authority.issue([identity])
        self.plane.authority.kubeconfig(self.name, self.plane.server, self.plane.kubeconfig(self.name))

    def start_kubelet(self) -> list[Daemon]:
        """Start the kubelet and kube-proxy."""
        config = self._configure()
        for folder in ("kubelet", "pods", "plugins", "certificates"):
            (self.folder / folder).mkdir(exist_ok=True)
        kubelet = [
            f"--config={config / 'kubelet.json'}",
            f"--kubeconfig={self.plane.kubeconfig(self.name)}",
            f"--root-dir={self.folder / 'kubelet'}",
            f"--cert-dir={self.folder / 'certificates'}",
            f"--hostname-override={self.name}",
            f"--node-ip={self.network.node(self.number)}",
        ]
        proxy = [f"--config={config / 'kube-proxy.json'}"]
        return [self.start("kubelet", kubelet), self.start("kube-proxy", proxy)]

    def _configure(self) -> Path:
        certificates = self.plane.authority.folder
        dns = self.network.node(1)
        fast = self.plane.fast_node_loss
        kubelet = node_files.kubelet(certificates, self.name, self.folder, dns, self.cgroup, fast)
        proxy = node_files.kube_proxy(self.plane.kubeconfig("kube-proxy"), self.name, self.network.pods)
        (self.folder / "kubelet.json").write_text(json.dumps(kubelet))
        (self.folder / "kube-proxy.json").write_text(json.dumps(proxy))
        (self.folder / "resolv.conf").write_text("")
        return self.folder

    def ctr(self, arguments: list[str]) -> list[str]:
        """The command line that asks its containerd for something."""
        return self.namespaces.inside([str(self.plane.binaries.bin / "ctr"), "-a", SOCKET, "-n", "k8s.io", *arguments])


def node_name(number: int) -> str:
    """The name of a node in the cluster; nodes count from 1."""
    return f"node{number}"

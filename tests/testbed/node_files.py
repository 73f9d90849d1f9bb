"""The configuration files of a node's programs, as data."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.testbed.build import Binaries

PAUSE_IMAGE = "localhost/testbed/pause:1"
"""What every pod's first process is made from; the bed imports it itself."""

CONTAINERD = """\
version = 3
oom_score = 0
disabled_plugins = [
  "io.containerd.nri.v1.nri",
  "io.containerd.snapshotter.v1.blockfile",
  "io.containerd.snapshotter.v1.btrfs",
  "io.containerd.snapshotter.v1.devmapper",
  "io.containerd.snapshotter.v1.erofs",
  "io.containerd.snapshotter.v1.zfs",
  "io.containerd.tracing.processor.v1.otlp",
]

# Without this it makes /opt/containerd on the host.
[plugins."io.containerd.internal.v1.opt"]
path = "/var/lib/containerd-opt"

[plugins."io.containerd.cri.v1.images"]
snapshotter = "overlayfs"

[plugins."io.containerd.cri.v1.images".pinned_images]
sandbox = "{pause}"

[plugins."io.containerd.cri.v1.runtime"]
restrict_oom_score_adj = true
disable_apparmor = true

[plugins."io.containerd.cri.v1.runtime".cni]
bin_dirs = ["{cni}"]
conf_dir = "{cni_config}"

[plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc]
runtime_type = "io.containerd.runc.v2"

[plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc.options]
BinaryName = "{runc}"
SystemdCgroup = false
"""


def containerd(binaries: Binaries, cni_config: Path) -> str:
    """containerd's config.toml."""
    return CONTAINERD.format(pause=PAUSE_IMAGE, cni=binaries.cni, cni_config=cni_config, runc=binaries.bin / "runc")


def cni(pods: str) -> dict[str, Any]:
    """A bridge for the node's pods, whose addresses are remembered in a folder that ends with the node."""
    ipam = {
        "type": "host-local",
        "dataDir": "/run/cni",
        "ranges": [[{"subnet": pods}]],
        "routes": [{"dst": "0.0.0.0/0"}],
    }
    bridge = {"type": "bridge", "bridge": "cni0", "isGateway": True, "hairpinMode": True, "ipMasq": False, "ipam": ipam}
    portmap = {"type": "portmap", "capabilities": {"portMappings": True}, "backend": "nftables"}
    return {"cniVersion": "1.0.0", "name": "pods", "plugins": [bridge, portmap]}


def kubelet(certificates: Path, name: str, folder: Path, dns: str, cgroup: str, fast: bool) -> dict[str, Any]:
    """The kubelet's configuration."""
    return {
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "authentication": {
            "anonymous": {"enabled": False},
            "webhook": {"enabled": True},
            "x509": {"clientCAFile": str(certificates / "ca.crt")},
        },
        "authorization": {"mode": "Webhook"},
        "tlsCertFile": str(certificates / f"{name}.crt"),
        "tlsPrivateKeyFile": str(certificates / f"{name}.key"),
        "containerRuntimeEndpoint": "unix:///run/containerd/containerd.sock",
        "clusterDomain": "cluster.local",
        "clusterDNS": [dns],
        "resolvConf": str(folder / "resolv.conf"),
        "cgroupDriver": "cgroupfs",
        "cgroupRoot": f"/{cgroup}",
        "failSwapOn": False,
        "oomScoreAdj": 0,
        "maxOpenFiles": 20000,
        "makeIPTablesUtilChains": False,
        "podLogsDir": str(folder / "pods"),
        "volumePluginDir": str(folder / "plugins"),
        "readOnlyPort": 0,
        "serializeImagePulls": False,
        "evictionHard": {"nodefs.available": "1%", "imagefs.available": "1%", "memory.available": "200Mi"},
        "imageGCHighThresholdPercent": 100,
        "imageGCLowThresholdPercent": 99,
        "nodeStatusUpdateFrequency": "2s" if fast else "5s",
        **({"nodeLeaseDurationSeconds": 8} if fast else {}),
    }


def kube_proxy(kubeconfig: Path, name: str, pods: str) -> dict[str, Any]:
    """kube-proxy's configuration: nftables, and connection tracking left as the kernel has it."""
    return {
        "apiVersion": "kubeproxy.config.k8s.io/v1alpha1",
        "kind": "KubeProxyConfiguration",
        "clientConnection": {"kubeconfig": str(kubeconfig)},
        "hostnameOverride": name,
        "mode": "nftables",
        "clusterCIDR": pods,
        "oomScoreAdj": 0,
        "conntrack": {"maxPerCore": 0, "min": 0, "tcpEstablishedTimeout": "0s", "tcpCloseWaitTimeout": "0s"},
    }

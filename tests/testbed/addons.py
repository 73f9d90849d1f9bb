"""What a bare cluster lacks: names for Services, and volumes for claims. Both are programs of node 1, not pods."""

from __future__ import annotations

from tests.testbed.api import Api
from tests.testbed.control_plane import ControlPlane
from tests.testbed.processes import BedError, Daemon

PROVISIONER = "testbed/folders"

STORAGE_CLASS = {
    "apiVersion": "storage.k8s.io/v1",
    "kind": "StorageClass",
    "metadata": {"name": "folders", "annotations": {"storageclass.kubernetes.io/is-default-class": "true"}},
    "provisioner": PROVISIONER,
    "volumeBindingMode": "WaitForFirstConsumer",
    "reclaimPolicy": "Delete",
}

# Names outside the cluster do not exist, so that a program that asks for one is told so at once.
COREFILE = """\
.:53 {{
    bind {address}
    errors
    kubernetes cluster.local in-addr.arpa {{
        kubeconfig {kubeconfig} testbed
        pods verified
        ttl 1
    }}
    template ANY ANY {{
        rcode NXDOMAIN
    }}
}}
"""


def start(plane: ControlPlane) -> list[Daemon]:
    """Start CoreDNS at the node's address and the volume provisioner."""
    corefile = plane.folder / "Corefile"
    admin = plane.kubeconfig("admin")
    corefile.write_text(COREFILE.format(address=plane.address, kubeconfig=admin))
    volumes = plane.folder / "volumes"
    volumes.mkdir(exist_ok=True)
    return [
        plane.start("coredns", ["-conf", str(corefile)]),
        plane.start("volume-provisioner", [f"-kubeconfig={admin}", f"-root={volumes}", f"-name={PROVISIONER}"]),
    ]


def create_storage_class(api: Api) -> None:
    """Make the default StorageClass."""
    status, answer = api.request("POST", "/apis/storage.k8s.io/v1/storageclasses", STORAGE_CLASS)
    if status not in (201, 409):
        raise BedError(f"the default StorageClass was refused: {answer}")

"""What runs do to the objects of a cluster on an API server without nodes, each step as a process of its own."""

from __future__ import annotations

import json
import subprocess
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timezone
from functools import cached_property
from pathlib import Path
from typing import Any

from tests.testbed.processes import BedError
from vitessctl.model.build import build
from vitessctl.model.cluster import Cluster
from vitessctl.render.documents import Document
from vitessctl.render.render import render
from vitessctl.run.stop import stop_all
from vitessctl.spec import load
from vitessctl.targets.base import Operation, Run
from vitessctl.targets.kubernetes import kinds
from vitessctl.targets.kubernetes.client import open_api
from vitessctl.targets.kubernetes.record import record_name
from vitessctl.targets.kubernetes.retry import Patience
from vitessctl.targets.kubernetes.target import SURPLUS_KINDS, KubernetesTarget

INVENTORIES = Path(__file__).parents[2] / "inventories"
ZONES = ("eu-west-1a", "eu-west-1b", "eu-west-1c")
"""Where inventories/production wants its cells."""
ALLOCATABLE = {"cpu": "64", "memory": "512Gi", "pods": "500"}
BEAT_SECONDS = 10.0
"""As often as kubelets say that they live."""
STORAGE = {
    "apiVersion": "storage.k8s.io/v1",
    "kind": "StorageClass",
    "metadata": {"name": "room", "annotations": {"storageclass.kubernetes.io/is-default-class": "true"}},
    "provisioner": "example.com/none",
    "volumeBindingMode": "WaitForFirstConsumer",
}


def make_room(bed: Any) -> None:
    """Nodes that only are written down, and a StorageClass that nobody serves: what preflight wants to see."""
    nodes = [
        {
            "apiVersion": "v1",
            "kind": "Node",
            "metadata": {"name": zone, "labels": {"topology.kubernetes.io/zone": zone}},
        }
        for zone in ZONES
    ]
    items = [STORAGE, *nodes]
    bed.kubectl("apply", "-f", "-", stdin=json.dumps({"apiVersion": "v1", "kind": "List", "items": items}))


@contextmanager
def living_nodes(bed: Any) -> Iterator[None]:
    """The nodes are Ready while inside, however long that is: without a sign for 50 s no preflight would take them."""
    make_room(bed)
    heartbeat(bed)
    ended = threading.Event()
    thread = threading.Thread(target=_beat_until, args=(bed, ended), name="heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _beat_until(bed: Any, ended: threading.Event) -> None:
    while not ended.wait(BEAT_SECONDS):
        with suppress(BedError, subprocess.TimeoutExpired):  # one that is lost is no matter
            heartbeat(bed)


def heartbeat(bed: Any) -> None:
    """The nodes live for another 50 s (--node-monitor-grace-period), as their kubelets would say."""
    ready = {
        "type": "Ready",
        "status": "True",
        "lastHeartbeatTime": datetime.now(timezone.utc).isoformat("T", "seconds"),
    }
    status = json.dumps({"status": {"allocatable": ALLOCATABLE, "conditions": [ready]}})
    bed.kubectl("patch", "node", *ZONES, "--subresource=status", "--type=merge", "-p", status)


@dataclass
class Cycle:
    """A cluster in a namespace; every step talks to the server anew."""

    inventory: str
    namespace: str
    kubeconfig: Path
    patience: Patience
    extra: tuple[str, ...] = ()
    fewer_by: int = 1
    """How many tablets leave the spec before the cluster is stopped."""

    @cached_property
    def cluster(self) -> Cluster:
        """The cluster of the inventory, in this namespace."""
        words = [f"namespace={self.namespace}", *self.extra]
        return build(load(INVENTORIES / self.inventory, words, [], {}, "kubernetes"))

    @cached_property
    def documents(self) -> tuple[Document, ...]:
        """All of it."""
        return render(self.cluster, "kubernetes", ())

    @property
    def fewer(self) -> tuple[Document, ...]:
        """All but the last tablets' StatefulSets."""
        tablets = [each for each in self.documents if each.kind == "StatefulSet" and each.component != "etcd"]
        last = tablets[len(tablets) - self.fewer_by :]
        return tuple(each for each in self.documents if each not in last)

    @property
    def kept(self) -> set[str]:
        """What `down` leaves: generated Secrets, the record and the lease. Volumes too, where there are pods."""
        own = record_name(self.cluster.name)
        secrets = {each.label for each in self.documents if each.generated}
        return {*secrets, f"ConfigMap/{own}", f"Lease/{own}"}

    def target(self) -> KubernetesTarget:
        """The target, as a process of its own has it."""
        return KubernetesTarget(self.cluster, open_api(kubeconfig=str(self.kubeconfig), patience=self.patience))

    @contextmanager
    def changing(self, command: str, documents: Sequence[Document]) -> Iterator[KubernetesTarget]:
        """A run that changes the cluster."""
        target = self.target()
        with target, target.changing(Run(command, documents, lambda event: None, threading.Event())):
            yield target

    def left(self) -> set[str]:
        """What there is of the cluster but claims."""
        api = self.target().api
        labels = {"vitessctl.io/cluster": self.cluster.name}
        wanted = (*SURPLUS_KINDS, kinds.SECRET, kinds.LEASE)
        return {f"{k.name}/{each['metadata']['name']}" for k in wanted for each in api.list(k, self.namespace, labels)}


def look_from_nothing(cycle: Cycle) -> None:
    """Everything would be created."""
    seen = {change.operation for change in cycle.target().observe(cycle.documents)}
    assert seen == {Operation.CREATE}


def apply(cycle: Cycle) -> None:
    """Everything is there afterwards, and nobody holds the lease."""
    with cycle.changing("up", cycle.documents) as target:
        target.apply(cycle.documents)
    assert to_do(cycle, cycle.documents) == []


def look_again(cycle: Cycle) -> None:
    """Nothing is to be done."""
    assert to_do(cycle, cycle.documents) == []


def prune(cycle: Cycle) -> None:
    """A tablet left the spec."""
    with cycle.changing("up", cycle.fewer) as target:
        target.apply(cycle.fewer)
        target.prune(cycle.fewer)
    assert to_do(cycle, cycle.fewer) == []


def stop(cycle: Cycle) -> None:
    """Nothing is left but what is kept."""
    with cycle.changing("down", cycle.fewer) as target:
        stop_all(target, cycle.fewer, lambda event: None)
    assert cycle.left() == cycle.kept


def to_do(cycle: Cycle, documents: Sequence[Document]) -> list[str]:
    """What a plan would name."""
    changes = cycle.target().observe(documents)
    return [f"{change.operation.value} {change.label}" for change in changes if change.is_change]


Step = Callable[[Cycle], None]
STEPS: tuple[Step, ...] = (look_from_nothing, apply, look_again, prune, stop)

"""What the benchmarks on Kubernetes share: 1,000 tablets, a bed to have them on, and counting what is asked of it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.testbed.cluster import Cluster
from vitessctl.cli.session import SpecOptions, Where, documents_of, load_for, open_target
from vitessctl.render.documents import Document
from vitessctl.targets.kubernetes.target import KubernetesTarget

SPEC = """
cluster: large
image: vitess/lite:v24.0.4
cells: [zone1]
keyspaces:
  big: {shards: 250, tablets: {replica: 4}}
"""
CONTEXT = "testbed"


@dataclass(frozen=True)
class Large:
    """An API server, and the spec of a cluster of 1,000 tablets for it."""

    inventory: Path
    kubectl: str
    documents: tuple[Document, ...]
    target: KubernetesTarget

    @property
    def arguments(self) -> list[str]:
        """What a command line names it with."""
        return ["-i", str(self.inventory), "--context", CONTEXT]


@contextmanager
def bed(nodes: int) -> Iterator[Cluster]:
    """A bed of its own, which $KUBECONFIG leads to while inside."""
    with tempfile.TemporaryDirectory(prefix="vb") as folder, Cluster.start(Path(folder) / "bed", nodes=nodes) as found:
        os.environ["KUBECONFIG"] = str(found.kubeconfig)
        yield found


@contextmanager
def large(kubectl: str, folder: Path) -> Iterator[Large]:
    """The cluster as documents, and the target to put them to."""
    inventory = folder / "cluster.yaml"
    inventory.write_text(SPEC)
    options, where = SpecOptions(inventory, (), ()), Where(context=CONTEXT)
    cluster, name = load_for(options, where, new=True)
    with open_target(cluster, name, where) as target:
        assert isinstance(target, KubernetesTarget)
        yield Large(inventory, kubectl, documents_of(cluster, name, options), target)


def writes(counts: dict[str, int]) -> int:
    """Requests that were no reads."""
    return sum(number for method, number in counts.items() if method != "GET")

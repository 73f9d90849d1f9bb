"""What the checks before the first write are given, and what they give."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from vitessctl.errors import VitessctlError
from vitessctl.render.documents import Document
from vitessctl.render.workloads import WORKLOADS
from vitessctl.targets.kubernetes.interface import KubernetesApi


class ClusterFault(VitessctlError):
    """Something in the Kubernetes cluster is in the way."""


@dataclass(frozen=True)
class Notice:
    """Something that a person should know, and that stops nothing."""

    text: str


Finding = VitessctlError | Notice


@dataclass(frozen=True)
class Ready:
    """Nothing is in the way."""

    version: str
    """The API server's."""
    make_namespace: bool = False
    """The namespace is not there, and we may make it."""
    notices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Situation:
    """What is to be done, and where."""

    api: KubernetesApi
    namespace: str
    cluster: str
    documents: Sequence[Document]
    exists: bool = True
    """Whether the namespace is there; if not, nothing in it needs to be asked for."""
    probes: bool = False
    """Whether images are to be run once, in pods of vitessctl's own."""

    def workloads(self) -> Iterator[Document]:
        """StatefulSets and Deployments."""
        return (document for document in self.documents if document.kind in WORKLOADS)


def replicas(workload: Mapping[str, Any]) -> int:
    """How many pods it has; Kubernetes takes 1 where it does not say."""
    return int(workload["spec"].get("replicas", 1))

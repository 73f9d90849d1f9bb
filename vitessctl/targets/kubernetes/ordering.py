"""What is written first: what others refer to, then what runs."""

from __future__ import annotations

from collections.abc import Sequence

from vitessctl.render.documents import Document

WORKLOADS = frozenset({"StatefulSet", "Deployment", "EtcdCluster"})
"""Kinds that have pods."""


def is_workload(document: Document) -> bool:
    """Whether pods come of it."""
    return document.kind in WORKLOADS


def waves(documents: Sequence[Document]) -> tuple[tuple[Document, ...], ...]:
    """Documents that may be written side by side, wave after wave: a pod's Secret and Service before the pod."""
    first = tuple(document for document in documents if not is_workload(document))
    second = tuple(document for document in documents if is_workload(document))
    return tuple(wave for wave in (first, second) if wave)

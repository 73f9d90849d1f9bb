"""What pods refer to is written before them."""

from __future__ import annotations

import pytest

from vitessctl.render.documents import Document
from vitessctl.targets.kubernetes.ordering import is_workload, waves


def a_document(kind: str, name: str = "x") -> Document:
    return Document("etcd", "etcd", kind, name, "", "", {})


@pytest.mark.parametrize(
    ("kind", "has_pods"),
    [("StatefulSet", True), ("Deployment", True), ("EtcdCluster", True), ("Service", False), ("Secret", False)],
)
def test_what_has_pods(kind: str, has_pods: bool) -> None:
    assert is_workload(a_document(kind)) is has_pods


def test_pods_come_in_the_second_wave_in_the_order_of_the_documents() -> None:
    given = [a_document(kind) for kind in ("Deployment", "Secret", "StatefulSet", "Service")]
    assert [[each.kind for each in wave] for wave in waves(given)] == [
        ["Secret", "Service"],
        ["Deployment", "StatefulSet"],
    ]


@pytest.mark.parametrize(("kinds", "count"), [((), 0), (("Secret",), 1), (("Deployment",), 1)])
def test_there_is_no_empty_wave(kinds: tuple[str, ...], count: int) -> None:
    assert len(waves([a_document(kind) for kind in kinds])) == count

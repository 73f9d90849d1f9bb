"""Documents against what is there: the server is asked only about what seems to differ, and only once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.unit.targets.kubernetes.test_target import NAMESPACE, Bed
from vitessctl.targets.base import Operation
from vitessctl.targets.kubernetes import kinds
from vitessctl.targets.kubernetes.comparing import Comparer, deletion
from vitessctl.targets.kubernetes.snapshot import Lists

GATE = "minimal-vtgate-zone1"
LABELS = {"vitessctl.io/cluster": "minimal"}


@pytest.fixture
def bed() -> Bed:
    bed = Bed()
    bed.target.apply(bed.documents)
    return bed.use()


def a_comparer(bed: Bed) -> Comparer:
    return Comparer(bed.api, Lists(bed.api, NAMESPACE, LABELS))


def dry_runs(bed: Bed) -> list[str]:
    return [str(request) for request in bed.api.requests if request.dry_run]


def test_nothing_is_asked_about_what_is_as_it_should_be(bed: Bed) -> None:
    found = a_comparer(bed).compare(bed.documents)

    assert [each.document for each in found] == list(bed.documents)
    assert {each.change.operation for each in found} == {Operation.KEEP}
    assert dry_runs(bed) == []


def test_what_is_not_there_is_created_without_asking() -> None:
    bed = Bed()
    found = a_comparer(bed).compare(bed.documents)
    assert {each.change.operation for each in found} == {Operation.CREATE}
    assert dry_runs(bed) == []


def test_what_seems_to_differ_is_asked_about_once_as_long_as_neither_changes(bed: Bed) -> None:
    bed.use("images.vtgate=vitess/lite:v24.0.3")
    comparer = a_comparer(bed)

    for _ in range(3):
        changed = [each for each in comparer.compare(bed.documents) if each.change.is_change]

    assert [each.document.name for each in changed] == [GATE]
    assert dry_runs(bed) == [f"apply Deployment/{GATE} (dry run)"]


def test_an_object_that_somebody_changed_is_asked_about_again(bed: Bed) -> None:
    bed.use("images.vtgate=vitess/lite:v24.0.3")
    lists = Lists(bed.api, NAMESPACE, LABELS)
    comparer = Comparer(bed.api, lists)
    comparer.compare(bed.documents)

    bed.api.edit(kinds.DEPLOYMENT, NAMESPACE, GATE, {"metadata": {"annotations": {"a": "b"}}}, manager="kubectl")
    lists.forget()
    comparer.compare(bed.documents)

    assert dry_runs(bed) == [f"apply Deployment/{GATE} (dry run)"] * 2


def test_another_document_of_that_name_is_asked_about_too(bed: Bed) -> None:
    comparer = a_comparer(bed)
    for tag in ("v24.0.2", "v24.0.3"):
        bed_documents = Bed(f"images.vtgate=vitess/lite:{tag}").documents
        comparer.compare([document for document in bed_documents if document.label == f"Deployment/{GATE}"])
    assert len(dry_runs(bed)) == 2


def test_a_conflict_names_field_and_manager(bed: Bed) -> None:
    bed.api.edit(kinds.SERVICE, NAMESPACE, GATE, {"spec": {"type": "NodePort"}}, manager="kubectl-edit")

    (change,) = [each.change for each in a_comparer(bed).compare(bed.documents) if each.change.is_change]

    assert (change.operation, change.label) == (Operation.CONFLICT, f"Service/{GATE}")
    assert [(each.path, each.manager) for each in change.conflicts] == [("spec.type", "kubectl-edit")]


def test_a_change_says_where_it_belongs(bed: Bed) -> None:
    document = replace(bed.document(f"Deployment/{GATE}"), subject="zone1")
    (each,) = a_comparer(bed).compare([document])
    change = each.change
    assert (change.label, change.stage, change.component, change.subject) == (
        f"Deployment/{GATE}",
        "vtgate",
        "vtgate",
        "zone1",
    )


def test_an_object_without_a_document_is_a_deletion_of_the_stage_prune(bed: Bed) -> None:
    name = "minimal-vttablet-zone1-0000000100"
    change = deletion(kinds.STATEFUL_SET, bed.api.stored(kinds.STATEFUL_SET, NAMESPACE, name))
    assert (change.operation, change.label, change.stage) == (Operation.DELETE, f"StatefulSet/{name}", "prune")
    assert (change.component, change.subject) == ("vttablet", "zone1-0000000100")


def test_etcd_goes_as_a_whole(bed: Bed) -> None:
    change = deletion(kinds.STATEFUL_SET, bed.api.stored(kinds.STATEFUL_SET, NAMESPACE, "minimal-etcd"))
    assert (change.component, change.subject) == ("etcd", "")

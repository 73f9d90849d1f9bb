"""What comparing says: each case of cases/compare.yaml, kinds that cannot change, Secrets, real answers of a server."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support import apiserver
from tests.unit.plan.objects import cases, changed, statefulset
from vitessctl.plan.compare import claim_sizes, compare, settle, shrinks
from vitessctl.targets.base import FieldChange, FieldConflict, Operation

COMPARE = [pytest.param(case, id=case["case"]) for case in cases("compare")]


def live_of(case: dict[str, Any]) -> dict[str, Any]:
    """The object after we applied it and somebody else edited it."""
    live = apiserver.apply(None, statefulset())
    return apiserver.edit(live, *case["edited"]) if "edited" in case else live


@pytest.mark.parametrize("case", COMPARE)
def test_compare(case: dict[str, Any]) -> None:
    found = compare(changed(statefulset(), case.get("want", {})), live_of(case))

    assert found.operation.value == case["operation"]
    assert {field.path: [field.before, field.after] for field in found.fields} == case.get("fields", {})
    assert {conflict.path: conflict.manager for conflict in found.conflicts} == case.get("conflicts", {})
    assert list(found.immutable) == case.get("immutable", [])
    assert found.certain == case.get("certain", False)


@pytest.mark.parametrize("case", [case for case in COMPARE if "edited" not in case.values[0]])
def test_the_dry_run_says_the_same_where_the_server_would_take_it(case: Any) -> None:
    live, wanted = live_of(case), changed(statefulset(), case.get("want", {}))

    settled = settle(wanted, live, apiserver.apply(live, wanted))

    if case["operation"] != "keep":
        assert settled.operation.value == case["operation"]
    paths = {field.path for field in compare(wanted, live).fields if field.after != {}}
    assert paths == {field.path for field in settled.fields}
    assert settled.certain


def test_an_object_that_is_not_there_is_created() -> None:
    assert compare(statefulset(), None).operation is Operation.CREATE


def test_an_object_that_somebody_else_made_is_taken_over_even_if_it_is_equal() -> None:
    live = apiserver.apply(None, statefulset(), manager="kubectl")

    found = compare(statefulset(), live)

    assert (found.operation, found.fields, found.certain) == (Operation.UPDATE, (), False)
    assert settle(statefulset(), live, apiserver.apply(live, statefulset())).operation is Operation.UPDATE


def test_what_we_applied_in_another_version_of_the_api_is_asked_for() -> None:
    live = apiserver.apply(None, statefulset())
    live["metadata"]["managedFields"][0]["apiVersion"] = "apps/v1beta2"

    assert not compare(statefulset(), live).certain


def test_a_field_that_two_own_is_a_conflict_only_when_it_changes() -> None:
    live = apiserver.apply(None, statefulset())
    live = apiserver.apply(live, changed(statefulset(), {"spec.replicas": 1}), manager="helm")

    assert compare(statefulset(), live).operation is Operation.KEEP
    found = compare(changed(statefulset(), {"spec.replicas": 0}), live)
    assert (found.operation, found.conflicts) == (Operation.CONFLICT, (FieldConflict("spec.replicas", "helm"),))


def test_a_controller_that_writes_status_is_no_conflict() -> None:
    live = apiserver.apply(None, statefulset())
    live["metadata"]["managedFields"].append(
        {
            "manager": "kube-controller-manager",
            "operation": "Update",
            "apiVersion": "apps/v1",
            "subresource": "status",
            "fieldsV1": {"f:spec": {"f:replicas": {}}},
        }
    )
    live["status"] = {"replicas": 1}

    assert compare(statefulset(), live).operation is Operation.KEEP
    assert compare(changed(statefulset(), {"spec.replicas": 0}), live).operation is Operation.UPDATE


def test_several_faults_are_all_named() -> None:
    wanted = changed(statefulset(), {"spec.replicas": 0, "spec.serviceName": "x", "metadata.labels": {"a": "b"}})

    found = compare(wanted, apiserver.apply(None, statefulset()))

    assert found.operation is Operation.RECREATE
    assert {field.path for field in found.fields} == {
        "spec.replicas",
        "spec.serviceName",
        "metadata.labels.a",
        'metadata.labels["vitessctl.io/cluster"]',
    }
    assert found.immutable == ("spec.serviceName",)


KINDS: list[tuple[str, dict[str, Any], dict[str, Any], str]] = [
    ("Deployment", {"spec": {"selector": {"a": "b"}}}, {"spec.selector.a": "c"}, "recreate"),
    ("Deployment", {"spec": {"replicas": 1}}, {"spec.replicas": 2}, "update"),
    ("Service", {"spec": {"clusterIP": "None"}}, {"spec.clusterIP": "10.0.0.9"}, "recreate"),
    ("Service", {"spec": {"type": "ClusterIP"}}, {"spec.type": "NodePort"}, "update"),
    ("PodDisruptionBudget", {"spec": {"maxUnavailable": 1}}, {"spec.maxUnavailable": 2}, "update"),
    ("PodDisruptionBudget", {"spec": {"maxUnavailable": 1}}, {"spec.maxUnavailable": "1"}, "keep"),
    ("PersistentVolumeClaim", {"spec": {"storageClassName": "a"}}, {"spec.storageClassName": "b"}, "recreate"),
    ("Secret", {"type": "Opaque", "data": {"a": "MQ=="}}, {"type": "other"}, "recreate"),
    ("Secret", {"type": "Opaque", "data": {"a": "MQ=="}}, {"data.a": "Mg=="}, "update"),
    ("Secret", {"immutable": True, "data": {"a": "MQ=="}}, {"data.a": "Mg=="}, "recreate"),
    ("ConfigMap", {"data": {"a": "1"}}, {"data.a": "2"}, "update"),
    ("ConfigMap", {"immutable": True, "data": {"a": "1"}}, {"data.a": "2"}, "recreate"),
    ("ServiceAccount", {"automountServiceAccountToken": False}, {"automountServiceAccountToken": True}, "update"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "body", "change", "operation"), KINDS, ids=str)
def test_what_a_kind_can_change(kind: str, body: dict[str, Any], change: dict[str, Any], operation: str) -> None:
    wanted = {"apiVersion": "v1", "kind": kind, "metadata": {"name": "x"}, **body}

    assert compare(changed(wanted, change), apiserver.apply(None, wanted)).operation.value == operation


def test_a_claim_grows_and_never_shrinks() -> None:
    larger = changed(statefulset(), {"spec.volumeClaimTemplates.0.spec.resources.requests.storage": "40Gi"})

    assert claim_sizes(compare(larger, apiserver.apply(None, statefulset()))) == {"data": ("20Gi", "40Gi")}
    assert shrinks("20Gi", "19.5Gi")
    assert not shrinks("20Gi", "20480Mi")
    assert not shrinks("20Gi", "1Ti")


def test_a_secret_is_marked_wherever_it_stands() -> None:
    wanted = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "x"}, "data": {"users.json": "b2xk"}}

    found = compare(
        changed(wanted, {"metadata.name": "x", "data": {"users.json": "bmV3"}}), apiserver.apply(None, wanted)
    )

    assert found.fields == (FieldChange('data["users.json"]', "b2xk", "bmV3", secret=True),)


def test_text_of_a_secret_is_compared_with_what_the_server_made_of_it() -> None:
    stored = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "x"}, "data": {"word": "b2xk"}}
    written = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "x"}, "stringData": {"word": "old"}}

    assert compare(written, apiserver.apply(None, stored)).operation is Operation.KEEP
    assert compare(changed(written, {"stringData.word": "new"}), apiserver.apply(None, stored)).fields[0].secret


def test_a_dry_run_that_differs_only_in_the_servers_own_fields_is_nothing() -> None:
    live = apiserver.apply(None, statefulset())
    answer = apiserver.apply(live, statefulset())
    answer["metadata"] |= {"resourceVersion": "99", "generation": 7, "uid": "u", "creationTimestamp": "now"}
    answer["status"] = {"replicas": 3}

    assert settle(statefulset(), live, answer).operation is Operation.KEEP


def test_a_webhook_that_changes_what_we_send_ends_in_nothing_to_do() -> None:
    """It puts its own registry before every image, now as it did before: the dry run shows that."""
    live = apiserver.apply(None, statefulset())
    live["spec"]["template"]["spec"]["containers"][0]["image"] = "mirror/vitess/lite:v24.0.4"
    answer = apiserver.apply(live, statefulset())
    answer["spec"]["template"]["spec"]["containers"][0]["image"] = "mirror/vitess/lite:v24.0.4"

    assert not compare(statefulset(), live).certain
    assert settle(statefulset(), live, answer).operation is Operation.KEEP

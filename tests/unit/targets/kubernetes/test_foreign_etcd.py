"""etcd that somebody else runs: an operator in the cluster, or servers outside of it."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.kubernetes.fake import FakeApi
from tests.unit.targets.kubernetes.test_target import NAMESPACE, Bed, a_cluster
from vitessctl.targets.base import Operation, State
from vitessctl.targets.kubernetes import foreign_etcd, kinds
from vitessctl.targets.kubernetes.foreign_etcd import UNSEEN

RECORDED = yaml.safe_load((Path(__file__).parent / "cases" / "etcd_operators.yaml").read_text(encoding="utf-8"))
COREOS = "topology.etcd={operator: coreos, members: 1}"
ETCD_IO = "topology.etcd={operator: etcd-io, members: 1}"
KINDS = {"coreos": kinds.COREOS_ETCD_CLUSTER, "etcd-io": kinds.ETCD_CLUSTER}
OPERATORS = tuple(KINDS)


def placed(body: dict[str, Any], **metadata: Any) -> dict[str, Any]:
    return {**body, "metadata": {**body["metadata"], "namespace": NAMESPACE, **metadata}}


def a_member(operator: str, number: int, ready: bool = True) -> dict[str, Any]:
    """The recorded pod, under another name."""
    pod = placed(copy.deepcopy(RECORDED[operator]["pod"]), name=f"minimal-etcd-{number}")
    pod["status"]["conditions"] = [{"type": "Ready", "status": str(ready)}]
    return pod


def an_api(*members: dict[str, Any]) -> FakeApi:
    api = FakeApi(namespaces=[NAMESPACE])
    for member in members:
        api.put(member)
    return api


def verdict(api: FakeApi, *spec: str) -> Any:
    ours = {pod["metadata"]["name"]: pod for pod in api.list(kinds.POD, NAMESPACE, {"vitessctl.io/cluster": "minimal"})}
    return foreign_etcd.ready(a_cluster(*spec), api, ours)


def run_by(operator: str, status: dict[str, Any] | None = None) -> Bed:
    """A cluster that was brought up with an operator's etcd; what the operator made is there."""
    bed = Bed(f"topology.etcd={{operator: {operator}, members: 1}}")
    bed.target.apply(bed.documents)
    for name in ("pod", "claim", "service"):
        if body := RECORDED[operator].get(name):
            bed.api.put(placed(body), manager="etcd-operator")
    if status:
        bed.api.set_status(KINDS[operator], NAMESPACE, "minimal-etcd", status)
    return bed.use(f"topology.etcd={{operator: {operator}, members: 1}}")


def test_our_own_etcd_is_asked_member_by_member() -> None:
    assert verdict(an_api()) is None


@pytest.mark.parametrize("operator", OPERATORS)
@pytest.mark.parametrize(
    ("ready", "state", "said"),
    [
        ([], State.WAITING, "0 of 3 members of EtcdCluster/minimal-etcd are ready"),
        ([True, False, False], State.WAITING, "1 of 3 members"),
        ([True, True, False], State.READY, "2 of 3 members ready"),
        ([True, True, True], State.READY, "3 of 3 members ready"),
    ],
)
def test_an_operators_etcd_is_there_when_a_majority_is(
    operator: str, ready: list[bool], state: State, said: str
) -> None:
    api = an_api(*(a_member(operator, number, each) for number, each in enumerate(ready)))

    found = verdict(api, f"topology.etcd={{operator: {operator}, members: 3}}")

    assert found.state is state
    assert said in found.reason


@pytest.mark.parametrize("spec", [COREOS, ETCD_IO])
def test_where_no_operator_has_done_anything_that_is_said(spec: str) -> None:
    assert verdict(an_api(), spec).reason.endswith(UNSEEN)


def test_while_it_waits_it_names_the_operator_that_is_at_work() -> None:
    bed = run_by("coreos", RECORDED["coreos"]["waiting"])
    assert verdict_without_pods(bed).endswith("the coreos etcd operator makes them")


def test_what_the_operator_says_went_wrong_is_said() -> None:
    bed = run_by("coreos", {**RECORDED["coreos"]["waiting"], "phase": "Failed", "reason": "lost quorum"})
    assert verdict_without_pods(bed).endswith("lost quorum")


def verdict_without_pods(bed: Bed) -> str:
    found = foreign_etcd.ready(bed.cluster, bed.api, {})
    assert found is not None
    assert found.state is State.WAITING
    return found.reason


@pytest.mark.parametrize("operator", OPERATORS)
def test_the_gate_opens_though_no_operator_says_which_generation_it_has_seen(operator: str) -> None:
    """Their status has no observedGeneration; that of the etcd project's has nothing at all."""
    bed = run_by(operator, RECORDED[operator].get("available"))
    assert bed.target.settled([bed.document("EtcdCluster/minimal-etcd")]).ready
    found = bed.target.topology_ready()
    assert found is not None
    assert found.reason == "1 of 1 members ready"


def test_what_the_operator_adds_to_the_spec_is_no_difference() -> None:
    bed = run_by("coreos")
    added = RECORDED["coreos"]["added_to_the_spec"]
    bed.api.edit(kinds.COREOS_ETCD_CLUSTER, NAMESPACE, "minimal-etcd", {"spec": added}, manager="etcd-operator")
    assert bed.use(COREOS).changed() == {}


# ---- down ----


@pytest.mark.parametrize("operator", OPERATORS)
def test_down_leaves_the_etcd_of_an_operator_because_its_data_would_go_too(operator: str) -> None:
    bed = run_by(operator)
    stage = [document for document in bed.documents if document.stage == "etcd"]

    changes = {change.label: change.operation for change in bed.target.stop(stage)}

    assert changes.pop("ServiceAccount/minimal") is Operation.DELETE
    assert changes.pop("EtcdCluster/minimal-etcd") is Operation.KEEP
    assert set(changes.values()) <= {Operation.KEEP}
    assert "EtcdCluster/minimal-etcd" in bed.target.kept()


def test_the_service_by_which_the_members_find_each_other_stays_with_them() -> None:
    bed = run_by("coreos")
    bed.target.stop([each for each in bed.documents if each.kind in ("EtcdCluster", "Service")])
    assert bed.writes == [
        "delete Service/minimal-vtctld",
        "delete Service/minimal-vttablet",
        "delete Service/minimal-vtgate-zone1",
    ]
    assert [name for name in bed.target.kept() if name.startswith("Service/")] == ["Service/minimal-etcd"]


@pytest.mark.parametrize("operator", OPERATORS)
def test_with_the_data_the_etcd_cluster_goes_first(operator: str) -> None:
    bed = run_by(operator)
    removed = bed.target.delete_data()
    assert removed[0] == "EtcdCluster/minimal-etcd"
    assert bed.api.names(KINDS[operator], NAMESPACE) == []


def test_claims_that_only_the_operator_has_labelled_go_too_but_nobody_elses() -> None:
    bed = run_by("etcd-io")
    bed.api.put(placed(RECORDED["etcd-io"]["claim"], name="other", labels={"app": "other", "controller": "other"}))
    claim = RECORDED["etcd-io"]["claim"]["metadata"]["name"]
    assert f"PersistentVolumeClaim/{claim}" in bed.target.kept()

    assert f"PersistentVolumeClaim/{claim}" in bed.target.delete_data()
    assert bed.api.names(kinds.PERSISTENT_VOLUME_CLAIM, NAMESPACE) == ["other"]


def test_claims_that_the_etcd_cluster_owns_are_left_to_kubernetes() -> None:
    assert foreign_etcd.claims(a_cluster(COREOS), an_api(placed(RECORDED["coreos"]["claim"]))) == []


# ---- outside of Kubernetes ----


def test_servers_outside_of_kubernetes_are_for_vtctld_to_reach() -> None:
    found = verdict(an_api(), "topology={external: {addresses: ['10.0.0.1:2379', '10.0.0.2:2379']}}")
    assert found.ready
    assert found.reason == "10.0.0.1:2379, 10.0.0.2:2379, which vtctld has to reach"


def test_from_inside_they_are_asked_themselves() -> None:
    api = an_api()
    api.in_cluster = True
    assert verdict(api, "topology={external: {addresses: ['10.0.0.1:2379']}}") is None

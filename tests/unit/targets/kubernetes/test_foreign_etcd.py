"""etcd that somebody else runs: an operator in the cluster, or servers outside of it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.kubernetes.fake import FakeApi
from tests.unit.targets.kubernetes.test_target import NAMESPACE, a_cluster
from vitessctl.targets.base import State
from vitessctl.targets.kubernetes import foreign_etcd, kinds

OPERATORS = ("coreos", "etcd-io")


def a_member(number: int, ready: bool = True) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": f"minimal-etcd-{number}",
            "namespace": NAMESPACE,
            "labels": {"vitessctl.io/cluster": "minimal", "vitessctl.io/component": "etcd"},
        },
        "status": {"phase": "Running", "conditions": [{"type": "Ready", "status": str(ready)}]},
    }


def an_api(*members: dict[str, Any]) -> FakeApi:
    api = FakeApi(namespaces=[NAMESPACE])
    for member in members:
        api.put(member)
    return api


def verdict(api: FakeApi, *spec: str) -> Any:
    ours = {pod["metadata"]["name"]: pod for pod in api.list(kinds.POD, NAMESPACE)}
    return foreign_etcd.ready(a_cluster(*spec), api, ours)


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
    api = an_api(*(a_member(number, each) for number, each in enumerate(ready)))

    found = verdict(api, f"topology.etcd={{operator: {operator}, members: 3}}")

    assert found.state is state
    assert said in found.reason


@pytest.mark.parametrize("operator", OPERATORS)
def test_while_it_waits_it_names_the_operator(operator: str) -> None:
    found = verdict(an_api(), f"topology.etcd={{operator: {operator}, members: 1}}")
    assert found.reason.endswith(f"the {operator} etcd operator makes them")


def test_servers_outside_of_kubernetes_are_for_vtctld_to_reach() -> None:
    found = verdict(an_api(), "topology={external: {addresses: ['10.0.0.1:2379', '10.0.0.2:2379']}}")
    assert found.ready
    assert found.reason == "10.0.0.1:2379, 10.0.0.2:2379, which vtctld has to reach"


def test_from_inside_they_are_asked_themselves() -> None:
    api = an_api()
    api.in_cluster = True
    assert verdict(api, "topology={external: {addresses: ['10.0.0.1:2379']}}") is None

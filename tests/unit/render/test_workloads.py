"""The pods of rendered workloads."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.render.clusters import minimal
from vitessctl.render.render import render
from vitessctl.render.workloads import WORKLOADS, containers, pod_spec


def test_every_workload_has_pods_and_nothing_else_has() -> None:
    documents = render(minimal(), "kubernetes")

    assert {each.kind for each in documents if pod_spec(each.data)} == set(WORKLOADS)


def test_sidecars_start_before_the_component() -> None:
    tablet = next(
        each for each in render(minimal(), "kubernetes") if each.component == "vttablet" and pod_spec(each.data)
    )

    names = [container["name"] for container in containers(pod_spec(tablet.data))]

    assert names.index("mysqld") < names.index("vttablet")


@pytest.mark.parametrize("workload", [{}, {"kind": "Deployment"}, {"kind": "Deployment", "spec": {"template": None}}])
def test_a_template_of_ones_own_may_lack_all_of_it(workload: dict[str, Any]) -> None:
    assert containers(pod_spec(workload)) == []

"""What pods ask for."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from tests.unit.diagnose.kubernetes.scenes import node
from vitessctl.diagnose.kubernetes.requests import pod_asks, room, schedulable, told


def container(cpu: str, **more: Any) -> dict[str, Any]:
    return {"resources": {"requests": {"cpu": cpu}}, **more}


@pytest.mark.parametrize(
    ("spec", "cpu"),
    [
        ({"containers": [container("1"), container("500m")]}, Fraction(3, 2)),
        ({"containers": [container("1")], "initContainers": [container("4")]}, 4),
        ({"containers": [container("1")], "initContainers": [container("2", restartPolicy="Always")]}, 3),
        (
            {
                "containers": [container("1")],
                "initContainers": [container("2", restartPolicy="Always"), container("3")],
            },
            5,
        ),
        ({"containers": [{"resources": {"limits": {"cpu": "2"}}}]}, 2),
    ],
    ids=[
        "containers add up",
        "an init container runs alone",
        "a sidecar stays",
        "beside sidecars",
        "a limit is asked for",
    ],
)
def test_the_scheduler_counts_what_runs_at_once(spec: dict[str, Any], cpu: Fraction) -> None:
    assert pod_asks(spec) == {"cpu": cpu}


def test_a_pod_without_resources_asks_for_nothing() -> None:
    assert pod_asks({"containers": [{}]}) == {}
    assert told(pod_asks({"containers": [{}]})) == "nothing"


def test_limits_are_counted_apart() -> None:
    spec = {"containers": [{"resources": {"requests": {"memory": "1Gi"}, "limits": {"memory": "2Gi"}}}]}
    assert told(pod_asks(spec, "limits")) == "2Gi memory"


def test_the_room_of_nodes_that_take_pods() -> None:
    assert room([]) == ""
    assert room([node(cpu="3920m", memory="24689940Ki")]) == "; the only node has 3920m cpu and 23Gi memory"
    down = node("node-2", ready="False", cpu="64")
    assert not schedulable(down)
    assert room([node(), down]) == "; the only node has 2 cpu and 24Gi memory"

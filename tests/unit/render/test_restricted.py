"""Every pod of every inventory passes the Pod Security Standard `restricted`, rule by rule."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.unit.render.clusters import minimal
from vitessctl.model.build import build
from vitessctl.model.cluster import Cluster
from vitessctl.render.render import render
from vitessctl.spec import load

INVENTORIES = Path(__file__).parents[3] / "inventories"
VOLUMES = {"name", "configMap", "emptyDir", "projected", "secret", "downwardAPI", "persistentVolumeClaim", "ephemeral"}

CLUSTERS: dict[str, Cluster] = {
    **{path.name: build(load(path, target="kubernetes")) for path in sorted(INVENTORIES.iterdir())},
    **{f"release {name}": minimal(name) for name in ("2.1", "14", "19", "20", "25-dev")},
}

Pod = dict[str, Any]


def containers(pod: Pod) -> Iterator[Pod]:
    yield from pod.get("initContainers", ())
    yield from pod["containers"]


RULES: dict[str, Callable[[Pod], bool]] = {
    "no namespaces of the host": lambda pod: not {"hostNetwork", "hostPID", "hostIPC"} & set(pod),
    "harmless volumes": lambda pod: all(set(volume) <= VOLUMES for volume in pod.get("volumes", ())),
    "not root": lambda pod: pod["securityContext"]["runAsNonRoot"] is True and pod["securityContext"]["runAsUser"] > 0,
    "seccomp": lambda pod: pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"},
    "no sysctls": lambda pod: "sysctls" not in pod["securityContext"],
    "no escalation": lambda pod: all(
        each["securityContext"]["allowPrivilegeEscalation"] is False for each in containers(pod)
    ),
    "no capabilities": lambda pod: all(
        each["securityContext"]["capabilities"] == {"drop": ["ALL"]} for each in containers(pod)
    ),
    "nothing that undoes the pod's word": lambda pod: all(
        set(each["securityContext"]) <= {"allowPrivilegeEscalation", "readOnlyRootFilesystem", "capabilities"}
        for each in containers(pod)
    ),
    "no ports of the host": lambda pod: all(
        "hostPort" not in port for each in containers(pod) for port in each.get("ports", ())
    ),
    # Beyond the standard.
    "no token": lambda pod: pod["automountServiceAccountToken"] is False,
    "nothing writes into the image but mysqld": lambda pod: all(
        each["securityContext"]["readOnlyRootFilesystem"] is (each["name"] != "mysqld") for each in containers(pod)
    ),
    "it ends": lambda pod: 0 < pod["terminationGracePeriodSeconds"] <= 120,
}


@pytest.mark.parametrize("rule", sorted(RULES))
@pytest.mark.parametrize("name", sorted(CLUSTERS))
def test_every_pod_is_restricted(name: str, rule: str) -> None:
    documents = render(CLUSTERS[name], "kubernetes")
    pods = {
        each.label: each.data["spec"]["template"]["spec"]
        for each in documents
        if "template" in each.data.get("spec", {})
    }
    assert len(pods) >= 4
    assert [label for label, pod in pods.items() if not RULES[rule](pod)] == []

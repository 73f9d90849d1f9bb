"""docs/rbac.yaml suffices for a whole life of a cluster; with less, `up` says what is missing before it writes."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.e2e_kubernetes.command import ROOT, Vitessctl
from tests.e2e_kubernetes.failures import CLUSTER
from tests.e2e_kubernetes.tool import until
from tests.testbed.fixtures import Bed

ROLE = ROOT / "docs" / "rbac.yaml"
MAY_NOT_LIST = ("nodes", "storageclasses")
"""What no Role can allow."""


@pytest.fixture
def robot(bed: Bed, namespace: str, tmp_path: Path) -> Callable[[list[Any]], Vitessctl]:
    """Makes the ServiceAccount with these objects, and gives the command as it: with its token and nothing else."""

    def made(objects: list[Any]) -> Vitessctl:
        bed.kubectl("apply", "-f", "-", stdin=yaml.safe_dump_all(objects))
        if any(each["kind"] == "RoleBinding" for each in objects):
            bed.until_allowed(namespace, "vitessctl", "list", "pods")
        token = bed.kubectl("-n", namespace, "create", "token", "vitessctl", "--duration=1h").strip()
        config = json.loads(bed.kubectl("config", "view", "--raw", "--flatten", "--minify", "-o", "json"))
        config["users"][0]["user"] = {"token": token}
        kubeconfig = tmp_path / "kubeconfig"
        kubeconfig.write_text(json.dumps(config), encoding="utf-8")
        return Vitessctl(replace(bed, kubeconfig=kubeconfig), namespace, CLUSTER)

    return made


def role(namespace: str) -> list[Any]:
    """The objects of docs/rbac.yaml, for this namespace."""
    text = ROLE.read_text(encoding="utf-8").replace("namespace: vitess\n", f"namespace: {namespace}\n")
    return list(yaml.safe_load_all(text))


def test_the_role_suffices_from_up_to_down(robot: Callable[[list[Any]], Vitessctl], bed: Bed, namespace: str) -> None:
    vitessctl = robot(role(namespace))
    assert "The images are what the documents take them for." in vitessctl("check-images").ok().screen
    came_up = vitessctl("up").ok()
    assert all(resource in came_up.words for resource in MAY_NOT_LIST), "it says what it could not look at"
    assert "No changes" in vitessctl("plan", "--detailed-exitcode").ok().words
    until(lambda: vitessctl("status").code == 0, "it was ready")
    assert "vtgate" in vitessctl("status").ok().words
    assert vitessctl("logs", "mysqld").ok().screen.strip()
    assert "up" in vitessctl("history").ok().words
    vitessctl("down", "--yes").ok()
    left = bed.kubectl("-n", namespace, "get", "statefulsets,deployments,pods", "-o", "name")
    assert left == ""
    kept = bed.kubectl("-n", namespace, "get", "persistentvolumeclaims", "-o", "name")
    assert "data-minimal-etcd-0" in kept


def test_without_any_right_the_role_is_named(robot: Callable[[list[Any]], Vitessctl], bed: Bed, namespace: str) -> None:
    refused = robot([each for each in role(namespace) if each["kind"] == "ServiceAccount"])("up")
    assert refused.code == 4, refused.screen
    assert "docs/rbac.yaml holds the Role that vitessctl needs" in refused.words
    assert bed.kubectl("-n", namespace, "get", "statefulsets,configmaps,leases", "-o", "name") == (
        "configmap/kube-root-ca.crt\n"
    )


def test_one_right_less_is_named(robot: Callable[[list[Any]], Vitessctl], namespace: str) -> None:
    objects = role(namespace)
    for rule in next(each for each in objects if each["kind"] == "Role")["rules"]:
        if "statefulsets" in rule["resources"]:
            rule["verbs"].remove("patch")
    refused = robot(objects)("up")
    assert refused.code == 4, refused.screen
    assert f"we may not do everything in the namespace {namespace} that this needs" in refused.words
    assert "missing: patch statefulsets; patch deployments" in refused.words
    assert "have the Role of docs/rbac.yaml created in that namespace and bound to you" in refused.words

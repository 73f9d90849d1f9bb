"""docs/rbac.yaml allows what vitessctl does with what it renders, and no more than a Role can."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from tests.unit.render.clusters import minimal, production
from vitessctl.model.cluster import Autoscale, Cell, Topology, Vtgate
from vitessctl.render.render import render

FILE = Path(__file__).parents[3] / "docs" / "rbac.yaml"
ACCOUNT, ROLE, BINDING = yaml.safe_load_all(FILE.read_text(encoding="utf-8"))
APPLIED = {"get", "list", "create", "patch", "delete"}
PLURALS = {"NetworkPolicy": "networkpolicies"}

CLUSTERS = (
    production(),
    minimal("2.1"),
    minimal(cells=(Cell("zone1", vtgate=Vtgate(autoscale=Autoscale(max=2))),)),
    minimal(topology=Topology(operator="coreos")),
    minimal(topology=Topology(operator="etcd-io")),
)


def allowed() -> dict[tuple[str, str], set[str]]:
    """Verbs by API group and resource."""
    found: dict[tuple[str, str], set[str]] = {}
    for rule in ROLE["rules"]:
        for group in rule["apiGroups"]:
            for resource in rule["resources"]:
                found.setdefault((group, resource), set()).update(rule["verbs"])
    return found


def resource_of(data: dict[str, Any]) -> tuple[str, str]:
    group, slash, _ = data["apiVersion"].rpartition("/")
    return group if slash else "", PLURALS.get(data["kind"], data["kind"].lower() + "s")


RENDERED = {resource_of(dict(each.data)) for cluster in CLUSTERS for each in render(cluster, "kubernetes")}


def test_everything_that_is_rendered_may_be_applied() -> None:
    verbs = allowed()
    assert {resource for resource in RENDERED if not verbs.get(resource, set()) >= APPLIED} == set()


def test_nothing_else_may_be_made() -> None:
    made = {resource for resource, verbs in allowed().items() if "create" in verbs and "/" not in resource[1]}
    assert made - RENDERED == {("coordination.k8s.io", "leases"), ("", "pods")}


def test_volumes_are_not_made_by_us() -> None:
    assert allowed()["", "persistentvolumeclaims"] == {"get", "list", "watch", "patch", "delete"}


def test_making_pods_is_a_rule_of_its_own_that_may_be_left_out() -> None:
    """It is needed to run images once, and for nothing else."""
    rules = [set(rule["verbs"]) for rule in ROLE["rules"] if rule["resources"] == ["pods"]]

    assert rules == [{"get", "list", "watch", "delete"}, {"create"}]


def test_the_namespace_is_only_looked_at() -> None:
    assert allowed()["", "namespaces"] == {"get"}
    assert allowed()["", "limitranges"] == allowed()["", "resourcequotas"] == {"get", "list", "watch"}


def test_there_is_no_wildcard_and_nothing_for_the_whole_cluster() -> None:
    assert [each["kind"] for each in (ACCOUNT, ROLE, BINDING)] == ["ServiceAccount", "Role", "RoleBinding"]
    assert "*" not in {word for (group, resource), verbs in allowed().items() for word in (group, resource, *verbs)}
    assert {each["metadata"]["namespace"] for each in (ACCOUNT, ROLE, BINDING)} == {"vitess"}
    assert BINDING["roleRef"]["name"] == ROLE["metadata"]["name"]
    assert [subject["name"] for subject in BINDING["subjects"]] == [ACCOUNT["metadata"]["name"]]

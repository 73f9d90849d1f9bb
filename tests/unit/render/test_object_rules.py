"""What the API server would refuse."""

from __future__ import annotations

from typing import Any

import pytest

from vitessctl.render import object_rules
from vitessctl.render.object_rules import rule
from vitessctl.render.yamlmoulds import KEY

POD = ("spec", "template", "spec")


@pytest.mark.parametrize(
    ("place", "check"),
    [
        (("metadata", "name"), object_rules.label),
        (("metadata", "labels", "x"), object_rules.label_value),
        (("metadata", "labels", KEY), object_rules.label_key),
        (("metadata", "annotations", "x"), object_rules.text),
        (("metadata", "annotations", KEY), object_rules.label_key),
        (("spec", "selector", "matchLabels", "x"), object_rules.label_value),
        (("spec", "selector", "x"), object_rules.label_value),
        ((*POD, "nodeSelector", "x"), object_rules.label_value),
        ((*POD, "containers", 0, "name"), object_rules.label),
        ((*POD, "containers", 0, "args", 3), object_rules.text),
        ((*POD, "containers", 0, "env", 1, "value"), object_rules.text),
        ((*POD, "containers", 0, "env", 1, "name"), None),
        ((*POD, "containers", 0, "ports", 0, "name"), object_rules.port_name),
        ((*POD, "containers", 0, "ports", 0, "containerPort"), None),
        ((*POD, "volumes", 0, "configMap", "name"), object_rules.label),
        ((*POD, "serviceAccountName"), object_rules.subdomain),
        (("data", "my.cnf"), object_rules.text),
        (("data", KEY), None),
        (("spec", "replicas"), None),
        (("kind",), None),
    ],
)
def test_each_place_has_its_check(place: tuple[Any, ...], check: Any) -> None:
    assert rule(place) is check


@pytest.mark.parametrize(
    ("check", "value", "problem"),
    [
        (object_rules.text, "yes", ""),
        (object_rules.text, True, "True has to be text; quote it"),
        (object_rules.label, "shop-etcd-0", ""),
        (object_rules.label, "shop.etcd", "'shop.etcd' cannot be a name (lower-case letters, digits and dashes)"),
        (object_rules.label, "-a", "'-a' cannot be a name (lower-case letters, digits and dashes)"),
        (object_rules.label, 5, "5 has to be text; quote it"),
        (object_rules.subdomain, "fast.ssd", ""),
        (
            object_rules.subdomain,
            "fast..ssd",
            "'fast..ssd' cannot be a name (lower-case letters, digits, dashes and dots)",
        ),
        (object_rules.label_value, "", ""),
        (object_rules.label_value, "-80", "'-80' cannot be a label's value"),
        (object_rules.label_key, "app.kubernetes.io/name", ""),
        (object_rules.label_key, "a/b/c", "'a/b/c' cannot be a label's key"),
        (object_rules.port_name, "mysql", ""),
    ],
)
def test_a_scalar_is_judged(check: Any, value: Any, problem: str) -> None:
    assert check(value) == problem


@pytest.mark.parametrize(
    ("check", "limit"),
    [
        (object_rules.label, 63),
        (object_rules.label_value, 63),
        (object_rules.port_name, 15),
        (object_rules.subdomain, 253),
    ],
)
def test_lengths_are_limited(check: Any, limit: int) -> None:
    assert check("a" * limit) == ""
    assert f"{limit + 1} characters, at most {limit}" in check("a" * (limit + 1))


@pytest.mark.parametrize("data", [{}, {"metadata": None}, {"metadata": []}, {"metadata": {}}])
def test_an_object_without_a_name_has_none(data: dict[str, Any]) -> None:
    assert object_rules.name_of(data) == ""

"""docs/kubernetes-etcd-operators.md: its examples and addresses beside the code."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.live import REPOSITORY
from tests.unit.cli.conftest import Cli, cli

__all__ = ["cli"]
PAGE = (REPOSITORY / "docs" / "kubernetes-etcd-operators.md").read_text(encoding="utf-8")
SPEC, ANNOTATION = (yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", PAGE, flags=re.DOTALL))
SHOP = {"cluster": "shop", "cells": ["zone1"], "keyspaces": {"commerce": {"tablets": {"replica": 3}}}}
ROWS = re.findall(r"^\| `([a-z-]+)` \| .* \| `(.*)` \|$", PAGE, flags=re.MULTILINE)


def rendered(cli: Cli, **spec: Any) -> list[dict[str, Any]]:
    Path("cluster.yaml").write_text(yaml.safe_dump({**SHOP, **SPEC, **spec}), encoding="utf-8")
    return list(yaml.safe_load_all(cli("render").out))


def of_kind(objects: list[dict[str, Any]], kind: str) -> dict[str, Any]:
    return next(each for each in objects if each["kind"] == kind)


def test_the_example_makes_an_etcd_cluster(cli: Cli) -> None:
    made = of_kind(rendered(cli), "EtcdCluster")
    assert made["apiVersion"] == "operator.etcd.io/v1alpha1"
    assert {"imageRegistry", "podTemplate"} <= set(made["spec"])


@pytest.mark.parametrize(("operator", "address"), ROWS)
def test_everybody_is_told_to_find_etcd_where_the_page_says(cli: Cli, operator: str, address: str) -> None:
    objects = rendered(cli, topology={"etcd": {"operator": operator}})
    assert address in json.dumps(of_kind(objects, "Deployment"))


def test_every_operator_of_the_spec_has_a_row() -> None:
    schema = (REPOSITORY / "vitessctl" / "spec" / "schema.json").read_text(encoding="utf-8")
    (known,) = re.findall(r'"enum": (\["coreos".*?\])', " ".join(schema.split()))
    assert {operator for operator, _ in ROWS} == set(json.loads(known))


def test_the_group_and_version_of_the_crd_are_those_that_are_used(cli: Cli) -> None:
    made = of_kind(rendered(cli, topology={"etcd": {"operator": "coreos"}}), "EtcdCluster")
    group, version = made["apiVersion"].split("/")
    assert f"group `{group}`" in PAGE
    assert f"`{version}`" in PAGE


def test_the_annotation_is_on_the_etcd_cluster(cli: Cli) -> None:
    objects = rendered(cli, topology={"etcd": {"operator": "coreos"}}, **ANNOTATION)
    wanted = ANNOTATION["components"]["etcd"]["annotations"]
    assert of_kind(objects, "EtcdCluster")["metadata"]["annotations"] == wanted

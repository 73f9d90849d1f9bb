"""docs/kubernetes.md: its names, numbers, fields and examples beside the code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from tests.support.live import REPOSITORY
from tests.testbed.api_servers.versions import NEWEST, OLDEST
from tests.testbed.build import KUBERNETES
from tests.unit.cli.conftest import Cli, cli
from vitessctl.model.build import build
from vitessctl.model.pods import Pod
from vitessctl.render.giving_away import STOP_LIMIT
from vitessctl.render.layout_kubernetes import ETCD, VITESS
from vitessctl.render.names import OBJECT_NAME_LIMIT
from vitessctl.render.render import render
from vitessctl.spec import load
from vitessctl.targets.kubernetes import preflight_version
from vitessctl.targets.kubernetes.connect import CONTEXT_VARIABLE, RELAXED_TLS_VARIABLE
from vitessctl.targets.kubernetes.lease import Timing
from vitessctl.targets.kubernetes.probe_look import IMAGE_SECONDS
from vitessctl.targets.kubernetes.probe_pods import LIFE_SECONDS, RESOURCES
from vitessctl.targets.kubernetes.snapshot import PROBE

__all__ = ["cli"]
PAGE = (REPOSITORY / "docs" / "kubernetes.md").read_text(encoding="utf-8")
FLOWED = " ".join(PAGE.split())
MADE_ELSEWHERE = {
    "HorizontalPodAutoscaler/shop-vtgate-zone1",  # with autoscale
    "ConfigMap/shop-record",
    "Lease/shop-record",
}
SHORTEST = "cluster: shop\nimage: vitess/lite:v24.0.4\nkeyspaces: {commerce: {tablets: {replica: 3}}}\n"
BLOCKS = re.findall(r"```yaml\n(.*?)```", PAGE, flags=re.DOTALL)


def made() -> set[str]:
    """What `production`, a cluster called shop, consists of."""
    cluster = build(load(REPOSITORY / "inventories" / "production", target="kubernetes"))
    return {document.label for document in render(cluster, "kubernetes", ())}


def told() -> set[str]:
    return set(re.findall(r"`([A-Z]\w+/shop[\w-]*)`", PAGE))


def test_what_is_told_is_made() -> None:
    assert told() - MADE_ELSEWHERE <= made()


def test_every_kind_of_object_is_told() -> None:
    """Of each shard, cell and tablet one stands for all."""

    def sort(label: str) -> str:
        return re.sub(r"-zone\d.*|-commerce-0", "", label)

    assert {sort(label) for label in made()} == {sort(label) for label in told() - MADE_ELSEWHERE}


@pytest.mark.parametrize(
    "sentence",
    [
        f"clients at port {ETCD.client}",
        f"MySQL at {VITESS.mysql}, gRPC at {VITESS.grpc}, HTTP at {VITESS.http}",
        f"longer than {OBJECT_NAME_LIMIT} characters",
        f"waits at most {STOP_LIMIT} seconds",
        f"**Kubernetes {preflight_version.OLDEST[0]}.{preflight_version.OLDEST[1]} or later.**",
        "the API servers of {}, {} and {}".format(
            *(version.removeprefix("v") for version in (OLDEST.version, KUBERNETES, NEWEST.version))
        ),
        f"expires after {Timing().expire:.0f} seconds",
        f"requests of {RESOURCES['requests']['cpu']} CPU and {RESOURCES['requests']['memory']} a program",
        f"ends by itself within {LIFE_SECONDS} seconds",
        f"does not come within {IMAGE_SECONDS:.0f} seconds of trying",
        f"the label `{PROBE}`",
        f"`{CONTEXT_VARIABLE}`",
        f"`{RELAXED_TLS_VARIABLE}=1`",
        '"fields that have to change belong to somebody else"',
    ],
)
def test_numbers_and_names(sentence: str) -> None:
    assert sentence in FLOWED


def test_every_field_of_a_pod_is_told() -> None:
    told = FLOWED.partition("The fields are Kubernetes' own: ")[2].partition(".")[0]
    assert set(re.findall(r"`(\w+)`", told)) == set(Pod.__dataclass_fields__)


@pytest.mark.parametrize("block", BLOCKS, ids=range(len(BLOCKS)))
def test_an_example_is_part_of_a_spec(cli: Cli, block: str) -> None:
    spec = {"cells": ["zone1"], **yaml.safe_load(SHORTEST), **yaml.safe_load(block)}
    if "images" in spec:
        del spec["image"]
    Path("cluster.yaml").write_text(yaml.safe_dump(spec), encoding="utf-8")

    result = cli("validate")

    assert (result.code, result.err) == (0, "")
    assert cli("render").code == 0


def test_the_password_that_was_made_is_where_it_says(cli: Cli) -> None:
    Path("cluster.yaml").write_text(SHORTEST + "cells: [zone1]\nusers: [{name: app}]\n", encoding="utf-8")
    objects = [each for each in yaml.safe_load_all(cli("render", "--show-secrets").out) if each["kind"] == "Secret"]

    (secret,) = objects
    assert f"get secret {secret['metadata']['name']} " in PAGE
    (key,) = [key for key in secret["data"] if key != "users.json"]
    assert "{.data." + key.replace(".", r"\.") + "}" in PAGE


def test_every_command_is_one(cli: Cli) -> None:
    for line in re.findall(r"^\| .* \| `vitessctl (.*)` \|$|^vitessctl (\w+ -i shop)", PAGE, flags=re.MULTILINE):
        command, *words = (line[0] or line[1]).split()
        offered = cli(command, "--help").out
        assert [word for word in words if word.startswith("--") and word not in offered] == []

"""Every drill on a real Kubernetes, its report beside rows that the test counts itself: stand-ins, or real Vitess.

Told in one namespace, step after step; each step begins with a cluster that is ready.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from tests.e2e_kubernetes.cluster import Cluster
from tests.e2e_kubernetes.command import INVENTORY, Vitessctl
from tests.e2e_kubernetes.test_second_node import SPEC
from tests.testbed import fixtures
from tests.testbed.fixtures import CONTEXT, Bed
from tests.testbed.image_recipes.__main__ import build
from tests.testbed.image_recipes.names import image_names
from vitessctl.drills.names import Name

pytestmark = pytest.mark.timeout(900)
ALLOWED = "drills=allowed"
QUIET = {"kill-vtctld", "kill-replica"}
"""Drills in which no write fails."""


@pytest.fixture(scope="module")
def cluster(bed: Bed) -> Iterator[Cluster]:
    with fixtures.fresh_namespace(bed) as namespace:
        yield Cluster(bed, namespace, Vitessctl(bed, namespace, INVENTORY, (ALLOWED,)))


@pytest.fixture
def ready(cluster: Cluster) -> Cluster:
    """A cluster that is up."""
    cluster.up()
    cluster.until_ready()
    return cluster


def drilled(cluster: Cluster, name: str, *words: str) -> tuple[int, dict[str, Any]]:
    """The exit code, and the report."""
    ran = cluster.vitessctl("drill", name, "--yes", "--output", "json", "--timeout", "4m", *words)
    said = [json.loads(line) for line in ran.screen.splitlines() if line.startswith("{")]
    reports = [each for each in said if each["type"] == "drilled"]
    assert reports, ran.screen
    return ran.code, reports[0]


def tell(name: str, report: dict[str, Any]) -> None:
    outages = {"writes": report["writes"], **report["reads"]}
    shown = ", ".join(f"{what} {each['longest_outage_seconds']:.1f} s" for what, each in outages.items())
    rows = f"{report['rows']['lost']} of {report['rows']['acknowledged']} rows lost"
    print(f"\n{name}: out: {shown}; {rows}; healed after {report['healed_seconds']} s")  # noqa: T201


@pytest.mark.parametrize("name", [name.value for name in Name])
def test_a_drill_heals_and_loses_nothing(ready: Cluster, name: str) -> None:
    before = {pod: found["metadata"]["uid"] for pod, found in ready.pods().items()}
    leader = ready.primary
    first = 1_000_000 * (1 + [each.value for each in Name].index(name))

    with ready.clients(first) as client:
        code, report = drilled(ready, name)
        client.wait_for_writes(3, 60)
    tell(name, report)

    assert code == 0, json.dumps(report, indent=1)
    assert (report["drill"], report["old_primary"]) == (name, leader)
    assert report["rows"]["lost"] == 0
    assert [each["missing"] for each in report["rows"]["tablets"]] == [[], [], []]
    assert report["rows"]["acknowledged"] > 10
    assert report["table_kept"] == ""
    assert report["new_primary"] == ready.primary
    if name in QUIET:
        assert report["writes"]["failed"] == 0
    gone = {pod for pod, uid in before.items() if ready.pods().get(pod, {}).get("metadata", {}).get("uid") != uid}
    killed = {label.rpartition("/")[2] for label in report["killed"]}
    assert gone == (set() if name == "kill-vttablet" else killed)
    assert ready.query("show tables like 'vitessctl_drill%'") == []
    history = ready.vitessctl("history", "--output", "json").ok()
    assert json.loads(history.screen.splitlines()[0])["runs"][0]["command"] == f"drill {name}"


def test_nothing_is_killed_without_the_word_of_the_spec(ready: Cluster) -> None:
    before = ready.pods().keys()

    ran = replace(ready.vitessctl, extra=())("drill", "kill-primary", "--yes")

    assert ran.code == 5
    assert "drills are not allowed on this cluster; nothing was done" in ran.words
    assert ready.pods().keys() == before


@pytest.mark.slow
def test_a_node_of_two_is_drained_and_no_row_is_lost() -> None:
    """The primary is alone on the second node, and its volume is a folder there: it comes back, and another leads."""
    if os.environ.get(CONTEXT):
        pytest.skip("a node of somebody's cluster is not drained")
    with fixtures.started(nodes=2) as started:
        started.import_image(build(image_names(False), False))
        bed = Bed(started.kubeconfig, "testbed", started)
        with fixtures.fresh_namespace(bed) as namespace:
            made = Cluster(bed, namespace, Vitessctl(bed, namespace, INVENTORY, (json.dumps(SPEC), ALLOWED)))
            made.up()
            made.until_ready()
            leader = made.primary
            assert made.pods()[made.tablet_pod(leader)]["spec"]["nodeName"] == "node2"
            with made.clients(10_000) as client:
                code, report = drilled(made, "drain-node", "--node", "node2")
                client.wait_for_writes(3, 60)
            tell("drain-node of two", report)

            assert (code, report["rows"]["lost"]) == (0, 0)
            assert report["killed"] == [f"Pod/{made.tablet_pod(leader)}"]
            assert report["new_primary"] != leader
            assert client.story.read_errors == []

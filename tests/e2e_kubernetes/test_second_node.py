"""A node is lost with the primary on it, and comes back: told in order, on a bed of two nodes that notices soon.

All but one tablet are kept on the first node, with the control plane; a tablet's volume is a folder of its node.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from typing import Any

import pytest

from tests.e2e_kubernetes.cluster import Cluster
from tests.e2e_kubernetes.command import INVENTORY, Vitessctl
from tests.testbed import fixtures
from tests.testbed.fixtures import CONTEXT, Bed
from tests.testbed.image_recipes.__main__ import build
from tests.testbed.image_recipes.names import image_names

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

FIRST = {"node_selector": {"kubernetes.io/hostname": "node1"}}
SECOND = {"node_selector": {"kubernetes.io/hostname": "node2"}}
POOL = {"cell": "zone1", "type": "replica"}
SPEC: dict[str, Any] = {
    "components": dict.fromkeys(("etcd", "vtctld", "vtorc", "vtgate"), FIRST),
    "keyspaces": {
        "messages": {
            "durability": "semi_sync",
            "pools": [
                POOL | {"tablets": 1, "uid": 100, "pod": SECOND},
                POOL | {"tablets": 2, "uid": 101, "pod": FIRST},
            ],
        }
    },
}
LOST, POD = "zone1-0000000100", "minimal-vttablet-zone1-0000000100-0"


@pytest.fixture(scope="module")
def two_nodes() -> Iterator[Bed]:
    """A bed whose controllers give a silent node up after 12 seconds, and its pods 5 seconds later."""
    if os.environ.get(CONTEXT):
        pytest.skip("a node of somebody's cluster is not switched off")
    with fixtures.started(nodes=2, fast_node_loss=True) as cluster:
        cluster.import_image(build(image_names(False), False))
        yield Bed(cluster.kubeconfig, "testbed", cluster)


@pytest.fixture(scope="module")
def cluster(two_nodes: Bed) -> Iterator[Cluster]:
    with fixtures.fresh_namespace(two_nodes) as namespace:
        yield Cluster(two_nodes, namespace, Vitessctl(two_nodes, namespace, INVENTORY, (json.dumps(SPEC),)))


def test_a_tablet_of_each_node_and_the_primary_on_the_second(cluster: Cluster) -> None:
    cluster.up()
    cluster.until_ready()
    assert cluster.pods()[POD]["spec"]["nodeName"] == "node2"
    assert cluster.primary == LOST


def test_the_node_is_lost_and_no_row_with_it(cluster: Cluster) -> None:
    assert cluster.bed.cluster is not None
    with cluster.clients(10_000) as client:
        cluster.bed.cluster.kill_node(2)
        cluster.until(lambda status: status["shards"][0]["primary"] not in ("", None, LOST))
        client.wait_for_writes(20, 60)
    story = client.story
    print(  # noqa: T201
        f"\nnode lost: {len(story.acknowledged)} writes acknowledged, {len(story.write_errors)} failed, longest gap "
        f"{story.write_outage:.1f} s; {story.reads} reads, {len(story.read_errors)} failed"
    )


def test_up_says_which_node_it_waits_for_and_how_to_go_on(cluster: Cluster) -> None:
    ran = cluster.vitessctl("up", "-e", "timeouts.tablets=30s")
    print(ran.screen)  # noqa: T201
    assert ran.code != 0
    assert "node2" in ran.words
    assert POD in ran.words


def test_the_node_comes_back_and_its_tablet_with_its_rows(cluster: Cluster) -> None:
    assert cluster.bed.cluster is not None
    cluster.bed.cluster.restart_node(2)
    cluster.up()
    status = cluster.until_ready()
    assert {tablet["alias"] for tablet in status["tablets"]} == {LOST, "zone1-0000000101", "zone1-0000000102"}
    rows = cluster.query("select count(*) from notes")
    cluster.until(lambda _: cluster.query("select count(*) from notes", "messages@replica") == rows, 30)

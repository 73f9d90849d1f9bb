"""Two clusters in one namespace, up at the same time: each has its own rows, and one goes without the other."""

from __future__ import annotations

from tests.e2e_kubernetes.tool import Tool, ended
from tests.testbed.fixtures import Bed

ONE_TABLET = "keyspaces.messages={durability: none, pools: [{cell: zone1, type: replica, tablets: 1, uid: 100}]}"
"""Also the same alias in both: what tells them apart is the cluster alone."""


def test_down_of_one_leaves_the_other_untouched(bed: Bed, namespace: str) -> None:
    one = Tool(bed, namespace, extra=("cluster=shop", ONE_TABLET))
    other = Tool(bed, namespace, extra=("cluster=shop-2", ONE_TABLET))

    runs = [tool.start("up", "--yes") for tool in (one, other)]
    for code, screen in map(ended, runs):
        assert code == 0, screen
    one.write_row(1)
    other.write_row(2)
    assert (one.read_rows(), other.read_rows()) == ([1], [2])
    before = objects(bed, namespace, "shop")

    other("down", "--delete-data", "shop-2", "--yes").ok()

    assert objects(bed, namespace, "shop-2") == set()
    assert objects(bed, namespace, "shop") == before
    assert one.read_rows() == [1]
    one.assert_nothing_is_left_to_do()


def objects(bed: Bed, namespace: str, cluster: str) -> set[str]:
    """The objects of a cluster with their uids, claims and pods among them."""
    found = "statefulsets,deployments,services,configmaps,secrets,persistentvolumeclaims,pods,leases,networkpolicies"
    wanted = ["-l", f"vitessctl.io/cluster={cluster}", "-o", "jsonpath={range .items[*]}{.kind}/{.metadata.uid} {end}"]
    return set(bed.kubectl("-n", namespace, "get", found, *wanted).split())

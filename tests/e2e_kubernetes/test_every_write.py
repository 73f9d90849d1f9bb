"""kill -9 of vitessctl after every write of `up`, of an update, of `down`, one after the other, on a real Kubernetes.

After each the next run finishes what was begun, the plan is empty, and the rows are there. Unless
VITESSCTL_EVERY_WRITE is set it is every fourth write; with it there are four parts of each story, which together are
every write: the first part is killed after writes 1, 5, 9 and so on, until a run has no more to write.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator

import pytest

from tests.e2e_kubernetes.conftest import NEXT_IMAGE
from tests.e2e_kubernetes.failures import CLUSTER
from tests.e2e_kubernetes.killing import Run, killed_after
from tests.e2e_kubernetes.runs import used_namespace
from tests.e2e_kubernetes.tool import Tool
from tests.support.kubernetes.proxy import Proxy
from tests.testbed.fixtures import Bed

STRIDE = 4
FIRST = range(1, STRIDE + 1) if os.environ.get("VITESSCTL_EVERY_WRITE") else (1,)
FEWEST, MOST = 5, 60
"""Writes that a run of these makes."""
IMAGES = (NEXT_IMAGE, "vitess/lite:v24.0.4")
"""What the cluster is rolled to, and back."""

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800), pytest.mark.parametrize("first", FIRST)]


@pytest.fixture
def used(bed: Bed) -> Iterator[str]:
    """A namespace whose pods are killed in the end."""
    with used_namespace(bed) as namespace:
        yield namespace


def over(run: Run, writes: int) -> bool:
    """Whether a run that was to be killed after so many writes had no more to make, and says so."""
    if run.killed:
        assert writes <= MOST, f"{run.command} does not come to its end:\n{run.screen}"
        print(f"{run.command} killed after write {writes}: {run.done[writes - 1]}")  # noqa: T201
        return False
    assert run.code == 0, run.screen
    assert writes > FEWEST, "hardly a run was killed"
    print(f"{run.command} came to its end with {len(run.done)} writes")  # noqa: T201
    return True


def finished(tool: Tool, rows: list[int]) -> None:
    """The next `up` does the rest: nothing is left to do, nobody holds the cluster, and it has its rows."""
    tool("up", "--yes").ok()
    tool.assert_nothing_is_left_to_do()
    assert tool.read_rows() == rows


def test_up_from_nothing(bed: Bed, proxy: Proxy, first: int) -> None:
    for writes in itertools.count(first, STRIDE):
        with used_namespace(bed) as namespace:
            tool = Tool(bed, namespace, CLUSTER)
            run = killed_after(proxy, tool, writes, "up", "--yes")
            tool("up", "--yes").ok()
            tool.assert_nothing_is_left_to_do()
            tool.write_row(1)
            assert tool.read_rows() == [1]
        if over(run, writes):
            break


def test_an_update_of_image_and_flags(bed: Bed, proxy: Proxy, used: str, first: int) -> None:
    """Of three tablets, whose shard changes its primary on the way; there and back, so that there is always one."""
    cluster = Tool(bed, used)
    cluster("up", "--yes").ok()
    cluster.write_row(1)
    for number, writes in enumerate(itertools.count(first, STRIDE)):
        image, size = IMAGES[number % 2], 33554432 + number
        flag = f"extra_flags={{vtgate: {{grpc_max_message_size: {size}}}}}"
        changed = cluster.of(f"images.vttablet={image}", f"images.vtgate={image}", flag)
        run = killed_after(proxy, changed, writes, "up", "--yes")
        finished(changed, [1])
        if over(run, writes):
            break


def test_down(bed: Bed, proxy: Proxy, used: str, first: int) -> None:
    """What is up again has the rows."""
    tool = Tool(bed, used, CLUSTER)
    tool("up", "--yes").ok()
    tool.write_row(1)
    for writes in itertools.count(first, STRIDE):
        run = killed_after(proxy, tool, writes, "down", "--yes")
        tool("down", "--yes").ok()
        assert left(bed, used, "statefulsets,deployments,pods,services") == []
        assert tool.holder() == ""
        finished(tool, [1])
        if over(run, writes):
            break


def test_down_with_its_data(bed: Bed, proxy: Proxy, used: str, first: int) -> None:
    """Nothing is left, not even its record."""
    tool = Tool(bed, used, CLUSTER)
    for writes in itertools.count(first, STRIDE):
        tool("up", "--yes").ok()
        run = killed_after(proxy, tool, writes, "down", "--delete-data", "minimal", "--yes")
        tool("down", "--delete-data", "minimal", "--yes").ok()
        everything = "statefulsets,deployments,pods,services,persistentvolumeclaims,secrets,configmaps,leases"
        assert left(bed, used, everything) == ["configmap/kube-root-ca.crt"]
        if over(run, writes):
            break


def left(bed: Bed, namespace: str, kinds: str) -> list[str]:
    """The objects of these kinds."""
    return bed.kubectl("-n", namespace, "get", kinds, "-o", "name").split()

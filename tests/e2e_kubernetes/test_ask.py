"""Asking a cluster on a real Kubernetes: tablets, topology, rows, and programs in vtctld's container."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest

from tests.e2e_kubernetes.cluster import Cluster
from tests.e2e_kubernetes.command import INVENTORY, Vitessctl
from tests.support.looking import compare
from tests.testbed import fixtures
from tests.testbed.fixtures import Bed
from vitessctl.targets.base import Pipes
from vitessctl.targets.kubernetes.client import open_api
from vitessctl.targets.kubernetes.faults import StreamFailed

pytestmark = pytest.mark.timeout(900)
INPUT = b"select 1;\n" * 20_000
"""More than one frame of a websocket, and than a pipe holds."""


@pytest.fixture(scope="module")
def cluster(bed: Bed) -> Iterator[Cluster]:
    """A cluster that is up."""
    with fixtures.fresh_namespace(bed) as namespace:
        cluster = Cluster(bed, namespace, Vitessctl(bed, namespace, INVENTORY))
        cluster.up()
        yield cluster


def test_a_program_that_the_image_does_not_have(cluster: Cluster) -> None:
    with pytest.raises(StreamFailed) as failed:
        run(cluster, ["/vt/bin/vtadmin"], b"")
    assert "/vt/bin/vtadmin" in failed.value.why


def test_input_is_passed_on_to_its_end(cluster: Cluster) -> None:
    assert run(cluster, ["/bin/sh", "-c", "wc -c; exit 7"], INPUT) == (7, f"{len(INPUT)}\n".encode())


def test_status_says_the_same_by_a_process_and_in_this_one(cluster: Cluster) -> None:
    """What all tests here wait by is what a user's `status` says."""
    cluster.until_copied()

    said = compare(lambda: json.loads(cluster.vitessctl("status", "--output", "json").ok().screen), cluster.status)

    assert said["ready"]


def run(cluster: Cluster, command: list[str], given: bytes) -> tuple[int, bytes]:
    """Run a command in vtctld's container; gives its exit code and what it printed."""
    api = open_api(kubeconfig=str(cluster.bed.kubeconfig), context=cluster.bed.context)
    (pod,) = [name for name in cluster.pods() if name.startswith("minimal-vtctld-")]
    out_read, out_write = os.pipe()
    in_read, in_write = os.pipe()
    writer = threading.Thread(target=_give, args=(in_write, given))
    writer.start()
    try:
        code = api.run(cluster.namespace, pod, "vtctld", command, Pipes(in_read, out_write, out_write))
        return code, os.read(out_read, 1000)
    finally:
        for end in (out_read, out_write, in_read):
            os.close(end)
        writer.join()


def _give(end: int, given: bytes) -> None:
    """Write all of it, as long as somebody reads."""
    with os.fdopen(end, "wb") as file, suppress(BrokenPipeError):
        file.write(given)

"""The guestbook on a real Kubernetes: an image beside Vitess's, and what its visitors notice of a dead primary."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from tests.e2e_kubernetes import reach
from tests.e2e_kubernetes.cluster import Cluster
from tests.e2e_kubernetes.command import ROOT, Vitessctl
from tests.support.guestbook import Visitor
from tests.testbed.fixtures import Bed
from tests.testbed.image_recipes import guestbook
from tests.testbed.image_recipes.__main__ import cache_folder

pytestmark = pytest.mark.timeout(600)
IMAGE = "vitessctl-guestbook:1"
FIRST = "Hello <from> a pod"
SHOWN = 50
"""A page shows so many of its messages, the newest."""
NOT_CONFIRMED = "Your message was not confirmed"


@pytest.fixture
def cluster(bed: Bed, namespace: str) -> Cluster:
    """The guestbook's cluster, up."""
    if bed.cluster is not None:
        bed.cluster.import_image(guestbook.archive(IMAGE, cache_folder()))
    command = Vitessctl(bed, namespace, ROOT / "inventories" / "guestbook")
    return Cluster(bed, namespace, command, "guestbook")


@pytest.mark.twice
def test_visitors_write_and_read_while_the_primary_dies(cluster: Cluster) -> None:
    screen = cluster.up("--yes").screen
    assert "applications ready: guestbook answers" in screen
    forward = f"kubectl -n {cluster.namespace} port-forward service/guestbook-application-guestbook 8080"
    assert f"guestbook:        {forward}" in screen
    assert "change-me" not in screen

    with reach.service(cluster.bed, cluster.namespace, "guestbook-application-guestbook", 8080) as address:
        visit(cluster, Visitor(f"http://{address}"))

    assert "Nothing changed." in cluster.up().screen
    assert "guestbook: listens on" in cluster.vitessctl("logs", "application/guestbook").ok().screen
    changed = replace(cluster, vitessctl=replace(cluster.vitessctl, extra=("applications.guestbook.replicas=2",)))
    assert "applications ready: guestbook answers" in changed.up("--yes").screen
    cluster.vitessctl("down", "--delete-data", "guestbook").ok()
    assert not [name for name, pod in cluster.pods().items() if "deletionTimestamp" not in pod["metadata"]]


def visit(cluster: Cluster, visitor: Visitor) -> None:
    """Write and read, also while the primary dies."""
    assert visitor.get("/").status == 200
    assert visitor.post(7, FIRST).status == 200
    assert visitor.until(7, [FIRST]).shown("tablet-type") == "replica"
    cluster.until_copied()

    dead = cluster.primary
    cluster.delete_pod(cluster.tablet_pod(dead), "--grace-period=0", "--force")
    posted = _post_until_it_works_again(visitor, lambda: cluster.primary != dead)

    cluster.until_ready()
    visitor.until(8, posted)  # every confirmed message is there, and none is there twice


def _post_until_it_works_again(visitor: Visitor, healed: object, seconds: float = 120.0) -> list[str]:
    """Post one message after the other, each until it is confirmed, while the page is looked at; until all is well."""
    assert callable(healed)
    deadline = time.monotonic() + seconds
    posted: list[str] = []
    good = 0
    while good < 10 or not healed():
        assert time.monotonic() < deadline, "posting does not work again"
        text, created = f"message {len(posted)}", ""
        while (answer := visitor.post(8, text, created)).status != 200:
            assert answer.status == 503
            assert NOT_CONFIRMED in answer.shown("error"), answer.text
            assert visitor.get("/page/7").messages == [FIRST], "the page does not show"
            assert time.monotonic() < deadline, f"posting does not work again: {answer.shown('error')}"
            created, good = answer.created, 0
            time.sleep(0.2)
        posted.append(text)
        good += 1
        time.sleep(0.3)
    return posted[-SHOWN:]

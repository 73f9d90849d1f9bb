"""A cluster that runs on a real Kubernetes is hurt and changed, beside what the story does to it, and no row is lost.

In one namespace, test after test; each begins with a cluster that is ready. Runs on stand-ins, and on real
Vitess where VITESS_BIN and MYSQL_ROOT name it. How long writers were out is printed, not judged: see docs.
"""

from __future__ import annotations

import pytest

from tests.e2e_kubernetes.cluster import Cluster
from tests.e2e_kubernetes.conftest import NEXT_IMAGE
from tests.support.writer import Story

pytestmark = pytest.mark.timeout(900)


@pytest.fixture
def ready(cluster: Cluster) -> Cluster:
    """A cluster that is up; whatever the step before left is healed by `up`."""
    cluster.up()
    cluster.until_ready()
    return cluster


def tell(name: str, story: Story) -> None:
    print(  # noqa: T201
        f"\n{name}: {len(story.acknowledged)} writes acknowledged, {len(story.write_errors)} failed, "
        f"longest gap {story.write_outage:.1f} s; {story.reads} reads, {len(story.read_errors)} failed"
    )


def test_no_row_is_acknowledged_without_semi_sync(ready: Cluster) -> None:
    """The policy is there before a tablet starts, so a primary waits for a replica from its first row on."""
    script = "vtctldclient --server localhost:15999 GetKeyspace messages"
    vtctld = next(name for name in ready.pods() if "vtctld" in name)
    said = ready.bed.kubectl("-n", ready.namespace, "exec", vtctld, "--", "sh", "-c", f"PATH=/vt/bin:$PATH {script}")
    assert "semi_sync" in said


@pytest.mark.parametrize(("container", "program"), [("vttablet", "vttablet"), ("mysqld", "mysqld")])
def test_a_killed_server_of_the_primary_loses_no_row(ready: Cluster, container: str, program: str) -> None:
    with ready.clients(20_000 if program == "vttablet" else 30_000) as client:
        ready.kill(ready.tablet_pod(ready.primary), container, program)
        client.wait_for_writes(30, 90)
        ready.until_ready()
    tell(f"kill -9 of {program} of the primary", client.story)
    assert client.story.read_errors == []


def test_the_whole_pod_gone_without_grace_loses_no_row(ready: Cluster) -> None:
    with ready.clients(40_000) as client:
        ready.delete_pod(ready.tablet_pod(ready.primary), "--grace-period=0", "--force")
        client.wait_for_writes(30, 90)
        ready.until_ready()
    tell("pod of the primary gone without grace", client.story)


def test_a_changed_image_rolls_one_tablet_after_the_other(ready: Cluster) -> None:
    changed = ready.with_spec(f"images.vttablet={NEXT_IMAGE}")
    leader = ready.primary

    with ready.clients(50_000) as client:
        ran = changed.up()
        client.wait_for_writes(10, 60)
    tell(f"three tablets rolled to another image in {ran.seconds:.0f} s", client.story)

    restarted = [line.split()[4].rstrip(",") for line in ran.screen.splitlines() if "* restarted" in line]
    assert len(restarted) == 3
    assert restarted[-1] == leader
    images = {
        container["image"]
        for name, pod in changed.pods().items()
        if "vttablet" in name
        for container in pod["spec"]["containers"]
    }
    assert images == {NEXT_IMAGE}
    assert client.story.read_errors == []
    assert "Nothing changed." in changed.up().screen


def test_a_tablet_that_left_the_spec_is_drained_and_its_volume_stays(cluster: Cluster) -> None:
    four = cluster.with_spec("keyspaces.messages.pools=[{cell: zone1, type: replica, tablets: 4, uid: 100}]")
    four.up()
    leaving = "zone1-0000000103"
    assert leaving in {tablet["alias"] for tablet in four.until_ready()["tablets"]}

    ran = cluster.up("--prune")

    assert f"removed the record of {leaving}" in ran.screen
    assert cluster.tablet_pod(leaving) not in cluster.pods()
    assert f"data-{cluster.tablet_pod(leaving)}" in {
        claim["metadata"]["name"] for claim in cluster.get("persistentvolumeclaims")["items"]
    }
    cluster.until_ready()

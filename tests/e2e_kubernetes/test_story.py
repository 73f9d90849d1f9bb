"""A cluster's life on a real Kubernetes: made, used, hurt, changed, taken down and brought back, and no row is lost.

Told in one namespace, step after step; each step begins with a cluster that is ready. Runs on stand-ins, and on real
Vitess where VITESS_BIN and MYSQL_ROOT name it. How long writers were out is printed, not judged: see docs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.e2e_kubernetes.cluster import NOTES, Cluster
from tests.e2e_kubernetes.command import INVENTORY, Vitessctl
from tests.e2e_kubernetes.conftest import NEXT_IMAGE
from tests.support.writer import Story
from tests.testbed import fixtures
from tests.testbed.fixtures import Bed

pytestmark = pytest.mark.timeout(900)


@pytest.fixture(scope="module")
def cluster(bed: Bed) -> Iterator[Cluster]:
    with fixtures.fresh_namespace(bed) as namespace:
        yield Cluster(bed, namespace, Vitessctl(bed, namespace, INVENTORY))


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


def test_from_nothing_to_a_row_without_a_restart_of_any_container(cluster: Cluster) -> None:
    ran = cluster.up()

    assert "vtgate       ready: sees 3 tablets, a query answers" in ran.screen
    assert cluster.restarts() == {}
    cluster.query(NOTES)
    cluster.query("insert into notes values (1, 'first')")
    assert cluster.query("select words from notes where id = 1") == [("first",)]
    status = cluster.until_ready()
    assert status["target"] == "kubernetes"
    assert [tablet["type"] for tablet in status["tablets"]].count("primary") == 1
    assert status["vtgate"][0]["mysql"] == f"minimal-vtgate-zone1.{cluster.namespace}.svc:3306"


def test_a_row_is_read_at_a_replica(ready: Cluster) -> None:
    ready.query("replace into notes values (2, 'copied')")
    ready.until(lambda status: bool(ready.query("select 1 from notes where id = 2", "messages@replica")), 20)


def test_no_row_is_acknowledged_without_semi_sync(ready: Cluster) -> None:
    """The policy is there before a tablet starts, so a primary waits for a replica from its first row on."""
    script = "vtctldclient --server localhost:15999 GetKeyspace messages"
    vtctld = next(name for name in ready.pods() if "vtctld" in name)
    said = ready.bed.kubectl("-n", ready.namespace, "exec", vtctld, "--", "sh", "-c", f"PATH=/vt/bin:$PATH {script}")
    assert "semi_sync" in said


def test_again_nothing_changes_and_no_pod_is_touched(ready: Cluster) -> None:
    before = {name: pod["metadata"]["uid"] for name, pod in ready.pods().items()}

    assert "Nothing changed." in ready.up().screen
    assert "No changes." in ready.vitessctl("plan", "--detailed-exitcode").ok().screen
    assert {name: pod["metadata"]["uid"] for name, pod in ready.pods().items()} == before


def test_deleting_the_primarys_pod_loses_no_row_and_it_comes_back_as_it_was(ready: Cluster) -> None:
    primary = ready.primary
    pod = ready.tablet_pod(primary)
    volume = ready.pods()[pod]["spec"]["volumes"]

    with ready.clients(10_000) as client:
        ready.delete_pod(pod)
        client.wait_for_writes(30, 60)
        status = ready.until_ready()
    tell("pod of the primary deleted", client.story)

    again = next(tablet for tablet in status["tablets"] if tablet["alias"] == primary)
    assert again["type"] == "replica"
    assert status["shards"][0]["primary"] != primary
    claims = [each for each in volume if "persistentVolumeClaim" in each]
    assert [each for each in ready.pods()[pod]["spec"]["volumes"] if "persistentVolumeClaim" in each] == claims
    assert client.story.read_errors == []


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


def test_a_primary_whose_volume_is_gone_never_leads_with_an_empty_database(ready: Cluster) -> None:
    ready.query("replace into notes values (3, 'kept')")
    primary = ready.primary
    pod = ready.tablet_pod(primary)
    ready.bed.kubectl("-n", ready.namespace, "delete", "pvc", f"data-{pod}", "--wait=false")
    ready.delete_pod(pod, "--grace-period=0", "--force")

    ready.up()
    status = ready.until_ready()

    assert status["shards"][0]["primary"] != primary
    assert ready.query("select words from notes where id = 3") == [("kept",)]
    assert {tablet["alias"]: tablet["differs"] for tablet in status["tablets"]}[primary] == []


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


def test_down_keeps_the_rows_and_up_brings_them_back(ready: Cluster) -> None:
    ready.query("replace into notes values (4, 'survivor')")

    down = ready.vitessctl("down").ok()
    assert "kept: PersistentVolumeClaim/data-minimal-vttablet-zone1-0000000100-0" in down.screen
    assert ready.pods() == {}

    ready.up()
    assert ready.query("select words from notes where id = 4") == [("survivor",)]
    ready.query("insert into notes values (5, 'writable again')")
    ready.until_ready()


def test_data_goes_only_under_the_clusters_name(ready: Cluster) -> None:
    assert ready.vitessctl("down", "--delete-data", "guestbook").code == 5
    assert ready.pods()

    ready.vitessctl("down", "--delete-data", "minimal").ok()

    left = ready.get("persistentvolumeclaims,configmaps,secrets,leases,statefulsets,deployments,services")["items"]
    names = {f"{each['kind']}/{each['metadata']['name']}" for each in left}
    assert names <= {"ConfigMap/kube-root-ca.crt", "Service/kubernetes"}
    assert replace(ready.vitessctl, extra=())("status").code == 3

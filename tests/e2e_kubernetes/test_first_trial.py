"""The first trial's cluster, Vitess 2.1, on a real Kubernetes: what went wrong then goes right, step after step.

A primary's pod was deleted, and the shard stayed write-dead; a tablet came back with empty tables and looked healthy.
There is no vtorc in 2.1: a tablet gives its role away when it stops, and what nobody heals `up` does.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.e2e_kubernetes.cluster import NOTES, Cluster
from tests.e2e_kubernetes.command import ROOT, Vitessctl
from tests.testbed import fixtures
from tests.testbed.fixtures import Bed

pytestmark = pytest.mark.timeout(600)

KEYSPACE = "test_keyspace"


@pytest.fixture(scope="module")
def trial(bed: Bed) -> Iterator[Cluster]:
    with fixtures.fresh_namespace(bed) as namespace:
        vitessctl = Vitessctl(bed, namespace, ROOT / "inventories" / "vitess-2.1")
        yield Cluster(bed, namespace, vitessctl, "vitess-2-1", "test", KEYSPACE)


def until_writable(trial: Cluster, row: int, seconds: float = 60.0) -> None:
    """Write one row, however often it takes."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            trial.query(f"replace into notes values ({row}, 'written')")
            return
        except Exception:
            assert time.monotonic() < deadline
            time.sleep(0.2)


def tablet(status: dict[str, Any], alias: str) -> dict[str, Any]:
    found: dict[str, Any] = next(each for each in status["tablets"] if each["alias"] == alias)
    return found


def test_it_comes_up_and_takes_a_row(trial: Cluster) -> None:
    trial.up()
    assert trial.restarts() == {}
    status = trial.until_ready()
    types = sorted(each["type"] for each in status["tablets"])
    assert types == ["primary", "rdonly", "rdonly", "replica", "replica"]
    trial.query(NOTES)
    trial.query("insert into notes values (1, 'first')")
    assert trial.query("select words from notes where id = 1") == [("first",)]
    trial.until(lambda _: trial.query("select id from notes", f"{KEYSPACE}@rdonly") == [(1,)], 20)


def test_again_nothing_changes(trial: Cluster) -> None:
    assert "Nothing changed." in trial.up().screen
    assert "No changes." in trial.vitessctl("plan", "--detailed-exitcode").ok().screen


def test_a_deleted_primary_gives_its_role_away_although_the_image_has_no_client(trial: Cluster) -> None:
    primary = trial.primary
    trial.delete_pod(trial.tablet_pod(primary))
    until_writable(trial, 2)
    assert trial.primary != primary
    trial.until_ready()
    assert trial.query("select count(*) from notes") == [(2,)]


def test_a_primary_whose_volume_is_gone_never_leads_with_an_empty_database(trial: Cluster) -> None:
    """Without a vtctld it cannot give its role away before; it comes back empty, and the topology names it primary."""
    primary = trial.primary
    pod = trial.tablet_pod(primary)
    kubectl = ("-n", trial.namespace)
    trial.bed.kubectl(*kubectl, "scale", "deployment", "vitess-2-1-vtctld", "--replicas=0")
    trial.bed.kubectl(*kubectl, "wait", "pod", "-l", "vitessctl.io/component=vtctld", "--for=delete", "--timeout=50s")
    trial.bed.kubectl(*kubectl, "delete", "pvc", f"data-{pod}", "--wait=false")
    trial.delete_pod(pod, "--grace-period=0", "--force")

    ran = trial.vitessctl("up", "-e", "timeouts.replication=20s")

    assert f"the data of {primary} is gone" in ran.words, ran.screen
    assert trial.status()["shards"][0]["primary"] != primary
    until_writable(trial, 3)
    assert trial.query("select count(*) from notes") == [(3,)]
    # Until 12 only the first primary has what was there before the first election: from any other an empty tablet
    # cannot copy that, so it stays out, and says so.
    if ran.code:
        assert f"{primary}: Got fatal error 1236" in ran.words
        assert tablet(trial.status(), primary)["differs"]
    else:
        trial.until(lambda _: not tablet(trial.status(), primary)["differs"], 20)


def test_data_goes_only_under_the_clusters_name(trial: Cluster) -> None:
    trial.vitessctl("down", "--delete-data", "vitess-2-1").ok()
    assert trial.pods() == {}
    assert trial.get("persistentvolumeclaims")["items"] == []

"""The first trial's cluster, inventories/vitess-2.1, on a real Kubernetes. What became of it then: test_story.py."""

from __future__ import annotations

import json
from collections.abc import Iterator

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


def _ids(trial: Cluster, alias: str) -> list[list[str]]:
    """The rows of one tablet, of its own MySQL; none where it has not yet copied the table."""
    ran = trial.vitessctl("sql", "select id from notes", "--tablet", alias, "--output", "json")
    rows: list[list[str]] = json.loads(ran.screen.splitlines()[0])["rows"] if ran.code == 0 else []
    return rows


def test_it_comes_up_and_takes_a_row(trial: Cluster) -> None:
    trial.up()
    assert trial.restarts() == {}
    status = trial.until_ready()
    types = sorted(each["type"] for each in status["tablets"])
    assert types == ["primary", "rdonly", "rdonly", "replica", "replica"]
    trial.query(NOTES, f"{KEYSPACE}/0")  # vtgate of 2.1 takes a definition only for a shard that is named
    trial.query("insert into notes values (1, 'first')")
    assert trial.query("select words from notes where id = 1") == [("first",)]
    rdonly = next(each["alias"] for each in status["tablets"] if each["type"] == "rdonly")
    trial.until(lambda _: _ids(trial, rdonly) == [["1"]], 20)


def test_again_nothing_changes(trial: Cluster) -> None:
    assert "Nothing changed." in trial.up().screen
    assert "No changes." in trial.vitessctl("plan", "--detailed-exitcode").ok().screen


def test_data_goes_only_under_the_clusters_name(trial: Cluster) -> None:
    trial.vitessctl("down", "--delete-data", "vitess-2-1").ok()
    assert trial.pods() == {}
    assert trial.get("persistentvolumeclaims")["items"] == []

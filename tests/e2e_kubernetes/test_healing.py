"""`replication`, `reparent` and `rebuild` on a real Kubernetes: stand-ins, or real Vitess where it is named.

Told in one namespace, step after step; each step begins with a cluster that is ready.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.e2e_kubernetes.cluster import NOTES, Cluster
from tests.support.damage import damage
from tests.support.frozen import frozen

pytestmark = pytest.mark.timeout(900)


@pytest.fixture
def ready(cluster: Cluster) -> Cluster:
    """A cluster that is up and has rows."""
    cluster.up()
    cluster.until_ready()  # after a test that failed, it may not be
    cluster.query(NOTES)
    cluster.query("replace into notes values (1, 'kept')")
    cluster.until_copied()
    return cluster


def said(ran_screen: str) -> list[dict[str, Any]]:
    """Lines of JSON."""
    return [json.loads(line) for line in ran_screen.splitlines() if line.startswith("{")]


def replica(cluster: Cluster) -> str:
    """The alias of a tablet that does not lead."""
    return next(str(each["alias"]) for each in cluster.status()["tablets"] if each["type"] == "replica")


def test_replication_works_and_says_who_copies_from_whom(ready: Cluster) -> None:
    found = ready.answer("replication")

    tablets = found["shards"][0]["tablets"]
    assert found["broken"] is False
    assert {each["source"] for each in tablets if each["alias"] != ready.primary} == {ready.primary}


def test_a_planned_reparent_loses_nothing(ready: Cluster) -> None:
    wanted = replica(ready)
    with ready.clients(10_000) as client:
        ran = ready.vitessctl("reparent", "messages", "--to", wanted, "--output", "json").ok()
        client.wait_for_writes(10, 60)

    end = said(ran.screen)[-1]
    assert (end["type"], end["primary"], len(end["replicas"])) == ("reparented", wanted, 2)
    ready.until(lambda status: status["shards"][0]["primary"] == wanted)
    assert client.story.read_errors == []
    print(f"\nplanned: gap {end['gap_seconds']} s, outage of writes {client.story.write_outage:.1f} s")  # noqa: T201
    runs = said(ready.vitessctl("history", "--output", "json").ok().screen)[0]["runs"]
    assert (runs[0]["command"], runs[0]["result"]) == ("reparent", "done")


@contextmanager
def frozen_pods(cluster: Cluster, *pods: str) -> Iterator[None]:
    """Every process of these pods stands still."""
    uids = [cluster.pods()[pod]["metadata"]["uid"] for pod in pods]
    names = [form for uid in uids for form in (uid, uid.replace("-", "_"))]
    pids = [int(path.parent.name) for path in Path("/proc").glob("[0-9]*/cgroup") if _mentions(path, names)]
    with frozen(*pids):
        yield


def _mentions(path: Path, names: list[str]) -> bool:
    try:
        text = path.read_text()
    except OSError:  # it ended meanwhile
        return False
    return any(name in text for name in names)


def whole_again(cluster: Cluster, old: str) -> None:
    """A write that was under way when its primary froze, and that nobody was told of, may be in its log alone.

    The one client writes one row after the other, so it is one at most. That no acknowledged row is lost by making the
    tablet anew is looked at when the client has ended.
    """

    def has_a_row_of_its_own(status: dict[str, Any]) -> bool:
        errant = {each["alias"]: each["errant"] for each in status["tablets"]}
        findings = {(each["id"], each["subject"]) for each in status["findings"]}
        return findings == {("diverged", old)} and errant[old] == 1

    status = cluster.until(lambda status: status["ready"] or has_a_row_of_its_own(status), 180)
    if not status["ready"]:
        cluster.vitessctl("rebuild", old, "--allow", "data-loss", "--yes").ok()
        cluster.until_ready()


def test_a_frozen_primary_is_replaced_and_nothing_is_lost(ready: Cluster) -> None:
    """With vtorc frozen too, so that it is our doing."""
    ready.needs_own_node()
    victim = ready.primary
    vtorc = next(name for name in ready.pods() if "vtorc" in name)
    with ready.clients(20_000) as client:
        with frozen_pods(ready, vtorc, ready.tablet_pod(victim)):
            ran = ready.vitessctl("reparent", "messages", "--yes", "--output", "json").ok()
            client.wait_for_writes(10, 60)
        whole_again(ready, victim)

    chosen = next(each for each in said(ran.screen) if each["type"] == "reparent")
    end = said(ran.screen)[-1]
    assert (chosen["mode"], chosen["old"]) == ("emergency", victim)
    assert end["silent"] == [victim]
    print(f"\nemergency: gap {end['gap_seconds']} s, outage of writes {client.story.write_outage:.1f} s")  # noqa: T201


def test_a_replica_is_made_anew_on_a_new_volume(ready: Cluster) -> None:
    victim = replica(ready)
    claim = f"data-{ready.tablet_pod(victim)}"
    before = ready.get("persistentvolumeclaim", claim)["metadata"]["uid"]

    ran = ready.vitessctl("rebuild", victim, "--yes", "--output", "json").ok()

    end = said(ran.screen)[-1]
    assert (end["type"], end["alias"], end["way"]) == ("rebuilt", victim, "binlogs")
    assert end["old_data"] == [f"deleted: PersistentVolumeClaim/{claim}"]
    assert ready.get("persistentvolumeclaim", claim)["metadata"]["uid"] != before
    ready.until_ready()
    assert ready.answer("replication")["broken"] is False
    assert ready.query("select words from notes where id = 1", "messages@replica") == [("kept",)]
    print(f"\nrebuild: {end['seconds']} s")  # noqa: T201
    assert "Nothing changed." in ready.up().screen


@pytest.mark.parametrize(
    "leads", [pytest.param(False, id="replica", marks=pytest.mark.twice), pytest.param(True, id="primary")]
)
def test_where_files_are_damaged_the_others_serve_it_is_named_and_a_rebuild_mends_it(
    ready: Cluster, leads: bool
) -> None:
    """Its mysqlctld would wait for its mysqld for minutes, in a container that runs and says nothing."""
    victim = ready.primary if leads else replica(ready)
    ((rows,),) = ready.query("select count(*) from notes")
    ready.vitessctl("down", "--yes").ok()
    damage(ready.volume(victim) / f"vt_{victim.rpartition('-')[2]}")

    broken = ready.vitessctl("up", "--yes")

    assert broken.code == 3, broken.screen
    assert f"{victim} cannot come up; everything else is ready" in broken.words
    assert "its mysqld has ended: MySQL's data files are damaged or missing" in broken.words
    assert re.search(r"error: \[MY-01190[46]\] \[InnoDB\] .* page", broken.words), "what mysqld itself said"
    assert "vitessctl rebuild ALIAS makes this one anew from it, on a new volume" in broken.words
    assert ready.primary != victim
    ready.query(f"replace into notes values ({2 + leads}, 'meanwhile')")

    mended = ready.vitessctl("rebuild", victim, "--yes").ok()

    assert "Nothing changed." in ready.up().screen
    ready.until_ready()
    assert ready.query("select count(*) from notes", "messages@replica") == [(rows + 1,)]
    print(f"\ndamaged: up {broken.seconds:.0f} s, rebuild {mended.seconds:.0f} s")  # noqa: T201


def test_where_etcds_volume_is_gone_every_tablet_comes_back_into_the_topology(ready: Cluster) -> None:
    """Its pod comes back with an empty topology; a vttablet writes its record only when it starts."""
    etcd = next(name for name in ready.pods() if "-etcd-" in name)
    kubectl = ("-n", ready.namespace)
    ready.bed.kubectl(*kubectl, "delete", "persistentvolumeclaim", f"data-{etcd}", "--wait=false")
    ready.delete_pod(etcd, "--grace-period=0", "--force")

    ran = ready.vitessctl("up", "--yes").ok()

    assert "it ran without a record in the topology, which it writes only when it starts" in ran.words
    ready.until_ready()
    assert ready.answer("replication")["broken"] is False
    assert ready.query("select words from notes where id = 1") == [("kept",)]
    print(f"\netcd's volume gone: up {ran.seconds:.0f} s")  # noqa: T201
    assert "Nothing changed." in ready.up().screen


def test_the_primary_is_never_rebuilt(ready: Cluster) -> None:
    ran = ready.vitessctl("rebuild", ready.primary, "--yes")

    assert ran.code == 1
    assert "is not rebuilt; nothing was changed" in ran.screen
    ready.until_ready()

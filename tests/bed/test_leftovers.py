"""A bed that stopped leaves the machine as it was, however it stopped."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from tests.bed import machine
from tests.testbed import cgroups, node_files, unavailable
from tests.testbed.cluster import Cluster
from tests.testbed.processes import BedError, wait_for
from tests.testbed.state import State
from tests.testbed.stopping import stop

pytestmark = pytest.mark.skipif(bool(unavailable.reason()), reason=str(unavailable.reason()))


def test_two_beds_and_a_second_node_leave_nothing(tmp_path: Path) -> None:
    before = machine.snapshot()
    with Cluster.start(tmp_path / "one") as one, Cluster.start(tmp_path / "two") as two:
        second = one.add_node()
        assert one.api.node_ready(second.name)
        assert one.plane.address != two.plane.address
        assert len({node.store for cluster in (one, two) for node in cluster.nodes.values()}) == 3
    assert machine.snapshot() == before
    assert machine.processes_of(tmp_path) == []
    assert not (tmp_path / "one").exists()


def test_a_killed_node_comes_back_on_its_files(tmp_path: Path) -> None:
    with Cluster.start(tmp_path / "bed", nodes=2, fast_node_loss=True) as cluster:
        store = cluster.nodes[2].store
        cluster.kill_node(2)
        assert cluster.api.ready()
        assert cluster.restart_node(2).store == store


def test_a_bed_is_stopped_by_its_folder_alone(tmp_path: Path) -> None:
    before = machine.snapshot()
    Cluster.start(tmp_path / "bed", nodes=0)
    state = State.read(tmp_path / "bed")
    assert state
    assert state.running()
    stop(tmp_path / "bed")
    assert not state.running()
    assert machine.snapshot() == before
    assert machine.processes_of(tmp_path) == []


def test_a_bed_that_was_killed_from_outside_does_not_hold_up_the_next(tmp_path: Path) -> None:
    """Its pods' groups stay, and a kubelet that finds them asks for each container's task until it gives up."""
    before = machine.snapshot()
    with Cluster.start(tmp_path / "old") as old:
        run_a_pod(old)
        node = old.nodes[1]
        node.namespaces.kill()
        wait_for("the bed does not end", lambda: not old.state.running(), [], 60)
        # The kernel takes the interface away some time after the namespace, and with it the claim on its index.
        wait_for("the bed's interface stays", lambda: machine.snapshot()["interfaces"] == before["interfaces"], [], 60)
        assert pods_in(node.cgroup)
        with Cluster.start(tmp_path / "new") as new:
            assert new.nodes[1].cgroup == node.cgroup
            kubelet = (new.nodes[1].folder / "logs" / "kubelet.log").read_text()
            assert "Failed to create existing container" not in kubelet
    assert machine.snapshot() == before


def run_a_pod(cluster: Cluster) -> None:
    container = {"name": "pause", "image": node_files.PAUSE_IMAGE, "imagePullPolicy": "Never"}
    pod = {"metadata": {"name": "left"}, "spec": {"containers": [container]}}
    pods = "/api/v1/namespaces/default/pods"
    assert cluster.api.request("POST", pods, pod)[0] == 201
    look = partial(cluster.api.request, "GET", f"{pods}/left")
    wait_for("the pod does not run", lambda: look()[1]["status"]["phase"] == "Running", [], 60)


def pods_in(group: str) -> list[str]:
    """The pods' groups inside a bed's own, in every hierarchy."""
    found = [folder for each in cgroups.ROOT.rglob(group) for folder in each.rglob("pod*") if folder.is_dir()]
    return [str(folder) for folder in found]


def test_a_start_that_fails_shows_the_log_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = machine.snapshot()
    monkeypatch.setattr("tests.testbed.node_files.containerd", lambda *_: "version = nonsense")
    with pytest.raises(BedError, match=r"containerd ended with exit code 1\n--- .*containerd.log\n.*toml"):
        Cluster.start(tmp_path / "bed")
    assert machine.snapshot() == before
    assert not (tmp_path / "bed").exists()


def test_a_folder_in_use_is_not_taken(tmp_path: Path) -> None:
    (tmp_path / "note").touch()
    with pytest.raises(BedError, match="is not empty"):
        Cluster.start(tmp_path)
    assert (tmp_path / "note").exists()

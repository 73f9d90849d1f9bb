"""A bed that stopped leaves the machine as it was, however it stopped."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bed import machine
from tests.testbed import unavailable
from tests.testbed.cluster import Cluster
from tests.testbed.processes import BedError
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

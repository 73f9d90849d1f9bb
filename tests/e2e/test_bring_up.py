"""From a spec to rows through vtgate, and again, and away."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
from pathlib import Path

import pytest

from tests.support.live import REPOSITORY, LiveCluster, leftovers


def test_up_ends_with_a_recap_and_the_lines_to_go_on_with(cluster: LiveCluster) -> None:
    screen = cluster.up()

    assert "RECAP" in screen
    assert "failed=0" in screen
    assert f"mysql -h 127.0.0.1 -P {cluster.base_port + 301} -u root" in screen
    assert "vitessctl status" in screen
    assert "vitessctl down" in screen
    if cluster.flag == "--rehearse":
        assert screen.startswith("REHEARSAL")


def test_a_second_up_changes_nothing_and_restarts_nothing(running: LiveCluster) -> None:
    before = running.pids()

    screen = running.up()

    assert "Nothing changed." in screen
    assert running.pids() == before
    assert all(pid > 0 for pid in before.values())


def test_rows_are_read_at_replicas_and_survive_down_and_up(running: LiveCluster) -> None:
    assert running.rows("select count(*) from notes", "messages@replica") == [(100,)]

    kept = running.down()
    assert leftovers(running.state) == []
    assert "to delete the data too: add --delete-data minimal" in kept

    running.up()
    assert running.rows("select count(*) from notes") == [(100,)]
    assert running.rows("select words from notes where id = 42", "messages@replica") == [("note 42",)]
    with running.connect("messages") as cursor:
        assert cursor.execute("insert into notes values (100, 'after the restart')") == 1
    assert running.wait_ready()["ready"]


def test_data_is_deleted_only_under_the_clusters_name(running: LiveCluster) -> None:
    refused = running.run("down", "--delete-data", "guestbook")
    assert refused.returncode == 5
    assert "--delete-data guestbook is not this cluster's name, so nothing was done" in refused.stderr
    assert running.status()["ready"]

    running.down("--delete-data", "minimal")
    assert leftovers(running.state) == []
    assert not running.state.exists()


def test_status_tells_everything_a_program_needs(running: LiveCluster) -> None:
    status = running.wait_ready()

    assert status["cluster"] == "minimal"
    assert status["target"] == ("rehearsal" if running.flag == "--rehearse" else "local")
    assert [set(gate) for gate in status["vtgate"]] == [{"cell", "mysql", "grpc", "http"}]
    assert [set(server) for server in status["vtctld"]] == [{"grpc", "http"}]
    assert [(s["keyspace"], s["shard"], s["serving"]) for s in status["shards"]] == [("messages", "0", True)]
    assert [t["alias"] for t in status["tablets"]] == [f"zone1-000000010{n}" for n in range(3)]
    for tablet in status["tablets"]:
        assert tablet["serving"]
        assert tablet["differs"] == []
        assert tablet["hostname"] == "127.0.0.1"
    assert sorted(t["type"] for t in status["tablets"]) == ["primary", "replica", "replica"]


KILL_AFTER_LINES = (1, 4, 9, 14, 20, 26)


@pytest.mark.parametrize("lines", KILL_AFTER_LINES)
def test_up_that_was_killed_is_finished_by_the_next(cluster: LiveCluster, lines: int) -> None:
    process = subprocess.Popen(
        cluster.command("up", "--output", "json"), stdout=subprocess.PIPE, text=True, cwd=REPOSITORY
    )
    assert process.stdout is not None
    seen = [line for _, line in zip(range(lines), process.stdout, strict=False)]
    process.send_signal(signal.SIGKILL)
    process.wait(timeout=10)
    assert len(seen) == lines, "it was over before it could be killed"
    assert all(json.loads(line)["type"] for line in seen)

    cluster.up()

    assert cluster.wait_ready()["ready"]
    assert "Nothing changed." in cluster.up()


def test_two_clusters_do_not_disturb_each_other(running: LiveCluster, tmp_path: Path) -> None:
    other = LiveCluster(running.state.parent / "other", running.inventory, running.flag)
    try:
        other.up()
        with other.connect("messages") as cursor:
            cursor.execute("create table only_here (id int primary key)")
        other.down()
        assert running.wait_ready()["ready"]
        assert running.rows("show tables") == [("notes",)]
    finally:
        other.remove()


def test_a_port_that_is_taken_is_named_with_its_process(cluster: LiveCluster) -> None:
    with socket.create_server(("127.0.0.1", cluster.base_port + 301)):
        refused = cluster.run("up")

    assert refused.returncode == 1
    assert f"port {cluster.base_port + 301} is in use" in refused.stderr
    assert "vtgate-zone1" in refused.stderr
    assert f"process {os.getpid()}" in refused.stderr
    assert "-e local.base_port=" in refused.stderr
    assert leftovers(cluster.state) == []


def test_a_second_cluster_on_the_same_ports_is_refused_and_the_first_lives_on(running: LiveCluster) -> None:
    other = LiveCluster(running.state.parent / "other", running.inventory, running.flag, running.base_port)
    try:
        refused = other.run("up")
        assert refused.returncode == 1
        assert f"{running.state} has them" in refused.stderr
        assert running.status()["ready"]
    finally:
        other.remove()

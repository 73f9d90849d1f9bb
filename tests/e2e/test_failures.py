"""Things die, and nothing that was acknowledged is lost."""

from __future__ import annotations

import os
import shutil
import signal

import pytest

from tests.support.live import LiveCluster
from tests.support.writer import Client


def test_a_dead_primary_costs_no_acknowledged_row(running: LiveCluster) -> None:
    victim = running.primary()
    with Client(running) as client:
        client.wait_for_writes(20, seconds=30)
        running.kill_tablet(victim)
        client.wait_for_writes(20, seconds=60)
    running.wait_ready(90)

    found = {row[0] for row in running.rows("select id from notes where id >= 1000000")}
    assert set(client.story.acknowledged) <= found
    assert client.story.read_errors == []


def test_a_primary_whose_data_is_gone_comes_back_as_a_replica(running: LiveCluster) -> None:
    victim = running.primary()
    running.kill_tablet(victim)
    shutil.rmtree(running.data_folder(victim), ignore_errors=True)

    running.wait_status(lambda status: running.primary(status) != victim, 60, "another primary")
    running.wait_ready(120)
    assert running.rows("select count(*) from notes") == [(100,)]
    for _ in range(10):
        assert running.rows("select count(*) from notes", "messages@replica") == [(100,)]


def test_a_stopped_clusters_emptied_primary_does_not_lead_again(running: LiveCluster) -> None:
    victim = running.primary()
    running.down()
    shutil.rmtree(running.data_folder(victim))

    running.up()

    status = running.wait_ready(120)
    assert running.primary(status) != victim
    assert running.rows("select count(*) from notes") == [(100,)]
    for _ in range(10):
        assert running.rows("select count(*) from notes", "messages@replica") == [(100,)]


@pytest.mark.parametrize("program", ["etcd-0", "vtctld", "vtorc-zone1", "vtgate-zone1"])
def test_a_server_that_is_killed_comes_back(running: LiveCluster, program: str) -> None:
    pid = next(pid for name, pid in running.pids().items() if program in name)
    os.kill(pid, signal.SIGKILL)

    def is_back(status: dict[str, object]) -> bool:
        components = status["components"]
        assert isinstance(components, list)
        return any(program in c["name"] and c["pid"] not in (0, pid) and c["running"] for c in components)

    running.wait_status(is_back, 20, f"{program} to be back")
    running.wait_ready(60)
    assert running.rows("select count(*) from notes") == [(100,)]


@pytest.mark.parametrize("program", ["vttablet", "mysqlctld"])
def test_a_part_of_the_primary_that_is_killed_is_healed(running: LiveCluster, program: str) -> None:
    victim = running.primary()
    pid = next(pid for name, pid in running.pids().items() if f"{program}-{victim}" in name)
    with Client(running) as client:
        client.wait_for_writes(5, seconds=30)
        os.kill(pid, signal.SIGKILL)
        client.wait_for_writes(20, seconds=60)
    running.wait_ready(90)
    found = {row[0] for row in running.rows("select id from notes where id >= 1000000")}
    assert set(client.story.acknowledged) <= found


def test_a_mysqld_that_is_killed_is_healed(running: LiveCluster) -> None:
    victim = running.primary()
    with Client(running) as client:
        client.wait_for_writes(5, seconds=30)
        os.kill(running.mysqld_pid(victim), signal.SIGKILL)
        client.wait_for_writes(20, seconds=60)
    running.wait_ready(90)
    found = {row[0] for row in running.rows("select id from notes where id >= 1000000")}
    assert set(client.story.acknowledged) <= found


def test_status_calls_an_emptied_replica_incomplete_until_it_has_everything(running: LiveCluster) -> None:
    status = running.status()
    victim = next(t["alias"] for t in status["tablets"] if t["type"] == "replica")
    with Client(running) as client:
        client.wait_for_writes(50, seconds=60)
        running.kill_tablet(victim)
        shutil.rmtree(running.data_folder(victim), ignore_errors=True)
        status = running.status()
        tablet = next(t for t in status["tablets"] if t["alias"] == victim)
        assert tablet["differs"], "an emptied replica looks like any other"
        assert not status["ready"]
    status = running.wait_ready(120)
    assert running.primary(status) != victim

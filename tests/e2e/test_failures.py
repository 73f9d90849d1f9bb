"""Things die, and nothing that was acknowledged is lost."""

from __future__ import annotations

import os
import re
import shutil
import signal
from typing import Any

import pytest

from tests.support.damage import damage
from tests.support.live import LiveCluster, is_ready_and_complete
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
    running.kill_tablet(victim, lose_data=True)

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


def a_replica(running: LiveCluster) -> str:
    return str(next(t["alias"] for t in running.status()["tablets"] if t["type"] == "replica"))


def test_an_emptied_replica_copies_everything_and_never_leads_before(running: LiveCluster) -> None:
    primary, victim = running.primary(), a_replica(running)
    running.kill_tablet(victim, lose_data=True)

    seen = []
    running.wait_status(
        lambda status: bool(seen.append(running.primary(status)) or is_ready_and_complete(status)), 120, "ready"
    )

    assert set(seen) == {primary}
    for _ in range(10):
        assert running.rows("select count(*) from notes", "messages@replica") == [(100,)]


def test_a_replica_that_cannot_get_everything_is_called_incomplete_and_is_not_read_from(running: LiveCluster) -> None:
    primary, victim = running.primary(), a_replica(running)
    running.as_dba(primary, "flush binary logs")
    running.as_dba(primary, "purge binary logs before '2099-01-01 00:00:00'")
    running.kill_tablet(victim, lose_data=True)

    def is_named(status: dict[str, Any]) -> bool:
        differs = " ".join(next(t["differs"] for t in status["tablets"] if t["alias"] == victim))
        return " lacks " in differs and "purged" in differs

    status = running.wait_status(is_named, 120, "the replica to be called incomplete, and why")

    assert not status["ready"]
    assert running.primary(status) == primary
    for _ in range(10):
        assert running.rows("select count(*) from notes", "messages@replica") == [(100,)]
    running.kill_tablet(primary)
    running.wait_status(
        lambda now: running.primary(now) not in ("", victim) and now["shards"][0]["serving"], 90, "rest"
    )
    assert running.rows("select count(*) from notes") == [(100,)]


def test_where_etcds_data_are_gone_up_brings_every_tablet_back_and_loses_no_row(running: LiveCluster) -> None:
    """A vttablet writes its record when it starts, and never again: it serves on, and nobody finds it."""
    etcd = next(pid for name, pid in running.pids().items() if "etcd-0" in name)
    folder = running.state / "data" / "etcd-0"
    with Client(running) as client:
        client.wait_for_writes(10, seconds=30)
        for path in folder.iterdir():
            path.rename(path.with_name(f"{path.name}.lost"))
        os.kill(etcd, signal.SIGKILL)

        screen = running.up()
        client.wait_for_writes(20, seconds=60)

    assert "it ran without a record in the topology, which it writes only when it starts" in screen
    running.wait_ready(90)
    found = {row[0] for row in running.rows("select id from notes")}
    assert set(client.story.acknowledged) <= found
    assert len(found) >= 100


@pytest.mark.parametrize("leads", [False, True], ids=["replica", "primary"])
def test_where_the_files_of_one_mysql_are_damaged_the_others_serve_and_it_is_named(
    running: LiveCluster, leads: bool
) -> None:
    victim = running.primary() if leads else a_replica(running)
    running.down()
    damage(running.data_folder(victim))

    broken = running.run("up")

    assert broken.returncode == 3, broken.stdout + broken.stderr
    assert f"{victim} cannot come up; everything else is ready" in broken.stderr
    assert "its mysqld has ended: MySQL's data files are damaged or missing" in broken.stderr
    assert re.search(r"error: \[MY-01190[46]\] \[InnoDB\] .* page ", broken.stderr), "what mysqld itself said"
    assert "vitessctl rebuild ALIAS makes this one anew from it and keeps the damaged files" in broken.stderr
    status = running.status()
    assert running.primary(status) != victim
    assert status["shards"][0]["serving"]
    assert running.rows("select count(*) from notes") == [(100,)]
    with running.connect("messages") as cursor:
        cursor.execute("insert into notes (id, words) values (100, 'meanwhile')")

    mended = running.run("rebuild", victim, "--yes")

    assert mended.returncode == 0, mended.stdout + mended.stderr
    assert list(running.data_folder(victim).parent.glob(f"{running.data_folder(victim).name}.rebuilt-*"))
    assert "Nothing changed." in running.up()
    running.wait_ready(60)
    assert running.rows("select count(*) from notes", "messages@replica") == [(101,)]

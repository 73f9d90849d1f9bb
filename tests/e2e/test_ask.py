"""Asking a running cluster: its tablets, its topology, its rows, and any command of vtctld's client."""

from __future__ import annotations

import json
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from tests.support.live import REPOSITORY, LiveCluster
from tests.support.looking import compare

FIRST, SECOND = "zone1-0000000100", "zone1-0000000101"


def answer(cluster: LiveCluster, *words: str) -> dict[str, Any]:
    """The one JSON object that a command prints.

    Asked again where a tablet did not answer in the moment that it gets (exit code 3).
    """
    deadline = time.monotonic() + 60
    while (done := cluster.run(*words, "--output", "json")).returncode == 3 and time.monotonic() < deadline:
        pass
    assert done.returncode == 0, done.stdout + done.stderr
    data: dict[str, Any] = json.loads(done.stdout)
    return data


def other(cluster: LiveCluster) -> str:
    """A replica."""
    return FIRST if cluster.primary() == SECOND else SECOND


def test_the_story_of_somebody_who_looks(running: LiveCluster) -> None:
    """On one cluster, as bringing one up is what takes the time."""
    the_same_by_a_process_and_in_this_one(running)
    tablets_and_their_death(running)
    rows(running)
    topology(running)
    any_command(running)
    without_vtctld(running)


def the_same_by_a_process_and_in_this_one(running: LiveCluster) -> None:
    """What all tests wait by is what a user's `status` says."""
    said = compare(lambda: answer(running, "status"), running.status)

    assert {"ready", "findings", "components", "shards", "tablets", "vtgate"} <= said.keys()


def tablets_and_their_death(running: LiveCluster) -> None:
    data = answer(running, "tablets", "messages")
    assert sorted(row["type"] for row in data["tablets"]) == ["primary", "replica", "replica"]
    assert all(row["serving"] and not row["differs"] for row in data["tablets"])
    assert len({row["position"] for row in data["tablets"]}) == 1
    assert [bool(row["primary_term_start"]) for row in data["tablets"]].count(True) == 1


def rows(running: LiveCluster) -> None:
    count = "select count(*) from notes"
    for words in ([], ["--target", "messages@replica"], ["--primary", "messages/0"], ["--tablet", other(running)]):
        assert answer(running, "sql", count, *words)["rows"] == [["100"]]

    refused = running.run("sql", "with a as (select 1 as id) delete from notes where id in (select id from a)")
    assert refused.returncode == 5
    assert "it begins with WITH" in refused.stderr
    written = answer(running, "sql", "insert into notes (id, words) values (500, '')", "--write")
    assert written["rows_affected"] == 1
    assert answer(running, "sql", "select words from notes where id = 500")["rows"] == [[""]]
    assert (
        "DELETE would change" in running.run("sql", "delete from notes", "--write", "--tablet", other(running)).stderr
    )

    for words in ("show slave status", "show replica status"):
        status = answer(running, "sql", words, "--replica", "messages/0")
        named = dict(zip(status["columns"], status["rows"][0], strict=True))
        assert named.get("Replica_IO_Running", named.get("Slave_IO_Running")) == "Yes"
    for words in ("show master status", "show binary log status"):
        assert answer(running, "sql", words, "--primary", "messages/0")["rows"][0][0].startswith("vt-0000000")

    stopped = running.run("sql", "select 1; select nope; select 3", "--output", "csv")
    assert (stopped.returncode, stopped.stdout.splitlines()[-1]) == (1, "1")
    assert "statement 2 of 3" in stopped.stderr
    assert "Unknown column 'nope'" in stopped.stderr


def topology(running: LiveCluster) -> None:
    record = answer(running, "topology", "keyspaces/messages/shards/0/Shard")["records"][0]
    assert record["content"]["primary_alias"]["uid"] == int(running.primary().rpartition("-")[2])
    everything = answer(running, "topology")
    assert {record["kind"] for record in everything["records"] if not record["lock"]} >= {
        "CellInfo", "Keyspace", "Shard", "SrvVSchema", "SrvKeyspace", "ShardReplication", "Tablet",
    }  # fmt: skip
    tree = running.run("topology", "/zone1/tablets").stdout
    assert "Tablet v" in tree
    assert "type=PRIMARY" in tree


def any_command(running: LiveCluster) -> None:
    shown = running.run("vtctl", "--", "GetTablets", "--keyspace", "messages")
    assert shown.returncode == 0, shown.stderr
    assert [line.split()[0] for line in shown.stdout.splitlines()] == [
        tablet["alias"] for tablet in running.status()["tablets"]
    ]
    failed = running.run("vtctl", "--", "GetShard", "nope/0")
    assert failed.returncode == 1
    assert "node doesn't exist" in failed.stderr


def without_vtctld(running: LiveCluster) -> None:
    """What is read from etcd itself is still there; what is asked of vtctld says so."""
    pid = running.pids()["Program/vtctld"]
    subprocess.run(["kill", "-STOP", str(pid)], check=True)
    try:
        assert answer(running, "topology", "cells")["records"][0]["kind"] == "CellInfo"
    finally:
        subprocess.run(["kill", "-CONT", str(pid)], check=True)


@pytest.mark.rehearsal
def test_an_old_release_is_asked_the_same(state: Path) -> None:
    """2.1 has no client in its image and no command for its topology."""
    cluster = LiveCluster(state, REPOSITORY / "inventories" / "vitess-2.1", "--rehearse")
    try:
        cluster.up()
        cluster.wait_ready()
        assert [row["type"] for row in answer(cluster, "tablets", "test-103", "test-100")["tablets"]] == [
            "primary", "rdonly",
        ]  # fmt: skip
        listed = cluster.run("vtctl", "--", "ListAllTablets", "test")
        assert (listed.returncode, len(listed.stdout.splitlines())) == (0, 5)
        failed = cluster.run("vtctl", "--", "GetShard", "nope/0")
        assert (failed.returncode, failed.stderr.splitlines()[-1]) == (1, "GetShard Error: node doesn't exist")
        status = answer(cluster, "sql", "show replica status", "--replica", "test_keyspace/0")
        assert "Slave_IO_Running" in status["columns"]
        assert answer(cluster, "topology", "/test/tablets/test-0000000100")["records"][0]["kind"] == "Tablet"
    finally:
        cluster.remove()

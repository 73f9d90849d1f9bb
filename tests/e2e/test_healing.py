"""`replication`, `reparent` and `rebuild` on live clusters of this machine."""

from __future__ import annotations

import json
import os
import signal
import time
from typing import Any

from tests.support.live import LiveCluster
from vitessctl import releases
from vitessctl.vtctld.client import connect
from vitessctl.vtctld.errors import SqlError


def replication(running: LiveCluster) -> tuple[int, dict[str, dict[str, Any]]]:
    """The exit code of `replication`, and the tablets by alias."""
    done = running.run("replication", "--output", "json")
    assert done.returncode in (0, 3), done.stdout + done.stderr
    (shard,) = json.loads(done.stdout)["shards"]
    return done.returncode, {tablet["alias"]: tablet for tablet in shard["tablets"]}


def replicas(running: LiveCluster) -> list[str]:
    """The aliases of the tablets that do not lead."""
    return [tablet["alias"] for tablet in running.status()["tablets"] if tablet["type"] != "primary"]


def write_only_there(running: LiveCluster, alias: str) -> None:
    """Give a replica a transaction of its own; vtorc makes it read-only again at any moment, so perhaps not at once."""
    client = connect(running.status()["vtctld"][0]["grpc"], releases.get("24"))
    for attempt in range(20):
        try:
            client.fetch_as_dba(alias, "set global super_read_only = 0")
            client.fetch_as_dba(alias, "set global read_only = 0")
            client.fetch_as_dba(alias, "create database stray")
            return
        except SqlError:
            assert attempt < 19, "it was read-only each time"


def test_replication_of_a_healthy_shard(running: LiveCluster) -> None:
    running.wait_ready()

    code, tablets = replication(running)

    primary = running.primary()
    assert code == 0
    assert {tablet["source"] for alias, tablet in tablets.items() if alias != primary} == {primary}
    assert {tablet["tables"] for tablet in tablets.values()} == {1}
    assert len({tablet["gtid_set"] for tablet in tablets.values()}) == 1
    assert tablets[primary]["semi_sync_source"] is True


def test_replication_with_a_frozen_tablet_is_quick_and_says_so(running: LiveCluster) -> None:
    victim = replicas(running)[0]
    pid = running.pids()[f"Program/vttablet-{victim}"]
    os.kill(pid, signal.SIGSTOP)
    try:
        began = time.monotonic()
        code, tablets = replication(running)
        assert time.monotonic() - began < 10
    finally:
        os.kill(pid, signal.SIGCONT)

    assert code == 3
    assert tablets[victim]["error"] == "vttablet does not answer"
    assert sum(bool(tablet["error"]) for tablet in tablets.values()) == 1


def test_replication_names_rows_that_only_a_replica_has(running: LiveCluster) -> None:
    victim = replicas(running)[0]
    write_only_there(running, victim)

    code, tablets = replication(running)

    assert code == 3
    assert tablets[victim]["errant_transactions"] == 1
    assert sum(tablet["errant_transactions"] for tablet in tablets.values()) == 1

"""`replication`, `reparent` and `rebuild` on live clusters of this machine."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable
from typing import Any

from tests.support.live import LiveCluster
from tests.support.writer import Client, Story
from vitessctl import releases
from vitessctl.vtctld.client import connect
from vitessctl.vtctld.errors import SqlError


def replication(running: LiveCluster) -> tuple[int, dict[str, dict[str, Any]]]:
    """The exit code of `replication`, and the tablets by alias."""
    done = running.run("replication", "--output", "json")
    assert done.returncode in (0, 3), done.stdout + done.stderr
    (shard,) = json.loads(done.stdout)["shards"]
    return done.returncode, {tablet["alias"]: tablet for tablet in shard["tablets"]}


def healthy(running: LiveCluster) -> dict[str, dict[str, Any]]:
    """The tablets, when nothing is wrong with them; asked again, as a tablet has but a moment to answer."""
    return found_by(running, lambda code, _: code == 0)


def found_by(
    running: LiveCluster, wanted: Callable[[int, dict[str, dict[str, Any]]], bool], seconds: float = 60
) -> dict[str, dict[str, Any]]:
    """The tablets, when `replication` ends and finds as it is wanted; AssertionError with the last look."""
    deadline = time.monotonic() + seconds
    while not wanted(*(seen := replication(running))):
        assert time.monotonic() < deadline, seen
    return seen[1]


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
    tablets = healthy(running)

    primary = running.primary()
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
        assert time.monotonic() - began < 30  # two seconds, and what the machine is slowed down by others
    finally:
        os.kill(pid, signal.SIGCONT)

    assert code == 3
    assert tablets[victim]["error"] == "vttablet does not answer"
    assert sum(bool(tablet["error"]) for tablet in tablets.values()) == 1


def test_replication_names_rows_that_only_a_replica_has(running: LiveCluster) -> None:
    victim = replicas(running)[0]
    write_only_there(running, victim)

    tablets = found_by(running, lambda code, seen: code == 3 and seen[victim]["errant_transactions"] == 1)

    assert sum(tablet["errant_transactions"] for tablet in tablets.values()) == 1


def reparent(running: LiveCluster, *words: str) -> tuple[int, list[dict[str, Any]]]:
    """The exit code of `reparent`, and what it printed as JSON."""
    done = running.run("reparent", "messages", "--output", "json", *words)
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()]


def all_there(running: LiveCluster, story: Story) -> None:
    """Every row that a client was told of is still there."""
    found = {row[0] for row in running.rows("select id from notes where id >= 1000000")}
    assert set(story.acknowledged) <= found


def tell(name: str, gap: float, story: Story) -> None:
    print(f"\n{name}: gap {gap:.2f} s; {len(story.acknowledged)} rows, outage {story.write_outage:.2f} s")  # noqa: T201


def test_a_planned_reparent_loses_nothing(running: LiveCluster) -> None:
    wanted = replicas(running)[-1]
    with Client(running) as client:
        client.wait_for_writes(10, seconds=30)
        code, said = reparent(running, "--to", wanted)
        client.wait_for_writes(10, seconds=30)

    assert (code, said[-1]["primary"], len(said[-1]["replicas"])) == (0, wanted, 2)
    assert running.primary() == wanted
    all_there(running, client.story)
    assert client.story.read_errors == []
    healthy(running)
    tell("planned", said[-1]["gap_seconds"], client.story)


def frozen(running: LiveCluster, alias: str) -> list[int]:
    """Freeze vttablet and MySQL of a tablet, which nobody restarts then; gives their process ids."""
    pids = [running.pids()[f"Program/vttablet-{alias}"], running.mysqld_pid(alias)]
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    return pids


def test_a_frozen_primary_is_replaced_and_nothing_is_lost(running: LiveCluster) -> None:
    victim, stopped = running.primary(), [running.pids()["Program/vtorc-zone1"]]
    os.kill(stopped[0], signal.SIGSTOP)
    try:
        with Client(running) as client:
            client.wait_for_writes(10, seconds=30)
            stopped += frozen(running, victim)
            code, said = reparent(running, "--yes")
            client.wait_for_writes(10, seconds=60)
    finally:
        for pid in stopped:
            os.kill(pid, signal.SIGCONT)

    chosen = next(each for each in said if each["type"] == "reparent")
    assert (code, chosen["mode"], chosen["old"]) == (0, "emergency", victim)
    assert said[-1]["silent"] == [victim]
    running.wait_ready(90)
    all_there(running, client.story)
    tell("emergency", said[-1]["gap_seconds"], client.story)


def test_after_it_the_history_has_it(running: LiveCluster) -> None:
    assert reparent(running)[0] == 0

    runs = json.loads(running.run("history", "--output", "json").stdout)["runs"]

    assert (runs[0]["command"], runs[0]["result"]) == ("reparent", "done")


def rebuild(running: LiveCluster, alias: str, *words: str) -> tuple[int, list[dict[str, Any]]]:
    """The exit code of `rebuild`, and what it printed as JSON."""
    done = running.run("rebuild", alias, "--yes", "--output", "json", *words, timeout=300)
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()]


def test_a_replica_is_made_anew_from_the_binary_logs(running: LiveCluster) -> None:
    victim = replicas(running)[0]

    code, said = rebuild(running, victim)

    assert (code, said[-1]["way"], said[-1]["tables"]) == (0, "binlogs", 1)
    healthy(running)
    kept = list((running.state / "data").glob(f"vt_{victim.rpartition('-')[2]}.rebuilt-*"))
    assert len(kept) == 1
    running.wait_ready()
    for _ in range(5):
        assert running.rows("select count(*) from notes", "messages@replica") == [(100,)]
    print(f"\nrebuild by binary logs: {said[-1]['seconds']:.1f} s")  # noqa: T201


def test_rows_that_only_a_replica_has_are_not_thrown_away_unasked(running: LiveCluster) -> None:
    victim = replicas(running)[0]
    write_only_there(running, victim)

    assert rebuild(running, victim)[0] == 1
    code, _ = rebuild(running, victim, "--allow", "data-loss")

    assert code == 0
    healthy(running)


def test_where_the_binary_logs_do_not_reach_back_it_is_cloned(running: LiveCluster) -> None:
    """The way out of the first trial's hole, an empty replica that nobody can fill. Stand-ins do not clone: refused."""
    primary, victim = running.primary(), replicas(running)[0]
    running.as_dba(primary, "flush binary logs")
    running.as_dba(primary, "purge binary logs before '2099-01-01 00:00:00'")

    code, said = rebuild(running, victim)

    if running.flag == "--rehearse":
        assert code == 1
        assert "no longer has its first transactions" in said[-1]["why"]
        return
    assert (code, said[-1]["way"], said[-1]["tables"]) == (0, "clone", 1)
    assert running.rows("select count(*) from notes", "messages@replica") == [(100,)]
    users = {row[0] for row in running.as_dba(primary, "select user from mysql.user")}
    assert "vitessctl_clone" not in users
    print(f"\nrebuild by a clone: {said[-1]['seconds']:.1f} s")  # noqa: T201

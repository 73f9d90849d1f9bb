"""Each thing that `status` finds, made to happen on one cluster, and mended before the next.

vtorc mends most of it within seconds, so it is frozen meanwhile; that is a finding of its own.
"""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.e2e.conftest import TARGETS, lasting
from tests.support.frozen import frozen
from tests.support.live import LiveCluster
from vitessctl import releases
from vitessctl.targets.local.rpc import SupervisorClient
from vitessctl.vtctld.client import connect
from vitessctl.vtctld.interface import Vtctld

FIRST, SECOND, THIRD = (f"zone1-{number:010d}" for number in (100, 101, 102))
SECONDS = 6.0
"""How long a look may take, whatever hangs."""
BUSY = 4.0
"""By how much more on a machine that does other things too."""
Said = set[tuple[str, str]]
"""Findings as (id, subject)."""


@pytest.fixture(scope="module", params=TARGETS)
def cluster(request: pytest.FixtureRequest) -> Iterator[LiveCluster]:
    with lasting(str(request.param)) as live:
        with live.connect("messages") as cursor:
            for number in range(20):
                cursor.execute("insert into notes (id) values (%s)", (number,))
        yield live


@pytest.fixture(autouse=True)
def _well_before_and_after(cluster: LiveCluster) -> Iterator[None]:
    if cluster.primary(cluster.wait_ready(60)) != FIRST:
        done = cluster.run("reparent", "messages/0", "--to", FIRST, "--yes")
        assert done.returncode == 0, done.stdout + done.stderr
        cluster.wait_ready(60)
    yield
    cluster.wait_ready(90)


def said(status: dict[str, Any]) -> Said:
    return {(each["id"], each["subject"]) for each in status["findings"]}


def look(live: LiveCluster, wanted: Said) -> dict[str, Any]:
    """Look until all that is wanted is found; each finding has a remedy."""
    status = live.wait_status(lambda status: wanted <= said(status), 20, str(wanted))
    assert not status["ready"] or {each["severity"] for each in status["findings"]} == {"warning"}
    assert all(each["remedy"] and each["cause"] for each in status["findings"])
    return status


def sentence(status: dict[str, Any], kind: str) -> str:
    return str(next(each["sentence"] for each in status["findings"] if each["id"] == kind))


@contextmanager
def without_vtorc(live: LiveCluster) -> Iterator[None]:
    with frozen(pid_of(live, "vtorc")):
        yield


def pid_of(live: LiveCluster, program: str) -> int:
    return next(pid for name, pid in live.pids().items() if program in name)


@contextmanager
def vtctld_of(live: LiveCluster) -> Iterator[Vtctld]:
    client = connect(live.status()["vtctld"][0]["grpc"], releases.get("24"))
    try:
        yield client
    finally:
        client.close()


def sql(live: LiveCluster, alias: str, *statements: str) -> None:
    for statement in statements:
        live.as_dba(alias, statement)


def write(live: LiveCluster, number: int) -> None:
    with live.connect("messages") as cursor:
        cursor.execute("insert into notes (id) values (%s)", (number,))


# What hangs


@pytest.mark.parametrize(
    ("program", "found"),
    [
        (f"vttablet-{THIRD}", {("vttablet-silent", THIRD)}),
        (f"vttablet-{FIRST}", {("vttablet-silent", FIRST), ("primary-dead", "messages/0")}),
        ("etcd-0", {("etcd-member-unhealthy", "etcd-0"), ("topology-unreadable", "vtctld"), ("mysql-unasked", FIRST)}),
        ("vtctld", {("topology-unreadable", "vtctld"), ("mysql-unasked", THIRD)}),
        ("vtgate", {("vtgate-silent", "vtgate/zone1")}),
        ("vtorc", {("vtorc-silent", "vtorc/zone1")}),
    ],
)
def test_a_server_that_hangs_is_named_in_time(cluster: LiveCluster, program: str, found: Said) -> None:
    with frozen(pid_of(cluster, program)):
        status = cluster.status()

    assert found <= said(status)
    assert status["seconds"] < SECONDS + BUSY
    assert not status["ready"]


def test_a_mysql_that_hangs_is_named_in_time_though_its_vttablet_says_serving(cluster: LiveCluster) -> None:
    with frozen(cluster.mysqld_pid(THIRD)):
        status = cluster.status()

    assert said(status) & {("mysql-silent", THIRD), ("vttablet-silent", THIRD)}
    assert status["seconds"] < SECONDS + BUSY


# What is gone


@contextmanager
def stopped(live: LiveCluster, program: str) -> Iterator[None]:
    """Stopped by its supervisor, which does not bring it back."""
    supervisor = SupervisorClient(live.state / "supervisor.sock")
    name = next(name for name in live.pids() if program in name).removeprefix("Program/")
    supervisor.stop(name)
    label = f"Program/{name}"
    live.wait_status(lambda status: state_of(status, label) == "STOPPED", 30, f"the end of {name}")
    try:
        yield
    finally:
        supervisor.start(name)
        supervisor.close()


def state_of(status: dict[str, Any], label: str) -> str:
    return next((str(each["state"]).partition(":")[0] for each in status["components"] if each["name"] == label), "")


@pytest.mark.parametrize(
    ("program", "found"),
    [
        (f"vttablet-{THIRD}", {("record-without-process", THIRD)}),
        (f"mysqlctld-{THIRD}", {("component-down", f"Program/mysqlctld-{THIRD}"), ("mysql-down", THIRD)}),
        ("vtorc-zone1", {("component-down", "Program/vtorc-zone1")}),
        ("vtgate-zone1", {("component-down", "Program/vtgate-zone1")}),
        ("vtctld", {("component-down", "Program/vtctld"), ("topology-unreadable", "vtctld")}),
    ],
)
def test_a_process_that_is_gone(cluster: LiveCluster, program: str, found: Said) -> None:
    with stopped(cluster, program):
        look(cluster, found)


def test_a_shard_without_a_live_primary(cluster: LiveCluster) -> None:
    """vtorc gives the role away as soon as the record says that its vttablet was stopped."""
    with without_vtorc(cluster), stopped(cluster, f"vttablet-{FIRST}"):
        status = look(cluster, {("primary-dead", "messages/0"), ("record-without-process", FIRST)})

    assert status["shards"][0]["state"] == "not serving"


# Topology and spec


def with_tablets(count: int) -> str:
    pool = {"cell": "zone1", "type": "replica", "tablets": count, "uid": 100}
    return json.dumps({"keyspaces": {"messages": {"pools": [pool]}}})


def test_a_record_that_somebody_deleted(cluster: LiveCluster) -> None:
    with vtctld_of(cluster) as vtctld:
        vtctld.delete_tablet(THIRD)
    look(cluster, {("tablet-without-record", THIRD)})

    os.kill(pid_of(cluster, f"vttablet-{THIRD}"), signal.SIGKILL)  # it writes its record when it starts


def test_a_durability_policy_that_somebody_changed(cluster: LiveCluster) -> None:
    with vtctld_of(cluster) as vtctld:
        vtctld.set_durability("messages", "none")
        status = look(cluster, {("durability-differs", "keyspace messages")})
        vtctld.set_durability("messages", "semi_sync")

    assert sentence(status, "durability-differs") == "has durability none, the spec says semi_sync"


@pytest.mark.parametrize(
    ("changed", "found", "ready"),
    [
        (
            "cells=[zone1, zone2]",
            {("cell-missing", "cell zone2"), ("component-missing", "Program/vtgate-zone2")},
            False,
        ),
        (with_tablets(2), {("record-not-in-spec", THIRD)}, True),
        (with_tablets(4), {("tablet-without-record", "zone1-0000000103")}, False),
        ("keyspaces.orders.tablets.replica=2", {("keyspace-missing", "keyspace orders")}, False),
        ("extra_flags.vtgate.max_memory_rows=1000", {("not-as-spec", "Program/vtgate-zone1")}, True),
    ],
)
def test_a_spec_that_says_more_or_less(cluster: LiveCluster, changed: str, found: Said, ready: bool) -> None:
    done = cluster.run("status", "--output", "json", "-e", changed, timeout=60)

    assert done.returncode == (0 if ready else 3), done.stdout + done.stderr
    assert f'"ready": {str(ready).lower()}' in done.stdout
    for kind, subject in found:
        assert f'"id": "{kind}"' in done.stdout
        assert f'"subject": "{subject}"' in done.stdout


# MySQL


def test_a_primary_that_is_read_only(cluster: LiveCluster) -> None:
    with without_vtorc(cluster):
        sql(cluster, FIRST, "set global read_only = 1")
        status = look(cluster, {("primary-read-only", FIRST)})
        sql(cluster, FIRST, "set global super_read_only = 0", "set global read_only = 0")

    assert status["shards"][0]["state"] == "not serving"


def test_a_primary_that_waits_for_nobody(cluster: LiveCluster) -> None:
    with without_vtorc(cluster):
        sql(cluster, FIRST, "set global rpl_semi_sync_source_enabled = 0")
        look(cluster, {("semi-sync-off", FIRST)})
        sql(cluster, FIRST, "set global rpl_semi_sync_source_enabled = 1")


def test_a_replica_that_was_stopped_serves_old_rows_and_says_that_it_is_well(cluster: LiveCluster) -> None:
    with without_vtorc(cluster):
        sql(cluster, THIRD, "stop replica")
        write(cluster, 1000)
        status = look(cluster, {("replication-stopped", THIRD), ("stale", THIRD)})
        sql(cluster, THIRD, "start replica")

    assert sentence(status, "stale").startswith("is stale, although it says SERVING: lacks 1 of the primary's ")
    (tablet,) = [each for each in status["tablets"] if each["alias"] == THIRD]
    assert (tablet["serving"], tablet["lacks"], tablet["lag_seconds"]) == (True, 1, None)


def test_writes_that_nobody_would_acknowledge(cluster: LiveCluster) -> None:
    with without_vtorc(cluster):
        for alias in (SECOND, THIRD):
            sql(cluster, alias, "stop replica")
        look(cluster, {("no-acknowledger", FIRST)})
        for alias in (SECOND, THIRD):
            sql(cluster, alias, "start replica")


def test_a_replica_whose_mysql_takes_writes(cluster: LiveCluster) -> None:
    with without_vtorc(cluster):
        sql(cluster, THIRD, "set global super_read_only = 0", "set global read_only = 0")
        look(cluster, {("replica-writable", THIRD)})
        sql(cluster, THIRD, "set global read_only = 1")


def test_two_that_lead(cluster: LiveCluster) -> None:
    """The other has no source and takes writes, as a primary that was cut off and replaced."""
    with without_vtorc(cluster):
        sql(cluster, THIRD, "stop replica", "reset replica all")
        look(cluster, {("no-source", THIRD)})
        sql(cluster, THIRD, "set global super_read_only = 0", "set global read_only = 0")
        status = look(cluster, {("two-primaries", "messages/0")})
        sql(cluster, THIRD, "set global read_only = 1")
        with vtctld_of(cluster) as vtctld:
            vtctld.reparent_tablet(THIRD)

    assert sentence(status, "two-primaries").endswith(f"{THIRD} (takes writes)")


# What cannot be mended without a rebuild, and so comes last


class TestLast:
    """Nothing is well after these."""

    @pytest.fixture(autouse=True)
    def _well_before_and_after(self) -> None:
        """In place of the module's."""

    def test_rows_that_only_a_replica_has(self, cluster: LiveCluster) -> None:
        with without_vtorc(cluster):
            sql(cluster, THIRD, "set global super_read_only = 0", "set global read_only = 0")
            sql(cluster, THIRD, "insert into notes (id) values (777)")
            sql(cluster, THIRD, "set global read_only = 1")
            status = look(cluster, {("diverged", THIRD)})

        (tablet,) = [each for each in status["tablets"] if each["alias"] == THIRD]
        assert tablet["errant"] == 1
        uuid = status["observed"]["tablets"][THIRD]["full_status"]["server_uuid"]
        assert uuid in sentence(status, "diverged")

    def test_nothing_runs(self, cluster: LiveCluster) -> None:
        cluster.down()

        status = cluster.status()

        assert said(status) == {("nothing-runs", "")}
        assert status["health"] == "NOT READY: 1 error"

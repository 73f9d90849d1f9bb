"""Each fix of `doctor --fix` made necessary for real, done, and seen to have helped; and what it refuses to do.

vtorc would be faster with most of it, so it is frozen meanwhile; that is a finding of its own.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest

from tests.e2e.conftest import TARGETS, lasting
from tests.e2e.test_status_findings import (
    frozen,
    pid_of,
    said,
    sql,
    state_of,
    vtctld_of,
    with_tablets,
    without_vtorc,
    write,
)
from tests.support.live import LiveCluster
from vitessctl.doctor.examine import SECONDS, SECONDS_A_TABLET
from vitessctl.targets.local import programs
from vitessctl.targets.local.rpc import SupervisorClient
from vitessctl.vtctld.records import CellRecord

FIRST, SECOND, THIRD, FOURTH = (f"zone1-{number:010d}" for number in (100, 101, 102, 103))
BUSY = 6.0
"""By how much longer it may take on a machine that does other things too."""


@pytest.fixture(scope="module", params=TARGETS)
def cluster(request: pytest.FixtureRequest) -> Iterator[LiveCluster]:
    with lasting(str(request.param)) as live:
        yield live


@pytest.fixture(autouse=True)
def _well_before_and_after(cluster: LiveCluster) -> Iterator[None]:
    assert cluster.primary(cluster.wait_ready(60)) == FIRST
    yield
    cluster.wait_ready(90)


def doctor(live: LiveCluster, *words: str) -> list[dict[str, Any]]:
    """Every line of `doctor --output json`."""
    done = live.run("doctor", "--output", "json", *words, timeout=120)
    assert done.returncode in (0, 3), done.stdout + done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == (0 if lines[-1]["healthy"] else 3)
    return lines


def fixed(live: LiveCluster) -> list[tuple[str, str, str]]:
    """What `--fix` did: fix, subject, result."""
    outcomes = [line for line in doctor(live, "--fix", "--yes") if line["type"] == "fixed"]
    return [(each["step"]["fix"], each["step"]["subject"], each["result"]) for each in outcomes]


def test_a_cluster_that_is_well_has_figures_and_no_errors(cluster: LiveCluster) -> None:
    (found,) = doctor(cluster)
    seen = found["examined"]

    assert found["healthy"], found["findings"]
    assert found["steps"] == []
    assert set(seen["versions"]) == {"vtctld", "vtgate/zone1", "vtorc/zone1", FIRST, SECOND, THIRD}
    assert all(word.startswith("24.") for word in seen["versions"].values())
    assert {each["name"] for each in seen["clocks"]} == {*seen["versions"], "etcd-0"}
    assert all(each["ahead_at_least"] < 0.5 and each["ahead_at_most"] > -0.5 for each in seen["clocks"])
    assert seen["etcd"]["etcd-0"]["size"] > 0
    assert seen["etcd"]["etcd-0"]["quota"] > 2**30
    assert [each["name"] for each in seen["volumes"]] == [str(cluster.state)]
    assert seen["binlogs"].keys() == {FIRST, SECOND, THIRD}
    assert (len(seen["expiries"]) == 3) == (cluster.flag == "--local"), "only a real MySQL makes itself certificates"
    assert (seen["in_the_way"], seen["unseen"]) == ([], [])


def test_a_replica_that_was_stopped_is_started(cluster: LiveCluster) -> None:
    with without_vtorc(cluster):
        sql(cluster, THIRD, "stop replica")
        write(cluster, 1)

        assert fixed(cluster) == [("replication", THIRD, "helped")]
        assert said(cluster.status()) == {("vtorc-silent", "vtorc/zone1")}


def test_a_replica_without_source_gets_one(cluster: LiveCluster) -> None:
    with without_vtorc(cluster):
        sql(cluster, THIRD, "stop replica", "reset replica all")

        assert fixed(cluster) == [("source", THIRD, "helped")]


def test_a_replica_that_takes_writes_is_closed(cluster: LiveCluster) -> None:
    with without_vtorc(cluster):
        sql(cluster, THIRD, "set global super_read_only = 0", "set global read_only = 0")

        assert fixed(cluster) == [("read-only", THIRD, "helped")]


def test_a_primary_that_is_read_only_is_opened(cluster: LiveCluster) -> None:
    with without_vtorc(cluster):
        sql(cluster, FIRST, "set global super_read_only = 1")

        assert fixed(cluster) == [("writable", FIRST, "helped")]
        write(cluster, 2)


def test_a_primary_that_waits_for_nobody_waits_again(cluster: LiveCluster) -> None:
    with without_vtorc(cluster):
        sql(cluster, FIRST, "set global rpl_semi_sync_source_enabled = 0")

        assert fixed(cluster) == [("semi-sync", FIRST, "helped")]


def test_several_at_once_in_their_order(cluster: LiveCluster) -> None:
    with without_vtorc(cluster):
        sql(cluster, FIRST, "set global super_read_only = 1")
        sql(cluster, SECOND, "stop replica")

        assert fixed(cluster) == [("replication", SECOND, "helped"), ("writable", FIRST, "helped")]


@pytest.mark.parametrize("wrong", [{"server_address": "127.0.0.1:9"}, {"root": "/elsewhere"}], ids=["address", "root"])
def test_a_cell_whose_record_was_changed_gets_it_back(cluster: LiveCluster, wrong: dict[str, str]) -> None:
    with vtctld_of(cluster) as vtctld:
        right = vtctld.cell("zone1")
        assert right is not None
        vtctld.update_cell(CellRecord(**{**vars(right), **wrong}))

        assert fixed(cluster) == [("cell-record", "cell zone1", "helped")]
        assert vtctld.cell("zone1") == right


def test_the_record_of_a_tablet_that_is_gone_is_deleted_and_its_data_stay(cluster: LiveCluster) -> None:
    more = ("-e", with_tablets(4))
    done = cluster.run("up", *more, "--yes")
    assert done.returncode == 0, done.stdout + done.stderr
    take_away(cluster, FOURTH)
    assert ("record-orphan", FOURTH) in said(cluster.status())

    assert fixed(cluster) == [("stray-record", FOURTH, "helped")]

    assert cluster.data_folder(FOURTH).is_dir()
    assert not said(cluster.status())


def take_away(live: LiveCluster, alias: str) -> None:
    """Stop a tablet and remove its programs, as `down` would if it were the whole cluster; its record is left."""
    supervisor = SupervisorClient(live.state / "supervisor.sock")
    with contextlib.closing(supervisor):
        for name in (f"vttablet-{alias}", f"mysqlctld-{alias}"):
            supervisor.stop(name)
            live.wait_status(partial(_stopped, f"Program/{name}"), 30, f"the end of {name}")
            supervisor.remove(name)
            for file in (programs.configuration_name(name), programs.record_name(name)):
                (live.state / file).unlink(missing_ok=True)


def _stopped(label: str, status: dict[str, Any]) -> bool:
    return state_of(status, label) == "STOPPED"


def test_a_replica_with_rows_of_its_own_is_left_with_the_reason(cluster: LiveCluster) -> None:
    with without_vtorc(cluster):
        sql(cluster, THIRD, "stop replica", "set global super_read_only = 0", "set global read_only = 0")
        sql(cluster, THIRD, "insert into notes (id) values (777)")
        sql(cluster, THIRD, "set global read_only = 1")

        (found,) = doctor(cluster, "--fix", "--yes")

        (step,) = found["steps"]
        assert (step["fix"], step["subject"]) == ("replication", THIRD)
        assert step["refusal"].startswith("it has transactions that the primary lacks (1 errant)")
    rebuilt = cluster.run("rebuild", THIRD, "--allow", "data-loss", "--yes")
    assert rebuilt.returncode == 0, rebuilt.stdout + rebuilt.stderr


@pytest.mark.parametrize("program", ["vtctld", "etcd-0", f"vttablet-{FIRST}"])
def test_what_hangs_is_found_in_time(cluster: LiveCluster, program: str) -> None:
    with frozen(pid_of(cluster, program)):
        (found,) = doctor(cluster)

    assert not found["healthy"]
    assert found["status"]["seconds"] < SECONDS + 3 * SECONDS_A_TABLET + BUSY


def test_a_mysql_that_hangs_is_found_in_time(cluster: LiveCluster) -> None:
    with frozen(cluster.mysqld_pid(THIRD)):
        (found,) = doctor(cluster)

    assert THIRD in {each["subject"] for each in found["findings"]}


def test_a_screen_for_a_person_and_a_run_in_the_history(cluster: LiveCluster) -> None:
    with without_vtorc(cluster):
        sql(cluster, THIRD, "stop replica")
        shown = cluster.run("doctor", "--fix")

    assert f"helped         started replication on {THIRD}" in shown.stdout.splitlines()
    newest = cluster.run("history").stdout.splitlines()[1]
    assert newest.split()[3:5] == ["doctor", "done"]

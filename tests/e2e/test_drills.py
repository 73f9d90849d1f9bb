"""Every drill on live clusters of this machine, its report beside rows that the test counts itself, on each MySQL."""

from __future__ import annotations

import json
import signal
import subprocess
from dataclasses import dataclass
from typing import Any

import pymysql
import pytest

from tests.support.live import REPOSITORY, LiveCluster
from tests.support.writer import Client
from vitessctl import releases
from vitessctl.drills.names import Name
from vitessctl.vtctld.client import connect

pytestmark = pytest.mark.timeout(600)

ALLOWED = ("-e", "drills=allowed")
HERE = [name.value for name in Name if name is not Name.drain_node]
"""The drills that one machine has."""
REPLICAS_STAY = {"kill-primary", "kill-vttablet", "kill-vtctld", "kill-etcd"}
"""Drills that nobody notices who reads at replicas."""
NOBODY_NOTICES = {"kill-vtctld", "kill-etcd"}


@dataclass(frozen=True)
class Drilled:
    """A drill that came to its end."""

    code: int
    before: dict[str, Any]
    report: dict[str, Any]
    screen: str


def drill(running: LiveCluster, name: str, *words: str) -> Drilled:
    """Do it; AssertionError with the screen where it did not come to a report."""
    done = running.run("drill", name, *ALLOWED, "--yes", "--timeout", "120s", "--output", "json", *words, timeout=240)
    said = {line["type"]: line for text in done.stdout.splitlines() if (line := json.loads(text))}
    assert "drilled" in said, done.stdout + done.stderr
    return Drilled(done.returncode, said["drill"], said["drilled"], done.stdout)


def own_tables(running: LiveCluster, alias: str) -> list[str]:
    """The tables of drills that a tablet holds, by its own MySQL's word."""
    return [str(row[0]) for row in running.as_dba(alias, "show tables like 'vitessctl_drill%'")]


def tell(name: str, report: dict[str, Any]) -> None:
    writes, reads = report["writes"], report["reads"]
    outages = [each["longest_outage_seconds"] for each in (writes, reads["primary"], reads["replica"])]
    rows = f"{report['rows']['lost']} of {report['rows']['acknowledged']} rows lost"
    print(f"\n{name}: writes, reads, reads at replicas out {outages} s; {rows}; healed {report['healed_seconds']} s")  # noqa: T201


def test_every_drill_heals_and_loses_nothing(running: LiveCluster) -> None:
    """A client of the test's own writes beside the drill's; its rows are there afterwards, on every tablet."""
    first = 1_000_000
    for name in HERE:
        before = running.primary(running.wait_ready(90))
        with Client(running, first) as client:
            client.wait_for_writes(3, 30)
            done = drill(running, name)
            client.wait_for_writes(3, 60)
        first += 1_000_000
        report = done.report
        tell(name, report)

        assert done.code == 0, done.screen
        assert (report["drill"], report["old_primary"]) == (name, before)
        assert report["rows"]["lost"] == 0
        assert [tablet["missing"] for tablet in report["rows"]["tablets"]] == [[], [], []]
        assert report["rows"]["acknowledged"] > 10
        assert report["new_primary"] == running.primary()
        assert report["killed"]
        if name in NOBODY_NOTICES:
            assert report["writes"]["failed"] == 0
            assert client.story.write_errors == []
        if name in REPLICAS_STAY:
            assert report["reads"]["replica"]["failed"] == 0
            assert client.story.read_errors == []
        status = running.wait_ready(90)
        vtctld = connect(status["vtctld"][0]["grpc"], releases.get("24"))
        for alias in (tablet["alias"] for tablet in status["tablets"]):
            held = {int(row[0]) for row in vtctld.fetch_as_dba(alias, "select id from vt_messages.notes").rows}
            assert set(client.story.acknowledged) <= held
            assert vtctld.fetch_as_dba(alias, "show tables like 'vitessctl_drill%'").rows == ()
        vtctld.close()


def test_the_report_agrees_with_the_rows_that_are_there(running: LiveCluster) -> None:
    """The table is kept after Ctrl-C: what was reported as acknowledged is counted by hand."""
    running.wait_ready()
    process = subprocess.Popen(
        running.command("drill", "kill-vttablet", *ALLOWED, "--yes", "--output", "json"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=REPOSITORY,
    )
    assert process.stdout is not None
    seen = []
    for line in process.stdout:  # until it has killed
        seen.append(json.loads(line))
        if "killed" in str(seen[-1].get("action", "")):
            break
    process.send_signal(signal.SIGINT)
    rest, complained = process.communicate(timeout=60)
    assert process.returncode == 130, rest + complained
    report = next(found for text in rest.splitlines() if (found := json.loads(text))["type"] == "drilled")
    running.wait_ready(90)

    assert report["interrupted"] is True
    assert report["table_kept"].startswith("interrupted")
    _, _, table = report["table"].partition(".")
    for tablet in running.status()["tablets"]:
        held = [int(row[0]) for row in running.as_dba(tablet["alias"], f"select id from vt_messages.{table}")]
        sure, tries = report["rows"]["acknowledged"], report["rows"]["acknowledged"] + report["rows"]["unacknowledged"]
        assert sure <= len(held) <= tries
    runs = json.loads(running.run("history", "--output", "json").stdout)["runs"]
    assert (runs[0]["command"], runs[0]["result"]) == ("drill kill-vttablet", "interrupted")


def test_a_row_that_is_lost_is_found_and_kept_as_evidence(running: LiveCluster) -> None:
    """Somebody deletes a row on every tablet meanwhile, behind everybody's back: the drill must see it."""
    address = running.wait_ready()["vtgate"][0]["mysql"]
    process = subprocess.Popen(
        running.command("drill", "kill-vtctld", *ALLOWED, "--yes", "--output", "json"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=REPOSITORY,
    )
    assert process.stdout is not None
    table = next(found["table"] for line in process.stdout if (found := json.loads(line))["type"] == "drill")
    deleted = 0
    while deleted == 0 and process.poll() is None:
        deleted = _delete_one(address, table.partition(".")[2])
    rest, complained = process.communicate(timeout=120)

    report = next(found for text in rest.splitlines() if (found := json.loads(text))["type"] == "drilled")
    assert process.returncode == 8, rest + complained
    assert report["rows"]["lost"] == 1
    assert [tablet["missing"] for tablet in report["rows"]["tablets"]] == [[1], [1], [1]]
    assert report["table_kept"] == "rows are missing: it is the evidence"
    assert own_tables(running, running.primary()) == [table.partition(".")[2]]


def _delete_one(address: str, table: str) -> int:
    """How many rows are gone: none while there is no such table, or no such row yet."""
    try:
        host, port = address.split(":")
        with pymysql.connect(host=host, port=int(port), user="app", database="messages", autocommit=True) as connection:
            return int(connection.cursor().execute(f"delete from {table} where id = 1"))
    except pymysql.MySQLError:
        return 0


def test_nothing_is_killed_without_the_word_of_the_spec(running: LiveCluster) -> None:
    pids = running.pids()

    done = running.run("drill", "kill-primary", "--yes")

    assert done.returncode == 5
    assert "drills are not allowed on this cluster; nothing was done" in done.stderr
    assert running.pids() == pids


def test_one_machine_has_no_node_to_drain(running: LiveCluster) -> None:
    done = running.run("drill", "drain-node", *ALLOWED, "--yes")

    assert done.returncode == 5
    assert "everything of a cluster on one machine is on that machine" in done.stderr

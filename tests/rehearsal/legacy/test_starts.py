"""What a server needs to start, by release: vttablet's settings, vtgate's cells and types, mysqlctld's files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.rehearsal.control.memory_etcd import memory_topology
from vitessctl import releases
from vitessctl.rehearsal.mysqlctld import server as mysqlctld
from vitessctl.rehearsal.mysqld.config import read_config
from vitessctl.rehearsal.servenv.exits import StartError
from vitessctl.rehearsal.servenv.flags import Flags
from vitessctl.rehearsal.servenv.process import Process
from vitessctl.rehearsal.vtgate.server import check_types, watched_cells
from vitessctl.rehearsal.vttablet.settings import read_settings

SETTINGS: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "cases/settings.yaml").read_text())
PLACE = {"tablet-path": "zone1-7", "init-keyspace": "ks", "init-shard": "0", "init-tablet-type": "replica"}


def each(cases: list[dict[str, Any]]) -> list[Any]:
    return [
        pytest.param(name, case, id=f"{name} {case['flags']}")
        for case in cases
        for name in releases.names()
        if releases.get(name).within(case["releases"])
    ]


@pytest.mark.parametrize(("release", "case"), each(SETTINGS))
def test_a_vttablet_says_why_it_does_not_start(release: str, case: dict[str, Any]) -> None:
    try:
        read_settings(Flags(PLACE | case["flags"]), releases.get(release))
        text = ""
    except StartError as error:
        text = error.text

    assert text == case["error"]


@pytest.mark.parametrize(
    ("release", "text"),
    [
        ("10", ""),
        ("11", "tablet_types_to_wait flag must be set"),
        ("17", "tablet_types_to_wait flag must be set"),
        ("19", 'required flag(s) "tablet_types_to_wait" not set'),
        ("24", "at least one of the flags in the group [tablet-types-to-wait] is required"),
    ],
)
def test_a_vtgate_is_told_what_to_wait_for_from_11_on(release: str, text: str) -> None:
    try:
        check_types(Flags({}), releases.get(release))
        found = ""
    except StartError as error:
        found = error.text

    assert found == text


@pytest.mark.parametrize(
    ("release", "flags", "text"),
    [
        ("10", {}, ""),
        ("11", {"cells-to-watch": "zone1"}, "cell:[test_nj] does not exist in topo"),
        ("14", {"cell": "zone1"}, "cells_to_watch flag cannot be empty"),
        ("15", {"cells-to-watch": "zone1"}, "cell flag must be set"),
        ("24", {"cell": "zone1", "cells-to-watch": "zone1"}, ""),
    ],
)
def test_a_vtgate_looks_at_its_cells_from_11_on(release: str, flags: dict[str, str], text: str) -> None:
    try:
        watched_cells(Flags(flags), memory_topology("zone1"), releases.get(release))
        found = ""
    except StartError as error:
        found = error.text

    assert found.endswith(text)
    assert bool(found) == bool(text)


def initialise(folder: Path, release: str, monkeypatch: pytest.MonkeyPatch, *files: Path) -> bool:
    """Whether the my.cnf that mysqlctld writes turns GTIDs on."""
    monkeypatch.setenv("EXTRA_MY_CNF", ":".join(map(str, files)))
    mysqlctld._initialise(folder, folder / "mysql.sock", 17100, releases.get(release))
    return read_config(folder / "my.cnf").gtid


def test_until_2_2_gtids_are_a_matter_of_extra_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    flavour, own = tmp_path / "master_mysql56.cnf", tmp_path / "my.cnf"
    flavour.write_text("# the stand-ins' images hold it empty\n")
    own.write_text("[mysqld]\ngtid_mode=ON\n")

    assert not initialise(tmp_path / "a", "2.1", monkeypatch)
    assert initialise(tmp_path / "b", "2.1", monkeypatch, flavour)
    assert initialise(tmp_path / "c", "2.2", monkeypatch, own)
    assert initialise(tmp_path / "d", "3", monkeypatch)


@pytest.mark.parametrize(("release", "starts"), [("2.1", False), ("4", False), ("5", True), ("24", True)])
def test_until_4_mysqls_users_come_from_a_file(release: str, starts: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VITESSCTL_RELEASE", release)
    dba = ("--db-config-dba-uname=vt_dba",) if release == "2.1" else ()
    process = Process("mysqlctld", dba)

    try:
        mysqlctld._check_users(process)
        text = ""
    except StartError as error:
        text = error.text

    assert starts == (not text)
    assert starts or text.endswith("can't open init_db_sql_file (): open : no such file or directory")


def test_and_until_2_2_the_dba_has_no_name_by_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VITESSCTL_RELEASE", "2.1")
    file = tmp_path / "init_db.sql"
    file.touch()

    with pytest.raises(StartError, match="Access denied for user ''@'localhost'"):
        mysqlctld._check_users(Process("mysqlctld", [f"--init_db_sql_file={file}"]))

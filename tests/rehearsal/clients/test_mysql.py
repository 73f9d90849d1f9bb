"""The mysql client of the images: what a startup probe sees of a tablet's MySQL."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.rehearsal.control.programs import ROOT, environment
from tests.rehearsal.data.rig import Rig
from vitessctl.rehearsal.clients import mysql


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The socket of a mysqld that runs; in a folder whose name is short, as sockets need it."""
    with tempfile.TemporaryDirectory(prefix="vtr", dir="/tmp") as folder, closing(Rig(Path(folder))) as rig:
        rig.mysqlctld(100)
        yield str(rig.tablet_folder(100) / "mysql.sock")


def ask(path: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "vitessctl.rehearsal", "mysql", f"--socket={path}", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment(), capture_output=True, text=True, timeout=20, check=False)


def test_the_probe_of_a_mysql_that_is_up(server: str) -> None:
    done = ask(server, "--user=vt_dba", "--execute=select 1")

    assert (done.returncode, done.stdout, done.stderr) == (0, "1\n1\n", "")


@pytest.mark.parametrize(
    ("arguments", "code", "error"),
    [
        (["--user=nobody", "--execute=select 1"], 1, "ERROR 1045 (28000): Access denied for user 'nobody'@'localhost'"),
        (["-uvt_dba", "-x"], 2, "mysql: [ERROR] unknown option '-x'"),
        (["-uvt_dba", "--nope"], 2, "mysql: [ERROR] unknown flag: --nope"),
        (["-u", "vt_dba", "-eselect * from ks.t"], 1, "ERROR 1146 (42S02) at line 1: Table"),
    ],
)
def test_what_it_refuses(server: str, arguments: list[str], code: int, error: str) -> None:
    done = ask(server, *arguments)

    assert done.returncode == code
    assert done.stdout == ""
    assert done.stderr.startswith(error)


def test_rows_stand_behind_their_names_with_tabs_between() -> None:
    answer = {"fields": [{"name": "id"}, {"name": "text"}], "rows": [["1", None], ["2", "b"]]}

    assert mysql.table(answer, names=True) == "id\ttext\n1\tNULL\n2\tb\n"
    assert mysql.table(answer, names=False) == "1\tNULL\n2\tb\n"
    assert mysql.table({"fields": [{"name": "id"}], "rows": []}, names=True) == ""


def test_a_socket_that_is_not_there(tmp_path: Path) -> None:
    path = str(tmp_path / "mysql.sock")

    assert mysql.refusal(path, "vt_dba") == (
        f"ERROR 2002 (HY000): Can't connect to local MySQL server through socket '{path}' (2)"
    )

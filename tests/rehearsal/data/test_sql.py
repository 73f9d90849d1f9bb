"""What the stand-in mysqld answers to SQL, case by case; and that a replica has the same rows after each."""

from __future__ import annotations

import shutil
import socket
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.rehearsal.data.contents import contents, replay
from tests.rehearsal.data.sqlcases import CASES, TABLES, Case, load, run, told
from vitessctl.rehearsal.mysqld.config import read_config, write_folder
from vitessctl.rehearsal.mysqld.functions import register
from vitessctl.rehearsal.mysqld.session import Session
from vitessctl.rehearsal.mysqld.state import ServerState
from vitessctl.rehearsal.storage.engine import Engine

FILES = sorted(path.stem for path in CASES.glob("*.yaml"))


@pytest.fixture(scope="module")
def filled() -> Iterator[Path]:
    """A data folder that holds the tables of the cases, made once."""
    with tempfile.TemporaryDirectory(prefix="vtr") as name:
        place = Path(name) / "vt_0000000100"
        write_folder(place, place / "mysql.sock", 17100, "")
        server = ServerState(read_config(place / "my.cnf"))
        server.set_read_only(False)
        session = Session(server)
        session.execute("CREATE DATABASE vt_ks")
        session.use("vt_ks")
        for statement in TABLES:
            session.execute(statement)
        server.engine.checkpoint()
        server.engine.close()
        yield place


@pytest.mark.parametrize(
    "case", [pytest.param(case, id=f"{file}: {case.name}") for file in FILES for case in load(file)]
)
def test_answers(filled: Path, folder: Path, case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "gethostname", lambda: "db-1")
    place = folder / filled.name
    shutil.copytree(filled, place)
    shutil.copytree(filled, folder / "replica")
    config = read_config(place / "my.cnf")
    server = ServerState(replace(config, folder=place, read_only=False, super_read_only=False))
    sessions = {name: Session(server) for name in ("a", "b")}
    for session in sessions.values():
        session.use("vt_ks")
    answered = [
        told(step, run(sessions[step.get("as", "a")], step["sql"], 0.2 if "as" in step else None))
        for step in case.steps
    ]
    assert answered == list(case.steps)
    for session in sessions.values():
        session.close()
    if "hidden or purged" in case.name:
        return
    replica = Engine(folder / "replica/data/ibdata.sqlite", "replica", register)
    replay(server.engine, replica)
    assert contents(replica) == contents(server.engine)
    assert replica.executed == server.engine.executed
    replica.close()
    server.engine.close()

"""Servers for the tests, each in a folder of its own with a path short enough for sockets."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rehearsal.data.rig import Rig
from vitessctl.rehearsal.mysqld.config import read_config, write_folder
from vitessctl.rehearsal.mysqld.session import Session
from vitessctl.rehearsal.mysqld.state import ServerState


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="vtr", dir="/tmp") as name:
        yield Path(name)


@pytest.fixture
def rig(folder: Path) -> Iterator[Rig]:
    """Nothing runs yet."""
    made = Rig(folder)
    yield made
    made.close()


@pytest.fixture
def server(folder: Path) -> Iterator[ServerState]:
    """A mysqld without a process around it, writable, with the database vt_ks."""
    place = folder / "vt_0000000100"
    write_folder(place, place / "mysql.sock", 17100, "")
    made = ServerState(read_config(place / "my.cnf"))
    made.set_read_only(False)
    Session(made).execute("CREATE DATABASE vt_ks")
    yield made
    made.replica.stop()
    made.engine.close()


@pytest.fixture
def session(server: ServerState) -> Session:
    """A session in vt_ks."""
    made = Session(server)
    made.use("vt_ks")
    return made

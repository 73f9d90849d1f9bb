"""Live clusters for the tests: stand-ins always, real Vitess where VITESS_BIN names its binaries.

Real servers and their data belong in a folder with a short path that another user can reach, as MySQL's
socket paths must stay under 108 bytes and the servers refuse root.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.live import REPOSITORY, LiveCluster
from tests.support.order import first

LONGEST = ("test_story", "test_drills")
TARGETS = [
    pytest.param("--rehearse", id="rehearsal", marks=pytest.mark.rehearsal),
    pytest.param("--local", id="real", marks=pytest.mark.real),
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Those that take a minute each do not begin last."""
    first(items, LONGEST)


@pytest.fixture(params=TARGETS)
def flag(request: pytest.FixtureRequest) -> str:
    """Which kind of servers; skips, and says so, where the real ones are not at hand."""
    if request.param == "--local":
        require_real()
    return str(request.param)


def require_real() -> None:
    """Skip unless real Vitess and MySQL are named."""
    binaries = os.environ.get("VITESS_BIN", "")
    if not binaries or not (Path(binaries) / "vttablet").exists():
        pytest.skip("real Vitess: VITESS_BIN does not name a folder with vttablet in it")
    os.environ["VTROOT"] = str(Path(binaries).parent)


@pytest.fixture
def state() -> Iterator[Path]:
    """A short path for a state folder that does not exist yet."""
    with tempfile.TemporaryDirectory(prefix="vt", dir="/tmp") as folder:
        os.chmod(folder, 0o755)
        yield Path(folder) / "s"


@contextmanager
def lasting(flag: str) -> Iterator[LiveCluster]:
    """A cluster for all tests of a module, led by its first tablet, with a table `notes`."""
    if flag == "--local":
        require_real()
    with tempfile.TemporaryDirectory(prefix="vt", dir="/tmp") as folder:
        os.chmod(folder, 0o755)
        live = LiveCluster(Path(folder) / "s", REPOSITORY / "inventories" / "minimal", flag)
        try:
            live.up()
            with live.connect("messages") as cursor:
                cursor.execute("create table notes (id bigint primary key)")
            yield live
        finally:
            live.remove()


@pytest.fixture
def cluster(flag: str, state: Path) -> Iterator[LiveCluster]:
    """A cluster of inventories/minimal that is not up yet; it is removed in the end, whatever happened."""
    live = LiveCluster(state, REPOSITORY / "inventories" / "minimal", flag)
    try:
        yield live
    finally:
        live.remove()


@pytest.fixture
def running(cluster: LiveCluster) -> LiveCluster:
    """The same, up, with a table `notes` that holds a hundred rows, on every tablet."""
    cluster.up()
    with cluster.connect("messages") as cursor:
        cursor.execute("create table notes (id bigint primary key, words varchar(80))")
        for number in range(100):
            cursor.execute("insert into notes (id, words) values (%s, %s)", (number, f"note {number}"))
    cluster.wait_ready()
    return cluster

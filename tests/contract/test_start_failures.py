"""Servers that cannot start, stand-ins always and real ones where they are: how they end, what the diagnosis says."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.contract.test_servers import KINDS
from tests.support import real
from vitessctl import releases
from vitessctl.diagnose import diagnose
from vitessctl.vtctld.client import connect
from vitessctl.vtctld.records import CellRecord

USAGE_LINES = 60


@dataclass(frozen=True)
class Ground:
    """What the failing servers find: an etcd with one cell, and a port that is taken."""

    programs: real.Programs
    etcd: str
    taken_port: int


@pytest.fixture(scope="module", params=KINDS)
def ground(request: pytest.FixtureRequest) -> Iterator[Ground]:
    programs: real.Programs = request.param
    programs.command("vtctld")
    with (
        real.server_folder(programs) as folder,
        real.etcd(programs, folder) as etcd,
        real.vtctld(programs, folder, etcd.address) as vtctld,
        socket.create_server(("127.0.0.1", 0)) as taken,
    ):
        connect(vtctld.address, releases.get("24")).add_cell(CellRecord("zone1", etcd.address, "/vitess/zone1"))
        yield Ground(programs, etcd.address, taken.getsockname()[1])


VTGATE = ["--cell=zone1", "--cells-to-watch=zone1", "--mysql-auth-server-impl=none"]

CASES = [
    ("vtctld", ["--no-such-flag"], 1, "unknown-flag"),
    ("vtgate", ["--enable-semi-sync"], 1, "unknown-flag"),
    ("etcd", ["--no-such-flag"], 2, "unknown-flag-elsewhere"),
    ("vtgate", [*VTGATE, "--port=abc"], 1, "flag-value"),
    ("vttablet", ["--health-check-interval=5"], 1, "flag-value"),
    ("vtctld", ["--port={free}"], 1, "topology-address"),
    ("vtctld", ["{topology}", "--bind-address=127.0.0.1", "--port={taken}"], 1, "port-in-use"),
    ("vtgate", ["{topology}", *VTGATE], 1, "flag-required"),
    ("vtgate", ["{topology}", *VTGATE, "--tablet-types-to-wait=REPLICA", "--cell=nope"], 1, "cell-unknown"),
    (
        "vtgate",
        ["{topology}", *VTGATE, "--tablet-types-to-wait=REPLICA", "--cells-to-watch=nope"],
        1,
        "watched-cell-unknown",
    ),
    ("vtorc", ["{topology}", "--cell=nope", "--port={free}"], 1, "cell-unknown"),
    ("vttablet", ["{topology}", "--port={free}"], 1, "tablet-path"),
]


@pytest.mark.parametrize(("component", "flags", "exit_code", "rule"), CASES, ids=lambda value: str(value)[:40])
def test_a_server_that_cannot_start(
    ground: Ground, component: str, flags: list[str], exit_code: int, rule: str
) -> None:
    words = [word for flag in flags for word in expand(flag, ground)]
    with (
        real.server_folder(ground.programs) as folder,
        real.running(ground.programs, folder, component, *words) as server,
    ):
        assert server.process.wait(real.START_SECONDS) == exit_code, server.lines()[-5:]
        found = diagnose(server.lines()[-USAGE_LINES:], "24", component)
    assert found is not None, server
    assert found.rule == rule


def expand(flag: str, ground: Ground) -> list[str]:
    """A flag with its addresses filled in."""
    if flag == "{topology}":
        return real.topology_flags(ground.etcd)
    return [flag.format(taken=ground.taken_port, free=real.free_port() if "{free}" in flag else "")]

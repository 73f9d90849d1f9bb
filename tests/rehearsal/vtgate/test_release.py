"""What of vtgate changed from release to release: its version, the word for a primary, SET NAMES."""

from __future__ import annotations

import pytest

from tests.rehearsal.control.memory_etcd import memory_topology
from vitessctl import releases
from vitessctl.rehearsal.vtgate.executor import Executor
from vitessctl.rehearsal.vtgate.failures import GateError
from vitessctl.rehearsal.vtgate.health import Health
from vitessctl.rehearsal.vtgate.target import Target, parse_target
from vitessctl.rehearsal.vtgate.vschema import Catalogue


def session(release: str) -> Executor:
    topology = memory_topology("zone1")
    return Executor(Health(topology, ("zone1",)), Catalogue(topology, "zone1"), releases.get(release))


@pytest.mark.parametrize(
    ("release", "version"),
    [("2.1", "5.5.10"), ("9", "5.7.9"), ("16", "8.0.30"), ("22", "8.0.40"), ("23", "8.4.6"), ("24", "8.4.6")],
)
def test_the_version_that_clients_see(release: str, version: str) -> None:
    assert session(release).execute("select version()")["rows"] == [[f"{version}-Vitess"]]
    assert session(release).execute("select @@version")["rows"] == [[f"{version}-Vitess"]]


def test_primaries_are_masters_only_until_11() -> None:
    assert parse_target("ks@master", knows_primary=False) == Target("ks", "", "primary")
    assert parse_target("ks", knows_primary=False) == Target("ks", "", "primary")
    assert parse_target("ks@primary", knows_primary=False) is None
    assert parse_target("ks@primary") == Target("ks", "", "primary")


def test_a_session_of_11_knows_no_primary() -> None:
    with pytest.raises(GateError):
        session("11").use("information_schema@primary")
    session("12").use("information_schema@primary")


def test_2_1_takes_set_names_for_a_syntax_error() -> None:
    with pytest.raises(GateError, match="syntax error at position 11 near 'names'"):
        session("2.1").execute("SET NAMES utf8mb4")
    assert session("2.2").execute("SET NAMES utf8mb4")["rows"] == []


@pytest.mark.parametrize(
    ("release", "last"), [("6", "Hostname"), ("9", "MasterTermStartTime"), ("12", "PrimaryTermStartTime")]
)
def test_the_columns_of_show_vitess_tablets(release: str, last: str) -> None:
    fields = session(release).execute("show vitess_tablets")["fields"]

    assert fields[-1]["name"] == last

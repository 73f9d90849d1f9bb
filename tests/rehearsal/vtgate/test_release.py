"""What of vtgate changed from release to release: its version, the word for a primary, SET NAMES."""

from __future__ import annotations

import pytest

from tests.rehearsal.control.memory_etcd import memory_topology
from vitessctl import releases
from vitessctl.rehearsal.vtgate.executor import Executor
from vitessctl.rehearsal.vtgate.failures import GateError
from vitessctl.rehearsal.vtgate.health import Health
from vitessctl.rehearsal.vtgate.target import Target, parse_target, target_without_type
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
    ("name", "target"),
    [
        ("messages", Target("messages")),
        ("messages/0", Target("messages", "0")),
        ("messages:-80", Target("messages", "-80")),
        ("messages@replica", Target("messages@replica")),
        ("messages:0@replica", Target("messages", "0@replica")),
    ],
)
def test_a_tablet_type_is_no_more_than_letters_to_2_1(name: str, target: Target) -> None:
    assert target_without_type(name) == target


@pytest.mark.parametrize(
    ("target", "statement", "refused"),
    [
        ("messages@replica", "select 1 from dual", "keyspace messages@replica not found in vschema"),
        ("nosuch", "insert into t (id) values (1)", "keyspace nosuch not found in vschema"),
        ("nosuch/0", "select 1 from dual", "target: nosuch.0.master, no valid tablet"),
        ("", "use messages", "syntax error at position 4 near 'use'"),
        ("", "show tables", "unimplemented metadata query: show tables"),
        ("", "show vitess_target", "unsupported show statement"),
        ("", "create table t (id int primary key)", "unsupported construct: ddl"),
    ],
)
def test_what_2_1_refuses_to_a_mysql_client(target: str, statement: str, refused: str) -> None:
    """As 2.1.1 did; the name of a database is looked up by the first statement, not before."""
    old = session("2.1")
    old.use(target)
    for free in ("begin", "rollback", "show databases") if "/" not in target else ():
        old.execute(free)
    with pytest.raises(GateError) as error:
        old.execute(statement)
    assert (error.value.text, error.value.number) == (refused, 1105)


@pytest.mark.parametrize(
    ("release", "last"), [("6", "Hostname"), ("9", "MasterTermStartTime"), ("12", "PrimaryTermStartTime")]
)
def test_the_columns_of_show_vitess_tablets(release: str, last: str) -> None:
    fields = session(release).execute("show vitess_tablets")["fields"]

    assert fields[-1]["name"] == last

"""What a server can read as the value of a flag."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitessctl.releases import defaults, values
from vitessctl.releases.defaults import Default

KINDS = ("bool", "duration", "float", "int", "seconds", "uint")


@pytest.mark.parametrize(
    ("value", "kinds"),
    [
        ("30s", {"duration", "seconds"}),
        ("1h30m", {"duration", "seconds"}),
        ("1.5h", {"duration", "seconds"}),
        ("30", {"float", "int", "seconds", "uint"}),
        ("0", {"bool", "duration", "float", "int", "seconds", "uint"}),
        ("1", {"bool", "float", "int", "seconds", "uint"}),
        ("-1", {"float", "int", "seconds"}),
        ("0.5", {"float", "seconds"}),
        ("1e3", {"float", "seconds"}),
        ("0x10", {"int", "uint"}),
        ("true", {"bool"}),
        ("True", {"bool"}),
        ("yes", set()),
        ("30 s", set()),
        ("30sec", set()),
        ("", set()),
    ],
)
def test_a_value_is_read_by_some_kinds_of_flags(value: str, kinds: set[str]) -> None:
    assert {kind for kind in KINDS if values.parses(kind, value)} == kinds
    assert values.parses("string", value)
    assert values.parses("value", value)


@pytest.mark.parametrize(
    ("kind", "value", "meant"),
    [
        ("duration", "30", "30s"),
        ("float", "30s", "30"),
        ("int", "30s", "30"),
        ("duration", "soon", ""),
        ("float", "1m", ""),
        ("bool", "30s", ""),
    ],
)
def test_a_unit_too_many_or_too_few_is_mended(kind: str, value: str, meant: str) -> None:
    assert values.meant(kind, value) == meant


@pytest.mark.parametrize(
    ("text", "seconds"), [("30", 30.0), ("30s", 30.0), ("1m30s", 90.0), ("5m10s", 310.0), ("0s", 0.0), ("grpc", None)]
)
def test_times_are_compared_as_seconds(text: str, seconds: float | None) -> None:
    assert values.seconds(text) == seconds


@given(st.text(max_size=20))
def test_no_text_makes_it_fail(text: str) -> None:
    for kind in KINDS:
        values.parses(kind, text)
        values.meant(kind, text)
    values.seconds(text)


@pytest.mark.parametrize(
    ("component", "release", "flag", "known"),
    [
        ("vttablet", "5", "queryserver-config-query-timeout", Default("float", "30")),
        ("vttablet", "6", "--queryserver_config_query_timeout", Default("int", "30")),
        ("vttablet", "17", "queryserver-config-query-timeout", Default("seconds", "30s")),
        ("vttablet", "19", "queryserver-config-query-timeout", Default("duration", "30s")),
        ("vttablet", "20", "shutdown_grace_period", Default("duration", "3s")),
        ("mysqlctld", "19", "onterm_timeout", Default("duration", "10s")),
        ("mysqlctld", "20", "onterm_timeout", Default("duration", "5m10s")),
        ("vtgate", "15", "mysql_server_version", Default("string", "5.7.9-Vitess")),
        ("vtgate", "24", "mysql-server-version", Default("string", "8.4.6-Vitess")),
        ("vtgate", "9", "service_map", Default("value", None)),
        ("vtgate", "25-dev", "port", None),
        ("vtgate", "24", "no-such-flag", None),
    ],
)
def test_the_kind_and_the_default_of_a_flag(component: str, release: str, flag: str, known: Default | None) -> None:
    assert defaults.of_flag(component, release, flag) == known

"""Reading help texts: shortened ones of real programs in cases/help, and lines that are easily misread."""

from __future__ import annotations

from pathlib import Path

import pytest

from vitessctl.probe.helptext import Help, parse, wrong_value

CASES = Path(__file__).parent / "cases" / "help"


def help_of(name: str) -> Help:
    return parse((CASES / f"{name}.txt").read_text(encoding="utf-8").splitlines())


def test_pflag_has_two_dashes_and_the_kind_behind_the_name() -> None:
    found = help_of("vttablet-24")

    assert len(found.flags) == 17
    assert found.flags["port"] == "int"
    assert found.flags["onterm-timeout"] == "duration"
    assert found.flags["db-ssl-mode"] == "SslMode"
    assert found.flags["heartbeat-enable"] == "", "a boolean says no kind"
    assert "help" in found.flags, "although -h stands before it"
    assert (found.single, found.kinds) == (False, True)


def test_words_around_the_flags_are_none() -> None:
    """The description names --unmanaged, and the examples have flags of their own."""
    found = help_of("vttablet-24")

    assert "unmanaged" not in found.flags
    assert found.flags["topo-implementation"] == "string"


def test_go_has_one_dash_and_takes_two() -> None:
    found = help_of("vttablet-2.1")

    assert len(found.flags) == 15
    assert found.flags["app_idle_timeout"] == "duration"
    assert found.flags["alsologtostderr"] == ""
    assert found.flags["v"] == "value"
    assert (found.single, found.kinds) == (True, True)


def test_etcd_has_defaults_where_others_have_kinds() -> None:
    found = help_of("etcd-3.5")

    assert {"name", "data-dir", "initial-cluster-token", "enable-grpc-gateway", "version"} <= set(found.flags)
    assert (found.single, found.kinds) == (True, False)


@pytest.mark.parametrize(
    ("line", "flags"),
    [
        ("  -x\tA boolean of one letter", {"x": ""}),
        ('      --log_dir string[="here"]   Some words', {"log_dir": 'string[="here"]'}),
        ("  --port int\r", {"port": "int"}),
        ("      --zk.base-timeout duration   Some words", {"zk.base-timeout": "duration"}),
        ("    \t--port int", {}),
        ("* `--port int`", {}),
        ("  - a point of a list", {}),
        ("flag provided but not defined: -version", {}),
        ("  --port is what it listens on", {}),
        ("", {}),
    ],
)
def test_lines(line: str, flags: dict[str, str]) -> None:
    assert parse([line]).flags == flags


def test_what_is_no_help_has_no_flags() -> None:
    assert parse(["bash: vttablet: command not found"]).flags == {}
    assert parse([]) == Help()


@pytest.mark.parametrize(
    ("kind", "value", "wrong"),
    [
        ("int", "15000", False),
        ("int", "0x10", False),
        ("int", "010", False),
        ("int", "many", True),
        ("uint", "1.5", True),
        ("uint", "-1", True),
        ("int64", "-1", False),
        ("uint32", "many", True),
        ("float64", "half", True),
        ("float", "0.5", False),
        ("float", "half", True),
        ("duration", "1m30s", False),
        ("duration", "1.5h", False),
        ("duration", "30", False),
        ("duration", "0.5", True),
        ("duration", "soon", True),
        ("", "true", False),
        ("", "yes", True),
        ("string", "anything", False),
        ("SslMode", "anything", False),
        ("int", "$(PORT)", False),
    ],
)
def test_a_value_is_wrong_only_where_no_program_could_read_it(kind: str, value: str, wrong: bool) -> None:
    assert wrong_value(kind, value) is wrong

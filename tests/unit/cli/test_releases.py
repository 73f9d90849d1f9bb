"""`vitessctl releases`: whole screens, and what programs read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.expected import check
from tests.unit.cli.conftest import Cli
from vitessctl import releases

SCREENS = Path(__file__).parent / "screens" / "releases"

SHOWN = {
    "table": (),
    "show_2.1": ("show", "2.1"),
    "show_24": ("show", "24"),
    "show_17_vtorc": ("show", "17", "--component", "vtorc"),
    "diff_17_21": ("diff", "17", "21"),
    "diff_22_23_vtgate": ("diff", "22", "23", "--component", "vtgate"),
    "diff_14_15_mysqlctld": ("diff", "14", "15", "--component", "mysqlctld"),
    "diff_24_25-dev": ("diff", "24", "25-dev"),
}


@pytest.mark.parametrize("name", SHOWN)
def test_a_screen(cli: Cli, name: str) -> None:
    result = cli("releases", *SHOWN[name])

    assert (result.code, result.err) == (0, "")
    check(result.out, SCREENS / f"{name}.txt")
    assert all(line == line.rstrip() for line in result.out.splitlines())


def data_of(cli: Cli, *words: str) -> Any:
    result = cli("releases", *words, "--output", "json")
    assert (result.code, result.err) == (0, "")
    return json.loads(result.out)


def test_the_table_for_programs_holds_every_fact(cli: Cli) -> None:
    data = data_of(cli)

    assert data["type"] == "releases"
    assert [each["release"] for each in data["releases"]] == list(releases.names())
    newest = data["releases"][-2]
    assert (newest["last"], newest["mysql_series"]) == ("v24.0.4", ["8.0", "8.4", "9"])
    assert newest["probes"]["vtgate"] == {"ready": "/debug/health", "live": "/debug/liveness"}


def test_a_release_for_programs(cli: Cli) -> None:
    data = data_of(cli, "show", "20", "--component", "mysqlctld")

    assert (data["release"], data["rpc"], data["component"]) == ("20", "vtctld", "mysqlctld")
    assert {"flag": "onterm_timeout", "kind": "duration", "default": "5m10s"} in data["flags"]
    assert data["notes"]
    assert "flags" not in data_of(cli, "show", "20")


def test_a_difference_for_programs(cli: Cli) -> None:
    data = data_of(cli, "diff", "18", "20", "--component", "vttablet")

    assert data["path"] == ["18", "19", "20"]
    assert {"fact": "mysqld_in_image", "before": True, "after": False} in data["facts"]
    assert {note["release"] for note in data["notes"]} == {"19", "20"}
    assert list(data["components"]) == ["vttablet"]
    change = data["components"]["vttablet"]
    assert "unmanaged" in change["added"]
    assert {"flag": "vreplication_tablet_type", "until": "19", "instead": ""} in change["removed"]
    (grace,) = (each for each in change["defaults"] if each["flag"] == "shutdown_grace_period")
    assert (grace["before"]["text"], grace["after"]["text"], grace["since"]) == ("0s", "3s", "20")


def test_without_a_component_those_that_are_started_are_compared(cli: Cli) -> None:
    assert list(data_of(cli, "diff", "23", "24")["components"]) == [
        "vtctld",
        "mysqlctld",
        "vttablet",
        "vtorc",
        "vtgate",
    ]
    assert "vtorc" not in data_of(cli, "diff", "2.1", "2.2")["components"]


def test_the_form_may_be_said_before_what_is_shown(cli: Cli) -> None:
    for words in (("show", "24"), ("diff", "23", "24")):
        assert cli("releases", "--output", "json", *words).out == cli("releases", *words, "--output", "json").out


def test_many_flags_are_counted_unless_a_component_is_named(cli: Cli) -> None:
    lines = cli("releases", "diff", "14", "15").lines

    assert len(lines) < 90
    assert "    and 111 flags without a known successor (named with --component)" in lines
    assert any("--db-config-app-uname" in line and "--db-app-user" in line for line in lines)
    assert any(
        "--pool-name-prefix" in line for line in cli("releases", "diff", "14", "15", "--component", "vttablet").lines
    )


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("show", "99"), "there is no Vitess release '99'"),
        (("show", "v24"), "did you mean 24?"),
        (("diff", "21", "17"), "fix: vitessctl releases diff 17 21"),
        (("diff", "21", "21"), "21 is not newer than 21"),
        (("show", "24", "--component", "vtablet"), "did you mean vttablet?"),
        (("show", "2.1", "--component", "vtorc"), "Vitess 2.1 has no vtorc"),
        (("diff", "2.1", "2.2", "--component", "vtbackup"), "Vitess 2.1 or 2.2 has no vtbackup"),
    ],
)
def test_what_is_not_there_is_refused(cli: Cli, words: tuple[str, ...], says: str) -> None:
    result = cli("releases", *words)

    assert (result.code, result.out) == (5, "")
    assert says in result.err


@pytest.mark.parametrize("words", [(), ("show",), ("diff",)])
def test_help_of_each_has_an_example(cli: Cli, words: tuple[str, ...]) -> None:
    result = cli("releases", *words, "--help")

    assert result.code == 0
    assert f"Example:  vitessctl {' '.join(('releases', *words))} " in result.out
    assert max(len(line) for line in result.lines) <= 80

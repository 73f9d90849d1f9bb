"""Values of flags, read as Go reads them."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitessctl import releases
from vitessctl.rehearsal.servenv.exits import StartError
from vitessctl.rehearsal.servenv.flags import Parser, load_types, parse_duration

KINDS = {"cell": "string", "port": "int", "wait": "duration", "force": "bool", "rate": "float"}


def parser(go: bool = False, dashed: bool = True) -> Parser:
    return Parser(accepts=lambda flag: flag.replace("_", "-") in KINDS, dashed=dashed, go=go, types=KINDS)


def test_values_by_kind() -> None:
    flags = parser().parse(["--cell=zone1", "--port", "15000", "--wait", "1m30s", "--force", "--rate=0.5"])

    assert flags.text("cell") == "zone1"
    assert flags.number("port") == 15000
    assert flags.seconds("wait", 1.0) == 90.0
    assert flags.true("force")
    assert flags.given("rate")


def test_defaults_where_nothing_is_given() -> None:
    flags = parser().parse([])

    assert (flags.text("cell"), flags.number("port", 7), flags.seconds("wait", 2.5)) == ("", 7, 2.5)
    assert flags.true("force", True)
    assert flags.words("cell") == ()


def test_a_list_is_separated_by_commas() -> None:
    assert parser().parse(["--cell", "a,b"]).words("cell") == ("a", "b")


def test_a_boolean_takes_no_next_word() -> None:
    """So `--force false` is a flag that is true, and a word that ends the flags."""
    flags = parser().parse(["--force", "false", "--port", "1"])

    assert flags.true("force")
    assert not flags.given("port")


def test_two_dashes_end_the_flags() -> None:
    assert not parser().parse(["--", "--port", "1"]).given("port")


def test_go_takes_one_dash_or_two() -> None:
    flags = parser(go=True).parse(["-port", "1", "--cell=x"])

    assert (flags.number("port"), flags.text("cell")) == (1, "x")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("10s", 10), ("1m30s", 90), ("250ms", 0.25), ("1h", 3600), ("0", 0), ("-5s", -5), ("30", 30), ("1.5s", 1.5)],
)
def test_durations(text: str, seconds: float) -> None:
    assert parse_duration(text) == pytest.approx(seconds)


@given(st.text())
def test_no_word_gives_a_traceback(word: str) -> None:
    with suppress(StartError):
        parser().parse([word, word])


@given(st.integers(min_value=0, max_value=10**9))
def test_durations_in_milliseconds_keep_their_length(milliseconds: int) -> None:
    assert parse_duration(f"{milliseconds}ms") == pytest.approx(milliseconds / 1000)


def test_the_kinds_name_flags_that_some_release_has() -> None:
    components = ("vtctld", "vtgate", "vttablet", "vtorc", "mysqlctld", "vtbackup", "mysqlctl")
    known = {
        flag.replace("_", "-")
        for name in releases.names()
        for component in components
        for flag in releases.get(name).flags(component)
    }
    kinds = load_types()

    assert kinds["port"] == "int"
    assert kinds["restore-from-backup"] == "bool"
    assert kinds["onterm-timeout"] == "duration"
    assert len(set(kinds) & known) > 350

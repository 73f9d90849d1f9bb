"""Values of flags, read as Go reads them."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitessctl import releases
from vitessctl.rehearsal.servenv.exits import StartError
from vitessctl.rehearsal.servenv.flags import Parser, load_types, parse_duration, release_parser
from vitessctl.releases import defaults

KINDS = {"cell": "string", "port": "int", "wait": "duration", "force": "bool", "rate": "float"}


def parser(go: bool = False, dashed: bool = True) -> Parser:
    def accepts(flag: str) -> bool:
        return flag.replace("_", "-") in KINDS

    return Parser(accepts=accepts, dashed=dashed, go=go, types=KINDS, component="vtctld")


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
    """So `--force false` is a flag that is true, and a word that no server takes."""
    with pytest.raises(StartError) as caught:
        parser().parse(["--force", "false", "--port", "1"])

    assert caught.value.text == 'unknown command "false" for "vtctld"'


def test_before_cobra_a_word_is_refused_in_other_words() -> None:
    with pytest.raises(StartError) as caught:
        parser(go=True).parse(["-force", "false", "-port", "1"])

    assert caught.value.text == "vtctld doesn't take any positional arguments, got 'false -port 1'"


def test_two_dashes_end_the_flags() -> None:
    with pytest.raises(StartError, match='unknown command "--port"'):
        parser().parse(["--", "--port", "1"])


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


READ_ALIKE = {("uint", "int"), ("list", "string"), ("value", "string"), ("value", "int"), ("value", "float")}
"""A kind as the product knows it, and the stand-in's, where that is no contradiction: `value` is any type of Go."""
OF_ONE_PROGRAM = {"schema-change-check-interval"}
"""Other kinds in other programs of the same release, which a table by flag alone cannot hold."""


@pytest.mark.parametrize("release", releases.names())
def test_the_kinds_are_those_that_the_product_knows_which_were_read_elsewhere(release: str) -> None:
    kinds = load_types(releases.get(release))
    other = {}
    for component in ("vtctld", "vtgate", "vttablet", "vtorc", "mysqlctld"):
        for flag in {each.replace("_", "-") for each in releases.get(release).flags(component)} - OF_ONE_PROGRAM:
            known = defaults.of_flag(component, release, flag)
            both = (known.kind, kinds.get(flag, "string")) if known else ("", "")
            if both[0] != both[1] and both not in READ_ALIKE:
                other[f"{component} --{flag}"] = both
    assert other == {}


@pytest.mark.parametrize(
    ("release", "value", "refused"),
    [
        ("2.1", "30", False),
        ("16", "30", False),
        ("16", "30s", True),
        ("17", "30", False),
        ("18", "30s", False),
        ("19", "30s", False),
        ("19", "30", True),
    ],
)
def test_a_tablets_timeouts_were_plain_seconds_until_16(release: str, value: str, refused: bool) -> None:
    flag = f"--queryserver-config-query-timeout={value}"

    try:
        release_parser("vttablet", releases.get(release)).parse([flag])
        text = ""
    except StartError as error:
        text = error.text

    assert bool(text) == refused


@pytest.mark.parametrize(
    ("release", "flag", "code", "text"),
    [
        ("14", "--nonsense", 2, "flag provided but not defined: -nonsense"),
        ("15", "--nonsense", 2, "unknown flag: --nonsense"),
        ("17", "--nonsense", 2, "unknown flag: --nonsense"),
        ("18", "--nonsense", 1, "unknown flag: --nonsense"),
        ("14", "-port=x", 2, 'invalid value "x" for flag -port: parse error'),
        ("3", "-port=x", 2, 'invalid value "x" for flag -port: strconv.ParseInt: parsing "x": invalid syntax'),
        ("15", "-port=1", 2, "unknown shorthand flag: 'p' in -port=1"),
        ("22", "--grpc-port=1", 1, "unknown flag: --grpc-port"),
        ("14", "--=1", 2, "bad flag syntax: --=1"),
        ("14", "-help", 0, ""),
        ("24", "--help", 0, ""),
    ],
)
def test_how_a_server_ends_that_does_not_understand(release: str, flag: str, code: int, text: str) -> None:
    with pytest.raises(StartError) as caught:
        release_parser("vttablet", releases.get(release)).parse([flag])

    assert (caught.value.code, caught.value.text) == (code, text)

"""docs/asking.md beside the code: its commands are ones that exist, its numbers are those of the source."""

from __future__ import annotations

import re
import shlex

import pytest

from tests.support.live import REPOSITORY
from tests.unit.cli.conftest import Cli, cli
from vitessctl import releases
from vitessctl.sql.reads import is_read
from vitessctl.sql.tablet import FETCHED

__all__ = ["cli"]
PAGE = (REPOSITORY / "docs" / "asking.md").read_text(encoding="utf-8")
COMMANDS = [shlex.split(line) for line in re.findall(r"^vitessctl (.*)$", PAGE, flags=re.MULTILINE)]


def test_each_of_the_four_is_shown() -> None:
    assert {words[0] for words in COMMANDS} == {"tablets", "topology", "sql", "vtctl"}


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_a_command_has_the_options_that_it_is_shown_with(cli: Cli, words: list[str]) -> None:
    own = words[: words.index("--")] if "--" in words else words
    shown = cli(words[0], "--help").out

    for option in (word for word in own if word.startswith("-")):
        assert option in shown


@pytest.mark.parametrize("words", [words for words in COMMANDS if words[0] == "sql"], ids=" ".join)
def test_a_statement_is_a_read_unless_it_is_shown_with_write(words: list[str]) -> None:
    if not words[1].startswith("-"):
        assert is_read(words[1].removesuffix(r"\G")) != ("--write" in words)


def test_what_is_said_to_be_refused_is(cli: Cli) -> None:
    for statement in (
        "with a as (select 1) delete from t", "select 1 into outfile '/x'", "select 1 from t for update",
        "/*! delete from t */", "select next value from s", "explain delete from t", "select mine()",
    ):  # fmt: skip
        assert not is_read(statement)


def test_the_numbers() -> None:
    assert f"at most {FETCHED}." in PAGE
    assert "At most 1000 rows" in PAGE


def test_which_release_has_which_client() -> None:
    clients = {name: releases.get(name).admin_client for name in releases.names()}

    assert clients["2.1"] == ""
    assert "The image of 2.1 has no client" in PAGE
    assert next(name for name, client in clients.items() if client == "vtctldclient") == "15"
    assert "vtctldclient (from Vitess 15 on)" in PAGE
    assert all(releases.get(name).rpc == "legacy" for name, client in clients.items() if client != "vtctldclient")

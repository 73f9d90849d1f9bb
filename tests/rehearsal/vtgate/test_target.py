"""What USE understands."""

from __future__ import annotations

import pytest

from vitessctl.rehearsal.vtgate.statements import first_word, without_comments
from vitessctl.rehearsal.vtgate.target import Target, parse_target

TARGETS = {
    "messages": Target("messages", "", "primary"),
    "messages@replica": Target("messages", "", "replica"),
    "messages@RDONLY": Target("messages", "", "rdonly"),
    "messages@master": Target("messages", "", "primary"),
    "messages:-80@primary": Target("messages", "-80", "primary"),
    "messages/80-": Target("messages", "80-", "primary"),
    "`messages@replica`": Target("messages", "", "replica"),
    "@replica": Target("", "", "replica"),
    "messages@nobody": None,
}
STATEMENTS = {
    "select 1": "select",
    "  /* a comment */ -- another\n SELECT 1;": "select",
    "# hash\ninsert into t values (1)": "insert",
    "(select 1) union (select 2)": "select",
    "": "",
    "/* only a comment */": "",
}


@pytest.mark.parametrize(("text", "target"), TARGETS.items())
def test_parse_target(text: str, target: Target | None) -> None:
    assert parse_target(text) == target


@pytest.mark.parametrize(("sql", "word"), STATEMENTS.items())
def test_first_word(sql: str, word: str) -> None:
    assert first_word(without_comments(sql)) == word

"""Where statements end, and what their words are."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitessctl.errors import UsageError
from vitessctl.sql.tokens import Kind, statements, tokens


def words(text: str) -> list[str]:
    return [token.text for token in tokens(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("select a.b+1", ["select", "a", ".", "b", "+", "1"]),
        ("select 1--1", ["select", "1", "-", "-", "1"]),
        ("select 1 -- 1", ["select", "1"]),
        ("select 1 --", ["select", "1"]),
        ("a/* b */c#d\ne", ["a", "c", "e"]),
        ("/* a /* b */ c", ["c"]),
        ("'a''b' \"a\\\"b\" `a``b`", ["'a''b'", '"a\\"b"', "`a``b`"]),
        ("@@global.a @b @'c'", ["@@global", ".", "a", "@b", "@", "'c'"]),
        ("1.5e-3 .5 0xff x'00' 5a", ["1.5e-3", ".5", "0xff", "x", "'00'", "5a"]),
        ("größe $x", ["größe", "$x"]),
        ("/*!50000 a */", ["/*!50000 a */"]),
    ],
)
def test_the_tokens(text: str, found: list[str]) -> None:
    assert words(text) == found


def test_without_backslash_escapes_a_backslash_ends_nothing() -> None:
    assert [token.text for token in tokens(r"'\' a", backslash_escapes=False)] == [r"'\'", "a"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", []),
        (" ;; -- nothing\n;", []),
        ("select 1", ["select 1"]),
        ("select 1;\nselect 2;\n", ["select 1", "select 2"]),
        ("select ';' /* ; */ -- ;\n; select 2", ["select ';' /* ; */ -- ;", "select 2"]),
        ("-- first\nselect 1; # last\n", ["-- first\nselect 1"]),
    ],
)
def test_the_statements(text: str, found: list[str]) -> None:
    cut = statements(text)

    assert [statement.text for statement in cut] == found
    assert [statement.number for statement in cut] == [*range(1, len(found) + 1)]


def test_a_statement_may_ask_for_rows_below_each_other() -> None:
    found = statements(r"show slave status\G select 1\g select 2")

    assert [(statement.text, statement.vertical) for statement in found] == [
        ("show slave status", True),
        ("select 1", False),
        ("select 2", False),
    ]


def test_what_is_not_closed_is_named_with_its_line() -> None:
    with pytest.raises(UsageError) as wrong:
        statements("select 1;\nselect 'a\n;")

    assert (wrong.value.where, wrong.value.what) == ("line 2", "the quotes ' are not closed in the SQL")


@given(st.text(alphabet="ab'\"`\\;-#/*! \n(@1.", max_size=40))
def test_no_text_is_too_strange(text: str) -> None:
    """Tokens do not overlap, nothing but space and comments is left out, and only quotes can be wrong."""
    try:
        found = [*tokens(text)]
    except UsageError:
        return
    assert all(one.end <= other.start for one, other in itertools.pairwise(found))
    assert all(text[token.start : token.end] == token.text for token in found)
    assert all(token.kind is not Kind.SYMBOL or len(token.text) == 1 for token in found)

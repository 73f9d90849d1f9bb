"""What is a read, and what is not known to be one."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from vitessctl.errors import UsageError
from vitessctl.sql.reads import is_read, words_of

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "reads.yaml").read_text(encoding="utf-8"))
NOISE = st.sampled_from(["/* a */ ", "-- b\n", "# c\n", "\n\t", "/*select*/"])


@pytest.mark.parametrize("statement", CASES["reads"])
def test_a_read(statement: str) -> None:
    assert is_read(statement)


@pytest.mark.parametrize("statement", CASES["not reads"])
def test_not_known_to_be_a_read(statement: str) -> None:
    assert not is_read(statement)


@given(st.sampled_from(CASES["not reads"]), st.lists(NOISE, max_size=4))
def test_comments_in_front_fool_nobody(statement: str, noise: list[str]) -> None:
    assert not is_read("".join(noise) + statement)


@given(st.sampled_from([case for case in CASES["not reads"] if "\\" not in case]), st.booleans())
def test_nor_do_capitals_or_space(statement: str, capitals: bool) -> None:
    changed = statement.upper() if capitals else statement.replace(" ", "\t")

    assert not is_read(changed)


@pytest.mark.parametrize("statement", ["select 'a", 'select "a', "select `a", "select /* a"])
def test_what_is_not_closed_is_a_mistake(statement: str) -> None:
    with pytest.raises(UsageError, match="not closed in the SQL"):
        is_read(statement)


def test_no_function_that_waits_locks_or_writes_is_known_for_a_harmless_one() -> None:
    harmful = {"SLEEP", "BENCHMARK", "GET_LOCK", "RELEASE_LOCK", "LOAD_FILE", "MASTER_POS_WAIT", "NEXTVAL"}

    assert not words_of("functions") & (harmful | words_of("writing") - words_of("writing_or_function"))

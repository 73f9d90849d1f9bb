"""Declared tables beside what MySQL shows of those that are there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from vitessctl.schema.compare import differences
from vitessctl.schema.difference import statements
from vitessctl.schema.parse import Unreadable, parse_table

CASES: dict[str, dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "cases" / "tables.yaml").read_text())


@pytest.mark.parametrize("name", CASES)
def test_what_has_to_change_and_what_would_be_lost_by_it(name: str) -> None:
    case = CASES[name]
    found = differences(parse_table(case["declared"]), parse_table(case["there"]))

    assert [each.what for each in found] == [line.partition(" !! ")[0] for line in case["changes"]]
    for difference, line in zip(found, case["changes"], strict=True):
        wanted = line.partition(" !! ")[2]
        assert difference.held.startswith(wanted)
        assert bool(difference.held) == bool(wanted)
    if "alter" in case:
        assert list(statements(found)) == [case["alter"]]


@pytest.mark.parametrize("name", CASES)
def test_a_table_does_not_differ_from_itself(name: str) -> None:
    for text in (CASES[name]["declared"], CASES[name]["there"]):
        assert differences(parse_table(text), parse_table(text)) == ()


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("create table t like u", "it has no list of columns"),
        ("create table t as select 1", "it has no list of columns"),
        ("create table t (a int", "a parenthesis does not close"),
        ("create table t (primary key (a))", "it has no columns"),
        ("create table t ()", "it ends too early"),
        ("create table t (a int, foreign key (a))", "a foreign key refers to nothing"),
        ("create view v as select 1", "it is no CREATE TABLE"),
    ],
)
def test_what_cannot_be_compared_says_why(statement: str, why: str) -> None:
    with pytest.raises(Unreadable, match=why):
        parse_table(statement)

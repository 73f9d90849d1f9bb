"""Errors as a MySQL client sees them: number, SQL state, words."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.rehearsal.data.sqlcases import TABLES
from vitessctl.rehearsal.mysqld.errors import SQL_STATES, TEXTS, MySqlError, unsupported
from vitessctl.rehearsal.mysqld.session import Session
from vitessctl.rehearsal.mysqld.sqlite_errors import from_sqlite, in_its_clause

CASES = yaml.safe_load((Path(__file__).parent / "recorded/errors.yaml").read_text())


@pytest.fixture
def shop(session: Session) -> Session:
    for statement in TABLES:
        session.execute(statement)
    return session


def test_every_statement_gives_its_error(shop: Session) -> None:
    for case in CASES:
        with pytest.raises(MySqlError) as refused:
            shop.execute(case["sql"], seconds=0.2)
        error = refused.value
        told: dict[str, Any] = {
            "sql": case["sql"],
            "number": error.number,
            "state": error.sql_state,
            "text": error.text,
        }
        assert told == case
        assert str(error) == f"{case['text']} (errno {case['number']}) (sqlstate {case['state']})"


def test_most_texts_are_met_by_a_case() -> None:
    met = {case["number"] for case in CASES}
    assert set(TEXTS) - met == {1046, 1205, 1290, 1451, 1452, 1777, 3819}, "those have tests of their own"


def test_states_are_five_letters() -> None:
    for number, state in SQL_STATES.items():
        assert MySqlError(number, text="x").sql_state == state
        assert len(state) == 5
    assert MySqlError(9999, text="x").sql_state == "HY000"


@pytest.mark.parametrize(
    ("message", "number", "text"),
    [
        ("no such column: g.nosuch", 1054, "Unknown column 'g.nosuch' in 'field list'"),
        ("no such table: vt_ks.nosuch", 1146, "Table 'vt_ks.nosuch' doesn't exist"),
        ("no such table: main.vt_ks.nosuch", 1146, "Table 'vt_ks.nosuch' doesn't exist"),
        ("no such function: NOSUCH", 1305, "FUNCTION NOSUCH does not exist"),
        ("ambiguous column name: id", 1052, "Column 'id' in field list is ambiguous"),
        ("table x has 2 values for 3 columns", 1136, "Column count doesn't match value count at row 1"),
        ("interrupted", 3024, "Query execution was interrupted, maximum statement execution time exceeded"),
        ("CHECK constraint failed: positive", 3819, "Check constraint 'positive' is violated."),
        ("UNIQUE constraint failed: gone.t.a", 1062, "Duplicate entry '' for key 'a'"),
        ("something else", 1235, "The rehearsal's MySQL cannot do this (MySQL can): something else"),
    ],
)
def test_what_sqlite_says(message: str, number: int, text: str) -> None:
    error = from_sqlite(sqlite3.OperationalError(message), {}, None, ())
    assert (error.number, error.text) == (number, text)


@pytest.mark.parametrize(
    ("sql", "clause"),
    [
        ("select x from t", "field list"),
        ("select a from t where x = 1", "where clause"),
        ("select a from t group by x", "group statement"),
        ("select a from t group by a having x > 1", "having clause"),
        ("select a from t where a = 1 order by x", "order clause"),
        ("select a from t join u on x = u.a", "on clause"),
        ("update t set x = 1 where a = 2", "field list"),
    ],
)
def test_the_clause_of_an_unknown_column(sql: str, clause: str) -> None:
    error = in_its_clause(MySqlError(1054, "x", "field list"), sql)
    assert error.text == f"Unknown column 'x' in '{clause}'"


def test_other_errors_have_no_clause() -> None:
    error = MySqlError(1146, "vt_ks.x")
    assert in_its_clause(error, "select a from x where x = 1") is error


def test_what_the_rehearsal_cannot_is_said_plainly() -> None:
    error = unsupported("GEOMETRY")
    assert str(error) == ("The rehearsal's MySQL cannot do this (MySQL can): GEOMETRY (errno 1235) (sqlstate 42000)")

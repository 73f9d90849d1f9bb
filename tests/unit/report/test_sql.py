"""Rows on the screen: NULL, empty, wide, long and dangerous values, in each form."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitessctl.report.sql import csv_lines, result_data, table_lines, vertical_lines
from vitessctl.sql.result import Result

ROWS = Result(("id", "word"), (("1", "one"), ("20", None), ("3", "")))
CHANGED = Result((), (), 3)
VALUES = st.one_of(st.none(), st.text(max_size=20))


def test_a_table() -> None:
    assert [*table_lines(ROWS)] == [
        "+----+------+",
        "| id | word |",
        "+----+------+",
        "| 1  | one  |",
        "| 20 | NULL |",
        "| 3  |      |",
        "+----+------+",
        "3 rows",
    ]


def test_wide_characters_take_two_columns_and_combining_ones_none() -> None:
    lines = [*table_lines(Result(("a",), (("日本",), ("e\u0301",), ("x",))))]

    assert lines[3:6] == ["| 日本 |", "| e\u0301    |", "| x    |"]


def test_no_rows_and_cut_rows_are_said() -> None:
    assert [*table_lines(Result(("a",), ()))] == ["0 rows"]
    assert [*table_lines(Result(("a",), (("1",),), cut=True))][-1] == "1 row shown, and there are more"


@pytest.mark.parametrize(("count", "line"), [(0, "ok, 0 rows changed"), (1, "ok, 1 row changed")])
def test_what_gives_no_rows(count: int, line: str) -> None:
    assert [*table_lines(Result((), (), count))] == [*vertical_lines(Result((), (), count))] == [line]
    assert [*csv_lines(Result((), (), count))] == []


def test_vertical() -> None:
    assert [*vertical_lines(Result(("id", "longer"), (("1", "a\nb"), (None, ""))))] == [
        "*************************** 1. row ***************************",
        "    id: 1",
        "longer: a\nb",
        "*************************** 2. row ***************************",
        "    id: NULL",
        "longer: ",
        "2 rows",
    ]


@pytest.mark.parametrize("character", ["\x1b", "\x00", "\x07", "\r", "\x9b", "\u202e", "\u2028"])
def test_what_a_terminal_would_obey_is_escaped(character: str) -> None:
    result = Result((f"c{character}",), ((f"v{character}",),))

    for lines in (table_lines(result), vertical_lines(result)):
        assert character not in "\n".join(lines)


@given(st.lists(st.tuples(VALUES, VALUES), min_size=1, max_size=4))
def test_every_line_of_a_table_of_plain_text_is_as_long_as_the_others(rows: list[tuple[str | None, ...]]) -> None:
    plain = tuple(tuple(None if value is None else ascii(value) for value in row) for row in rows)
    lines = [*table_lines(Result(("a", "b"), plain))]

    assert len({len(line) for line in lines[:-1]}) == 1


def test_csv_tells_null_from_empty() -> None:
    assert [*csv_lines(Result(("a", "b,c"), (("", None), ('say "x"', " y"), ("1\n2", "NULL"))))] == [
        'a,"b,c"',
        '"",',
        '"say ""x"""," y"',
        '"1\n2",NULL',
    ]


@given(st.lists(st.tuples(st.text(max_size=10), st.text(max_size=10)), max_size=4))
def test_others_read_the_csv_that_is_written(rows: list[tuple[str, ...]]) -> None:
    rows = [tuple(value.replace("\r", "").replace("\x00", "") for value in row) for row in rows]
    text = "\n".join(csv_lines(Result(("a", "b"), tuple(rows)))) + "\n"

    read = [*csv.reader(io.StringIO(text, newline=""))]
    assert read == [["a", "b"], *[list(row) for row in rows]]


def test_json_has_everything() -> None:
    assert result_data(ROWS, 2, "vtgate") == {
        "type": "result",
        "statement": 2,
        "place": "vtgate",
        "columns": ["id", "word"],
        "rows": [["1", "one"], ["20", None], ["3", ""]],
        "rows_affected": 0,
        "cut": False,
    }
    assert result_data(CHANGED, 1, "vtgate")["rows_affected"] == 3

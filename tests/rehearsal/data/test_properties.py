"""Laws of the parts: times against Python's calendar, comparisons, documents, rounding, log entries."""

from __future__ import annotations

import json
import math
import re
import sqlite3
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from hypothesis import assume, given, reject
from hypothesis import strategies as st

from vitessctl.rehearsal.mysqld import times
from vitessctl.rehearsal.mysqld.context import FunctionContext
from vitessctl.rehearsal.mysqld.documents import extract, normal, unquote, written
from vitessctl.rehearsal.mysqld.errors import MySqlError
from vitessctl.rehearsal.mysqld.functions import register, text
from vitessctl.rehearsal.mysqld.show import like
from vitessctl.rehearsal.mysqld.storing import storing_functions
from vitessctl.rehearsal.mysqld.temporal import shape
from vitessctl.rehearsal.storage.connection import collation_key
from vitessctl.rehearsal.storage.definition import Column, Key, Table, table_from_json
from vitessctl.rehearsal.storage.events import RowChange, StructureChange, dump_changes, load_changes
from vitessctl.rehearsal.storage.physical import create_statements, integer_range, quoted

moments = st.datetimes(min_value=datetime(1000, 1, 1), max_value=datetime(9000, 12, 31))
whole_moments = moments.map(lambda moment: moment.replace(microsecond=0))
values = st.one_of(
    st.none(), st.integers(-(2**63), 2**63 - 1), st.floats(allow_nan=False), st.text(), st.binary(max_size=20)
)


# Times


@given(moments)
def test_a_time_survives_being_written(moment: datetime) -> None:
    assert times.parse_time(times.time_text(moment)) == moment
    assert times.parse_time(moment.isoformat()) == moment
    assert times.parse_time(times.time_text(moment, 0)) == moment.replace(microsecond=0)


@given(moments, st.integers(0, 6))
def test_written_times_are_in_order(moment: datetime, digits: int) -> None:
    later = moment + timedelta(days=1)
    assert times.time_text(moment, digits) < times.time_text(later, digits)
    assert len(times.time_text(moment, digits)) == (20 + digits if digits else 19)


@given(whole_moments, st.integers(-100_000, 100_000), st.sampled_from(["SECOND", "MINUTE", "HOUR", "DAY", "WEEK"]))
def test_fixed_units_are_those_of_python(moment: datetime, amount: int, unit: str) -> None:
    try:
        moved = moment + amount * timedelta(**{f"{unit.lower()}s": 1})
    except OverflowError:  # Python's calendar ends before MySQL's interval does
        reject()
    assert times.shift(times.time_text(moment), amount, unit) == times.time_text(moved)
    assert times.shift(times.time_text(moved), amount, unit, -1) == times.time_text(moment)
    assert times.difference(unit, times.time_text(moment), times.time_text(moved)) == amount


@given(whole_moments, st.integers(-2000, 2000))
def test_months_keep_the_day_or_take_the_last_one(moment: datetime, months: int) -> None:
    moved = times.parse_time(times.shift(times.time_text(moment), months, "MONTH"))
    assert moved is not None
    assert (moved.year * 12 + moved.month) - (moment.year * 12 + moment.month) == months
    last = (moved.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    assert moved.day == min(moment.day, last.day)
    assert moved.time() == moment.time()


@given(whole_moments, whole_moments)
def test_a_difference_in_months_never_passes_the_end(first: datetime, last: datetime) -> None:
    months = times.difference("MONTH", times.time_text(first), times.time_text(last))
    assert months is not None
    assert times.difference("MONTH", times.time_text(last), times.time_text(first)) == -months
    if first.day <= 28 and first <= last:
        reached = times.shift(times.time_text(first), months, "MONTH")
        assert reached is not None
        assert reached <= times.time_text(last)


@given(moments)
def test_formats_agree_with_python(moment: datetime) -> None:
    assert times.formatted(times.time_text(moment, 6), "%Y-%m-%d %H:%i:%s.%f") == times.time_text(moment, 6)
    assert times.formatted(times.time_text(moment, 6), "%j %W %M") == moment.strftime("%j %A %B")
    assert times.part("DAY", times.time_text(moment)) == moment.day


@given(st.text(max_size=20))
def test_what_is_no_time_is_null(anything: str) -> None:
    assume(times.parse_time(anything) is None)
    assert times.shift(anything, 1, "DAY") is None
    assert times.formatted(anything, "%Y") is None
    assert times.difference("DAY", anything, anything) is None


@given(whole_moments)
def test_a_compared_time_gets_the_shape_of_its_column(moment: datetime) -> None:
    written_out = times.time_text(moment)
    assert shape(written_out, Column("c", "datetime")) == written_out
    assert shape(written_out, Column("c", "datetime(3)")) == f"{written_out}.000"
    day = Column("c", "date")
    assert shape(written_out[:10], day) == written_out[:10]
    assert shape(f"{written_out[:10]} 00:00:00", day) == written_out[:10]
    assert shape("nonsense", day) is None


# Comparisons of text


@given(st.text(), st.text())
def test_the_collation_is_an_order(left: str, right: str) -> None:
    connection = sqlite3.connect(":memory:")
    connection.create_collation(
        "ai_ci", lambda a, b: (collation_key(a) > collation_key(b)) - (collation_key(a) < collation_key(b))
    )
    assume("\x00" not in left + right)
    assume(not any(0xD800 <= ord(letter) <= 0xDFFF for letter in left + right))
    row = connection.execute("SELECT ? < ? COLLATE ai_ci, ? = ? COLLATE ai_ci", (left, right, left, right)).fetchone()
    assert row == (int(collation_key(left) < collation_key(right)), int(collation_key(left) == collation_key(right)))


@given(st.text())
def test_case_does_not_count(anything: str) -> None:
    folded = collation_key(anything)
    assert collation_key(folded) == folded or not anything.isascii()
    if anything.isascii():
        assert collation_key(anything.upper()) == collation_key(anything.lower())


@given(st.text(alphabet="ab%_\\.*", max_size=8), st.text(alphabet="ab%_.*", max_size=8))
def test_like_means_the_same_in_show_and_in_queries(pattern: str, value: str) -> None:
    connection = sqlite3.connect(":memory:")
    register(connection)
    assume(not pattern.endswith("\\") and "\\" not in re.sub(r"\\[%_]", "", pattern))
    (found,) = connection.execute("SELECT ? LIKE ?", (value, pattern)).fetchone()
    plain = pattern.replace("\\%", "\x01").replace("\\_", "\x02")
    wanted = "".join({"%": ".*", "_": ".", "\x01": "%", "\x02": "_"}.get(c) or re.escape(c) for c in plain)
    assert found == int(re.fullmatch(wanted, value, re.DOTALL) is not None)
    if "\\" not in pattern:
        assert bool(found) == like(pattern, value)


# Documents

documents = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(2**53), 2**53), st.text(max_size=8)),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=6), inner, max_size=4)),
    max_leaves=12,
)


@given(documents)
def test_a_document_keeps_its_value_and_is_normal_once(document: Any) -> None:
    once = normal(json.dumps(document))
    assert json.loads(once) == document
    assert normal(once) == once == written(document)


@given(st.dictionaries(st.from_regex(r"[a-z]{1,5}", fullmatch=True), documents, min_size=1, max_size=4), st.data())
def test_a_path_finds_what_is_there(document: dict[str, Any], data: st.DataObject) -> None:
    key = data.draw(st.sampled_from(sorted(document)))
    found = extract(json.dumps(document), f"$.{key}")
    assert found is not None
    assert json.loads(found) == document[key]
    assert extract(json.dumps(document), "$.NOSUCH") is None
    if isinstance(document[key], list):
        for index, item in enumerate(document[key]):
            assert extract(json.dumps(document), f"$.{key}[{index}]") == written(item)
    if isinstance(document[key], str):
        assert unquote(found) == document[key]


# What columns make of values


def stored(function: str, *arguments: Any) -> Any:
    return storing_functions(FunctionContext())[function](*arguments)


@given(st.decimals(min_value=-(10**6), max_value=10**6, places=6), st.integers(0, 4))
def test_exact_numbers_are_rounded_half_away_from_zero(number: Decimal, digits: int) -> None:
    wanted = abs(number).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP).copy_sign(number)
    assert stored("store_decimal", str(number), str(digits), "c") == pytest.approx(float(wanted), abs=10**-9)


@given(st.floats(-(10**15), 10**15))
def test_integers_take_the_nearest(number: float) -> None:
    kept = stored("store_integer", number)
    assert isinstance(kept, int)
    assert abs(kept - number) <= 0.5 or math.isclose(kept, number)


@given(moments, st.integers(0, 6))
def test_times_are_rounded_to_their_digits(moment: datetime, digits: int) -> None:
    kept = times.parse_time(stored("store_time", times.time_text(moment, 6), str(digits), "c"))
    assert kept is not None
    assert abs(kept - moment) <= timedelta(microseconds=10 ** (6 - digits) / 2 + 1)


@given(st.dates(min_value=date(1000, 1, 1)))
def test_dates_lose_their_time(day: date) -> None:
    assert stored("store_date", f"{day.isoformat()} 23:59:59", "c") == day.isoformat()


@given(st.lists(st.from_regex(r"[a-z]{1,6}", fullmatch=True), min_size=1, max_size=5, unique=True), st.data())
def test_one_of_a_list_in_any_case(words: list[str], data: st.DataObject) -> None:
    kind = "enum(" + ",".join(f"'{word}'" for word in words) + ")"
    chosen = data.draw(st.sampled_from(words))
    assert stored("store_enum", chosen.upper(), kind, "c") == chosen
    with pytest.raises(MySqlError, match="Data truncated for column 'c'"):
        stored("store_enum", "!", kind, "c")


def test_null_stays_null() -> None:
    for function, more in (
        ("store_time", ("0", "c")),
        ("store_date", ("c",)),
        ("store_decimal", ("2", "c")),
        ("store_integer", ()),
        ("store_json", ("c",)),
        ("store_enum", ("enum('a')", "c")),
    ):
        assert stored(function, None, *more) is None


@given(values)
def test_every_value_can_be_shown(value: Any) -> None:
    assert isinstance(text(value), str)
    if isinstance(value, bytes):
        assert text(value).encode("utf-8", "surrogateescape") == value


# Log entries and definitions

names = st.text(min_size=1, max_size=12).filter(
    lambda name: not any(0xD800 <= ord(letter) <= 0xDFFF for letter in name)
)
changes = st.one_of(
    st.builds(
        RowChange,
        names,
        st.one_of(st.none(), st.integers(0, 2**62)),
        st.one_of(st.none(), st.integers(0, 2**62)),
        st.lists(values, max_size=5).map(tuple),
    ),
    st.builds(StructureChange, *[st.lists(names, max_size=3).map(tuple)] * 5),
)


@given(st.lists(changes, max_size=5))
def test_log_entries_survive_being_written_down(made: list[RowChange | StructureChange]) -> None:
    assert load_changes(dump_changes(made)) == tuple(made)


columns = st.builds(
    Column,
    names,
    st.sampled_from(["int", "bigint unsigned", "varchar(5)", "text", "decimal(10,2)", "datetime(3)", "blob", "json"]),
    nullable=st.booleans(),
    default=st.one_of(st.none(), st.just("'1'")),
    comment=st.sampled_from(["", "words"]),
)


@given(names, names, st.lists(columns, min_size=1, max_size=6, unique_by=lambda column: column.name.lower()), st.data())
def test_any_definition_is_kept_and_makes_a_table(
    schema: str, name: str, made: list[Column], data: st.DataObject
) -> None:
    assume("\x00" not in schema + name + "".join(column.name for column in made))
    keyed = data.draw(st.lists(st.sampled_from([column.name for column in made]), max_size=3, unique=True))
    keys = (Key("k", data.draw(st.sampled_from(["unique", "index"])), tuple(keyed)),) if keyed else ()
    table = Table(schema, name, tuple(made), keys)
    assert table_from_json(table.to_json()) == table
    connection = sqlite3.connect(":memory:")
    connection.create_collation("utf8mb4_0900_ai_ci", lambda left, right: (left > right) - (left < right))
    for statement in create_statements(table):
        connection.execute(statement)
    found = connection.execute(f"PRAGMA table_info({quoted(table.physical)})").fetchall()
    assert [row[1] for row in found] == [column.name for column in made]


@pytest.mark.parametrize(
    ("kind", "limits"),
    [
        ("tinyint", (-128, 127)),
        ("tinyint unsigned", (0, 255)),
        ("smallint", (-32768, 32767)),
        ("mediumint unsigned", (0, 2**24 - 1)),
        ("int", (-(2**31), 2**31 - 1)),
        ("bigint", (-(2**63), 2**63 - 1)),
        ("bigint unsigned", (0, 2**63 - 1)),
        ("varchar(5)", None),
    ],
)
def test_ranges_of_integers(kind: str, limits: tuple[int, int] | None) -> None:
    assert integer_range(Column("c", kind)) == limits

"""Between wire messages and records: what must hold for every value."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitessctl.vtctld import convert
from vitessctl.vtctld.errors import InvalidRequestError
from vitessctl.vtctld.proto import query_pb2, replicationdata_pb2, topodata_pb2, vtctldata_pb2

NAMES = st.from_regex(r"[a-z0-9_-]{1,20}", fullmatch=True)
VALUES = st.none() | st.text()


@given(NAMES, st.integers(0, 2**32 - 1))
def test_an_alias_survives_the_way_there_and_back(cell: str, uid: int) -> None:
    text = f"{cell}-{uid:010d}"
    alias = convert.parse_alias(text)
    assert (alias.cell, alias.uid) == (cell, uid)
    assert convert.alias_text(alias) == text


def test_no_alias_is_empty_text() -> None:
    assert convert.optional_alias("") is None
    assert convert.alias_text(topodata_pb2.TabletAlias()) == ""
    assert convert.alias_text(topodata_pb2.Shard().primary_alias) == ""


@given(st.lists(st.lists(VALUES, min_size=3, max_size=3)))
def test_rows_are_cut_out_of_one_run_of_bytes(rows: list[list[str | None]]) -> None:
    result = query_pb2.QueryResult(fields=[query_pb2.Field(name=name) for name in "abc"], rows_affected=len(rows))
    for row in rows:
        encoded = [None if value is None else value.encode() for value in row]
        result.rows.add(
            lengths=[-1 if value is None else len(value) for value in encoded],
            values=b"".join(value for value in encoded if value is not None),
        )
    read = convert.query_result(query_pb2.QueryResult.FromString(result.SerializeToString()))
    assert read.columns == ("a", "b", "c")
    assert read.rows == tuple(tuple(row) for row in rows)
    assert read.rows_affected == len(rows)


def test_an_empty_string_is_not_null() -> None:
    result = query_pb2.QueryResult(rows=[query_pb2.Row(lengths=[0, -1, 1], values=b"x")])
    assert convert.query_result(result).rows == (("", None, "x"),)


def test_lengths_are_written_in_zigzag() -> None:
    assert query_pb2.Row(lengths=[1, -1], values=b"x").SerializeToString() == bytes.fromhex("0a020201120178")


def test_a_value_that_is_no_text_is_written_in_hexadecimal() -> None:
    result = query_pb2.QueryResult(rows=[query_pb2.Row(lengths=[3], values=b"a\xff\x00")])
    assert convert.query_result(result).rows == (("0x61FF00",),)


@pytest.mark.parametrize(
    ("seconds", "whole", "nanos"), [(0, 0, 0), (30, 30, 0), (0.25, 0, 250_000_000), (1.9999999, 2, 0)]
)
def test_a_length_of_time(seconds: float, whole: int, nanos: int) -> None:
    message = convert.duration(seconds)
    assert (message.seconds, message.nanos) == (whole, nanos)


@pytest.mark.parametrize(
    ("position", "plain"),
    [
        ("MySQL56/3e11fa47-71ca-11e1-9e33-c80aa9429562:1-5", "3e11fa47-71ca-11e1-9e33-c80aa9429562:1-5"),
        ("MySQL56/", ""),
        ("", ""),
        ("FilePos/vt-0000000100-bin.000001:158", "vt-0000000100-bin.000001:158"),
    ],
)
def test_positions_lose_their_flavour(position: str, plain: str) -> None:
    assert convert.gtid_set(position) == plain


@pytest.mark.parametrize(
    ("number", "name"), [(0, "unknown"), (1, "primary"), (2, "replica"), (3, "rdonly"), (8, "drained"), (99, "unknown")]
)
def test_tablet_types_are_in_small_letters(number: int, name: str) -> None:
    wire = topodata_pb2.Tablet(alias={"cell": "zone1", "uid": 100}).SerializeToString() + bytes([0x40, number])
    assert convert.tablet_record(topodata_pb2.Tablet.FromString(wire)).type == name


@pytest.mark.parametrize(
    ("status", "lag"),
    [
        ({"io_state": 3, "sql_state": 3, "replication_lag_seconds": 7}, 7),
        ({"io_state": 3, "sql_state": 3}, 0),
        ({"io_state": 3, "sql_state": 3, "replication_lag_unknown": True}, None),
        ({"io_state": 2, "sql_state": 3}, None),
        ({"io_state": 3, "sql_state": 1}, None),
    ],
)
def test_the_lag_is_known_only_while_both_threads_run(status: dict[str, int | bool], lag: int | None) -> None:
    message = replicationdata_pb2.Status(source_host="db", **status)  # type: ignore[arg-type]
    assert convert.replication_status(message).lag_seconds == lag


def test_a_status_without_a_source_is_none() -> None:
    status = replicationdata_pb2.FullStatus(replication_status={"position": "MySQL56/a:1"})
    assert convert.full_status("zone1-0000000100", status).replication is None


def test_the_vschema_is_the_same_text_whatever_its_order() -> None:
    one = '{"tables": {"b": {}, "a": {"pinned": "80"}}, "sharded": true}'
    other = '{"sharded": true, "tables": {"a": {"pinned": "80"}, "b": {}}}'
    texts = {convert.vschema_text(convert.vschema_message(text)) for text in (one, other)}
    assert texts == {'{"sharded": true, "tables": {"a": {"pinned": "80"}, "b": {}}}'}


@pytest.mark.parametrize(
    "text", ["", "[]", "{", '{"sharded": "maybe"}', '{"nonsense": 1}', "null", '""', "[" * 100_000]
)
def test_what_is_no_vschema_is_refused_with_its_reason(text: str) -> None:
    with pytest.raises(InvalidRequestError, match="this is no VSchema") as caught:
        convert.vschema_message(text)
    assert caught.value.why


@given(st.dictionaries(NAMES, st.fixed_dictionaries({"type": NAMES})))
def test_a_vschema_survives_the_way_there_and_back(tables: dict[str, dict[str, str]]) -> None:
    text = json.dumps({"tables": tables} if tables else {})
    assert json.loads(convert.vschema_text(convert.vschema_message(text))) == json.loads(text)


def test_a_shard_without_a_primary_has_an_empty_one() -> None:
    named = vtctldata_pb2.Shard(keyspace="commerce", name="-80", shard={})
    record = convert.shard_record(named)
    assert (record.primary, record.serving) == ("", False)

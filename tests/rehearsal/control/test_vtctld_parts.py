"""Parts of vtctld by themselves: durability policies, SQL's shape, conversions, the legacy service's tables."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, cast

import pytest
import yaml
from google.protobuf import json_format
from hypothesis import given
from hypothesis import strategies as st

from tests.rehearsal.control.rig import KEYSPACE, ONE, THREE, TWO, Rig, rig
from vitessctl.rehearsal.tablet_rpc import Field, QueryResult, ReplicationStatus, Schema, TabletError
from vitessctl.rehearsal.topology_names import Refused, parse_alias
from vitessctl.rehearsal.vtctld import convert
from vitessctl.rehearsal.vtctld.durability import POLICIES, policy_of
from vitessctl.rehearsal.vtctld.election import Position, executed, furthest_first, replicated
from vitessctl.rehearsal.vtctld.inspection import record_text
from vitessctl.rehearsal.vtctld.sql_shape import check_one_statement, statements, syntax_error
from vitessctl.rehearsal.vtctld.tablets import NoAddress, Tablets, ask_all
from vitessctl.vtctld.proto import query_pb2 as query
from vitessctl.vtctld.proto import topodata_pb2 as topodata


def tablet(alias: str, kind: str = "REPLICA") -> topodata.Tablet:
    return topodata.Tablet(alias=parse_alias(alias), type=topodata.TabletType.Value(kind))


@pytest.mark.parametrize(
    ("policy", "replica", "acknowledges"),
    [
        ("none", tablet("zone2-2"), False),
        ("semi_sync", tablet("zone1-2"), True),
        ("semi_sync", tablet("zone1-2", "RDONLY"), False),
        ("semi_sync_with_rdonly_ack", tablet("zone1-2", "RDONLY"), True),
        ("cross_cell", tablet("zone1-2"), False),
        ("cross_cell", tablet("zone2-2"), True),
        ("cross_cell", tablet("zone2-2", "RDONLY"), False),
        ("cross_cell_with_rdonly_ack", tablet("zone2-2", "RDONLY"), True),
        ("semi_sync", tablet("zone1-2", "DRAINED"), False),
    ],
)
def test_whose_acknowledgement_counts(policy: str, replica: topodata.Tablet, acknowledges: bool) -> None:
    assert POLICIES[policy].acknowledges(tablet("zone1-1", "PRIMARY"), replica) is acknowledges


def test_a_primary_needs_those_whose_acknowledgement_counts() -> None:
    one, two, far = tablet("zone1-1"), tablet("zone1-2"), tablet("zone2-3")

    assert POLICIES["semi_sync"].can_work(one, [one, two])
    assert not POLICIES["semi_sync"].can_work(one, [one])
    assert not POLICIES["semi_sync"].can_work(one, [two, far]), "it was not reached itself"
    assert not POLICIES["cross_cell"].can_work(one, [one, two])
    assert POLICIES["cross_cell"].can_work(one, [one, far])
    assert POLICIES["none"].can_work(one, [one])


def test_an_old_primary_is_revoked_when_too_few_are_left_to_acknowledge() -> None:
    everyone = [tablet("zone1-1", "PRIMARY"), tablet("zone1-2"), tablet("zone1-3")]

    assert POLICIES["semi_sync"].revoked(everyone[1:], everyone)
    assert not POLICIES["semi_sync"].revoked(everyone[2:], everyone)
    assert not POLICIES["none"].revoked(everyone[1:], everyone)
    assert POLICIES["none"].revoked(everyone, everyone)


def test_a_keyspace_without_a_policy_has_none_and_a_wrong_word_is_refused() -> None:
    cluster = rig(durability="")
    assert policy_of(cluster.topology, KEYSPACE) == ("none", POLICIES["none"])

    cluster.topology.update_keyspace(KEYSPACE, topodata.Keyspace(durability_policy="bogus"))
    with pytest.raises(Refused, match=r"^durability policy bogus not found$"):
        policy_of(cluster.topology, KEYSPACE)


def test_the_furthest_comes_first() -> None:
    positions = {"c": executed("u:1-5"), "b": executed("u:1-9"), "a": executed("u:1-5"), "d": executed("")}

    assert furthest_first(positions) == ["b", "a", "c", "d"]


def test_of_two_who_received_the_same_the_one_that_executed_more_comes_first() -> None:
    behind = Position(executed("u:1-3").executed, executed("u:1-9").executed)

    assert furthest_first({"a": behind, "b": executed("u:1-9")}) == ["b", "a"]


def test_a_relay_log_counts_with_what_was_executed() -> None:
    status = cast(ReplicationStatus, {"position": "u:1-5", "relay_position": "u:4-7"})

    assert str(replicated(status).received) == "u:1-5"
    assert str(replicated(status | {"relay_position": "u:1-7"}).received) == "u:1-7"  # type: ignore[operator]


@pytest.mark.parametrize(
    ("sql", "parts"),
    [
        ("select 1", ["select 1"]),
        ("select 1;", ["select 1"]),
        (" ; ;", []),
        ("insert into t values (';'); select 2", ["insert into t values (';')", "select 2"]),
        ("select 'it''s;' -- a; b\n; select `a;b`", ["select 'it''s;' -- a; b", "select `a;b`"]),
        ("select 1 /* ; */", ["select 1 /* ; */"]),
    ],
)
def test_statements_end_at_semicolons_outside_of_quotes(sql: str, parts: list[str]) -> None:
    assert statements(sql) == parts


@pytest.mark.parametrize(
    ("sql", "trouble"),
    [
        ("create table t(id int)", ""),
        ("ALTER TABLE t ADD COLUMN a int", ""),
        ("create or replace view v as select 1", ""),
        ("drop table if exists t", ""),
        ("create tabel t3(id int)", "syntax error at position 13 near 'tabel'"),
        ("selec 1", "syntax error at position 6 near 'selec'"),
        ("create", "syntax error at position 7"),
        ("", "syntax error at position 1"),
        ("alter vschema bogus", "syntax error at position 20 near 'bogus'"),
        ("alter vschema add table t", ""),
    ],
)
def test_beginnings_that_no_statement_has(sql: str, trouble: str) -> None:
    assert syntax_error(sql) == trouble


@given(st.text())
def test_no_text_is_too_odd_to_look_at(sql: str) -> None:
    assert all(part == part.strip() and part for part in statements(sql))
    try:
        check_one_statement(sql)
        refused = ""
    except Refused as error:
        refused = str(error)
    assert refused == "" or refused.startswith(f"failed to parse sql: {sql}, got error: Code: INVALID_ARGUMENT\n")


def field(name: str, kind: str) -> Field:
    return {
        "name": name,
        "type": kind,
        "table": "",
        "org_table": "",
        "database": "",
        "org_name": "",
        "column_length": 2,
        "charset": 63,
        "decimals": 0,
        "flags": 32897,
    }


RESULT: QueryResult = {
    "fields": [field("a", "INT64"), field("b", "VARCHAR"), field("c", "NULL_TYPE")],
    "rows": [["1", "ü", None], ["22", "", None]],
    "rows_affected": 0,
    "insert_id": 0,
}


def test_rows_travel_as_one_string_and_lengths() -> None:
    converted = convert.query_result(RESULT)

    assert [(list(row.lengths), row.values) for row in converted.rows] == [
        ([1, 2, -1], "1ü".encode()),
        ([2, 0, -1], b"22"),
    ]
    assert [found.type for found in converted.fields] == [query.INT64, query.VARCHAR, query.NULL_TYPE]


def test_a_schema() -> None:
    found: Schema = {
        "database_schema": "CREATE DATABASE {{.DatabaseName}}",
        "tables": [
            {
                "name": "t1",
                "schema": "CREATE TABLE `t1` ()",
                "columns": ["id"],
                "primary_key_columns": ["id"],
                "type": "BASE TABLE",
                "data_length": 16384,
                "row_count": 3,
                "fields": [field("id", "INT64")],
            }
        ],
    }

    (definition,) = convert.schema(found).table_definitions

    assert (definition.name, definition.row_count, list(definition.columns)) == ("t1", 3, ["id"])


CONVERSIONS = yaml.safe_load((Path(__file__).parent / "cases" / "conversions.yaml").read_text())


@pytest.mark.parametrize("case", CONVERSIONS, ids=lambda case: case["name"])
def test_what_a_tablet_says_is_passed_on_as_vitess_does(case: dict[str, Any]) -> None:
    answer = convert.full_status(case["tablet"])

    assert json_format.MessageToDict(answer, preserving_proto_field_name=True) == case["answer"]


def test_a_lag_that_mysql_does_not_know() -> None:
    cluster = rig()
    status = cluster.tablet(TWO).replication_status()

    known = convert.replication_status(status)
    unknown = convert.replication_status({**status, "lag_seconds": None})

    assert (known.replication_lag_unknown, unknown.replication_lag_unknown) == (False, True)


def test_a_record_as_text() -> None:
    record = topodata.Keyspace(durability_policy="a: b", sidecar_db_name="_vt")

    assert record_text("Keyspace", record.SerializeToString()) == 'durability_policy:"a: b" sidecar_db_name:"_vt"'
    assert record_text("Other", b"text") == "text"


class Answering:
    """A tablet that answers every statement with the same rows."""

    def execute_fetch_as_dba(self, sql: str, max_rows: int, disable_binlogs: bool) -> QueryResult:
        return RESULT


@pytest.fixture
def answering(monkeypatch: pytest.MonkeyPatch) -> Rig:
    cluster = rig()
    monkeypatch.setattr(type(cluster.tablet(ONE)), "execute_fetch_as_dba", Answering.execute_fetch_as_dba)
    return cluster


def test_the_legacy_service_prints_a_table(answering: Rig) -> None:
    printed = answering.legacy("ExecuteFetchAsDba", "zone1-100", "select 1")

    assert printed.splitlines() == [
        "+----+---+------+",
        "| a  | b | c    |",
        "+----+---+------+",
        "| 1  | ü | NULL |",
        "| 22 |   | NULL |",
        "+----+---+------+",
    ]


def test_or_json_with_types_as_numbers(answering: Rig) -> None:
    printed = answering.legacy("ExecuteFetchAsDba", "--json", "zone1-100", "select 1")

    shown: dict[str, Any] = json.loads(printed)
    assert shown["fields"][0] == {"name": "a", "type": 265, "column_length": 2, "charset": 63, "flags": 32897}
    assert shown["rows"] == [[1, "ü", None], [22, "", None]]
    assert list(shown) == [
        *("fields", "rows_affected", "insert_id", "insert_id_changed"),
        *("rows", "session_state_changes", "status_flags", "info"),
    ]


def test_asking_all_returns_when_enough_have_answered() -> None:
    cluster = rig()
    cluster.tablet(THREE).dead = True
    records = dict(cluster.topology.tablets_of_shard(KEYSPACE, "0"))

    def ask(alias: str, record: topodata.Tablet) -> str:
        if alias == THREE:
            raise TabletError("DeadlineExceeded", "gone")
        return alias

    everything = ask_all(records, ask)
    assert (sorted(everything.values), list(everything.errors)) == ([ONE, TWO], [THREE])
    assert len(ask_all(records, ask, enough=1).values) >= 1
    assert TWO in ask_all(records, ask, enough=1, required=TWO).values
    assert ask_all({}, ask).values == {}


def test_a_bug_in_a_question_reaches_who_asked() -> None:
    records = dict(rig().topology.tablets_of_shard(KEYSPACE, "0"))

    with pytest.raises(ZeroDivisionError):
        ask_all(records, lambda alias, record: 1 // 0)


@pytest.mark.parametrize(
    ("record", "text"),
    [
        (topodata.Tablet(hostname="h", tablet_shutdown_time={"seconds": 1}), "tablet is shutdown"),
        (topodata.Tablet(), "empty tablet hostname"),
        (topodata.Tablet(hostname="h"), "no tablet port map"),
    ],
)
def test_records_that_name_nobody_to_call(record: topodata.Tablet, text: str) -> None:
    with pytest.raises(NoAddress) as caught:
        Tablets().client(record, 1.0)

    assert str(caught.value) == text

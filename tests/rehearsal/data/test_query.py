"""Queries to a tablet: for whom it answers, its transactions, the errors that vtgate passes on, its health."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rehearsal.data.rig import eventually
from tests.rehearsal.data.shard import Member, led_shard
from vitessctl.rehearsal.servenv.dbconfigs import ROLES
from vitessctl.rehearsal.tablet_rpc import TabletError
from vitessctl.vtctld.proto import topodata_pb2 as topodata


@pytest.fixture
def two(folder: Path) -> Iterator[list[Member]]:
    """A primary and a replica that confirms."""
    with led_shard(folder, 2) as members:
        yield members


@pytest.mark.parametrize(
    ("target", "code", "text"),
    [
        (("other", "0", "primary"), "InvalidArgument", "invalid keyspace other does not match expected ks"),
        (("ks", "-80", "primary"), "InvalidArgument", "invalid shard -80 does not match expected 0"),
        (("ks", "0", "replica"), "FailedPrecondition", "wrong tablet type: REPLICA, want: PRIMARY or []"),
        (("ks", "0", "rdonly"), "FailedPrecondition", "wrong tablet type: RDONLY, want: PRIMARY or []"),
    ],
)
def test_queries_for_somebody_else_are_refused(
    two: list[Member], target: tuple[str, str, str], code: str, text: str
) -> None:
    for call in (lambda: two[0].queries.execute(*target, "SELECT 1", 0), lambda: two[0].queries.begin(*target)):
        with pytest.raises(TabletError) as refused:
            call()
        assert (refused.value.code, refused.value.text) == (code, text)


@pytest.mark.parametrize(
    ("sql", "code", "text"),
    [
        ("selec 1", "InvalidArgument", "(errno 1064) (sqlstate 42000)"),
        ("select * from nosuch", "NotFound", "Table 'vt_ks.nosuch' doesn't exist (errno 1146) (sqlstate 42S02)"),
        ("insert into t (id) values (1)", "AlreadyExists", "Duplicate entry '1' for key 't.PRIMARY' (errno 1062)"),
        ("select nosuch from t", "NotFound", "Unknown column 'nosuch' in 'field list' (errno 1054) (sqlstate 42S22)"),
        ("select std(1)", "Unimplemented", "The rehearsal's MySQL cannot do this (MySQL can)"),
        ("insert into t (id, v) values (2)", "InvalidArgument", "Column count doesn't match value count at row 1"),
    ],
)
def test_errors_keep_number_and_state_and_have_vitess_code(two: list[Member], sql: str, code: str, text: str) -> None:
    two[0].query("insert into t (id) values (1)")
    with pytest.raises(TabletError) as refused:
        two[0].query(sql)
    assert refused.value.code == code
    assert text in refused.value.text
    assert refused.value.text.endswith(f'(CallerID: userData1): Sql: "{sql}", BindVars: {{}}')


def test_fields_tell_types_and_origins(two: list[Member]) -> None:
    two[0].query("insert into t (v) values ('a')")
    result = two[0].queries.execute("ks", "0", "primary", "select id, v as word, count(*) from t group by 1, 2", 0)[
        "result"
    ]
    told = [(field["name"], field["type"], field["table"], field["org_name"]) for field in result["fields"]]
    assert told == [("id", "INT64", "t", "id"), ("word", "VARCHAR", "t", "v"), ("count(*)", "INT64", "", "")]
    assert result["rows"] == [["1", "a", "1"]]


def test_2_1_takes_a_write_outside_a_transaction_only_where_it_is_told_to(folder: Path) -> None:
    """Its `-enable-autocommit`, which is off; from 2.2 on vtgate begins a transaction where a client does not."""
    write = ("ks", "0", "primary", "insert into t (v) values ('a')")
    names = [f"db-config-{role}-uname=vt_{role}" for role in ROLES]
    with led_shard(folder / "told", 1, *names, "enable-autocommit=true", release="2.1") as (told,):
        assert told.queries.execute(*write, 0)["result"]["rows_affected"] == 1
    with led_shard(folder / "not", 1, *names, release="2.1") as (not_told,):
        with pytest.raises(TabletError, match="disallowed outside transaction"):
            not_told.queries.execute(*write, 0)
        number = not_told.queries.begin("ks", "0", "primary")
        assert not_told.queries.execute(*write, number)["result"]["rows_affected"] == 1


def test_an_insert_tells_its_number(two: list[Member]) -> None:
    answer = two[0].queries.execute("ks", "0", "primary", "insert into t (v) values ('a'), ('b')", 0)
    assert answer["result"] == {"fields": [], "rows": [], "rows_affected": 2, "insert_id": 1}
    assert answer["transaction_id"] == 0


def test_a_replica_answers_reads_and_refuses_writes(two: list[Member]) -> None:
    two[0].query("insert into t (v) values ('a')")
    assert two[1].query("select v from t") == [["a"]]
    with pytest.raises(TabletError, match="errno 1290") as refused:
        two[1].query("insert into t (v) values ('b')")
    assert refused.value.code == "FailedPrecondition"


# Transactions


def test_a_transaction_commits_or_rolls_back_as_a_whole(two: list[Member]) -> None:
    primary, replica = two
    for ending, count in ((primary.queries.rollback, "0"), (primary.queries.commit, "2")):
        number = primary.queries.begin("ks", "0", "primary")
        assert number > 0
        primary.query("insert into t (v) values ('a')", number)
        primary.query("insert into t (v) values ('b')", number)
        assert primary.query("select count(*) from t", number) == [["2"]]
        assert primary.query("select count(*) from t") == [["0"]]
        ending("ks", "0", "primary", number)
        assert replica.query("select count(*) from t") == [[count]]


def test_an_ended_transaction_is_known_no_more(two: list[Member]) -> None:
    queries = two[0].queries
    number = queries.begin("ks", "0", "primary")
    queries.commit("ks", "0", "primary", number)
    stamp = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.000 UTC"
    with pytest.raises(TabletError) as refused:
        two[0].query("select 1", number)
    assert refused.value.code == "Aborted"
    assert re.fullmatch(rf"transaction {number}: ended at {stamp} \(unlocked connection\)", refused.value.text)
    with pytest.raises(TabletError, match="transaction 5: ended at unknown"):
        queries.commit("ks", "0", "primary", 5)


def test_a_transaction_that_is_left_open_is_ended(two: list[Member]) -> None:
    queries = two[0].queries
    number = queries.begin("ks", "0", "primary")
    two[0].query("insert into t (v) values ('left')", number)
    queries.end_old_transactions(older_than=0.0)  # type: ignore[attr-defined]
    with pytest.raises(TabletError, match=rf"transaction {number}: ended at .* \(exceeded timeout: 0s\)"):
        queries.commit("ks", "0", "primary", number)
    two[0].query("insert into t (v) values ('next')")
    assert two[0].query("select v from t") == [["next"]]


def test_an_error_leaves_a_transaction_open(two: list[Member]) -> None:
    number = two[0].queries.begin("ks", "0", "primary")
    two[0].query("insert into t (id) values (1)", number)
    with pytest.raises(TabletError, match="errno 1062"):
        two[0].query("insert into t (id) values (1)", number)
    two[0].queries.commit("ks", "0", "primary", number)
    assert two[0].query("select id from t") == [["1"]]


# A write that nobody confirms


def test_without_replicas_a_write_ends_after_its_time_and_is_not_there(two: list[Member]) -> None:
    primary, replica = two
    replica.manager.stop_replication()
    began = time.monotonic()
    with pytest.raises(TabletError, match=r"maximum statement execution time exceeded \(errno 3024\)") as refused:
        primary.query("insert into t (v) values ('alone')")
    assert refused.value.code == "DeadlineExceeded"
    assert time.monotonic() - began > 2
    assert primary.query("select count(*) from t") == [["0"]]
    assert primary.manager.full_status()["semi_sync_blocked"]
    replica.manager.start_replication(semi_sync=True)
    eventually("the row arrives", lambda: primary.query("select count(*) from t") == [["1"]])
    assert not primary.manager.full_status()["semi_sync_blocked"]


# A dead mysqld


def test_a_dead_mysqld_is_noticed_by_queries_alone(two: list[Member]) -> None:
    _, replica = two
    replica.stop_mysqld()
    assert replica.tablet.serving, "nothing asked yet"
    with pytest.raises(TabletError, match="errno 20") as refused:
        replica.query("select 1")
    assert refused.value.code == "Unavailable"
    assert not replica.tablet.serving
    with pytest.raises(TabletError, match="operation not allowed in state NOT_SERVING"):
        replica.query("select 1")


# Health


def test_health_is_reported_at_once_and_at_every_change(two: list[Member]) -> None:
    primary = two[0]
    reports = primary.queries.stream_health()
    first = next(reports)
    assert first | {"term_start": 0.0} == {
        "alias": "zone1-0000000100",
        "keyspace": "ks",
        "shard": "0",
        "type": "primary",
        "serving": True,
        "lag_seconds": 0,
        "term_start": 0.0,
        "error": "",
    }
    assert abs(first["term_start"] - time.time()) < 60
    threading.Timer(0.02, primary.manager.demote_primary).start()
    seen = [next(reports)]
    while seen[-1]["serving"]:
        seen.append(next(reports))
    assert seen[-1]["error"] == "operation not allowed in state NOT_SERVING"
    assert primary.tablet.streams == 1
    reports.close()  # type: ignore[attr-defined]
    assert primary.tablet.streams == 0


def test_a_replica_reports_no_term(two: list[Member]) -> None:
    report = next(two[1].queries.stream_health())
    assert (report["type"], report["serving"], report["term_start"]) == ("replica", True, 0.0)


def test_types_that_do_not_serve(two: list[Member]) -> None:
    for kind, serves in ((topodata.RDONLY, True), (topodata.SPARE, False), (topodata.DRAINED, False)):
        two[1].tablet.become(kind)
        assert two[1].tablet.report()["serving"] is serves

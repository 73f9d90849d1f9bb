"""SQL on one tablet: which one, how many rows, what is not written to a replica."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.replay import Exchange, replay
from tests.support.world import a_cluster, context_of, open_world
from vitessctl import releases
from vitessctl.sql.tablet import FETCHED, TabletPlace, by_alias, of_shard
from vitessctl.vtctld.client import connect
from vitessctl.vtctld.errors import NodeMissingError, TooManyRowsError
from vitessctl.vtctld.interface import Vtctld
from vitessctl.vtctld.proto import query_pb2, vtctldata_pb2
from vitessctl.vtctld.records import TabletRecord

PRIMARY = TabletRecord("zone1-0000000100", "messages", "0", "primary", "h")
REPLICA = TabletRecord("zone1-0000000101", "messages", "0", "replica", "h")


@pytest.fixture
def vtctld() -> Vtctld:
    return context_of(open_world(), a_cluster()).vtctld


def request(limit: int) -> dict[str, Any]:
    return {"tablet_alias": {"cell": "zone1", "uid": 101}, "query": "select a from t", "max_rows": limit}


def answer(count: int) -> bytes:
    rows = [query_pb2.Row(lengths=[1], values=b"x") for _ in range(count)]
    result = query_pb2.QueryResult(fields=[query_pb2.Field(name="a")], rows=rows)
    return vtctldata_pb2.ExecuteFetchAsDBAResponse(result=result).SerializeToString()


@pytest.mark.parametrize(
    ("wanted", "asked", "there", "shown", "cut"),
    [(2, FETCHED, 2, 2, False), (2, FETCHED, 3, 2, True), (20_000, 20_001, 1, 1, False)],
)
def test_rows_beyond_those_wanted_are_cut_here(wanted: int, asked: int, there: int, shown: int, cut: bool) -> None:
    with replay([Exchange("ExecuteFetchAsDBA", request(asked), answer(there))]) as server:
        place = TabletPlace(connect(server.address, releases.get("24")), REPLICA, 5.0)
        result = place.run("select a from t", wanted)

    assert (len(result.rows), result.cut) == (shown, cut)


def test_more_rows_than_a_tablet_gives_are_an_error_with_a_way_on() -> None:
    class Vast:
        def fetch_as_dba(self, alias: str, query: str, max_rows: int, seconds: float) -> None:
            raise TooManyRowsError("the query gives more rows than asked for", fix="?")

    with pytest.raises(TooManyRowsError) as refused:
        TabletPlace(Vast(), REPLICA, 5.0).run("select a from t", 5)  # type: ignore[arg-type]

    assert refused.value.fix == "a tablet gives at most 10000 rows to vtctld: add LIMIT to the statement"


@pytest.mark.parametrize(
    ("record", "statement", "refused"),
    [
        (REPLICA, "insert into t values (1)", True),
        (REPLICA, "/* a */ with a as (select 1) delete from t", True),
        (REPLICA, "alter table t add b int", True),
        (REPLICA, "stop replica", False),
        (REPLICA, "set global super_read_only = 0", False),
        (PRIMARY, "insert into t values (1)", False),
    ],
)
def test_rows_of_a_replica_are_not_changed(record: TabletRecord, statement: str, refused: bool) -> None:
    fault = TabletPlace(None, record, 5.0).refuse(statement)  # type: ignore[arg-type]

    assert (fault is not None) == refused
    if fault is not None:
        assert "(errant)" in fault.why
        assert "--primary messages/0" in fault.fix


def test_which_tablet_is_meant(vtctld: Vtctld) -> None:
    assert by_alias(vtctld, "zone1-0000000102").alias == "zone1-0000000102"
    assert of_shard(vtctld, "messages", "0", "primary").alias == "zone1-0000000100"
    assert of_shard(vtctld, "messages", "0", "replica").alias == "zone1-0000000101"


def test_one_that_is_not_there(vtctld: Vtctld) -> None:
    with pytest.raises(NodeMissingError, match="there is no tablet zone1-0000000900"):
        by_alias(vtctld, "zone1-0000000900")
    with pytest.raises(NodeMissingError, match="there is no shard messages/80-"):
        of_shard(vtctld, "messages", "80-", "primary")
    with pytest.raises(NodeMissingError, match="messages/0 has no rdonly"):
        of_shard(vtctld, "messages", "0", "rdonly")

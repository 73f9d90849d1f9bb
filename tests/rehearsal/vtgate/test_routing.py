"""Where the stand-in vtgate sends a statement on a sharded keyspace, and what it refuses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from vitessctl.model.keyrange import equal_parts
from vitessctl.rehearsal.tablet_rpc import QueryResult
from vitessctl.rehearsal.vtgate.failures import GateError
from vitessctl.rehearsal.vtgate.merging import Merge
from vitessctl.rehearsal.vtgate.own import table as result_of
from vitessctl.rehearsal.vtgate.routing import route
from vitessctl.rehearsal.vtgate.vindexes import VINDEXES, null_key_hash, xxhash
from vitessctl.rehearsal.vtgate.vschema import Keyspace, Table

CASES = yaml.safe_load((Path(__file__).parent / "routes.yaml").read_text())
VECTORS = {1: "166b40b44aba4bd6", 2: "06e7ea22ce92708f", 3: "4eb190c9a2fa169c", 4: "d2fd8867d50d2dfe"}


def keyspace(parts: int, vindex: str = "hash") -> Keyspace:
    shards = {str(part): part for part in equal_parts(parts)}
    return Keyspace("shop", True, shards, {"users": Table("id", VINDEXES[vindex])})


@pytest.mark.parametrize("case", CASES, ids=[case["sql"] for case in CASES])
def test_route(case: dict[str, Any]) -> None:
    if "refused" in case:
        with pytest.raises(GateError) as refusal:
            route(keyspace(2), case["sql"])
        assert case["refused"] in refusal.value.text
    else:
        assert dict(route(keyspace(2), case["sql"]).statements) == case["goes_to"]


def test_a_refusal_says_that_it_is_the_rehearsal_that_cannot() -> None:
    with pytest.raises(GateError, match=r"REHEARSAL: the stand-in vtgate cannot route .* real Vitess may"):
        route(keyspace(2), "select distinct name from users")


@pytest.mark.parametrize(("number", "keyspace_id"), VECTORS.items())
def test_hash_gives_the_keyspace_ids_of_vitess(number: int, keyspace_id: str) -> None:
    assert null_key_hash(str(number)).hex() == keyspace_id


def test_xxhash_is_over_the_text_low_byte_first() -> None:
    assert xxhash("").hex() == "99e9d85137db46ef"  # XXH64 of nothing is ef46db3751d8e999


def test_a_value_that_hash_cannot_map_is_an_error_of_the_client() -> None:
    with pytest.raises(GateError, match="could not map value 'x' of id to a keyspace id"):
        route(keyspace(2), "select 1 from users where id = 'x'")


@given(
    ids=st.lists(st.integers(-(2**63), 2**63 - 1), min_size=1, max_size=20, unique=True),
    parts=st.sampled_from([1, 2, 3, 4, 16]),
    vindex=st.sampled_from(sorted(VINDEXES)),
)
def test_every_inserted_row_goes_to_exactly_the_shard_that_holds_it(ids: list[int], parts: int, vindex: str) -> None:
    place = keyspace(parts, vindex)
    rows = ", ".join(f"({number}, 'x')" for number in ids)

    sent = route(place, f"insert into users (id, name) values {rows}").statements

    found: list[int] = []
    for shard, sql in sent:
        numbers = [int(part.split(",")[0]) for part in sql.partition("VALUES ")[2].strip("()").split("), (")]
        found += numbers
        assert all(place.shards[shard].contains(VINDEXES[vindex](str(number))) for number in numbers)
    assert sorted(found) == sorted(ids)


def numbers(*rows: list[str | None], affected: int = 0) -> QueryResult:
    return {**result_of(["n", "word"], list(rows), "INT64"), "rows_affected": affected}


MERGES: list[tuple[str, Merge, list[QueryResult], list[list[str | None]]]] = [
    ("rows one after the other", Merge(), [numbers(["1", "a"]), numbers(["2", "b"])], [["1", "a"], ["2", "b"]]),
    ("by number, not by text", Merge(order=(("n", False),)), [numbers(["10", "a"]), numbers(["9", "b"])],
     [["9", "b"], ["10", "a"]]),
    ("downwards, NULL last", Merge(order=(("n", True),)), [numbers([None, "a"]), numbers(["9", "b"])],
     [["9", "b"], [None, "a"]]),
    ("the first rows of all", Merge(order=(("n", False),), limit=1), [numbers(["2", "a"]), numbers(["1", "b"])],
     [["1", "b"]]),
    ("sum and greatest", Merge(aggregates=("sum", "max")), [numbers(["2", "7"]), numbers(["3", "10"])],
     [["5", "10"]]),
    ("an empty shard adds nothing", Merge(aggregates=("sum", "min")), [numbers(["2", None]), numbers([None, "4"])],
     [["2", "4"]]),
]  # fmt: skip


@pytest.mark.parametrize(("name", "merge", "results", "rows"), MERGES, ids=[case[0] for case in MERGES])
def test_merge(name: str, merge: Merge, results: list[QueryResult], rows: list[list[str | None]]) -> None:
    assert merge.apply(results)["rows"] == rows


def test_changed_rows_add_up() -> None:
    assert Merge().apply([numbers(affected=2), numbers(affected=3)])["rows_affected"] == 5

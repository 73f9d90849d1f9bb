"""What a person reads, and what a caller can catch, when vtctld refuses."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.contract.cases import load
from vitessctl.errors import NotReadyError, UnreachableError
from vitessctl.vtctld.errors import VtctldError
from vitessctl.vtctld.methods import METHODS
from vitessctl.vtctld.refusal import node_name, refusal, table, unnest

CODES = ["UNKNOWN", "UNAVAILABLE", "DEADLINE_EXCEEDED", "UNIMPLEMENTED", "INTERNAL", "PERMISSION_DENIED"]


def of(case: dict[str, Any]) -> VtctldError:
    return refusal(case["rpc"], case["code"], case["text"], case["subject"], "vtctld:15999", 5.0)


@pytest.mark.parametrize("case", load("refusals"))
def test_a_refusal_is_named_from_its_text(case: dict[str, Any]) -> None:
    error = of(case)
    assert type(error).__name__ == case["raises"]
    assert str(error) == case["says"]
    assert isinstance(error, (NotReadyError, UnreachableError)) is case["waits"]
    assert (getattr(error, "errno", 0), getattr(error, "sqlstate", "")) == (
        case.get("errno", 0),
        case.get("sqlstate", ""),
    )
    assert list(error.evidence) == case.get("evidence", [])


@pytest.mark.parametrize("case", load("refusals"))
def test_no_statement_is_repeated_since_it_may_hold_a_password(case: dict[str, Any]) -> None:
    error = of(case)
    assert "hunter2" not in f"{error} {error.text} {error.evidence}"


def test_every_row_of_the_table_has_a_case() -> None:
    used = {of(case.values[0]).what for case in load("refusals")}
    unused = [row.what for row in table() if not any(_could_be(row.what, what) for what in used)]
    assert unused == []


def _could_be(template: str, what: str) -> bool:
    """Whether a sentence may come from a template with {words} in it."""
    import re

    pattern = re.sub(r"\\\{\w+\\\}", ".*", re.escape(template))
    return re.fullmatch(pattern, what) is not None


@given(st.sampled_from(CODES), st.text(), st.sampled_from(sorted(METHODS)))
def test_any_text_becomes_an_error_with_all_parts(code: str, text: str, rpc: str) -> None:
    error = refusal(rpc, code, text)
    assert error.what
    assert error.fix
    assert error.where == rpc


@given(st.text())
def test_unnesting_twice_changes_nothing(text: str) -> None:
    wrapped = f"rpc error: code = Unknown desc = TabletManager.Ping on zone1-0000000100: {text}"
    assert unnest(unnest(wrapped)) == unnest(wrapped)


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/vitess/global/cells/zone1/CellInfo", "cell zone1"),
        ("/vitess/global/keyspaces/commerce/Keyspace", "keyspace commerce"),
        ("/vitess/global/keyspaces/commerce/", "keyspace commerce"),
        ("/vitess/global/keyspaces/commerce/VSchema", "VSchema of keyspace commerce"),
        ("/vitess/global/keyspaces/commerce/shards", "keyspace commerce"),
        ("/vitess/global/keyspaces/commerce/shards/-80/Shard", "shard commerce/-80"),
        ("/vitess/global/keyspaces/commerce/shards/-80/", "shard commerce/-80"),
        ("/vitess/zone1/tablets/zone1-0000000100/Tablet", "tablet zone1-0000000100"),
        ("/vitess/zone1/SrvVSchema", "/vitess/zone1/SrvVSchema"),
    ],
)
def test_a_topology_path_in_words(path: str, words: str) -> None:
    assert node_name(path) == words


def test_the_layers_of_several_servers_are_taken_off() -> None:
    said = (
        "rpc error: code = Unknown desc = TabletManager.ExecuteFetchAsDba on zone1-0000000100: "
        "rpc error: code = Unknown desc = Duplicate entry '1' for key 't.PRIMARY' (errno 1062) (sqlstate 23000) "
        "during query: insert into t values (1)"
    )
    assert unnest(said) == "Duplicate entry '1' for key 't.PRIMARY' (errno 1062) (sqlstate 23000)"

"""The command lines that the legacy client sends for each call, by release, and what it makes of their output."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.cases import load
from tests.contract.legacy_replay import Command, legacy_replay
from tests.contract.replay import Exchange, replay
from tests.contract.test_calls import arguments, plain
from vitessctl import releases
from vitessctl.vtctld import errors
from vitessctl.vtctld.client import connect
from vitessctl.vtctld.interface import Vtctld
from vitessctl.vtctld.legacy.mysql import OWN_TABLES

ALIAS, OTHER = "zone1-0000000100", "zone1-0000000101"
LEGACY = [name for name in releases.names() if releases.get(name).rpc == "legacy"]
LISTED = "\n".join(f"{alias} commerce 0 replica h:1 h:2 []" for alias in (ALIAS, OTHER))
EMPTY = '{"fields": [{"name": "t"}], "rows_affected": 0, "insert_id": 0, "rows": []}'
LEADERLESS = Command(["GetShard", "commerce/0"], '{"served_types": [{"tablet_type": 1}]}')


def test_the_legacy_service_is_that_of_2_1_to_14() -> None:
    assert (LEGACY[0], LEGACY[-1], len(LEGACY)) == ("2.1", "14", 14)


@pytest.mark.parametrize("case", load("legacy"))
def test_a_call_and_what_it_prints(case: dict[str, Any]) -> None:
    prints = [*case.get("prints", ()), *[""] * len(case["sends"])]
    commands = [Command(words, text) for words, text in zip(case["sends"], prints, strict=False)]
    with legacy_replay(commands) as server:
        client = connect(server.address, releases.get(case["release"]))
        assert plain(getattr(client, case["call"])(**arguments(case))) == case["gives"]
        client.close()


def test_every_call_of_the_interface_has_a_case() -> None:
    calls = {name for name in vars(Vtctld) if not name.startswith("_")}
    seen = {case.values[0]["call"] for case in load("legacy")}
    assert calls - seen == {"close", "full_status", "set_durability"}


@pytest.mark.parametrize("text", ["node doesn't exist", "node doesn't exist: /vitess/global/keyspaces/nope/Keyspace"])
@pytest.mark.parametrize(
    ("call", "args", "words", "gives"),
    [
        ("cells", [], ["GetCellInfoNames"], ()),
        ("cell", ["nope"], ["GetCellInfo", "nope"], None),
        ("keyspaces", [], ["GetKeyspaces"], ()),
        ("keyspace", ["nope"], ["GetKeyspace", "nope"], None),
        ("shard", ["nope", "0"], ["GetShard", "nope/0"], None),
        ("shards", ["nope"], ["FindAllShardsInKeyspace", "nope"], ()),
        ("vschema", ["nope"], ["GetVSchema", "nope"], "{}"),
        ("served_keyspaces", ["nope"], ["GetSrvVSchema", "nope"], ()),
    ],
)
def test_absent_records_are_no_errors(text: str, call: str, args: list[str], words: list[str], gives: Any) -> None:
    with legacy_replay([Command(words, fails=text)]) as server:
        assert getattr(connect(server.address, releases.get("9")), call)(*args) == gives


def test_a_cell_that_never_had_a_tablet_has_none() -> None:
    """2.1 says that its node does not exist; any other failure is one of the whole list."""
    cells = Command(["GetCellInfoNames"], "zone1\n")
    listing = ["ListAllTablets", "zone1"]
    with legacy_replay([cells, Command(listing, fails="node doesn't exist")]) as server:
        assert connect(server.address, releases.get("2.1")).tablets() == ()
    with (
        legacy_replay([cells, Command(listing, fails="deadline exceeded: zone1/tablets")]) as server,
        pytest.raises(errors.TopologyUnavailableError),
    ):
        connect(server.address, releases.get("3")).tablets()


@pytest.mark.parametrize(
    ("release", "words"),
    [
        ("2.1", ["InitShardMaster", "--force", "--wait_slave_timeout=30s"]),
        ("6", ["InitShardMaster", "--force", "--wait_slave_timeout=30s"]),
        ("7", ["InitShardMaster", "--force", "--wait_replicas_timeout=30s"]),
        ("11", ["InitShardMaster", "--force", "--wait_replicas_timeout=30s"]),
        ("12", ["InitShardPrimary", "--force", "--wait_replicas_timeout=30s"]),
    ],
)
def test_the_first_primary_until_12_is_forced_only_when_every_tablet_is_proven_empty(
    release: str, words: list[str]
) -> None:
    commands = [
        LEADERLESS,
        Command(["GetCellInfoNames"], "zone1\n"),
        Command(["ListAllTablets", "zone1"], LISTED),
        Command(["ExecuteFetchAsDba", "--max_rows=10000", "--json", ALIAS, OWN_TABLES], EMPTY),
        Command(["ExecuteFetchAsDba", "--max_rows=10000", "--json", OTHER, OWN_TABLES], EMPTY),
        Command([*words, "commerce/0", OTHER]),
    ]
    with legacy_replay(commands) as server:
        assert connect(server.address, releases.get(release)).plan_reparent("commerce", "0", OTHER) == OTHER


def test_nothing_is_forced_where_one_tablet_holds_rows_even_if_it_is_not_the_one_to_lead() -> None:
    held = EMPTY.replace('"rows": []', '"rows": [["vt_commerce.notes"]]')
    commands = [
        LEADERLESS,
        Command(["GetCellInfoNames"], "zone1\n"),
        Command(["ListAllTablets", "zone1"], LISTED),
        Command(["ExecuteFetchAsDba", "--max_rows=10000", "--json", ALIAS, OWN_TABLES], EMPTY),
        Command(["ExecuteFetchAsDba", "--max_rows=10000", "--json", OTHER, OWN_TABLES], held),
    ]
    with legacy_replay(commands) as server, pytest.raises(errors.RefusedError) as caught:
        connect(server.address, releases.get("2.1")).plan_reparent("commerce", "0", ALIAS)
    assert str(caught.value) == (
        "commerce/0: commerce/0 has no primary, and its tablets are not empty\n"
        "  why: this release makes a first primary only by resetting the history of every tablet, which is refused "
        "where there are rows to lose\n"
        "  fix: Decide which tablet's rows count, and make it the primary by hand: vtctlclient "
        "TabletExternallyReparented ALIAS. Nothing was changed; the next up goes on from there."
    )
    assert caught.value.evidence == (f"{OTHER} has vt_commerce.notes",)


def test_nothing_is_forced_while_a_tablet_does_not_say_what_it_holds() -> None:
    commands = [
        LEADERLESS,
        Command(["GetCellInfoNames"], "zone1\n"),
        Command(["ListAllTablets", "zone1"], LISTED),
        Command(
            ["ExecuteFetchAsDba", "--max_rows=10000", "--json", ALIAS, OWN_TABLES],
            fails='rpc error: code = 14 desc = grpc: dial tcp 10.0.0.1:16100: connect: connection refused"',
        ),
    ]
    with legacy_replay(commands) as server, pytest.raises(errors.TabletUnreachableError):
        connect(server.address, releases.get("9")).plan_reparent("commerce", "0", ALIAS)


@pytest.mark.parametrize("call", ["plan_reparent", "emergency_reparent"])
@pytest.mark.parametrize("release", LEGACY)
def test_a_second_elector_that_is_late_is_stopped(release: str, call: str) -> None:
    found = Command(
        ["GetShard", "commerce/0"], '{"primary_alias": {"cell": "zone1", "uid": 101}, "is_primary_serving": true}'
    )
    with legacy_replay([found]) as server:
        client = connect(server.address, releases.get(release))
        with pytest.raises(errors.ExpectedPrimaryError):
            getattr(client, call)("commerce", "0", new_primary=ALIAS, expected_primary=ALIAS)


def test_until_7_an_emergency_reparent_needs_its_primary() -> None:
    client = connect("127.0.0.1:1", releases.get("7"))
    with pytest.raises(errors.InvalidRequestError):
        client.emergency_reparent("commerce", "0")


def test_until_3_a_semicolon_in_quotes_is_refused_before_anything_is_sent() -> None:
    client = connect("127.0.0.1:1", releases.get("3"))
    with pytest.raises(errors.InvalidRequestError, match="semicolon within quotes"):
        client.apply_schema("commerce", ["create table t (c char default ';')"])


def test_14_sets_durability_over_the_other_service_and_older_ones_cannot() -> None:
    request = {"keyspace": "commerce", "durability_policy": "semi_sync"}
    with replay([Exchange("SetKeyspaceDurabilityPolicy", request)]) as server:
        connect(server.address, releases.get("14")).set_durability("commerce", "semi_sync")
    with pytest.raises(errors.UnimplementedError, match="a keyspace of Vitess 13 has no durability policy"):
        connect("127.0.0.1:1", releases.get("13")).set_durability("commerce", "semi_sync")


def test_the_commands_deadline_is_the_calls() -> None:
    answer = Command(["GetSchema", ALIAS], "{}")
    with legacy_replay([answer]) as server:
        connect(server.address, releases.get("9")).schema(ALIAS, seconds=7)
    assert server.deadlines == [pytest.approx(7, abs=2)]


@pytest.mark.parametrize("prints", ["", "[]", "Usage: GetShard <keyspace/shard>\n", "{"])
def test_output_that_is_none_of_the_release_is_said_to_be(prints: str) -> None:
    with (
        legacy_replay([Command(["GetShard", "commerce/0"], prints)]) as server,
        pytest.raises(errors.VtctldError, match="not what its release prints") as caught,
    ):
        connect(server.address, releases.get("9")).shard("commerce", "0")
    assert "release" in caught.value.fix


def test_a_refusal_names_the_command() -> None:
    text = f"cannot delete tablet {ALIAS} as it is a master, use allow_master flag"
    with (
        legacy_replay([Command(["DeleteTablet", ALIAS], fails=text)]) as server,
        pytest.raises(errors.RefusedError, match="is the primary of its shard") as caught,
    ):
        connect(server.address, releases.get("9")).delete_tablet(ALIAS)
    assert caught.value.rpc == "DeleteTablet"

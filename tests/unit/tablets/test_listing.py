"""From what was seen to rows: nothing is made up where something did not answer."""

from __future__ import annotations

import pytest

from tests.support.world import World, a_cluster, context_of, open_world
from tests.unit.status.looks import judged
from vitessctl.errors import UsageError
from vitessctl.status.observe import observe
from vitessctl.tablets.choosing import chosen
from vitessctl.tablets.listing import STRANGER, Listing, listing_of
from vitessctl.vtctld.records import TabletRecord

FIRST, SECOND, THIRD = (f"zone1-{number:010d}" for number in (100, 101, 102))
TWO = a_cluster(
    cells=("zone1", "zone2"), keyspaces={"messages": {}, "zone2": {"shards": ("-80", "80-"), "replicas": 2}}
)
"""A keyspace and a cell have the same name."""


def listed(world: World) -> Listing:
    context = context_of(world, a_cluster())
    observed = observe(context)
    return listing_of(context.cluster, observed, judged(context, observed))


def test_a_healthy_shard() -> None:
    listing = listed(open_world())

    assert listing.well
    assert [(row.alias, row.type, row.serving, row.lag_seconds) for row in listing.rows] == [
        (FIRST, "primary", True, 0.0),
        (SECOND, "replica", True, 0),
        (THIRD, "replica", True, 0),
    ]
    assert len({row.position for row in listing.rows}) == 1
    assert all(row.hostname and row.ports["vt"] for row in listing.rows)


def test_a_tablet_that_is_dead_keeps_its_record_and_nothing_else_is_known() -> None:
    world = open_world()
    world.kill("vttablet", SECOND)

    row = listed(world).rows[1]

    assert (row.type, row.serving, row.lag_seconds, row.position) == ("replica", None, None, None)
    assert row.differs == ("its record is in the topology, its process is BACKOFF",)
    assert not row.well


def test_a_tablet_that_only_the_topology_has_is_shown_and_said_to_be() -> None:
    world = open_world()
    stray = TabletRecord("zone1-0000000900", "messages", "0", "replica", "gone", {"vt": 15900}, "gone", 3306, 5.0)
    world.topology.tablets[stray.alias] = stray

    listing = listed(world)

    row = listing.rows[-1]
    assert (row.alias, row.serving, row.differs) == (stray.alias, None, (STRANGER,))
    assert (row.hostname, row.mysql, row.primary_term_start, row.cell) == ("gone", "gone:3306", 5.0, "zone1")
    assert not listing.well


def test_without_a_topology_the_specs_tablets_are_listed_and_the_reason_said() -> None:
    listing = listed(World())

    assert listing.topology_error == "nobody listens there (connection refused)"
    assert [(row.alias, row.type) for row in listing.rows] == [(FIRST, ""), (SECOND, ""), (THIRD, "")]
    assert not listing.well


def everything() -> Listing:
    context = context_of(World(), TWO)
    observed = observe(context)
    return listing_of(TWO, observed, judged(context, observed))


@pytest.mark.parametrize(
    ("words", "numbers"),
    [
        ([], [100, 101, 102, 103, 104, 105, 106]),
        (["zone1"], [100, 102, 103, 105]),
        (["zone2"], [101, 103, 104, 105, 106]),
        (["messages"], [100, 101, 102]),
        (["zone2/-80"], [103, 104]),
        (["zone1-100", "zone2/80-"], [100, 105, 106]),
        (["zone2-0000000101", "zone2-101"], [101]),
    ],
)
def test_which_tablets_are_meant(words: list[str], numbers: list[int]) -> None:
    rows = chosen(TWO, everything(), words).rows

    assert [int(row.alias.rpartition("-")[2]) for row in rows] == numbers


@pytest.mark.parametrize(
    ("word", "fix"),
    [
        ("mesages", "did you mean messages?"),
        ("zone2/80-c0", "did you mean zone2/80-?"),
        ("zone1-107", "did you mean zone1-0000000105?"),
        ("", "give a cell, KEYSPACE, KEYSPACE/SHARD, or an alias (zone1-100)"),
    ],
)
def test_a_word_that_means_none_is_a_mistake(word: str, fix: str) -> None:
    with pytest.raises(UsageError) as wrong:
        chosen(TWO, everything(), ["messages", word])

    assert wrong.value.why == "cells are zone1, zone2; keyspaces are messages, zone2"
    assert wrong.value.fix == fix

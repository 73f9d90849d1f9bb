"""Whatever the tablets hold: nobody is made primary who lacks what another has, and nothing is forced."""

from __future__ import annotations

import re
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

import vitessctl
from tests.support.world import World, a_cluster, down, open_world, up
from tests.support.world.mysql import Gtid, text_of
from tests.support.world.stages import prepare
from vitessctl.errors import NotReadyError
from vitessctl.model.cluster import Timeouts
from vitessctl.model.gtid import parse_gtid_set
from vitessctl.run.completeness import most_complete
from vitessctl.vtctld.interface import Vtctld

ALIASES = [f"zone1-{number:010d}" for number in range(100, 104)]
REPLICAS, RDONLY = ALIASES[:3], ALIASES[3]
CLUSTER = a_cluster(rdonly=1, timeouts=Timeouts(default=20))
gtids = st.sets(st.tuples(st.sampled_from(["aa", "bb", "cc"]), st.integers(1, 4)), max_size=8)
histories = st.fixed_dictionaries(dict.fromkeys(ALIASES, gtids))


@st.composite
def nested_histories(draw: st.DrawFn) -> dict[str, set[Gtid]]:
    """Histories of which each is a part of one longest: how they look after ordinary replication."""
    longest = sorted(draw(gtids))
    return {alias: set(longest[: draw(st.integers(0, len(longest)))]) for alias in ALIASES}


def world_with(histories: dict[str, set[Gtid]]) -> World:
    world = World()
    prepare(world, CLUSTER, "primary")
    for alias, executed in histories.items():
        world.mysqlds[alias].executed = set(executed)
    return world


def complete(histories: dict[str, set[Gtid]]) -> list[str]:
    """Replica tablets that have everything that any tablet has."""
    everything = set().union(*histories.values())
    return [alias for alias in REPLICAS if histories[alias] == everything]


@settings(max_examples=150, deadline=None)
@given(st.one_of(histories, nested_histories()))
def test_only_a_tablet_that_has_everything_is_elected(histories: dict[str, set[Gtid]]) -> None:
    world = world_with(histories)

    outcome = up(world, CLUSTER)

    assert world.crimes == []
    if complete(histories):
        assert outcome.error is None
        assert world.elections == [("vtctld", complete(histories)[0])]
        assert all(mysqld.executed >= set().union(*histories.values()) for mysqld in world.mysqlds.values())
    else:
        assert isinstance(outcome.error, NotReadyError)
        assert "no replica tablet has everything that the others have" in outcome.error.why
        assert outcome.error.evidence == tuple(
            f"{alias}: {text_of(executed) or 'empty'}" for alias, executed in sorted(histories.items())
        )
        assert (world.elections, world.primary()) == ([], "")
        assert {alias: world.mysqlds[alias].executed for alias in ALIASES} == histories, "somebody's rows changed"


@settings(max_examples=60, deadline=None)
@given(st.one_of(histories, nested_histories()), st.sets(st.sampled_from(ALIASES), min_size=1))
def test_nobody_is_elected_while_a_tablet_is_silent(histories: dict[str, set[Gtid]], silent: set[str]) -> None:
    world = world_with(histories)
    for alias in silent:
        world.kill_tablet(alias, back_in=1e9)

    outcome = up(world, CLUSTER)

    assert isinstance(outcome.error, NotReadyError)
    assert world.elections == []


@settings(max_examples=60, deadline=None)
@given(histories, st.sampled_from(REPLICAS))
def test_a_lost_primarys_role_goes_only_to_one_that_has_all_that_is_left(
    histories: dict[str, set[Gtid]], lost: str
) -> None:
    world = open_world(CLUSTER)
    down(world, CLUSTER)
    record = world.topology.shards["messages", "0"]
    world.topology.shards["messages", "0"] = type(record)("messages", "0", lost, True)
    for alias, executed in histories.items():
        world.mysqlds[alias].executed = set(executed)
    world.mysqlds[lost].lose_everything()
    world.elections.clear()
    left = {alias: executed for alias, executed in histories.items() if alias != lost}
    everything = set().union(*left.values())
    fit = [alias for alias in REPLICAS if alias != lost and left[alias] == everything and everything]

    outcome = up(world, CLUSTER)

    assert world.crimes == []
    if fit:
        assert outcome.error is None
        assert world.elections == [("vtctld", fit[0])]
        assert world.mysqlds[lost].executed >= everything, "the lost one has not copied"
    else:
        assert isinstance(outcome.error, NotReadyError)
        rest = "no other replica tablet has everything that is left" if everything else "no other tablet has any"
        assert f"is gone, and {rest}" in outcome.error.why
        assert (world.elections, world.primary()) == ([], lost)


@given(histories)
def test_most_complete_is_the_first_candidate_that_lacks_nothing(histories: dict[str, set[Gtid]]) -> None:
    positions = {alias: parse_gtid_set(text_of(executed)) for alias, executed in histories.items()}
    tablets = [tablet for tablet in CLUSTER.tablets() if tablet.type == "replica"]

    best = most_complete(positions, tablets)

    assert (best.alias if best else None) == next(iter(complete(histories)), None)


def test_there_is_no_candidate_where_nobody_is_left() -> None:
    assert most_complete({}, []) is None


def test_no_code_that_runs_stages_knows_a_forced_initialisation() -> None:
    """The interface has no such call, and nothing below run/ names one."""
    assert not [name for name in dir(Vtctld) if "init_shard" in name or "force" in name]
    package = Path(vitessctl.__file__).parent
    for folder in ("run", "status", "cli"):
        for path in (package / folder).rglob("*.py"):
            assert not re.search(r"InitShardPrimary|init_shard|allow_primary=True", path.read_text()), path

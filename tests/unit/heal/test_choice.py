"""Which reparent is chosen, to whom, at what price; and what is refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.world import a_cluster, open_world
from tests.unit.heal.worlds import FIRST, SECOND, THIRD, a_world, seen_in
from vitessctl import releases
from vitessctl.errors import UsageError, VitessctlError
from vitessctl.heal.allowing import NotAllowed, refuse_unallowed
from vitessctl.heal.choice import CannotReparent, choose, says
from vitessctl.heal.shards import chosen_shard, chosen_shards, tablet_alias_of
from vitessctl.model.durability import acknowledgers
from vitessctl.plan.safety import Danger, Hazard

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "choice.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=[case["case"] for case in CASES])
def test_what_is_chosen(case: dict[str, Any]) -> None:
    world, cluster = a_world(case)
    seen, release = seen_in(world, cluster), releases.get(cluster.release)
    wanted = {"to": case.get("to", ""), "emergency": case.get("emergency", False)}

    if "refused" in case:
        with pytest.raises(VitessctlError) as refused:
            choose(seen, release, **wanted)
        for words in case["refused"]:
            assert words in str(refused.value)
        return
    found = choose(seen, release, **wanted)

    assert (found.mode.value, found.new) == (case["mode"], case["new"])
    assert found.why == case.get("why", found.why)
    assert list(found.given_up) == case.get("given_up", [])
    hazards = {
        h.danger.value: [o.what for o in found.hazards if o.danger == h.danger] for h in found.hazards if h.danger
    }
    assert hazards == case.get("hazards", {})


def test_a_shard_that_is_not_there() -> None:
    seen = replace(seen_in(open_world(), a_cluster()), record=None)

    with pytest.raises(UsageError, match="messages/0 is not in the topology"):
        choose(seen, releases.get("24"))


def test_a_tablet_without_the_primarys_tables_cannot_lead_though_it_has_its_transactions() -> None:
    """As a forced initialisation leaves it: equal GTID sets, other rows."""
    world = open_world()
    world.effects[world.mysqlds[FIRST].write()] = "notes"
    world.settle()
    seen = seen_in(world, a_cluster())
    hollow = replace(seen.tablets[SECOND], tables=frozenset())

    with pytest.raises(CannotReparent, match="cannot lead") as refused:
        choose(replace(seen, tablets={**seen.tablets, SECOND: hollow}), releases.get("24"), to=SECOND)

    assert refused.value.why == "it lacks the tables notes"
    assert choose(replace(seen, tablets={**seen.tablets, SECOND: hollow}), releases.get("24")).new == THIRD


def test_what_stands_against_each_candidate() -> None:
    world = open_world()
    world.mysqlds[SECOND].stuck = True
    world.write_rows(2)
    world.mysqlds[THIRD].executed.add(("feedbeef", 7))

    found = choose(seen_in(world, a_cluster()), releases.get("24"))

    uuid = world.mysqlds[FIRST].uuid
    assert {each.alias: says(each) for each in found.candidates} == {
        SECOND: f"lacks 2 transactions: {uuid}:2-3",
        THIRD: "has 1 transaction that the primary lacks: feedbeef:7",
    }
    assert found.new == SECOND


@pytest.mark.parametrize(
    ("policy", "who"),
    [
        ("none", []),
        ("", []),
        ("semi_sync", [2, 3]),
        ("semi_sync_with_rdonly_ack", [2, 3, 4]),
        ("cross_cell", [2]),
        ("cross_cell_with_rdonly_ack", [2, 4]),
        ("a policy of tomorrow", []),
    ],
)
def test_who_acknowledges(policy: str, who: list[int]) -> None:
    cluster = a_cluster(cells=("zone1", "zone2"), replicas=3, rdonly=1)
    first, second, third, rdonly = cluster.tablets()
    numbered = {2: second, 3: third, 4: rdonly}

    assert list(acknowledgers(policy, first.alias, cluster.tablets())) == [numbered[number] for number in who]


def test_the_only_shard_of_a_keyspace_needs_no_name() -> None:
    assert chosen_shard(a_cluster(), "messages").path == "messages/0"


def test_one_of_several_shards_has_to_be_named() -> None:
    cluster = a_cluster(shards=("-80", "80-"), replicas=1)

    assert chosen_shard(cluster, "messages/80-").name == "80-"
    assert len(chosen_shards(cluster, "")) == 2
    with pytest.raises(UsageError, match="messages has 2 shards"):
        chosen_shard(cluster, "messages")


@pytest.mark.parametrize("word", ["zone1-101", "zone1-0000000101"])
def test_an_alias_may_be_short(word: str) -> None:
    assert tablet_alias_of(word) == SECOND


@pytest.mark.parametrize("word", ["zone1", "101", "zone1-x", "-101", "zone1-"])
def test_what_is_no_alias(word: str) -> None:
    with pytest.raises(UsageError, match="is no tablet alias"):
        tablet_alias_of(word)


def test_each_danger_needs_its_word() -> None:
    hazards = [
        Hazard(Danger.data_loss, "rows"),
        Hazard(Danger.living_primary, "lives"),
        Hazard(Danger.data_loss, "more"),
    ]

    with pytest.raises(NotAllowed) as refused:
        refuse_unallowed("messages/0", "a reparent", hazards, ["living-primary"])

    assert refused.value.evidence == ("rows", "more")
    assert refused.value.fix == "mend the cause, or add --allow data-loss"
    refuse_unallowed("messages/0", "a reparent", hazards, ["living-primary", "data-loss"])

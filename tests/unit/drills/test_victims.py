"""Whom each drill hits, and what is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.support.world import a_cluster
from tests.unit.drills.things import FIRST, SECOND, THIRD, a_component, everything
from vitessctl.drills.catalogue import DRILLS
from vitessctl.drills.names import Name
from vitessctl.drills.victims import DrillsNotAllowed, NobodyToHit, refuse, victims
from vitessctl.errors import ExitCode, UsageError

CLUSTER = a_cluster()
(SHARD,) = CLUSTER.shards()


@pytest.mark.parametrize(
    ("name", "hit"),
    [
        (Name.kill_primary, [f"mysqlctld-{FIRST}", f"vttablet-{FIRST}"]),
        (Name.kill_vttablet, [f"vttablet-{FIRST}"]),
        (Name.kill_replica, [f"mysqlctld-{SECOND}", f"vttablet-{SECOND}"]),
        (Name.kill_vtgate, ["vtgate-zone1"]),
        (Name.kill_vtctld, ["vtctld"]),
        (Name.kill_etcd, ["etcd-etcd-0"]),
    ],
)
def test_who_is_hit(name: Name, hit: list[str]) -> None:
    found = victims(DRILLS[name], everything(), SHARD, FIRST)

    assert [each.label.removeprefix("Program/") for each in found] == hit


def test_restart_all_hits_everything() -> None:
    assert victims(DRILLS[Name.restart_all], everything(), SHARD, FIRST) == everything()


def test_a_replica_that_is_down_is_passed_over() -> None:
    components = [replace(each, running=each.subject != SECOND) for each in everything()]

    assert {each.subject for each in victims(DRILLS[Name.kill_replica], components, SHARD, FIRST)} == {THIRD}


def test_drain_node_takes_the_node_of_the_primary_unless_another_is_named() -> None:
    components = everything(nodes=("one", "two"))

    assert {each.node for each in victims(DRILLS[Name.drain_node], components, SHARD, SECOND)} == {"two"}
    named = victims(DRILLS[Name.drain_node], components, SHARD, SECOND, "one")
    assert [each.component for each in named].count("vttablet") == 2


def test_of_several_vtgates_the_one_is_hit_that_clients_are_led_to() -> None:
    gates = [a_component("vtgate", "zone1", running=False), a_component("vtgate", "zone1", "2")]

    (found,) = victims(DRILLS[Name.kill_vtgate], gates, SHARD, FIRST)

    assert found.life == "2"


@pytest.mark.parametrize(
    ("name", "primary", "words"),
    [
        (Name.kill_primary, "", "messages/0 has no primary that runs"),
        (Name.kill_etcd, FIRST, "no etcd of this cluster runs here"),
        (Name.kill_replica, FIRST, "has no other tablet of type replica that runs"),
    ],
)
def test_where_there_is_nobody_to_hit(name: Name, primary: str, words: str) -> None:
    alone = [each for each in everything() if each.subject not in (SECOND, THIRD, "etcd-0")]

    with pytest.raises(NobodyToHit) as refused:
        victims(DRILLS[name], alone, SHARD, primary)

    assert words in str(refused.value)


def test_a_node_on_which_nothing_runs() -> None:
    with pytest.raises(NobodyToHit, match="no pod of this cluster runs on node three"):
        victims(DRILLS[Name.drain_node], everything(nodes=("one",)), SHARD, FIRST, "three")


def test_nothing_is_done_without_the_word_of_the_spec() -> None:
    with pytest.raises(DrillsNotAllowed) as refused:
        refuse(CLUSTER, DRILLS[Name.kill_vtgate], "local")

    assert refused.value.exit_code is ExitCode.SPEC
    assert "`drills: allowed`" in refused.value.fix


def test_one_machine_cannot_be_drained() -> None:
    allowed = replace(CLUSTER, drills=True)

    refuse(allowed, DRILLS[Name.drain_node], "kubernetes")
    with pytest.raises(UsageError, match="drain-node is for Kubernetes"):
        refuse(allowed, DRILLS[Name.drain_node], "rehearsal")


def test_every_drill_says_what_it_does_on_each_target() -> None:
    assert set(DRILLS) == set(Name)
    assert all(drill.sentence(target) for drill in DRILLS.values() for target in ("kubernetes", "local", "rehearsal"))

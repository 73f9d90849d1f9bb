"""What a drill is about to do, and what is said before."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.unit.drills.doubles import CLUSTER, SHARD, a_keyspace
from tests.unit.drills.things import FIRST, SECOND, a_status, an_error, everything
from vitessctl import releases
from vitessctl.drills.catalogue import DRILLS
from vitessctl.drills.names import Name
from vitessctl.drills.victims import NotHealthy
from vitessctl.drills.wanted import Wanted, wanted
from vitessctl.status.observed import Observed
from vitessctl.status.report import Status
from vitessctl.vtctld.records import ShardRecord

RECORD = {("messages", "0"): ShardRecord("messages", "0", FIRST, True)}


def a_drill(
    name: Name, release: str = "24", durability: str = "semi_sync", status: Status | None = None, **options: Any
) -> Wanted:
    """A drill on a cluster of three tablets."""
    observed = Observed(everything(nodes=("one",)), shards=RECORD, keyspaces=a_keyspace(durability))
    return wanted(CLUSTER, releases.get(release), DRILLS[name], SHARD, (observed, status or a_status()), **options)


def notes(*arguments: Any, **options: Any) -> str:
    """What is said before."""
    return "\n".join(a_drill(*arguments, **options).notes)


def test_it_knows_whom_it_hits_and_what_ran_before() -> None:
    made = a_drill(Name.kill_primary)

    assert made.primary == FIRST
    assert {each.subject for each in made.victims} == {FIRST}
    assert (made.lives, made.known, made.notes) == ({"1"}, frozenset(), ())
    assert made.has_replicas


def test_a_cluster_that_is_ill_is_left_alone_unless_one_insists() -> None:
    ill = a_status(an_error())

    with pytest.raises(NotHealthy) as refused:
        a_drill(Name.kill_vtgate, status=ill)
    assert refused.value.evidence == ("messages/0: has no primary",)
    assert a_drill(Name.kill_vtgate, status=ill, anyway=True).known == {("shard-without-primary", "messages/0")}


def test_where_vtgate_reads_at_replicas_for_no_mysql_client_nobody_does() -> None:
    assert not a_drill(Name.kill_vtgate, "2.1").asks_replicas
    assert "nobody reads at replicas, as vtgate of Vitess 2.1 does so for no MySQL client" in notes(
        Name.kill_vtgate, "2.1"
    )
    assert a_drill(Name.kill_vtgate, "2.2").asks_replicas
    assert "nobody reads" not in notes(Name.kill_vtgate, "2.2")


def test_without_vtorc_nobody_promotes_a_replica() -> None:
    assert "nobody promotes a replica, so writes wait until the killed primary is back" in notes(
        Name.kill_primary, "14"
    )
    assert "nobody promotes" not in notes(Name.kill_primary, "24")
    assert "nobody promotes" not in notes(Name.kill_replica, "14")


def test_without_durability_rows_may_be_lost() -> None:
    assert "rows that it had not yet copied are lost" in notes(Name.kill_primary, durability="none")
    assert "are lost" not in notes(Name.kill_primary, durability="semi_sync")
    assert "are lost" not in notes(Name.kill_vtgate, durability="none")


def test_a_node_is_not_cordoned_and_that_is_said() -> None:
    assert "node one is not cordoned" in notes(Name.drain_node)


def test_the_only_tablet_of_a_shard_has_no_replicas() -> None:
    made = a_drill(Name.kill_vtgate)
    alone = replace(made, shard=replace(SHARD, tablets=SHARD.tablets[:1]))

    assert not alone.has_replicas
    assert SECOND not in {tablet.alias for tablet in alone.shard.tablets}

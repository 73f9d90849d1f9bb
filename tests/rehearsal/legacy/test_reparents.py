"""Who becomes primary, and how, over the legacy service of every release."""

from __future__ import annotations

import pytest

from tests.rehearsal.control.rig import KEYSPACE, ONE, THREE, TWO, Rig, rig
from vitessctl import releases
from vitessctl.rehearsal.tablet_rpc import TabletError
from vitessctl.rehearsal.topology import TopologyError
from vitessctl.rehearsal.topology_names import Refused
from vitessctl.rehearsal.vtctld.legacy import service
from vitessctl.rehearsal.vtctld.legacy.job import Output

EVERY = releases.names()
SHARD = f"{KEYSPACE}/0"
NEVER_HAD_ONE = {
    "..9": "the shard has no master, use EmergencyReparentShard",
    "10..12": "the shard has no current primary, use EmergencyReparentShard instead",
}


def cluster(release: str, elected: bool = True) -> Rig:
    record_decides = releases.get(release).durability_mechanism == "record"
    made = rig(durability="semi_sync" if record_decides else "", elected=elected)
    made.release = releases.get(release)
    return made


def planned(made: Rig, **flags: str) -> str:
    names = {"new": "new_primary", "avoid": "avoid_tablet"}
    if made.release.within("..11"):
        names = {"new": "new_master", "avoid": "avoid_master"}
    given = [f"--{names[flag]}={value}" for flag, value in flags.items()]
    return made.legacy("PlannedReparentShard", f"--keyspace_shard={SHARD}", *given)


@pytest.mark.parametrize("release", EVERY)
def test_the_first_primary_is_made_as_the_release_makes_it(release: str) -> None:
    made = cluster(release, elected=False)

    if made.release.elects_with == "PlannedReparentShard":
        planned(made, new=ONE)
    else:
        made.legacy(made.release.elects_with, "-force", SHARD, ONE)

    assert made.primary == ONE
    assert made.writable() == [ONE]


@pytest.mark.parametrize("release", [name for name in EVERY if releases.get(name).within("..12")])
def test_a_planned_reparent_makes_no_first_primary_before_13(release: str) -> None:
    made = cluster(release, elected=False)
    refusal = next(text for range_, text in NEVER_HAD_ONE.items() if made.release.within(range_))

    with pytest.raises(Refused, match=refusal):
        planned(made, new=ONE)

    assert made.writable() == []


@pytest.mark.parametrize("release", EVERY)
def test_a_planned_reparent_moves_the_primary(release: str) -> None:
    made = cluster(release)

    planned(made, new=TWO)

    assert made.primary == TWO
    assert made.writable() == [TWO]


@pytest.mark.parametrize("release", EVERY)
def test_or_away_from_where_it_is(release: str) -> None:
    made = cluster(release)

    planned(made, avoid=ONE)

    assert made.primary in (TWO, THREE)


@pytest.mark.parametrize("release", EVERY)
def test_nothing_happens_when_another_is_primary(release: str) -> None:
    made = cluster(release)

    planned(made, avoid=TWO)

    assert made.primary == ONE


@pytest.mark.parametrize("release", EVERY)
def test_an_emergency_replaces_a_dead_primary(release: str) -> None:
    made = cluster(release)
    made.tablet(ONE).dead = True
    flag = "new_master" if made.release.within("..11") else "new_primary"

    made.legacy("EmergencyReparentShard", f"--keyspace_shard={SHARD}", f"--{flag}={TWO}")

    assert made.primary == TWO
    assert TWO in made.writable()


@pytest.mark.parametrize("release", [name for name in EVERY if releases.get(name).within("..7")])
def test_and_until_7_deletes_the_old_ones_record(release: str) -> None:
    made = cluster(release)
    made.tablet(ONE).dead = True

    made.legacy("EmergencyReparentShard", f"--keyspace_shard={SHARD}", f"--new_master={TWO}")

    with pytest.raises((Refused, TopologyError), match="node doesn't exist"):
        made.legacy("GetTablet", ONE)


@pytest.mark.parametrize("release", [name for name in EVERY if releases.get(name).within("..7")])
def test_an_emergency_until_7_takes_no_tablet_that_is_behind(release: str) -> None:
    made = cluster(release)
    made.tablet(TWO).stop_replication()
    made.tablet(ONE).write(1)
    made.tablet(THREE).pull()
    made.tablet(ONE).dead = True

    with pytest.raises(Refused, match=f"tablet {THREE} is more advanced than master elect tablet {TWO}"):
        made.legacy("EmergencyReparentShard", f"--keyspace_shard={SHARD}", f"--new_master={TWO}")


def test_what_a_reparent_logs_goes_out_with_its_refusal() -> None:
    made = cluster("9", elected=False)
    output = Output()

    with pytest.raises(Refused):
        service.run(made.context(), ["InitShardMaster", SHARD, ONE], output)

    made.legacy("InitShardMaster", "-force", SHARD, ONE)
    assert output.text() == ""


@pytest.mark.parametrize("release", ["9", "10", "17", "19"])
def test_a_dead_replica_stops_a_planned_reparent_only_from_18_on(release: str) -> None:
    made = cluster(release)
    made.tablet(THREE).dead = True

    with pytest.raises((Refused, TabletError)):
        planned(made, new=TWO)

    assert made.primary == (TWO if made.release.within("..17") else ONE)

"""Looking: whatever does not answer, a look comes back, and does not wait for the dead."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.world import Session, World, a_cluster, context_of, open_world
from tests.unit.status.looks import differences, judged, look
from vitessctl.errors import UnreachableError, VitessctlError
from vitessctl.run.context import Context
from vitessctl.run.http import Answer
from vitessctl.status.observe import observe
from vitessctl.targets.base import Address
from vitessctl.vtctld.errors import DeadlineError, ForbiddenError, VtctldError

FIRST, SECOND, THIRD = (f"zone1-{number:010d}" for number in (100, 101, 102))
TOPOLOGY_CALLS = ["GetCellInfo", "GetKeyspaces", "GetTablets"]


def context(world: World) -> Context:
    return context_of(world, a_cluster())


def test_everything_that_can_be_seen() -> None:
    observed = observe(context(open_world()))

    assert observed.topology_error == ""
    assert {component.label for component in observed.components} >= {"Program/etcd-0", "Program/vtctld"}
    assert set(observed.cells) == {"zone1"}
    assert set(observed.keyspaces) == {"messages"}
    assert observed.shards["messages", "0"].primary == FIRST
    assert set(observed.records) == set(observed.tablets) == {FIRST, SECOND, THIRD}
    for seen in observed.tablets.values():
        assert seen.variables is not None
        assert seen.full_status is not None
        assert seen.tables == frozenset()
    assert observed.vtgates["zone1"] == {"HealthcheckConnections": {"messages.0.primary": 1, "messages.0.replica": 2}}


def test_a_cluster_that_was_never_started() -> None:
    status = look(World())

    assert not status.ready
    assert status.components == ()
    assert status.findings == (
        "nothing of the cluster runs here",
        "the topology cannot be read: nobody listens there (connection refused)",
    )


@pytest.mark.parametrize("call", TOPOLOGY_CALLS)
@pytest.mark.parametrize(
    "error",
    [DeadlineError("no", why="no answer within 10 s"), ForbiddenError("no", why="wants a password"), VtctldError("no")],
    ids=["deadline", "forbidden", "unknown"],
)
def test_a_topology_call_that_fails_is_the_finding(call: str, error: VitessctlError) -> None:
    world = open_world()
    world.broken_calls[call] = error

    status = look(world)

    assert status.findings == (f"the topology cannot be read: {error.why or error.what}",)
    assert not status.ready


def test_a_keyspace_whose_shards_cannot_be_listed_has_none() -> None:
    world = open_world()
    world.broken_calls["FindAllShardsInKeyspace"] = VtctldError("no")

    status = look(world)

    assert status.shards[0].primary == ""
    assert not status.ready


def test_a_mysql_that_cannot_be_asked_is_the_tablets_difference() -> None:
    world = open_world()
    world.broken_calls["GetFullStatus"] = DeadlineError("no", why="no answer within 2 s")

    assert differences(look(world)) == {alias: ["no answer within 2 s"] for alias in (FIRST, SECOND, THIRD)}


def test_tables_that_cannot_be_listed_are_not_compared() -> None:
    world = open_world()
    world.broken_calls["GetSchema"] = VtctldError("no")

    observed = observe(context(world))

    assert [seen.tables for seen in observed.tablets.values()] == [None] * 3
    assert judged(context(world), observed).ready


def test_a_position_that_is_no_gtid_set(monkeypatch: pytest.MonkeyPatch) -> None:
    world = open_world()
    monkeypatch.setattr(world, "position", lambda alias: "0-41983-12")

    said = "'0-41983-12' is not a GTID set: it is a server's UUID, a colon, and intervals such as 1-5"
    assert differences(look(world)) == {alias: [said] for alias in (FIRST, SECOND, THIRD)}


def test_a_vtctld_that_cannot_even_be_connected_to() -> None:
    seen = context(open_world())

    def connect() -> Any:
        raise UnreachableError("vtctld has no address", why="its pod is gone")

    seen.connect = connect

    assert observe(seen).topology_error == "its pod is gone"


@pytest.mark.parametrize(
    "answer",
    [
        Answer(0, "nothing listens there"),
        Answer(500, "{}"),
        Answer(200, ""),
        Answer(200, "<html>"),
        Answer(200, "[]"),
        Answer(200, "null"),
        Answer(200, '"SERVING"'),
    ],
    ids=lambda answer: f"{answer.status} {answer.text}",
)
def test_pages_that_say_nothing_useful(answer: Answer) -> None:
    seen = context(open_world())
    seen.get = lambda address, path: answer

    status = judged(seen, observe(seen))

    assert differences(status) == {alias: ["vttablet does not answer"] for alias in (FIRST, SECOND, THIRD)}
    assert status.findings == ("the vtgate of zone1 does not answer",)


def test_pages_whose_address_nobody_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = context(open_world())

    def address(component: str, subject: str, port: str) -> Address:
        raise UnreachableError(f"{component} has no address", why="its pod is gone")

    monkeypatch.setattr(seen.target, "address", address)

    observed = observe(seen)

    assert all(tablet.variables is None for tablet in observed.tablets.values())
    assert observed.vtgates == {"zone1": None}


def test_a_target_that_cannot_be_asked_at_all_is_an_error_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Then there is no status: the machine or the Kubernetes API is not there, which has its own exit code."""
    seen = context(open_world())

    def components() -> Any:
        raise UnreachableError("supervisor does not answer")

    monkeypatch.setattr(seen.target, "components", components)

    with pytest.raises(UnreachableError):
        observe(seen)


@pytest.mark.parametrize("happens", ["killed", "frozen"])
def test_dead_tablets_are_not_asked_through_vtctld_where_the_call_would_hang(happens: str) -> None:
    world = open_world()
    for alias in (FIRST, SECOND, THIRD):
        if happens == "killed":
            world.kill("vttablet", alias, back_in=1e9)
        else:
            world.frozen.add(("vttablet", alias))
    world.broken_calls["GetFullStatus"] = AssertionError("asked a dead tablet")
    before = world.now

    status = look(world)

    assert not status.ready
    assert world.now - before <= 3 * 2.0 + 0.1, "more than one page's deadline for each tablet"


def test_a_replica_that_is_just_getting_a_write_is_asked_once_more(monkeypatch: pytest.MonkeyPatch) -> None:
    world = open_world()
    world.mysqlds[SECOND].stuck = True
    world.write_rows(3)

    def arrive(seconds: float) -> None:
        world.mysqlds[SECOND].stuck = False
        world.settle()

    monkeypatch.setattr("vitessctl.status.observe.time.sleep", arrive)

    assert look(world).ready


def test_the_primary_is_asked_before_its_replicas() -> None:
    """Else a write between the two looks would make a replica seem incomplete."""
    world = open_world()
    asked: list[str] = []
    seen = context(world)
    vtctld = seen.vtctld
    full_status: Callable[..., Any] = vtctld.full_status

    def note(alias: str, seconds: float = 5.0) -> Any:
        asked.append(alias)
        return full_status(alias, seconds)

    vtctld.full_status = note  # type: ignore[method-assign]

    observe(seen)

    assert asked[0] == FIRST
    assert sorted(asked) == [FIRST, SECOND, THIRD]


def test_a_status_of_a_healthy_cluster_changes_nothing() -> None:
    world, session = open_world(), Session(kill_after=1)

    observe(context_of(world, a_cluster(), session))

    assert session.writes == []

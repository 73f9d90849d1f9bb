"""Looking: whatever does not answer, a look comes back, and does not wait for the dead."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.support.world import Session, World, a_cluster, context_of, open_world
from tests.unit.status.looks import differences, found, judged, look
from vitessctl.errors import UnreachableError, VitessctlError
from vitessctl.run.context import Context
from vitessctl.run.http import Answer
from vitessctl.status import observe as observing
from vitessctl.status.observe import observe
from vitessctl.status.observed import SeenServer
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
    assert observed.vtgates["zone1"].connections == {"messages.0.primary": 1, "messages.0.replica": 2}
    assert observed.vtorcs == {"zone1": SeenServer()}
    assert observed.etcd == {"etcd-0": SeenServer()}


def test_a_cluster_that_was_never_started() -> None:
    status = look(World())

    assert not status.ready
    assert status.components == ()
    assert found(status) == {"nothing-runs": ["nothing of the cluster runs here"]}
    assert status.observed["topology_error"] == "nobody listens there (connection refused)"


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

    assert found(status) == {
        "topology-unreadable": [f"vtctld: the topology cannot be read: {error.why or error.what}"],
        "mysql-unasked": [f"{alias}: its MySQL cannot be asked without vtctld" for alias in (FIRST, SECOND, THIRD)],
    }
    assert not status.ready
    assert (status.shards[0].state, status.shards[0].claims) == ("unknown", (FIRST,))


def test_a_keyspace_whose_shards_cannot_be_listed_is_not_called_empty() -> None:
    world = open_world()
    world.broken_calls["FindAllShardsInKeyspace"] = VtctldError("no")

    status = look(world)

    assert found(status) == {"shards-unreadable": ["keyspace messages: its shards cannot be read: no"]}
    assert (status.shards[0].primary, status.shards[0].state) == ("", "unknown")
    assert not status.ready


def test_a_mysql_that_cannot_be_asked_is_the_tablets_difference() -> None:
    world = open_world()
    world.broken_calls["GetFullStatus"] = DeadlineError("no", why="no answer within 2 s")

    said = "its MySQL cannot be asked, although it says SERVING: no answer within 2 s"
    assert differences(look(world)) == {alias: [said] for alias in (FIRST, SECOND, THIRD)}


def test_tables_that_cannot_be_listed_are_not_compared() -> None:
    world = open_world()
    world.broken_calls["GetSchema"] = VtctldError("no")

    status = look(world)

    assert found(status) == {
        "tables-unknown": [f"{alias}: its tables could not be listed: no" for alias in (FIRST, SECOND, THIRD)]
    }
    assert status.ready, "the GTID sets were compared all the same"


def test_a_position_that_is_no_gtid_set(monkeypatch: pytest.MonkeyPatch) -> None:
    world = open_world()
    monkeypatch.setattr(world, "position", lambda alias: "0-41983-12")

    said = "its position cannot be read: '0-41983-12' is not a GTID set"
    assert found(look(world)) == {"position-unreadable": [f"{alias}: {said}" for alias in (FIRST, SECOND, THIRD)]}


def test_a_vtctld_that_cannot_even_be_connected_to() -> None:
    seen = context(open_world())

    def connect() -> Any:
        raise UnreachableError("vtctld has no address", why="its pod is gone")

    seen.connect = connect

    assert observe(seen).topology_error == "its pod is gone"


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (Answer(0, "nothing listens there"), "nothing listens there"),
        (Answer(500, "{}"), "HTTP status 500"),
        (Answer(200, ""), "its page of variables is no JSON object"),
        (Answer(200, "<html>"), "its page of variables is no JSON object"),
        (Answer(200, "[]"), "its page of variables is no JSON object"),
        (Answer(200, "null"), "its page of variables is no JSON object"),
        (Answer(200, '"SERVING"'), "its page of variables is no JSON object"),
    ],
    ids=lambda value: f"{value.status} {value.text}" if isinstance(value, Answer) else "",
)
def test_pages_that_say_nothing_useful(answer: Answer, why: str) -> None:
    seen = context(open_world())
    get = seen.get
    seen.get = lambda address, path: answer if path == "/debug/vars" else get(address, path)

    status = judged(seen, observe(seen))

    assert differences(status) == {alias: [f"vttablet does not answer: {why}"] for alias in (FIRST, SECOND, THIRD)}
    assert found(status)["vtgate-silent"] == [f"vtgate/zone1: does not answer: {why}"]
    assert [line.state for line in status.tablets] == ["unknown"] * 3


@pytest.mark.parametrize("connections", [None, [], "3", {}])
def test_a_vtgate_that_sees_nothing_is_blind_whatever_its_health_page_says(connections: Any) -> None:
    seen = context(open_world())
    get = seen.get
    blind = Answer(200, json.dumps({"HealthcheckConnections": connections}))
    vtgate = seen.target.address("vtgate", "zone1", "http")
    seen.get = lambda address, path: blind if (address, path) == (vtgate, "/debug/vars") else get(address, path)

    said = "vtgate/zone1: sees not all tablets that serve: 0 of 1 messages.0.primary, 0 of 2 messages.0.replica"
    assert found(judged(seen, observe(seen))) == {"vtgate-blind": [said]}


def test_pages_whose_address_nobody_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = context(open_world())

    def address(component: str, subject: str, port: str) -> Address:
        raise UnreachableError(f"{component} has no address", why=f"no pod of {component} runs")

    monkeypatch.setattr(seen.target, "address", address)

    observed = observe(seen)

    assert {tablet.page_error for tablet in observed.tablets.values()} == {"no pod of vttablet runs"}
    assert observed.vtgates == {"zone1": SeenServer(error="no pod of vtgate runs")}
    assert observed.vtorcs == {"zone1": SeenServer(error="no pod of vtorc runs")}


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

    monkeypatch.setattr("vitessctl.status.sources.time.sleep", arrive)

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


# What hangs


@pytest.fixture
def hanging(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Any]]:
    """A call that does not come back before the test is over; deadlines are short here."""
    for name in ("SECONDS", "TARGET_SECONDS", "TOPOLOGY_SECONDS", "PAGE_SECONDS", "QUERY_SECONDS", "MYSQL_SECONDS"):
        monkeypatch.setattr(observing, name, 0.4 if name == "SECONDS" else 0.2)
    monkeypatch.setattr(observing, "SECONDS_A_TABLET", 0.0)
    over = threading.Event()
    yield lambda *_, **__: over.wait(30)
    over.set()


def hang_components(seen: Context, hangs: Callable[..., Any]) -> None:
    seen.target.components = hangs  # type: ignore[method-assign]


def hang_documents(seen: Context, hangs: Callable[..., Any]) -> None:
    seen.target.observe = hangs  # type: ignore[method-assign]


def hang_connecting(seen: Context, hangs: Callable[..., Any]) -> None:
    seen.connect = hangs


def hang_topology(seen: Context, hangs: Callable[..., Any]) -> None:
    seen.vtctld.keyspaces = hangs  # type: ignore[method-assign]


def hang_shards(seen: Context, hangs: Callable[..., Any]) -> None:
    seen.vtctld.shards = hangs  # type: ignore[method-assign]


def hang_mysql(seen: Context, hangs: Callable[..., Any]) -> None:
    seen.vtctld.full_status = hangs  # type: ignore[method-assign]


def hang_tables(seen: Context, hangs: Callable[..., Any]) -> None:
    seen.vtctld.schema = hangs  # type: ignore[method-assign]


def hang_pages(seen: Context, hangs: Callable[..., Any]) -> None:
    seen.get = hangs


def hang_queries(seen: Context, hangs: Callable[..., Any]) -> None:
    seen.ping = hangs


@pytest.mark.parametrize(
    ("hang", "said"),
    [
        (hang_components, {"processes-unknown"}),
        (hang_documents, {"documents-unknown"}),
        (hang_connecting, {"topology-unreadable", "mysql-unasked"}),
        (hang_topology, {"topology-unreadable", "mysql-unasked"}),
        (hang_shards, {"shards-unreadable"}),
        (hang_mysql, {"mysql-silent"}),
        (hang_tables, {"tables-unknown"}),
        (hang_pages, {"vttablet-silent", "vtgate-silent", "vtorc-silent", "etcd-member-unhealthy", "primary-dead"}),
        (hang_queries, {"vtgate-no-query"}),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_what_hangs_is_named_and_holds_nobody_up(
    hang: Callable[..., None], said: set[str], hanging: Callable[..., Any]
) -> None:
    seen = context(open_world())
    hang(seen, hanging)

    begun = time.monotonic()
    status = judged(seen, observe(seen))

    assert time.monotonic() - begun < 2.0
    assert set(found(status)) == said
    assert status.ready is (said <= {"documents-unknown", "tables-unknown"})

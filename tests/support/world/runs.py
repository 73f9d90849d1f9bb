"""Running vitessctl's engine in the world."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from typing import Any
from unittest import mock

from tests.support.world.clusters import a_cluster, documents_of
from tests.support.world.pages import getter
from tests.support.world.session import Session
from tests.support.world.target import WorldTarget
from tests.support.world.vtctld import WorldVtctld
from tests.support.world.world import World
from vitessctl import releases
from vitessctl.model.cluster import Cluster
from vitessctl.render.documents import Document
from vitessctl.run import events
from vitessctl.run.context import Context
from vitessctl.run.engine import Engine
from vitessctl.run.stage import Stage
from vitessctl.run.stages import STAGES
from vitessctl.run.stop import stop_all

TOPOLOGY_ADDRESS = "127.0.0.1:15010"


class WorldClock:
    """vitessctl.run.clock.Clock over the world's time."""

    def __init__(self, world: World) -> None:
        self._world = world

    def now(self) -> float:
        """The world's time."""
        return self._world.now

    def pause(self, seconds: float, cancelled: threading.Event) -> None:
        """Time passes at once, unless the wait was cancelled."""
        if not cancelled.is_set():
            self._world.advance(seconds)


class Serial(Executor):
    """Runs each stage to its end when it is submitted, so that the order, and every write's number, is known."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Run it now."""
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except BaseException as error:
            future.set_exception(error)
        return future


@dataclass
class Outcome:
    """What a run did and said."""

    events: list[events.Event] = field(default_factory=list)
    error: BaseException | None = None
    changed: int = -1
    writes: list[str] = field(default_factory=list)

    def of(self, kind: type[Any]) -> list[Any]:
        """The events of one kind."""
        return [event for event in self.events if isinstance(event, kind)]

    @property
    def actions(self) -> list[str]:
        """What was done in the topology, in sentences."""
        return [event.action for event in self.of(events.ActionTaken)]

    @property
    def summaries(self) -> dict[str, str]:
        """What each stage said when it was ready."""
        return {event.stage: event.summary for event in self.of(events.StageReady)}


def context_of(world: World, cluster: Cluster, session: Session | None = None, target: str = "rehearsal") -> Context:
    """What the stages work with."""
    session = session or Session()
    release = releases.get(cluster.release)
    world.primary_type = release.primary_type
    return Context(
        cluster=cluster,
        release=release,
        target=WorldTarget(world, session, target),
        documents=documents_of(cluster),
        topology_address=TOPOLOGY_ADDRESS,
        connect=lambda: WorldVtctld(world, session),
        get=getter(world, session),
        ping=lambda address, users, question: world.ping(address.port),
    )


def up(
    world: World,
    cluster: Cluster | None = None,
    *,
    kill_after: int | None = None,
    threads: bool = False,
    stages: Sequence[Stage] = STAGES,
    documents: Sequence[Document] | None = None,
    listener: events.Listener | None = None,
    prune: bool = False,
    target: Callable[[World, Session], WorldTarget] = WorldTarget,
) -> Outcome:
    """`vitessctl up`; its error is in the outcome, not raised. One stage at a time unless `threads`.

    `documents` in place of the cluster's own, or `()` to look at what is without starting anything.
    """
    cluster = cluster or a_cluster()
    session, outcome = Session(kill_after), Outcome()

    def listen(event: events.Event) -> None:
        outcome.events.append(event)
        if listener is not None:
            listener(event)

    context = context_of(world, cluster, session)
    context.prune = prune
    context.target = target(world, session)
    if documents is not None:
        context.documents = documents
    engine = Engine(context, stages, listen, WorldClock(world))
    try:
        if threads:
            engine.run()
        else:
            with mock.patch("vitessctl.run.engine.ThreadPoolExecutor", return_value=Serial()):
                engine.run()
    except BaseException as error:
        outcome.error = error
    outcome.changed, outcome.writes = engine.recap.changed, session.writes
    return outcome


def open_world(cluster: Cluster | None = None) -> World:
    """A world in which a cluster is up and has been for a while."""
    world = World()
    outcome = up(world, cluster)
    if outcome.error is not None:
        raise outcome.error
    return world


def down(world: World, cluster: Cluster | None = None) -> list[events.Event]:
    """`vitessctl down`."""
    cluster, seen = cluster or a_cluster(), list[events.Event]()
    stop_all(WorldTarget(world, Session()), documents_of(cluster), seen.append, WorldClock(world))
    return seen

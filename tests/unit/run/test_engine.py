"""The engine by itself, with stages made for the test: order, failure, waiting, interrupts. Real threads."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.world import World, a_cluster, context_of
from tests.support.world.runs import WorldClock
from tests.unit.run.stages_for_tests import DONE, a_stage, always, fails, run
from vitessctl.errors import ExitCode, Interrupted, VitessctlError
from vitessctl.model.cluster import Timeouts
from vitessctl.render.documents import Document
from vitessctl.run import events
from vitessctl.run.context import Context
from vitessctl.run.engine import Engine
from vitessctl.run.stage import Stage
from vitessctl.targets.base import Verdict

# Order


@dataclass(frozen=True)
class Graph:
    """Stages by need, in some order, and those of them that fail."""

    needs: dict[str, tuple[str, ...]]
    order: tuple[str, ...]
    failing: frozenset[str] = frozenset()

    def above(self, name: str) -> set[str]:
        """All that a stage needs, directly or not."""
        found = set(self.needs[name])
        for need in self.needs[name]:
            found |= self.above(need)
        return found


@st.composite
def graphs(draw: st.DrawFn, may_fail: bool = False) -> Graph:
    names = [f"s{number}" for number in range(draw(st.integers(1, 8)))]
    needs = {
        name: tuple(draw(st.lists(st.sampled_from(names[:index]), unique=True))) if index else ()
        for index, name in enumerate(names)
    }
    failing = draw(st.frozensets(st.sampled_from(names))) if may_fail else frozenset()
    return Graph(needs, tuple(draw(st.permutations(names))), failing)


@dataclass
class Diary:
    """Who began and who ended, in order; also how many ran at once."""

    lines: list[tuple[str, str]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def stage(self, name: str, graph: Graph) -> Stage:
        """A stage that notes its begin and its end."""

        def converge(context: Context) -> Verdict:
            with self.lock:
                self.lines.append(("begin", name))
            if name in graph.failing:
                raise VitessctlError(f"{name} is broken")
            with self.lock:
                self.lines.append(("end", name))
            return DONE(name)

        return a_stage(name, *graph.needs[name], converge=converge)

    def begun(self) -> set[str]:
        return {name for what, name in self.lines if what == "begin"}


@settings(max_examples=60, deadline=None)
@given(graphs())
def test_every_stage_runs_once_and_after_all_that_it_needs(graph: Graph) -> None:
    diary = Diary()

    outcome = run(*(diary.stage(name, graph) for name in graph.order))

    assert outcome.error is None
    assert sorted(diary.lines) == sorted((what, name) for name in graph.needs for what in ("begin", "end"))
    for name, needs in graph.needs.items():
        begin = diary.lines.index(("begin", name))
        assert all(diary.lines.index(("end", need)) < begin for need in needs)
    assert outcome.summaries == {name: name for name in graph.needs}


@settings(max_examples=60, deadline=None)
@given(graphs(may_fail=True))
def test_what_needs_a_failed_stage_never_begins_and_every_stage_is_accounted_for(graph: Graph) -> None:
    diary = Diary()

    outcome = run(*(diary.stage(name, graph) for name in graph.order))

    failed = {event.stage for event in outcome.of(events.StageFailed)}
    skipped = {event.stage for event in outcome.of(events.StageSkipped)}
    ready = set(outcome.summaries)
    assert failed <= graph.failing
    assert failed | skipped | ready == set(graph.needs)
    assert len(failed) + len(skipped) + len(ready) == len(graph.needs)
    for name in diary.begun():
        assert not graph.above(name) & graph.failing
    if graph.failing:
        assert isinstance(outcome.error, VitessctlError)
        assert outcome.error.what.removesuffix(" is broken") in failed
    else:
        assert outcome.error is None


def test_stages_that_wait_for_nothing_run_at_the_same_time() -> None:
    meeting = threading.Barrier(2, timeout=10)

    def meet(context: Context) -> Verdict:
        meeting.wait()
        return DONE()

    outcome = run(a_stage("mysql", converge=meet), a_stage("etcd", converge=meet))

    assert outcome.error is None


def test_a_stage_that_does_not_apply_counts_as_done_and_says_nothing() -> None:
    absent = Stage("vtorc", (), "vtorc", fails(AssertionError("it does not apply")), lambda context: False)

    outcome = run(absent, a_stage("replication", "vtorc"))

    assert outcome.error is None
    assert list(outcome.summaries) == ["replication"]
    assert [event.stage for event in outcome.of(events.StageStarted)] == ["replication"]


def test_one_that_does_not_apply_is_not_called_skipped_after_a_failure() -> None:
    absent = Stage("prune", ("etcd",), "nothing", always(DONE()), lambda context: False)

    outcome = run(a_stage("etcd", converge=fails(VitessctlError("broken"))), absent)

    assert outcome.of(events.StageSkipped) == []


def test_the_listener_hears_one_event_at_a_time() -> None:
    inside = threading.Lock()
    heard: list[events.Event] = []

    def listen(event: events.Event) -> None:
        assert inside.acquire(blocking=False), "two events at once"
        time.sleep(0.001)
        heard.append(event)
        inside.release()

    world = World()
    stages = [a_stage(f"s{number}") for number in range(8)]
    Engine(context_of(world, a_cluster()), stages, listen, WorldClock(world)).run()

    assert len(heard) == 8 * 2 + 1


# Failure


def test_a_failure_stops_those_that_wait_and_skips_those_that_have_not_begun() -> None:
    waits = threading.Event()

    def wait(context: Context) -> Verdict:
        waits.set()
        return Verdict.waiting("MySQL is being initialised")

    def fail(context: Context) -> Verdict:
        assert waits.wait(10)
        raise UnreachableErrorForever("etcd has no room on its disk")

    outcome = run(
        a_stage("mysql", converge=wait),
        a_stage("etcd", converge=fail),
        a_stage("vtctld", "etcd"),
        cluster=a_cluster(timeouts=Timeouts(default=1e9)),
    )

    assert str(outcome.error) == "etcd has no room on its disk"
    assert [(event.stage, event.error) for event in outcome.of(events.StageFailed)] == [
        ("etcd", "etcd has no room on its disk")
    ]
    assert sorted((event.stage, event.reason) for event in outcome.of(events.StageSkipped)) == [
        ("mysql", "stopped waiting, because another stage failed"),
        ("vtctld", "an earlier stage failed"),
    ]
    assert outcome.events[-1] == events.RunEnded(
        outcome.events[-1].seconds,
        False,
        {
            "etcd": {"ok": 0, "changed": 0, "failed": 1, "skipped": 0},
            "mysql": {"ok": 0, "changed": 0, "failed": 0, "skipped": 1},
            "vtctld": {"ok": 0, "changed": 0, "failed": 0, "skipped": 1},
        },
    )


class UnreachableErrorForever(VitessctlError):
    """One that waiting does not mend."""


def test_after_a_failure_elsewhere_a_stage_does_not_act_again() -> None:
    waits = threading.Event()
    acts: list[str] = []

    def act(context: Context) -> Verdict:
        acts.append("act")
        waits.set()
        assert context.cancelled.wait(10)
        return Verdict.waiting("more to do")

    def fail(context: Context) -> Verdict:
        assert waits.wait(10)
        raise VitessctlError("broken")

    outcome = run(a_stage("one", converge=act), a_stage("two", converge=fail))

    assert str(outcome.error) == "broken"
    assert acts == ["act"]


def test_a_failure_while_applying_documents_is_that_stages_failure() -> None:
    class Refusing(World):
        def start(self, document: Document) -> None:
            raise VitessctlError("the port 15801 is taken", where=document.label)

    document = Document("tablets", "vttablet", "Program", "vttablet-1", "", "", {}, "zone1-0000000100")

    outcome = run(a_stage("tablets"), world=Refusing(), documents=[document])

    assert str(outcome.error) == "Program/vttablet-1: the port 15801 is taken"
    assert [event.stage for event in outcome.of(events.StageFailed)] == ["tablets"]


@pytest.mark.parametrize("error", [ZeroDivisionError("a bug"), KeyError("a bug"), StopIteration()])
def test_a_bug_comes_through_as_it_is_and_at_once(error: Exception) -> None:
    """The other stage waits by the machine's own clock: it has to be stopped, not waited for."""
    begun = time.monotonic()

    outcome = run(
        a_stage("buggy", converge=fails(error)),
        a_stage("slow", converge=always(Verdict.waiting("nothing comes"))),
        clock=None,
        world=SlowWorld(),
    )

    assert outcome.error is error
    assert time.monotonic() - begun < 8


class SlowWorld(World):
    """Where waiting takes real time."""

    def advance(self, seconds: float) -> None:
        time.sleep(seconds / 10)
        super().advance(seconds)


# Interrupts


@pytest.fixture
def default_interrupt() -> Iterator[None]:
    """Ctrl-C as Python has it, whatever the test runner does."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("default_interrupt")
def test_ctrl_c_ends_the_waiting_and_says_how_to_go_on() -> None:
    main = threading.main_thread().ident
    assert main is not None
    looks: list[str] = []

    def converge(context: Context) -> Verdict:
        looks.append("look")
        if len(looks) == 1:
            signal.pthread_kill(main, signal.SIGINT)
            assert context.cancelled.wait(10)
        return Verdict.waiting("it starts")

    outcome = run(a_stage("etcd", converge=converge), a_stage("vtctld", "etcd", converge=fails(AssertionError())))

    assert isinstance(outcome.error, Interrupted)
    assert outcome.error.exit_code is ExitCode.INTERRUPTED
    assert str(outcome.error) == ("interrupted\n  fix: What runs keeps running. The same command goes on from here.")
    assert looks == ["look"], "it went on after the interrupt"
    assert outcome.of(events.StageFailed) == []


# Counting


def test_the_recap_counts_by_component_what_was_changed_and_what_was_not() -> None:
    world = World()
    documents = [
        Document("etcd", "etcd", "Program", "etcd-0", "a", "", {}, "etcd-0"),
        Document("mysql", "mysqlctld", "Program", "mysqlctld-1", "b", "", {}, "zone1-0000000100"),
        Document("mysql", "mysqlctld", "Program", "mysqlctld-2", "c", "", {}, "zone1-0000000101"),
    ]
    world.start(documents[1])

    def act(context: Context) -> Verdict:
        context.acted("cells", "registered cell zone1", True)
        context.acted("cells", "looked at cell zone2", False)
        return DONE()

    outcome = run(a_stage("etcd", converge=act), a_stage("mysql"), world=world, documents=documents)

    assert outcome.events[-1] == events.RunEnded(
        outcome.events[-1].seconds,
        True,
        {
            "etcd": {"ok": 0, "changed": 1, "failed": 0, "skipped": 0},
            "topology": {"ok": 1, "changed": 1, "failed": 0, "skipped": 0},
            "mysqlctld": {"ok": 1, "changed": 1, "failed": 0, "skipped": 0},
        },
    )
    assert outcome.changed == 3

"""Waiting: how long, with what words, and how it ends badly."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from tests.support.world import World, a_cluster
from tests.support.world.target import WorldTarget
from tests.unit.run.stages_for_tests import DONE, a_stage, always, fails, in_turn, run
from vitessctl.errors import NotReadyError, UnreachableError, VitessctlError
from vitessctl.model.cluster import Timeouts
from vitessctl.render.documents import Document
from vitessctl.run import events
from vitessctl.run.context import Context
from vitessctl.targets.base import State, Verdict
from vitessctl.targets.kubernetes.faults import Forbidden


def test_what_is_doomed_is_not_waited_for() -> None:
    world = World()
    doomed = Verdict.doomed("the image has no vtorc", "Choose an image that has it.", ("exec: vtorc: not found",))

    outcome = run(a_stage("vtorc", converge=always(doomed)), world=world)

    error = outcome.error
    assert isinstance(error, NotReadyError)
    assert world.now == 0.0
    assert (error.what, error.where) == ("vtorc cannot come up", "guestbook")
    assert error.why == "the image has no vtorc"
    assert error.fix == "Choose an image that has it."
    assert error.evidence == ("exec: vtorc: not found",)


def test_a_doomed_document_ends_the_wait_of_its_stage_however_the_stage_looks() -> None:
    world = World()
    document = Document("etcd", "etcd", "Program", "etcd-0", "", "", {}, "etcd-0")
    world.doomed["etcd", "etcd-0"] = Verdict.doomed("it ends with exit code 1", "Mend it.", ("panic: no space",))

    outcome = run(
        a_stage("etcd", converge=fails(UnreachableError("nothing answers"))), world=world, documents=[document]
    )

    assert isinstance(outcome.error, NotReadyError)
    assert (outcome.error.what, outcome.error.why) == ("etcd cannot come up", "etcd-0: it ends with exit code 1")
    assert outcome.error.evidence == ("panic: no space",)
    assert world.now == 0.0


def test_a_ready_stage_does_not_ask_after_its_processes() -> None:
    """A verdict is a call to the target for each document; an `up` that changes nothing makes few calls."""
    world = World()
    document = Document("etcd", "etcd", "Program", "etcd-0", "", "", {}, "etcd-0")
    world.doomed["etcd", "etcd-0"] = Verdict.doomed("it would be seen")

    outcome = run(a_stage("etcd"), world=world, documents=[document])

    assert outcome.error is None


def test_a_stage_that_serves_beside_what_cannot_come_up_does_not_wait_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """An update: the old vtgate still serves, and the new one cannot start."""
    world = World()
    document = Document("etcd", "etcd", "Program", "etcd-0", "", "", {}, "etcd-0")
    world.doomed["etcd", "etcd-0"] = Verdict.doomed("it has no flag --no-such-flag", "Remove it.")
    monkeypatch.setattr(
        WorldTarget, "settled", lambda target, documents: Verdict.waiting("1 pod of the old kind is left")
    )

    outcome = run(a_stage("etcd"), world=world, documents=[document])

    assert isinstance(outcome.error, NotReadyError)
    assert (outcome.error.why, outcome.error.fix) == ("etcd-0: it has no flag --no-such-flag", "Remove it.")
    assert world.now == 0.0


def test_a_timeout_says_what_it_waited_for_and_shows_the_last_lines_of_what_does_not_run() -> None:
    world, cluster = World(), a_cluster(timeouts=Timeouts(default=180, stages={"tablets": 3}))
    up = Document("tablets", "vttablet", "Program", "vttablet-100", "", "", {}, "zone1-0000000100")
    ill = Document("tablets", "vttablet", "Program", "vttablet-101", "", "", {}, "zone1-0000000101")
    world.logs["vttablet", "zone1-0000000101"] = [f"line {number}" for number in range(1, 11)]
    world.logs["vttablet", "zone1-0000000100"] = ["all is well"]

    def converge(context: Context) -> Verdict:
        world.processes["vttablet", "zone1-0000000100"].booted = True
        return Verdict.waiting("zone1-0000000101: not in the topology yet")

    outcome = run(
        a_stage("tablets", converge=converge), world=world, cluster=cluster, documents=_without_etcd(world, up, ill)
    )

    error = outcome.error
    assert isinstance(error, NotReadyError)
    assert error.what == "tablets was not ready within 3 s"
    assert error.why == "it waits for the tablets: zone1-0000000101: not in the topology yet"
    assert error.fix == "Mend the cause, then run the same command again: it goes on from here."
    assert error.evidence == tuple(f"vttablet-101: line {number}" for number in range(3, 11))
    assert world.now == pytest.approx(3.0)


def _without_etcd(world: World, *documents: Document) -> Sequence[Document]:
    """Documents whose processes never come up by themselves."""
    world.times = type(world.times)(boot=1e9)
    return documents


def test_evidence_comes_from_what_runs_where_everything_runs() -> None:
    world, cluster = World(), a_cluster(timeouts=Timeouts(default=1))
    documents = [Document("etcd", "etcd", "Program", f"etcd-{n}", "", "", {}, f"etcd-{n}") for n in range(3)]
    for document in documents:
        world.logs["etcd", document.subject] = [f"{document.name} has lost its leader"]

    outcome = run(
        a_stage("etcd", converge=always(Verdict.waiting("no quorum"))),
        world=world,
        cluster=cluster,
        documents=documents,
    )

    assert isinstance(outcome.error, NotReadyError)
    assert outcome.error.evidence == (
        "etcd-0: etcd-0 has lost its leader",
        "etcd-1: etcd-1 has lost its leader",
    )


LOST = (
    '{"time":"2026-11-26T13:29:01.6Z","level":"WARN",'
    '"msg":"creating keyspace and shard failed (invalid character / in name bad/ks), backing off"}'
)


def test_the_log_of_a_server_that_runs_may_say_why_nothing_comes_of_it() -> None:
    """It is told after a while, and when the wait ends with cause and remedy."""
    world, cluster = World(), a_cluster(timeouts=Timeouts(default=12))
    documents = [Document("etcd", "etcd", "Program", f"etcd-{n}", "", "", {}, f"etcd-{n}") for n in range(4)]
    for document in documents:
        world.logs["etcd", document.subject] = [LOST] if document.subject == "etcd-3" else ["all is well"]

    outcome = run(
        a_stage("etcd", converge=always(Verdict.waiting("etcd-3: no member yet"))),
        world=world,
        cluster=cluster,
        documents=documents,
    )

    cause = "bad/ks is no name for a keyspace or shard: it has the character /"
    waited = [event.reason for event in outcome.events if isinstance(event, events.Waiting)]
    assert waited == ["etcd-3: no member yet", f"etcd-3: no member yet; {cause}"]
    assert isinstance(outcome.error, NotReadyError)
    assert outcome.error.why.endswith(f"etcd-3: no member yet; {cause}")
    assert outcome.error.fix == "Use letters, digits, _ and - only."
    assert outcome.error.evidence[0].startswith("etcd-3: 13:29:01 warning: creating keyspace and shard failed")


def test_a_verdicts_own_evidence_wins() -> None:
    verdict = Verdict.waiting("no room", ("FailedScheduling: 0/3 nodes are available",))

    outcome = run(a_stage("etcd", converge=always(verdict)), cluster=a_cluster(timeouts=Timeouts(default=0)))

    assert isinstance(outcome.error, NotReadyError)
    assert outcome.error.evidence == ("FailedScheduling: 0/3 nodes are available",)


def test_logs_that_cannot_be_read_do_not_hide_the_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    world, cluster = World(), a_cluster(timeouts=Timeouts(default=0))
    document = Document("etcd", "etcd", "Program", "etcd-0", "", "", {}, "etcd-0")

    def refuse(component: str, subject: str, lines: int) -> Sequence[str]:
        raise UnreachableError("supervisor does not answer")

    monkeypatch.setattr(world, "log_of", refuse)
    outcome = run(
        a_stage("etcd", converge=always(Verdict.waiting("it starts"))),
        world=world,
        cluster=cluster,
        documents=[document],
    )

    assert isinstance(outcome.error, NotReadyError)
    assert outcome.error.what == "etcd was not ready within 0 s"
    assert outcome.error.evidence == ("the logs cannot be read: supervisor does not answer",)


@pytest.mark.parametrize(
    "error",
    [UnreachableError("vtctld does not answer", why="connection refused"), NotReadyError("no", why="not caught up")],
    ids=["unreachable", "not ready"],
)
def test_what_time_can_mend_is_waited_for(error: VitessctlError) -> None:
    outcome = run(a_stage("vtctld", converge=in_turn(error, error, DONE("answers"))))

    assert outcome.error is None
    assert outcome.summaries == {"vtctld": "answers"}


def test_pauses_grow_from_short_to_half_a_second() -> None:
    world, moments = World(), list[float]()

    def look(context: Context) -> Verdict:
        moments.append(world.now)
        return Verdict.waiting("nothing") if world.now < 5 else DONE()

    run(a_stage("etcd", converge=look), world=world)

    pauses = [after - before for before, after in itertools.pairwise(moments)]
    assert pauses[0] == pytest.approx(0.05)
    assert pauses[-1] == pytest.approx(0.5)
    assert all(before <= after + 1e-9 for before, after in itertools.pairwise(pauses))


def reminders(converge: Callable[[Context], Verdict], seconds: float) -> list[tuple[float, str]]:
    outcome = run(a_stage("mysql", converge=converge), cluster=a_cluster(timeouts=Timeouts(default=seconds)))
    return [(event.waited, event.reason) for event in outcome.of(events.Waiting)]


def test_a_short_wait_is_not_spoken_of() -> None:
    assert reminders(always(Verdict.waiting("starting")), 0.9) == []


def test_a_wait_is_spoken_of_after_a_second_and_then_every_ten() -> None:
    said = reminders(always(Verdict.waiting("starting")), 35)

    assert [reason for _, reason in said] == ["starting"] * 4
    assert [waited for waited, _ in said] == pytest.approx([1.0, 11.0, 21.0, 31.0], abs=0.6)


def test_another_reason_is_said_at_once() -> None:
    world_times = iter(range(1000))

    def converge(context: Context) -> Verdict:
        return Verdict.waiting("initialising" if next(world_times) < 9 else "recovering")

    said = reminders(converge, 5)

    assert [reason for _, reason in said] == ["initialising", "recovering"]


ETCD = Document("etcd", "etcd", "Program", "etcd-0", "", "", {}, "etcd-0")


def test_what_the_target_knows_says_more_than_what_the_stage_sees() -> None:
    """A pod that fits no node may fit one later: it is waited for, and the reason is told with its remedy."""
    world = World()
    late = Verdict(State.WAITING, "0/3 nodes are available: Insufficient memory", "Ask for less.", ("needs 1Gi",))
    world.doomed["etcd", "etcd-0"] = late

    outcome = run(
        a_stage("etcd", converge=always(Verdict.waiting("does not answer"))),
        world=world,
        cluster=a_cluster(timeouts=Timeouts(default=3)),
        documents=[ETCD],
    )

    error = outcome.error
    assert isinstance(error, NotReadyError)
    assert error.why == "it waits for the etcd: etcd-0: 0/3 nodes are available: Insufficient memory"
    assert (error.fix, error.evidence) == ("Ask for less.", ("needs 1Gi",))
    assert [event.reason for event in outcome.of(events.Waiting)] == [
        "etcd-0: 0/3 nodes are available: Insufficient memory"
    ]


def test_a_target_that_only_says_that_it_waits_does_not_hide_the_stages_reason() -> None:
    world = World()
    world.doomed["etcd", "etcd-0"] = Verdict.waiting("it starts")

    outcome = run(
        a_stage("etcd", converge=always(Verdict.waiting("1 of 3 members are healthy"))),
        world=world,
        cluster=a_cluster(timeouts=Timeouts(default=0)),
        documents=[ETCD],
    )

    assert isinstance(outcome.error, NotReadyError)
    assert outcome.error.why == "it waits for the etcd: 1 of 3 members are healthy"


def test_a_stage_that_serves_waits_until_nothing_old_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    left = [Verdict.waiting("2 pods of the old kind are left"), Verdict.waiting("1 pod is left"), DONE()]
    asked: list[Sequence[Document]] = []

    def settled(target: WorldTarget, documents: Sequence[Document]) -> Verdict:
        asked.append(documents)
        return left.pop(0)

    monkeypatch.setattr(WorldTarget, "settled", settled)

    outcome = run(a_stage("etcd", converge=always(DONE("healthy"))), documents=[ETCD])

    assert (outcome.error, outcome.summaries, left) == (None, {"etcd": "healthy"}, [])
    assert asked == [(ETCD,)] * 3


ASKED, NOT_YET = DONE("answers"), Verdict.waiting("no answer")


@pytest.mark.parametrize(
    ("answers", "replaced", "converges", "waits"),
    [
        (True, True, [ASKED, ASKED], 0),
        (True, False, [ASKED], 1),
        (False, True, [ASKED], 1),
        (True, True, [ASKED, NOT_YET, ASKED], 1),  # the first answer was that of the old one, which has gone since
        (True, True, [ASKED, UnreachableError("it is gone"), ASKED], 1),
    ],
)
def test_one_that_answers_itself_need_not_be_called_ready_by_its_controller(
    answers: bool,
    replaced: bool,
    converges: list[Verdict | Exception],
    waits: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    left = [Verdict.waiting("0 of 1 pods are ready"), DONE()]
    monkeypatch.setattr(WorldTarget, "settled", lambda target, documents: left.pop(0))
    monkeypatch.setattr(WorldTarget, "replaced", lambda target, documents: replaced)
    world = World()

    outcome = run(
        replace(a_stage("etcd", converge=in_turn(*converges)), answers=answers), world=world, documents=[ETCD]
    )

    assert (outcome.error, outcome.summaries) == (None, {"etcd": "answers"})
    assert (len(left), world.now > 0) == (1 - waits, bool(waits))


def test_documents_of_another_stage_can_end_the_wait_too() -> None:
    """On Kubernetes a tablet is one pod, applied by the stage mysql: the stage tablets watches it."""
    world = World()
    world.doomed["etcd", "etcd-0"] = Verdict.doomed("the image cannot be pulled", "Mend it.")
    watching = replace(a_stage("tablets", converge=always(Verdict.waiting("not there"))), watches=("etcd",))

    outcome = run(watching, world=world, documents=[ETCD])

    assert isinstance(outcome.error, NotReadyError)
    assert outcome.error.what == "tablets cannot come up"
    assert outcome.error.why == "etcd-0: the image cannot be pulled"


def test_who_is_refused_does_not_wait() -> None:
    world = World()
    outcome = run(a_stage("etcd", converge=fails(Forbidden("list", "pods", "prod"))), world=world)

    assert isinstance(outcome.error, Forbidden)
    assert world.now == 0.0

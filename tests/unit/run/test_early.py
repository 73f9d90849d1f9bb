"""Where starting takes long, some is made before its turn, and seen to be up before the kubelet says so."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import replace

import pytest

from tests.support.world import World, a_cluster, context_of, documents_of, open_world, up
from tests.support.world.runs import Outcome
from tests.support.world.session import Session
from tests.support.world.target import WorldTarget
from tests.unit.run.stages_for_tests import a_stage
from vitessctl.errors import ConflictError, NotReadyError, UnreachableError
from vitessctl.model.cluster import Tablet
from vitessctl.render.documents import Document
from vitessctl.run import events
from vitessctl.run.context import Context
from vitessctl.run.stages import STAGES, mysql
from vitessctl.targets.base import Change, State, Verdict

THREE = a_cluster(replicas=3)


class SlowTarget(WorldTarget):
    """Its pods take their time."""

    starts_slowly = True


def a_document(kind: str) -> Document:
    return Document("vtctld", "vtctld", kind, "it", "", "", {}, kind)


def names(outcome: Outcome) -> list[str]:
    """Documents that were changed and stages that became ready, in their order."""
    told = []
    for event in outcome.events:
        if isinstance(event, events.DocumentApplied) and event.change.is_change:
            told.append(event.change.label)
        if isinstance(event, events.StageReady):
            told.append(event.stage)
    return told


def test_a_new_vtgate_is_made_before_there_is_a_primary() -> None:
    told = names(up(World(), THREE, target=SlowTarget))
    assert told.index("keyspaces") < told.index("Program/vtgate-zone1") < told.index("primary") < told.index("vtgate")


def test_on_one_machine_it_is_started_after() -> None:
    told = names(up(World(), THREE))
    assert told.index("primary") < told.index("Program/vtgate-zone1")


def test_what_was_made_early_counts_once() -> None:
    outcome = up(World(), THREE, target=SlowTarget)
    recap = outcome.of(events.RunEnded)[0].recap
    assert recap["vtgate"] == {"ok": 0, "changed": 1, "failed": 0, "skipped": 0}


def test_a_vtgate_that_runs_is_changed_after_the_tablets() -> None:
    """Vitess is upgraded from vtctld over the tablets to vtgate."""
    world = open_world(THREE)
    changed = tuple(
        replace(document, text=f"{document.text} --new") if document.component == "vtgate" else document
        for document in documents_of(THREE)
    )
    told = names(up(world, THREE, target=SlowTarget, documents=changed))
    assert told.index("primary") < told.index("Program/vtgate-zone1")


def test_only_its_service_is_made_at_once() -> None:
    """Of the real stage: a vtctld without its etcd would end, and be started again."""
    stage = next(each for each in STAGES if each.name == "vtctld")
    assert (stage.early, stage.early_kinds) == ((), ("Service",))


def test_what_is_made_early_may_be_some_kinds_of_a_stage() -> None:
    first, second = a_document("Service"), a_document("Deployment")
    stages = [a_stage("etcd"), replace(a_stage("vtctld", "etcd"), early=(), early_kinds=("Service",))]

    told = names(up(World(), THREE, target=SlowTarget, stages=stages, documents=(first, second)))

    assert told == ["Service/it", "etcd", "Deployment/it", "vtctld"]


class Overlapping(SlowTarget):
    """Sees whether two apply the same document at once; the first takes until the second is there, or a moment."""

    inside = 0
    most = 0
    second = threading.Event()

    def apply(self, documents: Sequence[Document]) -> Sequence[Change]:
        if not documents:
            return ()
        Overlapping.inside += 1
        Overlapping.most = max(Overlapping.most, Overlapping.inside)
        if Overlapping.inside == 2:
            Overlapping.second.set()
        Overlapping.second.wait(0.2)
        Overlapping.inside -= 1
        return super().apply(documents)


def test_a_stage_waits_for_what_is_made_early_of_it() -> None:
    """Where etcd is there already, it begins at once: two would make the same object, and both count it."""
    stages = [a_stage("etcd"), replace(a_stage("vtctld", "etcd"), early=())]

    outcome = up(World(), THREE, target=Overlapping, stages=stages, documents=[a_document("Service")], threads=True)

    assert (Overlapping.most, outcome.changed) == (1, 1)


class Refusing(SlowTarget):
    """The API server takes none of it."""

    def apply(self, documents: Sequence[Document]) -> Sequence[Change]:
        if documents:
            raise UnreachableError("quota of Services exceeded")
        return ()


def test_what_cannot_be_made_early_is_told_once_by_its_stage() -> None:
    stages = [a_stage("etcd"), replace(a_stage("vtctld", "etcd"), early=())]

    outcome = up(World(), THREE, target=Refusing, stages=stages, documents=[a_document("Service")])

    assert isinstance(outcome.error, UnreachableError)
    assert [event.stage for event in outcome.of(events.StageFailed)] == ["vtctld"]
    assert outcome.of(events.RunEnded)[0].recap["vtctld"] == {"ok": 0, "changed": 0, "failed": 1, "skipped": 0}


class Silent(SlowTarget):
    """The API server does the first thing that it is asked for, and does not answer."""

    answers = False

    def apply(self, documents: Sequence[Document]) -> Sequence[Change]:
        changes = super().apply(documents)
        if documents and not self.answers:
            self.answers = True
            raise UnreachableError("no answer")
        return changes


def test_what_was_made_early_although_nobody_said_so_counts_as_made() -> None:
    stages = [a_stage("etcd"), replace(a_stage("vtctld", "etcd"), early=())]

    outcome = up(World(), THREE, target=Silent, stages=stages, documents=[a_document("Service")])

    assert (outcome.error, outcome.changed, names(outcome)) == (None, 1, ["etcd", "Service/it", "vtctld"])


def test_after_a_failure_nothing_is_written_that_was_prepared() -> None:
    """The stage waits for what is made early of it, and meanwhile another stage fails."""
    waits, contexts = threading.Event(), list[Context]()

    class Waits(SlowTarget):
        """What is made early takes until the run has failed, and is not made."""

        def apply(self, documents: Sequence[Document]) -> Sequence[Change]:
            if documents and not contexts:
                assert waits.wait(10)
                while not contexts:
                    time.sleep(0.001)
                assert contexts[0].cancelled.wait(10)
                raise UnreachableError("no answer")
            return super().apply(documents)

    def fail(context: Context) -> Verdict:
        assert waits.wait(10)
        contexts.append(context)
        raise ConflictError("somebody else's")

    def listen(event: events.Event) -> None:
        if isinstance(event, events.StageStarted) and event.stage == "vtctld":
            waits.set()

    stages = [a_stage("etcd"), replace(a_stage("vtctld", "etcd"), early=()), a_stage("mysql", converge=fail)]
    documents, world = [a_document("Service")], World()

    outcome = up(world, THREE, target=Waits, stages=stages, documents=documents, threads=True, listener=listen)

    assert isinstance(outcome.error, ConflictError)
    assert not world.processes


class LateKubelet(SlowTarget):
    """It never says that a MySQL is up, and says of vtctld that it is ready as soon as it answers."""

    first = True

    def socket_ready(self, tablet: Tablet) -> Verdict:
        return replace(Verdict.waiting("MySQL is being initialised"), first=self.first)

    def known_ready(self, component: str, subject: str) -> bool:
        return component == "vtctld" and self._world.up("vtctld", "")


def test_a_record_that_appears_shows_that_a_mysql_is_up() -> None:
    world = open_world(THREE)
    context = context_of(world, THREE)
    context.target = LateKubelet(world, Session())
    records, world.topology.tablets = world.topology.tablets, {}
    first, *others = records.items()

    assert mysql.STAGE.converge(context).state is State.WAITING
    world.topology.tablets = dict(others)
    assert mysql.STAGE.converge(context).reason == f"{first[0]}: MySQL is being initialised"
    world.topology.tablets = records
    assert mysql.STAGE.converge(context) == Verdict.done("3 up")


@pytest.mark.parametrize(("first", "replicas"), [(False, 3), (True, 51)])
def test_not_of_one_that_has_run_before_nor_of_many(first: bool, replicas: int) -> None:
    """A record may also come back because its cell did. And records of many tablets are not read again and again."""
    cluster = a_cluster(replicas=replicas)
    world = open_world(cluster)
    context = context_of(world, cluster)
    context.target = target = LateKubelet(world, Session())
    target.first = first
    records, world.topology.tablets = world.topology.tablets, {}
    mysql.STAGE.converge(context)
    world.topology.tablets = records

    assert mysql.STAGE.converge(context).state is State.WAITING


def test_a_record_of_an_earlier_run_shows_nothing() -> None:
    world = open_world(THREE)
    outcome = up(world, THREE, target=LateKubelet)
    assert isinstance(outcome.error, NotReadyError)
    assert outcome.error.what.startswith("mysql was not ready within")


def test_a_second_run_makes_nothing() -> None:
    world = World()
    up(world, THREE, target=SlowTarget)
    assert up(world, THREE, target=SlowTarget).changed == 0

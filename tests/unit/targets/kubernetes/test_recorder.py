"""The record in the cluster while a run goes on: when it is written, and what a run that broke off leaves."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from tests.support.kubernetes.fake import FakeApi
from tests.support.wall import Wall
from vitessctl.errors import Interrupted, NotReadyError, UnreachableError, VitessctlError
from vitessctl.run import events
from vitessctl.run.runs import Result, Run
from vitessctl.targets.base import Change, Operation
from vitessctl.targets.kubernetes.kinds import CONFIG_MAP
from vitessctl.targets.kubernetes.record import Intent, Progress
from vitessctl.targets.kubernetes.recorder import Recorder, forget_record, read_record

INTENT = Intent("0.1.0", "24", "beef", {"etcd": {"Service": ("shop-etcd",)}, "vtgate": {"Service": ("shop-vtgate",)}})
CREATED = events.DocumentApplied(0.0, Change(Operation.CREATE, "Service/shop-etcd", "etcd", "etcd"))


@pytest.fixture
def api() -> FakeApi:
    return FakeApi(namespaces=["prod"])


@pytest.fixture
def wall() -> Wall:
    return Wall()


def a_recorder(api: FakeApi, wall: Wall, run: str = "a1", **options: Any) -> Recorder:
    return Recorder(api, "prod", "shop", INTENT, Run(run, "up", "anna@laptop", "", plan="77aa"), now=wall, **options)


def stages(api: FakeApi) -> dict[str, str]:
    return {stage: progress.value for stage, progress in read_record(api, "prod", "shop").stages.items()}


def writes(api: FakeApi) -> int:
    return len(api.writes)


def test_the_intent_is_there_before_anything_else(api: FakeApi, wall: Wall) -> None:
    with a_recorder(api, wall):
        record = read_record(api, "prod", "shop")

    assert record.intent == INTENT
    assert record.stages == {"etcd": Progress.PENDING, "vtgate": Progress.PENDING}
    assert record.runs == (Run("a1", "up", "anna@laptop", "2026-11-26T12:00:00Z", plan="77aa"),)
    assert [str(request) for request in api.writes] == ["apply ConfigMap/shop-record"] * 2


def test_stages_are_written_as_they_come_but_at_most_once_a_second(api: FakeApi, wall: Wall) -> None:
    seen = []
    with a_recorder(api, wall) as recorder:
        for seconds, event in (
            (0.2, events.StageStarted(0.2, "etcd")),
            (0.2, CREATED),
            (0.2, events.StageReady(0.6, "etcd", 0.4, "it has a leader")),
            (0.5, events.StageStarted(1.1, "vtgate")),
            (5.0, events.Waiting(6.1, "vtgate", 5.0, "a pod is made")),
            (5.0, events.StageFailed(11.1, "vtgate", 10.0, "no node has room")),
        ):
            wall.advance(seconds)
            recorder(event)
            seen.append((writes(api), stages(api)))

    pending, moved, failed = ({"etcd": "pending", "vtgate": "pending"}, {"etcd": "ready"}, {"etcd": "ready"})
    moved["vtgate"], failed["vtgate"] = "applying", "failed"
    assert seen == [(1, pending), (1, pending), (1, pending), (2, moved), (2, moved), (3, failed)]


def test_what_was_held_back_is_written_with_the_next_event_of_any_kind(api: FakeApi, wall: Wall) -> None:
    with a_recorder(api, wall) as recorder:
        recorder(events.StageStarted(0.0, "etcd"))
        wall.advance(1)
        recorder(events.Waiting(1.0, "etcd", 1.0, "a pod is made"))

        assert stages(api)["etcd"] == "applying"


def test_the_end_says_how_it_went_and_what_changed(api: FakeApi, wall: Wall) -> None:
    with a_recorder(api, wall) as recorder:
        recorder(CREATED)
        recorder(events.ActionTaken(0.0, "keyspaces", "create keyspace messages", True))
        recorder(events.StageReady(0.0, "etcd", 0.0, ""))
        wall.advance(0.5)

    (run,) = read_record(api, "prod", "shop").runs
    assert (run.result, run.changes, run.ended) == (Result.DONE, {"create": 1, "act": 1}, "2026-11-26T12:00:00Z")
    assert stages(api) == {"etcd": "ready", "vtgate": "pending"}


@pytest.mark.parametrize(
    ("error", "result"),
    [
        (NotReadyError("vtgate was not ready within 180 s"), Result.FAILED),
        (Interrupted("interrupted"), Result.INTERRUPTED),
        (KeyboardInterrupt(), Result.INTERRUPTED),
    ],
)
def test_a_run_that_breaks_off_says_so(api: FakeApi, wall: Wall, error: BaseException, result: Result) -> None:
    with suppress(type(error)), a_recorder(api, wall):
        raise error

    assert read_record(api, "prod", "shop").runs[0].result is result


def test_a_killed_run_leaves_an_open_entry_that_the_next_one_closes(api: FakeApi, wall: Wall) -> None:
    a_recorder(api, wall, "killed").__enter__()
    assert read_record(api, "prod", "shop").runs[0].result is Result.OPEN

    wall.advance(60)
    with a_recorder(api, wall, "next"):
        pass

    runs = read_record(api, "prod", "shop").runs
    assert [(run.id, run.result) for run in runs] == [("next", Result.DONE), ("killed", Result.KILLED)]


def test_a_run_without_the_lock_writes_nothing_any_more(api: FakeApi, wall: Wall) -> None:
    held = [True]
    with a_recorder(api, wall, allowed=lambda: held[0]) as recorder:
        held.clear()
        held.append(False)
        wall.advance(10)
        recorder(events.StageStarted(10.0, "etcd"))

    assert writes(api) == 1


def test_without_the_first_write_there_is_no_run(api: FakeApi, wall: Wall) -> None:
    api.on("apply", CONFIG_MAP, UnreachableError("the API server cannot be reached"))

    with pytest.raises(UnreachableError), a_recorder(api, wall):
        pytest.fail("the run began without its intent written down")


def test_later_a_failed_write_is_told_once_and_tried_again(api: FakeApi, wall: Wall) -> None:
    troubles: list[VitessctlError] = []
    with a_recorder(api, wall, trouble=troubles.append) as recorder:
        api.on("apply", CONFIG_MAP, UnreachableError("the API server cannot be reached"), times=2)
        for event in (events.StageStarted(0.0, "etcd"), CREATED, CREATED):
            wall.advance(1)
            recorder(event)

        assert [trouble.what for trouble in troubles] == ["the API server cannot be reached"]
        assert stages(api)["etcd"] == "applying"


def test_an_edit_by_hand_stops_no_run(api: FakeApi, wall: Wall) -> None:
    with a_recorder(api, wall):
        pass
    api.edit(CONFIG_MAP, "prod", "shop-record", {"data": {"runs": "mine"}}, manager="kubectl-edit")

    with a_recorder(api, wall, "next"):
        pass

    assert [run.id for run in read_record(api, "prod", "shop").runs] == ["next"]


@pytest.mark.parametrize("forget", [lambda api, recorder: recorder.forget(), lambda api, recorder: True])
def test_what_is_forgotten_does_not_come_back_at_the_end(
    api: FakeApi, wall: Wall, forget: Callable[[FakeApi, Recorder], bool]
) -> None:
    with a_recorder(api, wall) as recorder:
        assert forget(api, recorder)
        forgotten = api.names(CONFIG_MAP, "prod") == []
        wall.advance(5)
        recorder(events.StageStopped(5.0, "etcd", 1.0))

    assert (api.names(CONFIG_MAP, "prod") == []) is forgotten


def test_two_clusters_in_a_namespace_have_a_record_each(api: FakeApi, wall: Wall) -> None:
    with a_recorder(api, wall), Recorder(api, "prod", "blog", INTENT, Run("b2", "up", "ben@ci", ""), now=wall):
        pass

    assert api.names(CONFIG_MAP, "prod") == ["blog-record", "shop-record"]
    assert forget_record(api, "prod", "blog")
    assert not forget_record(api, "prod", "blog")
    assert [run.id for run in read_record(api, "prod", "shop").runs] == ["a1"]

"""Which stage may begin when: every stage once, never before what it needs."""

from __future__ import annotations

import random

import pytest

from vitessctl.run.schedule import Schedule
from vitessctl.run.stage import Stage
from vitessctl.run.stages import STAGES
from vitessctl.targets.base import Verdict


def stage(name: str, *needs: str, early: tuple[str, ...] | None = None) -> Stage:
    return Stage(name, needs, name, lambda context: Verdict.done(), early=early)


ETCD, KEYSPACES, PRIMARY = stage("etcd"), stage("keyspaces", "etcd"), stage("primary", "keyspaces")
VTGATE = stage("vtgate", "primary", early=("keyspaces",))
FOUR = (ETCD, KEYSPACES, PRIMARY, VTGATE)


def names(stages: list[Stage]) -> list[str]:
    return [stage.name for stage in stages]


def test_a_stage_begins_when_what_it_needs_is_done() -> None:
    schedule = Schedule(FOUR, starts_slowly=False)

    assert names(schedule.take_ready()) == ["etcd"]
    assert names(schedule.take_ready()) == []
    schedule.finish(ETCD)
    assert names(schedule.take_ready()) == ["keyspaces"]
    assert names(schedule.waiting) == ["primary", "vtgate"]


def test_where_starting_takes_long_documents_are_applied_before_their_stage() -> None:
    schedule = Schedule(FOUR, starts_slowly=True)
    schedule.take_ready()
    schedule.finish(ETCD)
    schedule.take_ready()
    assert names(schedule.take_early()) == []

    schedule.finish(KEYSPACES)

    assert names(schedule.take_early()) == ["vtgate"]
    assert names(schedule.take_early()) == []
    assert names(schedule.take_ready()) == ["primary"]


def test_some_are_applied_at_once() -> None:
    schedule = Schedule((ETCD, stage("vtctld", "etcd", early=())), starts_slowly=True)
    assert names(schedule.take_early()) == ["vtctld"]
    assert names(schedule.take_early()) == []
    assert names(schedule.take_ready()) == ["etcd"]


def test_elsewhere_nothing_is_applied_early() -> None:
    schedule = Schedule(FOUR, starts_slowly=False)
    for each in FOUR[:2]:
        schedule.take_ready()
        schedule.finish(each)
    assert schedule.take_early() == []


def test_a_stage_that_may_begin_anyway_is_not_prepared() -> None:
    schedule = Schedule((ETCD, stage("vtgate", early=("etcd",))), starts_slowly=True)
    schedule.finish(ETCD)
    assert schedule.take_early() == []


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("slowly", [False, True])
def test_the_real_stages_all_run_once_in_an_order_that_holds_their_needs(seed: int, slowly: bool) -> None:
    schedule, dice = Schedule(STAGES, slowly), random.Random(seed)
    done: list[str] = []
    running: list[Stage] = []
    while True:
        for prepared in schedule.take_early():
            assert set(prepared.early or ()) <= set(done)
            assert prepared.name not in done
        for begun in schedule.take_ready():
            assert set(begun.needs) <= set(done)
            running.append(begun)
        if not running:
            break
        finished = running.pop(dice.randrange(len(running)))
        schedule.finish(finished)
        done.append(finished.name)
    assert sorted(done) == sorted(each.name for each in STAGES)

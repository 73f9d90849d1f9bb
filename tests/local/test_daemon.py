"""supervisord's own process: when it looks again, and how long it waits before it starts something again."""

from __future__ import annotations

import time
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from supervisor.datatypes import RestartUnconditionally, RestartWhenExitUnexpected
from supervisor.states import ProcessStates

from vitessctl.targets.local import daemon
from vitessctl.targets.local.counted import PAUSES, STEADY, CountedProcess, pause_after

NOW = 1_000_000.0


class Options:
    """As much of supervisord's options as a process asks for."""

    mood = 1
    logger = SimpleNamespace(info=print, warn=print, debug=print, critical=print)

    def close_parent_pipes(self, _pipes: object) -> None:
        """Nothing is open."""


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """The time, as supervisord sees it."""
    now = SimpleNamespace(time=NOW)
    monkeypatch.setattr(time, "time", lambda: now.time)
    return now


def a_process(**settings: object) -> Any:
    """A program that has no process."""
    defaults: dict[str, object] = {
        "name": "vtgate",
        "options": Options(),
        "startsecs": 1,
        "startretries": 1000,
        "stopwaitsecs": 10,
        "autorestart": RestartUnconditionally,
        "exitcodes": [0],
    }
    return CountedProcess(SimpleNamespace(**{**defaults, **settings}))


def live(process: Any, clock: SimpleNamespace, seconds: float, status: int = 0) -> None:
    """It is started, lives for so long, and ends by itself."""
    process.state = ProcessStates.RUNNING
    process.pid, process.laststart = 12, clock.time
    clock.time += seconds
    process.finish(12, status)


class TestPauses:
    def test_they_begin_with_none_and_grow_to_half_a_minute(self) -> None:
        assert [pause_after(lives) for lives in range(12)] == [0, 0, 0.5, 1, 2, 3, 5, 8, 13, 21, 30, 30]

    @given(st.integers(-10, 10_000))
    def test_they_never_shrink_and_never_pass_the_last(self, lives: int) -> None:
        assert pause_after(lives) <= pause_after(lives + 1) <= PAUSES[-1]

    def test_a_first_end_is_no_reason_to_wait(self, clock: SimpleNamespace) -> None:
        process = a_process()
        live(process, clock, 3600)
        assert process.not_before == clock.time
        assert (process.deaths, process.state) == (1, ProcessStates.EXITED)

    def test_short_lives_in_a_row_are(self, clock: SimpleNamespace) -> None:
        process = a_process()
        waits = []
        for _ in range(5):
            live(process, clock, STEADY - 1)
            waits.append(process.not_before - clock.time)
        assert waits == [0, 0.5, 1, 2, 3]

    def test_a_long_life_makes_up_for_them(self, clock: SimpleNamespace) -> None:
        process = a_process()
        for seconds in (2, 2, 2, 2, STEADY + 1):
            live(process, clock, seconds)
        assert process.not_before == clock.time

    def test_who_was_told_to_stop_did_not_die(self, clock: SimpleNamespace) -> None:
        process = a_process()
        process.state, process.pid, process.laststart, process.killing = ProcessStates.STOPPING, 12, clock.time, True
        process.finish(12, 15)
        assert (process.deaths, process.short_lives, process.state) == (0, 0, ProcessStates.STOPPED)

    def test_it_is_not_started_before_its_pause_is_over(
        self, clock: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        spawned: list[float] = []
        process = a_process()
        monkeypatch.setattr(process, "spawn", lambda: spawned.append(clock.time))
        for _ in range(3):
            live(process, clock, 2)
        process.transition()
        assert spawned == []
        clock.time += 1.0
        process.transition()
        assert spawned == [clock.time]

    def test_one_that_does_not_come_up_waits_too(self, clock: SimpleNamespace) -> None:
        process = a_process()
        waits = []
        for _ in range(40):
            process.state = ProcessStates.STARTING
            process.change_state(ProcessStates.BACKOFF)
            waits.append(process.delay - clock.time)
        assert waits[:7] == [0.5, 1, 2, 3, 5, 6, 7]
        assert max(waits) == 30
        assert process.failures == 40

    def test_once_it_is_up_its_failures_are_forgotten(self, clock: SimpleNamespace) -> None:
        process = a_process()
        process.state = ProcessStates.STARTING
        process.change_state(ProcessStates.BACKOFF)
        process.change_state(ProcessStates.STARTING)
        assert process.failures == 1
        process.change_state(ProcessStates.RUNNING)
        assert process.failures == 0


class TestDue:
    """When supervisord has to look again though nothing happens."""

    def test_when_it_will_count_as_up(self) -> None:
        process = a_process(startsecs=3)
        process.state, process.laststart = ProcessStates.STARTING, NOW
        assert process.due() == NOW + 3

    @pytest.mark.parametrize("state", [ProcessStates.BACKOFF, ProcessStates.STOPPING])
    def test_when_it_is_tried_again_or_killed(self, state: int) -> None:
        process = a_process()
        process.state, process.delay = state, NOW + 7
        assert process.due() == NOW + 7

    @pytest.mark.parametrize(
        ("policy", "status", "due"),
        [
            (RestartUnconditionally, 0, NOW),
            (RestartWhenExitUnexpected, 1, NOW),
            (RestartWhenExitUnexpected, 0, None),
            (False, 1, None),
        ],
    )
    def test_when_it_has_ended_only_if_it_is_started_again(
        self, policy: object, status: int, due: float | None
    ) -> None:
        process = a_process(autorestart=policy)
        process.state, process.exitstatus, process.not_before = ProcessStates.EXITED, status, NOW
        assert process.due() == due

    @pytest.mark.parametrize("state", [ProcessStates.RUNNING, ProcessStates.STOPPED, ProcessStates.FATAL])
    def test_never(self, state: int) -> None:
        process = a_process()
        process.state = state
        assert process.due() is None

    @pytest.mark.parametrize(
        ("dues", "timeout"),
        [([], 1), ([None], 1), ([NOW + 5], 1), ([NOW + 0.2, None, NOW + 3], 0.205), ([NOW - 5], 0.01)],
    )
    def test_the_loop_sleeps_to_the_next_thing_that_is_due(
        self, clock: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, dues: list[float | None], timeout: float
    ) -> None:
        slept: list[float] = []
        monkeypatch.setattr(daemon.supervisor.poller.PollPoller, "poll", lambda _self, seconds: slept.append(seconds))
        processes = [SimpleNamespace(due=lambda due=due: due) for due in dues]
        poller = daemon.PromptPoller(None, lambda: processes)  # type: ignore[arg-type,return-value]
        poller.poll(1)
        assert slept == [pytest.approx(timeout)]


class TestReport:
    def test_what_is_told_of_a_program(self, clock: SimpleNamespace) -> None:
        process = a_process()
        live(process, clock, 2, status=256)
        assert process.report() == {
            "name": "vtgate",
            "state": "EXITED",
            "pid": 0,
            "start": NOW,
            "stop": NOW + 2,
            "now": NOW + 2,
            "deaths": 1,
            "failures": 0,
            "last_end": "exit status 1",
        }

    def test_a_program_that_could_not_be_run_at_all(self) -> None:
        process = a_process()
        process.spawnerr = "can't find command 'vtgate'"
        assert process.report()["last_end"] == "can't find command 'vtgate'"

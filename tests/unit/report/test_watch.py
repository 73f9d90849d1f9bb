"""Watching: what is shown of look after look, in place, by change, and line by line."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace

import pytest
from rich.console import Console

from tests.support.world import open_world
from tests.unit.status.looks import look
from vitessctl.report import watch
from vitessctl.status.catalogue import finding
from vitessctl.status.report import Status


@pytest.fixture
def healthy() -> Status:
    return look(open_world())


def lagging(status: Status, seconds: int) -> Status:
    late = finding("lagging", "zone1-0000000102", lag=seconds, limit=30, lacking="", shard="messages/0")
    return replace(status, findings=(late,))


def with_pid(status: Status, pid: int) -> Status:
    first, *others = status.components
    return replace(status, components=(replace(first, pid=pid), *others))


@pytest.mark.parametrize(
    ("change", "news"),
    [
        (lambda status: status, False),
        (lambda status: replace(status, seconds=9.0), False),
        (lambda status: replace(status, tablets=[replace(t, lag_seconds=3.0, lacks=7) for t in status.tablets]), False),
        (lambda status: lagging(status, 40), True),
        (lambda status: replace(status, ready=False), True),
        (lambda status: with_pid(status, 4711), True),
        (lambda status: replace(status, shards=[replace(s, primary="zone1-0000000101") for s in status.shards]), True),
        (lambda status: replace(status, tablets=[replace(t, type="replica") for t in status.tablets]), True),
    ],
)
def test_what_is_news(healthy: Status, change: Callable[[Status], Status], news: bool) -> None:
    assert (watch.what_matters(change(healthy)) != watch.what_matters(healthy)) is news


def test_more_lag_is_none() -> None:
    status = look(open_world())

    assert watch.what_matters(lagging(status, 40)) == watch.what_matters(lagging(status, 41))


def test_a_pipe_gets_a_block_for_each_change(healthy: Status, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "_clock", lambda: "12:00:00")
    out = io.StringIO()

    with watch.shown_by_change(Console(file=out, width=80)) as show:
        for status in (healthy, healthy, lagging(healthy, 40), lagging(healthy, 41), healthy):
            show(status)

    lines = out.getvalue().splitlines()
    assert lines.count("--- 12:00:00") == 3
    assert [line for line in lines if line.startswith("guestbook")] == [
        "guestbook (rehearsal): ready",
        "guestbook (rehearsal): ready, 1 warning",
        "guestbook (rehearsal): ready",
    ]


def test_a_terminal_is_redrawn_in_place(healthy: Status, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "_clock", lambda: "12:00:00")
    out = io.StringIO()
    terminal = Console(file=out, force_terminal=True, width=100, height=50, color_system=None, legacy_windows=False)

    with watch.shown_in_place(terminal, 5.0) as show:
        show(healthy)
        first = out.tell()
        show(lagging(healthy, 40))

    redrawn = out.getvalue()[first:]
    assert "every 5 s, Ctrl-C ends it; last look at 12:00:00" in redrawn
    assert "guestbook (rehearsal): ready, 1 warning" in redrawn
    assert "\x1b[1A\x1b[2K" in redrawn, "it goes up and clears what stood there"


def test_a_small_terminal_keeps_the_worst_which_stands_first(healthy: Status) -> None:
    out = io.StringIO()
    terminal = Console(file=out, force_terminal=True, width=40, height=6, color_system=None, legacy_windows=False)

    with watch.shown_in_place(terminal, 2.0) as show:
        show(lagging(healthy, 40))
        drawn = out.getvalue()

    assert "guestbook (rehearsal): ready, 1 warning" in drawn
    assert "vtgate zone1" not in drawn

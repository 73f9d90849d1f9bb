"""Events as JSON lines, as a recap, and in colour."""

from __future__ import annotations

import contextlib
import inspect
import io
import json
import os
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from rich.console import Console

from tests.support.expected import check
from tests.support.world import World, up
from vitessctl.report.jsonlines import JsonLines, event_data
from vitessctl.report.recap import recap_lines, total
from vitessctl.report.screen import Screen, console
from vitessctl.run import events
from vitessctl.targets.base import Change, FieldChange, Operation

SCREENS = Path(__file__).parent / "screens"
CHANGE = Change(Operation.CREATE, "Program/etcd-0", "etcd", "etcd", "etcd-0")
COUNTS = {"etcd": {"ok": 0, "changed": 1, "failed": 0, "skipped": 0}}
EXAMPLES: list[tuple[events.Event, dict[str, Any]]] = [
    (
        events.RunStarted(0.0, "up", "guestbook", "rehearsal"),
        {"type": "run_started", "seconds": 0.0, "command": "up", "cluster": "guestbook", "target": "rehearsal"},
    ),
    (events.Notice(0.0, "it runs on"), {"type": "notice", "seconds": 0.0, "text": "it runs on"}),
    (events.StageStarted(0.5, "etcd"), {"type": "stage_started", "seconds": 0.5, "stage": "etcd"}),
    (
        events.DocumentApplied(1.0, CHANGE),
        {
            "type": "document_applied",
            "seconds": 1.0,
            "change": {
                "operation": "create",
                "label": "Program/etcd-0",
                "stage": "etcd",
                "component": "etcd",
                "subject": "etcd-0",
                "fields": [],
                "conflicts": [],
            },
        },
    ),
    (
        events.ActionTaken(1.0, "cells", "registered cell zone1", True),
        {"type": "action_taken", "seconds": 1.0, "stage": "cells", "action": "registered cell zone1", "changed": True},
    ),
    (
        events.Waiting(2.0, "mysql", 1.23456, "it starts"),
        {"type": "waiting", "seconds": 2.0, "stage": "mysql", "waited": 1.235, "reason": "it starts"},
    ),
    (
        events.StageReady(2.0, "mysql", 1.5, "3 up"),
        {"type": "stage_ready", "seconds": 2.0, "stage": "mysql", "took": 1.5, "summary": "3 up"},
    ),
    (
        events.StageStopped(2.0, "mysql", 1.5),
        {"type": "stage_stopped", "seconds": 2.0, "stage": "mysql", "took": 1.5},
    ),
    (
        events.StageFailed(2.0, "mysql", 1.5, "no"),
        {"type": "stage_failed", "seconds": 2.0, "stage": "mysql", "took": 1.5, "error": "no"},
    ),
    (
        events.StageSkipped(2.0, "vtgate", "an earlier stage failed"),
        {"type": "stage_skipped", "seconds": 2.0, "stage": "vtgate", "reason": "an earlier stage failed"},
    ),
    (events.RunEnded(9.0, True, COUNTS), {"type": "run_ended", "seconds": 9.0, "ok": True, "recap": COUNTS}),
]


@pytest.mark.parametrize(("event", "data"), EXAMPLES, ids=[data["type"] for _, data in EXAMPLES])
def test_an_event_as_json(event: events.Event, data: dict[str, Any]) -> None:
    assert event_data(event) == data


def test_every_kind_of_event_has_an_example() -> None:
    kinds = {
        kind
        for _, kind in inspect.getmembers(events, inspect.isclass)
        if issubclass(kind, events.Event) and kind is not events.Event
    }

    assert {type(event) for event, _ in EXAMPLES} == kinds


def test_every_kind_of_event_but_the_start_of_a_stage_is_on_the_screen() -> None:
    for event, _ in EXAMPLES:
        out = io.StringIO()
        Screen(Console(file=out))(event)
        assert bool(out.getvalue()) is not isinstance(event, events.StageStarted), event


def test_a_whole_run_as_json_lines() -> None:
    out = io.StringIO()

    up(World(), listener=JsonLines(out))

    check(out.getvalue(), SCREENS / "first_up.jsonl")


def test_every_line_is_an_object_with_a_type_and_the_first_tells_the_version() -> None:
    out = io.StringIO()
    up(World(), listener=JsonLines(out))

    lines = [json.loads(line) for line in out.getvalue().splitlines()]

    assert lines[0] == {"type": "version", "ui": "1.0"}
    assert all(isinstance(line["type"], str) and "seconds" in line for line in lines[1:])
    assert [line["type"] for line in lines].count("run_ended") == 1


def test_lines_come_as_they_happen() -> None:
    """A program that reads a pipe sees each one at once."""

    class Pipe(io.StringIO):
        flushed = 0

        def flush(self) -> None:
            self.flushed += 1

    pipe = Pipe()
    listener = JsonLines(pipe)
    for event, _ in EXAMPLES:
        listener(event)

    assert pipe.flushed == len(EXAMPLES) + 1


def test_words_of_any_language_stay_as_they_are() -> None:
    out = io.StringIO()

    JsonLines(out)(events.Waiting(0.0, "mysql", 1.0, "Verbindung verweigert: größer ✓\n\"'"))

    assert "größer ✓" in out.getvalue()
    assert len(out.getvalue().splitlines()) == 2


# Recap


def test_the_recap_is_in_columns() -> None:
    counts = {
        "etcd": {"ok": 1, "changed": 0, "failed": 0, "skipped": 0},
        "vttablet": {"ok": 100, "changed": 12, "failed": 0, "skipped": 0},
        "a-long-component": {"ok": 0, "changed": 0, "failed": 1, "skipped": 2},
    }

    assert list(recap_lines(counts)) == [
        "etcd         : ok=1    changed=0    failed=0    skipped=0",
        "vttablet     : ok=100  changed=12   failed=0    skipped=0",
        "a-long-component : ok=0    changed=0    failed=1    skipped=2",
    ]
    assert total(counts, "ok") == 101
    assert total({}, "ok") == 0


# Colour


def on_a_terminal(*shown: events.Event, verbose: int = 0) -> str:
    """What the program's own console writes to a terminal."""
    out = io.StringIO()
    colours = mock.patch.dict(os.environ, {"FORCE_COLOR": "1", "TERM": "xterm", "COLUMNS": "80"})
    with colours, contextlib.redirect_stdout(out):
        os.environ.pop("NO_COLOR", None)
        screen = Screen(console(), verbose)
        for event in shown:
            screen(event)
    return out.getvalue()


GREEN, YELLOW, RED, BOLD_RED, CYAN = "\x1b[32m", "\x1b[33m", "\x1b[31m", "\x1b[1;31m", "\x1b[36m"


@pytest.mark.parametrize(
    ("event", "colour"),
    [
        (events.DocumentApplied(0, CHANGE), GREEN),
        (events.DocumentApplied(0, Change(Operation.UPDATE, "x", "s", "c")), YELLOW),
        (events.DocumentApplied(0, Change(Operation.START, "x", "s", "c")), YELLOW),
        (events.DocumentApplied(0, Change(Operation.DELETE, "x", "s", "c")), RED),
        (events.ActionTaken(0, "cells", "registered", True), YELLOW),
        (events.StageReady(0, "cells", 0, "zone1"), GREEN),
        (events.StageFailed(0, "cells", 0, "no"), BOLD_RED),
        (events.StageSkipped(0, "cells", "no"), CYAN),
        (events.Waiting(0, "cells", 1, "no"), CYAN),
    ],
)
def test_colours_on_a_terminal(event: events.Event, colour: str) -> None:
    assert on_a_terminal(event).startswith(colour)


@pytest.mark.parametrize(
    ("operation", "mark"),
    [
        (Operation.CREATE, "+"),
        (Operation.UPDATE, "~"),
        (Operation.START, "^"),
        (Operation.DELETE, "-"),
        (Operation.KEEP, "="),
    ],
)
def test_every_operation_has_a_mark(operation: Operation, mark: str) -> None:
    change = Change(operation, "Program/etcd-0", "etcd", "etcd")

    assert f" {mark} Program/etcd-0" in on_a_terminal(events.DocumentApplied(0, change), verbose=1)


def test_what_stays_as_it_was_is_shown_only_if_asked() -> None:
    kept = events.DocumentApplied(0, Change(Operation.KEEP, "Program/etcd-0", "etcd", "etcd"))
    looked = events.ActionTaken(0, "cells", "looked", False)

    assert on_a_terminal(kept, looked) == ""
    assert "= Program/etcd-0" in on_a_terminal(kept, looked, verbose=1)
    assert "* looked" in on_a_terminal(kept, looked, verbose=1)


@pytest.mark.parametrize("words", ["[red]no markup[/red]", ":smile: no emoji", "[1/3] steps", "100 % of \\n"])
def test_words_of_servers_are_shown_as_they_are(words: str) -> None:
    assert words in on_a_terminal(events.Waiting(0, "mysql", 1, words))


def test_a_long_line_is_not_broken() -> None:
    """It is copied from the screen, or searched for: the terminal folds it by itself."""
    shown = on_a_terminal(events.Waiting(0, "mysql", 1, "word " * 60))

    assert shown.count("\n") == 1


@pytest.mark.parametrize(
    ("row", "colour"),
    [
        ({"ok": 1, "changed": 0, "failed": 0, "skipped": 0}, GREEN),
        ({"ok": 1, "changed": 1, "failed": 0, "skipped": 0}, YELLOW),
        ({"ok": 1, "changed": 1, "failed": 1, "skipped": 0}, RED),
        ({"ok": 0, "changed": 0, "failed": 0, "skipped": 1}, CYAN),
    ],
)
def test_the_recaps_colour_is_its_worst_news(row: dict[str, int], colour: str) -> None:
    assert f"{colour}etcd" in on_a_terminal(events.RunEnded(0, True, {"etcd": row}))


@pytest.mark.parametrize(
    ("ok", "changed", "said"), [(True, 0, True), (True, 1, False), (False, 0, False), (False, 1, False)]
)
def test_nothing_changed_is_said_only_when_all_went_well(ok: bool, changed: int, said: bool) -> None:
    row = {"ok": 1, "changed": changed, "failed": 0, "skipped": 0}

    assert ("Nothing changed." in on_a_terminal(events.RunEnded(0, ok, {"etcd": row}))) is said


def test_a_secret_that_changes_is_not_in_the_stream() -> None:
    field = FieldChange("data.users", "old-word", {"k": "new-word"}, secret=True)
    change = Change(Operation.UPDATE, "Secret/x", "vtgate", "vtgate", fields=(field,))

    data = event_data(events.DocumentApplied(1.0, change))

    assert data["change"]["fields"] == [{"path": "data.users", "before": "…", "after": "…", "secret": True}]
    assert "word" not in json.dumps(data)

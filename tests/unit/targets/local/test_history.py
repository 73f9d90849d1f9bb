"""The runs that are remembered on this machine."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator

import pytest

from tests.support.short import short_folder
from tests.support.wall import Wall
from vitessctl.errors import NotReadyError
from vitessctl.run.author import Author
from vitessctl.run.events import DocumentApplied, StageStarted
from vitessctl.run.runs import KEPT, Result
from vitessctl.targets.base import Change, Operation
from vitessctl.targets.local.account import caller
from vitessctl.targets.local.history import FILE, open_runs, read_runs, remembering
from vitessctl.targets.local.state import LOCK, StateFolder

STARTED = DocumentApplied(0.0, Change(Operation.CREATE, "Program/etcd-0", "etcd", "etcd"))
KEPT_AS_IS = DocumentApplied(0.0, Change(Operation.KEEP, "Program/etcd-0", "etcd", "etcd"))


@pytest.fixture
def state() -> Iterator[StateFolder]:
    with short_folder() as path:
        folder = StateFolder(path / "s", caller())
        folder.create("shop", "rehearsal")
        yield folder


def run(state: StateFolder, number: int = 1, *events: DocumentApplied, error: BaseException | None = None) -> None:
    wall = Wall()
    with remembering(state, "up", author=Author(f"r{number}", "anna@laptop"), now=wall) as listener:
        for event in events:
            listener(event)
        wall.advance(9)
        if error:
            raise error


def test_a_run_that_changed_something_is_remembered_for_its_owner_alone(state: StateFolder) -> None:
    run(state, 1, STARTED, STARTED, KEPT_AS_IS)

    (found,) = read_runs(state)
    assert (found.who, found.command, found.result, found.seconds) == ("anna@laptop", "up", Result.DONE, 9.0)
    assert found.changes == {"create": 2}
    assert (state.path / FILE).stat().st_mode & 0o777 == 0o600


def test_a_run_that_changed_nothing_leaves_no_trace(state: StateFolder) -> None:
    run(state, 1, KEPT_AS_IS)

    assert not (state.path / FILE).exists()


def test_a_run_that_failed_is_remembered_even_if_it_changed_nothing(state: StateFolder) -> None:
    with pytest.raises(NotReadyError):
        run(state, 1, error=NotReadyError("etcd was not ready within 180 s"))

    assert [(found.result, found.error) for found in read_runs(state)] == [
        (Result.FAILED, "etcd was not ready within 180 s")
    ]


def test_the_first_change_is_written_down_at_once_so_that_a_killed_run_leaves_its_trace(state: StateFolder) -> None:
    killed = remembering(state, "up", author=Author("killed", "anna@laptop"))
    listener = killed.__enter__()
    listener(StageStarted(0.0, "etcd"))
    assert read_runs(state) == ()
    listener(STARTED)
    assert [(found.id, found.result) for found in read_runs(state)] == [("killed", Result.OPEN)]

    run(state, 2, STARTED)

    assert [(found.id, found.result) for found in read_runs(state)] == [("r2", Result.DONE), ("killed", Result.KILLED)]


def test_the_last_ten_are_kept(state: StateFolder) -> None:
    for number in range(KEPT + 2):
        run(state, number, STARTED)

    assert [found.id for found in read_runs(state)] == [f"r{number}" for number in range(KEPT + 1, 1, -1)]


def test_what_cannot_be_read_is_passed_over(state: StateFolder) -> None:
    run(state, 1, STARTED)
    path = state.path / FILE
    path.write_text('{"id": \n[]\n\n7\n' + path.read_text() + '{"id": "no start"}\n')

    assert [found.id for found in read_runs(state)] == ["r1"]


def test_where_the_state_folder_is_gone_nothing_is_made_anew(state: StateFolder) -> None:
    with remembering(state, "down", author=Author("r1", "anna@laptop")) as listener:
        listener(STARTED)
        for path in sorted(state.path.rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()
        state.path.rmdir()

    assert not state.path.exists()


@pytest.mark.parametrize(
    ("lock", "running"),
    [
        (json.dumps({"pid": os.getpid()}), True),
        (json.dumps({"pid": 2**31 - 1}), False),  # The holder was killed: its words are still there.
        ("", False),
        ("[]", False),
        ('{"pid": "x"}', False),
    ],
    ids=["alive", "killed", "empty", "a-list", "no-number"],
)
def test_an_open_run_goes_on_while_the_holder_of_the_lock_lives(state: StateFolder, lock: str, running: bool) -> None:
    run(state, 1, STARTED)
    remembering(state, "up", author=Author("r2", "anna@laptop")).__enter__()(STARTED)
    state.write(LOCK, lock, mode=0o600)

    assert open_runs(state, read_runs(state)) == ({"r2"} if running else set())

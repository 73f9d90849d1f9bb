"""Who runs, and whether that run's process still lives: known only where one sees the other by pid."""

from __future__ import annotations

import dataclasses
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from vitessctl.run.author import Author, author_of, is_gone, machine_id, process_start, this_author

THERE = Author("a1", "anna@laptop", 4711, "m1", "100")


def test_no_two_runs_are_the_same() -> None:
    first, second = this_author(), this_author()

    assert first.run != second.run
    assert dataclasses.replace(first, run="") == dataclasses.replace(second, run="")
    assert (first.pid, first.who.count("@")) == (os.getpid(), 1)


def test_an_author_that_was_written_down_is_read_back() -> None:
    assert author_of(dataclasses.asdict(THERE)) == THERE
    assert author_of({"who": "anna@laptop"}) == Author("", "anna@laptop")


@pytest.mark.parametrize("known", ["a text", {"pid": "many"}, {"pid": None}])
def test_what_is_no_author_is_refused(known: Any) -> None:
    with pytest.raises((ValueError, TypeError, AttributeError)):
        author_of(known)


def test_this_process_is_not_gone() -> None:
    assert not is_gone(this_author())


@pytest.mark.skipif(not machine_id(), reason="this system has no /proc")
def test_a_process_that_ended_is_gone() -> None:
    child = subprocess.Popen(["sleep", "60"])
    author = dataclasses.replace(this_author(), pid=child.pid, started=process_start(child.pid))
    assert not is_gone(author)

    child.kill()
    child.wait()
    assert is_gone(author)


@pytest.mark.skipif(not machine_id(), reason="this system has no /proc")
def test_a_zombie_is_gone_too() -> None:
    child = subprocess.Popen(["true"])
    author = dataclasses.replace(this_author(), pid=child.pid, started=process_start(child.pid) or "1")
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)

    assert is_gone(author)
    child.wait()


@pytest.mark.parametrize(
    ("here", "start", "author", "gone"),
    [
        ("m1", "100", THERE, False),
        ("m1", "", THERE, True),
        ("m1", "200", THERE, True),  # The pid was given to another process.
        ("m2", "", THERE, False),  # Another machine: its processes cannot be seen.
        ("", "", THERE, False),
        ("", "", dataclasses.replace(THERE, machine=""), False),
        ("m1", "200", dataclasses.replace(THERE, started=""), False),
    ],
)
def test_only_a_process_of_this_machine_is_known_to_be_gone(here: str, start: str, author: Author, gone: bool) -> None:
    assert is_gone(author, here, lambda pid: start) is gone


def test_a_program_may_have_any_name(tmp_path: Path) -> None:
    (tmp_path / "7").mkdir()
    (tmp_path / "7" / "stat").write_text("7 (a b) S 1) S " + " ".join(str(number) for number in range(1, 30)))

    assert process_start(7, tmp_path) == "19"


def test_without_proc_nothing_is_known(tmp_path: Path) -> None:
    assert (machine_id(tmp_path), process_start(1, tmp_path)) == ("", "")

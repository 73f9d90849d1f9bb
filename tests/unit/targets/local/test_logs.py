"""Logs of programs: their end, and what is added while somebody reads."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.short import short_folder
from vitessctl.errors import ExitCode, NotReadyError
from vitessctl.targets.local.account import caller
from vitessctl.targets.local.logs import ProgramLog, program_logs
from vitessctl.targets.local.state import StateFolder
from vitessctl.targets.logs import Wanted


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "vtgate-zone1.log"


def follow(path: Path, lines: int, *steps: Callable[[], object]) -> list[str]:
    """What a reader gets when these things happen, one each time that it waits."""
    left = list(steps)

    def pause() -> bool:
        if not left:
            return False
        left.pop(0)()
        return True

    return list(ProgramLog("vtgate-zone1", path, pause).follow(lines))


def add(path: Path, text: str) -> Callable[[], object]:
    def write() -> None:
        with path.open("a", encoding="utf-8") as stream:
            stream.write(text)

    return write


def test_the_last_lines_and_then_what_is_added(path: Path) -> None:
    path.write_text("1\n2\n3\n")

    assert follow(path, 2, add(path, "4\n5\n"), add(path, ""), add(path, "6\n")) == ["2", "3", "4", "5", "6"]


def test_a_line_is_shown_when_it_is_whole(path: Path) -> None:
    path.write_text("1\nhalf")

    assert follow(path, 9, add(path, " a line"), add(path, "\nnext\n")) == ["1", "half a line", "next"]


@pytest.mark.parametrize(("lines", "shown"), [(0, []), (1, ["3"]), (3, ["1", "2", "3"]), (100, ["1", "2", "3"])])
def test_as_many_as_are_wanted(path: Path, lines: int, shown: list[str]) -> None:
    path.write_text("1\n2\n3\n")

    assert follow(path, lines) == shown
    assert list(ProgramLog("vtgate-zone1", path).last(lines)) == shown


def test_a_log_that_is_rotated_goes_on_in_the_new_file(path: Path) -> None:
    path.write_text("1\n")

    def rotate() -> None:
        path.rename(path.with_suffix(".log.1"))
        path.write_text("a new file that is longer than the old one\n")

    assert follow(path, 1, rotate, add(path, "2\n")) == ["1", "a new file that is longer than the old one", "2"]


def test_a_log_that_is_emptied_is_read_from_its_start(path: Path) -> None:
    path.write_text("a long line\n")

    assert follow(path, 1, lambda: path.write_text("2\n")) == ["a long line", "2"]


def test_a_log_that_comes_later_is_waited_for(path: Path) -> None:
    assert follow(path, 5, lambda: None, lambda: path.write_text("1\n")) == ["1"]


def test_bytes_that_are_no_text_do_not_end_it(path: Path) -> None:
    path.write_bytes(b"caf\xe9\n")

    assert follow(path, 1, lambda: path.write_bytes(b"caf\xe9\n\xff\xfe\n")) == ["caf\ufffd", "\ufffd\ufffd"]


@pytest.fixture
def state() -> Iterator[StateFolder]:
    """A folder in which two tablets and a vtgate were started."""
    with short_folder() as path:
        yield started(path / "s")


def started(path: Path) -> StateFolder:
    folder = StateFolder(path, caller())
    folder.create("shop", "rehearsal")
    for component, subject in (
        ("vttablet", "zone1-0000000101"),
        ("vttablet", "zone1-0000000100"),
        ("mysqlctld", "zone1-0000000100"),
        ("vtgate", "zone1"),
    ):
        program = f"{component}-{subject}"
        record = {"program": program, "fingerprint": "", "component": component, "subject": subject, "stage": ""}
        folder.write(f"{program}.program.conf", "")
        folder.write(f"run/{program}.started", json.dumps({**record, "stop_wait": 1.0}))
        folder.write(f"log/{program}.log", f"{program} is here\n")
    return folder


@pytest.mark.parametrize(
    ("wanted", "programs"),
    [
        (Wanted("vtgate"), ["vtgate-zone1"]),
        (Wanted("vttablet"), ["vttablet-zone1-0000000100", "vttablet-zone1-0000000101"]),
        (Wanted("vttablet", "zone1-0000000101"), ["vttablet-zone1-0000000101"]),
        (Wanted("mysqld", "zone1-0000000100"), ["mysqlctld-zone1-0000000100"]),
    ],
)
def test_the_programs_of_what_is_meant(state: StateFolder, wanted: Wanted, programs: list[str]) -> None:
    logs = program_logs(state, wanted)

    assert [log.name for log in logs] == programs
    assert [line for log in logs for line in log.last(5)] == [f"{program} is here" for program in programs]


@pytest.mark.parametrize(
    ("wanted", "what"),
    [
        (Wanted("vtorc"), "no vtorc was started here"),
        (Wanted("vttablet", "zone1-0000000109"), "no vttablet zone1-0000000109 was started here"),
    ],
)
def test_what_was_never_started(state: StateFolder, wanted: Wanted, what: str) -> None:
    with pytest.raises(NotReadyError) as caught:
        program_logs(state, wanted)

    assert (caught.value.what, caught.value.exit_code) == (what, ExitCode.NOT_READY)

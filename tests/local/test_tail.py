"""The last lines of a log, however long it is."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vitessctl.targets.local import tail
from vitessctl.targets.local.tail import last_lines, size

LINES = st.lists(st.text(alphabet="ab ö{}\t", max_size=30), max_size=60)


@given(LINES, st.integers(1, 70))
@settings(deadline=None)
def test_the_same_as_reading_everything(lines: list[str], count: int) -> None:
    with tempfile.NamedTemporaryFile() as stream:
        Path(stream.name).write_text("".join(f"{line}\n" for line in lines))
        assert last_lines(Path(stream.name), count) == tuple(lines[-count:])


@given(LINES, LINES)
@settings(deadline=None)
def test_nothing_of_an_earlier_life(old: list[str], new: list[str]) -> None:
    before, after = ("".join(f"{line}\n" for line in lines) for lines in (old, new))
    with tempfile.NamedTemporaryFile() as stream:
        Path(stream.name).write_text(before + after)
        begin = len(before.encode())
        assert last_lines(Path(stream.name), 1000, begin) == tuple(after.split("\n")[:-1])


def test_blocks_are_put_together(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tail, "_BLOCK", 7)
    monkeypatch.setattr(tail, "_MOST", 700)
    path = folder / "log"
    path.write_text("".join(f"line {number}\n" for number in range(20)))
    assert last_lines(path, 3) == ("line 17", "line 18", "line 19")
    assert last_lines(path, 20)[0] == "line 0"


def test_a_huge_log_is_not_read_whole(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = folder / "log"
    with path.open("wb") as stream:
        stream.truncate(3 * 1024**3)
        stream.seek(0, 2)
        stream.write(b"\nthe end\n")
    assert last_lines(path, 1) == ("the end",)


def test_one_line_without_end_is_cut_at_a_megabyte(folder: Path) -> None:
    path = folder / "log"
    path.write_bytes(b"x" * 3_000_000)
    (line,) = last_lines(path, 5)
    assert len(line) == 1024 * 1024


def test_bytes_that_are_no_text(folder: Path) -> None:
    (folder / "log").write_bytes(b"fine\n\xff\xfe broken\n")
    assert last_lines(folder / "log", 2) == ("fine", "\ufffd\ufffd broken")


def test_a_log_that_was_rotated_is_all_of_the_present_life(folder: Path) -> None:
    (folder / "log").write_text("new\n")
    assert last_lines(folder / "log", 5, begin=1000) == ("new",)


@pytest.mark.parametrize("count", [0, -1])
def test_no_lines(folder: Path, count: int) -> None:
    (folder / "log").write_text("one\n")
    assert last_lines(folder / "log", count) == ()


def test_no_log(folder: Path) -> None:
    assert last_lines(folder / "nothing", 5) == ()
    assert last_lines(folder, 5) == ()
    assert size(folder / "nothing") == 0

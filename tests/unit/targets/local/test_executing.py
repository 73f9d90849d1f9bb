"""Programs of Vitess that are run beside the servers of this machine."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from vitessctl.targets.base import Pipes, ProgramMissing
from vitessctl.targets.local.binaries import Binaries
from vitessctl.targets.local.executing import execute
from vitessctl.targets.local.install import rehearsal_binaries

VARIABLES = {"PATH": "/usr/bin:/bin"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with vtctld and its client, which says what it was told and ends as told."""
    for name, text in (("vtctld", ""), ("vtctldclient", 'echo "$@"; cat; echo careful >&2; eval "$LAST"')):
        program = tmp_path / name
        program.write_text(f"#!/bin/sh\n{text}\n")
        program.chmod(0o755)
    return tmp_path


def run(binaries: Binaries, folder: Path, *words: str, stdin: str | None = None, last: str = "") -> tuple[int, str]:
    """The exit code, and what was written to both sides."""
    screen = folder / "screen"
    source = folder / "input"
    source.write_text(stdin or "")
    with screen.open("wb") as out, source.open("rb") as given:
        pipes = Pipes(given.fileno() if stdin is not None else None, out.fileno(), out.fileno())
        code = execute(binaries, "24", words, pipes, {**VARIABLES, "LAST": last})
    return code, screen.read_text()


def beside(folder: Path) -> Binaries:
    return Binaries({"vtctld": folder / "vtctld"})


@pytest.mark.parametrize(("last", "code"), [("", 0), ("exit 7", 7), ("kill -TERM $$", 128 + signal.SIGTERM)])
def test_a_program_beside_vtctlds_is_run_and_its_code_given(folder: Path, last: str, code: int) -> None:
    assert run(beside(folder), folder, "vtctldclient", "Get it", stdin="in\n", last=last) == (
        code,
        "Get it\nin\ncareful\n",
    )


def test_without_input_the_program_reads_nothing(folder: Path) -> None:
    assert run(beside(folder), folder, "vtctldclient", "x") == (0, "x\ncareful\n")


def test_a_program_that_is_not_there_is_named_with_where_it_was_looked_for(folder: Path) -> None:
    with pytest.raises(ProgramMissing) as missing:
        run(beside(folder), folder, "vtctlclient", "x")

    assert (missing.value.what, missing.value.where) == ("there is no vtctlclient", str(folder))
    assert "status, tablets, topology, sql" in missing.value.fix


def test_a_rehearsal_runs_its_stand_in_which_is_told_its_release(tmp_path: Path) -> None:
    code, screen = run(rehearsal_binaries(), tmp_path, "vtctldclient", "--server=127.0.0.1:1", "Nope")

    assert code == 1
    assert "unknown command: Nope" in screen


def test_a_rehearsal_has_no_stand_in_for_some_programs(tmp_path: Path) -> None:
    with pytest.raises(ProgramMissing, match="there is no vtadmin"):
        run(rehearsal_binaries(), tmp_path, "vtadmin")

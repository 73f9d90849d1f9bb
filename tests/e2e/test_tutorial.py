"""docs/tutorial.md is done as it is written: each block of commands is run, and what is shown beneath has to come.

A line that is shown has to come, after the one that is shown above it. `…` stands for what differs from time to time;
in a line of its own for lines that are left out. A comment above a block says its exit code, or that it is not run.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.claims import claimed_base_port, give_back
from tests.support.live import REPOSITORY, stop_leftovers

PAGE = (REPOSITORY / "docs" / "tutorial.md").read_text(encoding="utf-8")
BLOCK = re.compile(
    r"(?:^<!-- (?P<note>[^\n]*) -->\n)?^```(?P<language>\w*)\n(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE
)
AGAIN = ("option so it cannot execute this statement", "nothing was done", "no answer within", "cannot be asked")
"""What a block says that is to be done again: vtorc has made a replica read-only before the next statement (the page
says so), or this machine has so much else to do that a server does not answer in time.
"""

pytestmark = [pytest.mark.rehearsal, pytest.mark.timeout(900)]


@dataclass(frozen=True)
class Shown:
    """Commands, their exit code, and the screen beneath them; no lines where none is shown."""

    commands: str
    code: int = 0
    lines: tuple[str, ...] = ()


def shown() -> Iterator[Shown]:
    """What the page lets a reader do, in order."""
    last: Shown | None = None
    for block in BLOCK.finditer(PAGE):
        if block["language"] == "sh":
            if last:
                yield last
            code = re.fullmatch(r"exit code (\d+)", block["note"] or "")
            last = None if block["note"] == "not run" else Shown(block["text"], int(code[1]) if code else 0)
        elif last:
            yield Shown(last.commands, last.code, tuple(block["text"].splitlines()))
            last = None
    if last:
        yield last


def missing(lines: tuple[str, ...], screen: str) -> str:
    """The first line that is shown and did not come where it is shown; "" if all came."""
    come = [" ".join(line.split()) for line in screen.splitlines()]
    for line in lines:
        if line == "…":
            continue
        wanted = re.compile(re.escape(" ".join(line.split())).replace("…", ".*"))
        place = next((number for number, each in enumerate(come) if wanted.fullmatch(each)), None)
        if place is None:
            return line
        come = come[place + 1 :]
    return ""


class Reader:
    """Somebody with a terminal in an empty folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._place = folder
        self.port = claimed_base_port()
        program = folder / "bin" / "vitessctl"
        program.parent.mkdir()
        program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m vitessctl "$@"\n')
        program.chmod(0o755)
        path = f"{program.parent}:{os.environ['PATH']}"
        self._environment = {**os.environ, "PATH": path, "PYTHONPATH": str(REPOSITORY), "COLUMNS": "200"}
        self._environment |= {"HOME": str(folder), "XDG_STATE_HOME": str(folder / "s")}

    def run(self, commands: str) -> tuple[int, str]:
        """Run a block in one shell, until a command fails; gives exit code and screen."""
        script = f"set -e\n{commands}\npwd > {self.folder}/place\n"
        done = subprocess.run(
            ["bash", "-c", script],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=self._place,
            env=self._environment,
            timeout=300,
        )
        if done.returncode == 0:
            self._place = Path((self.folder / "place").read_text().strip())
        self._move_ports()
        return done.returncode, done.stdout

    def _move_ports(self) -> None:
        """A reader has the machine for himself; a test has neighbours."""
        spec = self._place / "cluster.yaml"
        if spec.exists() and "\nlocal:" not in spec.read_text():
            spec.write_text(f"{spec.read_text()}local: {{base_port: {self.port}}}\n")


@pytest.fixture
def reader(state: Path) -> Iterator[Reader]:
    state.mkdir()
    reader = Reader(state)
    try:
        yield reader
    finally:
        give_back(reader.port)
        stop_leftovers(state / "s" / "vitessctl" / "guestbook-rehearsal")


def test_the_tutorial(reader: Reader) -> None:
    for each in shown():
        for _ in range(10):
            code, screen = reader.run(each.commands)
            wrong = missing(each.lines, screen) if code == each.code else f"exit code {code}"
            if not (wrong and any(words in screen for words in AGAIN)):
                break
        assert not wrong, f"{wrong}\n\nis wrong in\n\n$ {each.commands}{screen}"


def test_all_of_its_commands_are_found() -> None:
    commands = re.findall(r"^vitessctl (\w+)", PAGE, flags=re.MULTILINE)
    run = re.findall(r"^vitessctl (\w+)", "\n".join(each.commands for each in shown()), flags=re.MULTILINE)

    assert run == commands
    assert {"init", "validate", "check-images", "plan", "up", "status"} <= {*run, "check-images"}
    assert {"replication", "vtctl", "sql", "drill", "reparent", "rebuild", "doctor", "schema", "down", "history"} <= {
        *run
    }


def test_a_line_that_does_not_come_is_missing() -> None:
    screen = "  1.0s  etcd   ready: healthy\n  2.0s  vtgate ready: sees 5 tablets\n"

    assert missing(("…", "  …s  etcd  ready: healthy", "…"), screen) == ""
    assert missing(("…s etcd ready: healthy", "…s etcd ready: healthy"), screen) == "…s etcd ready: healthy"
    assert missing(("ready",), screen) == "ready"
    assert missing(("…s vtgate ready: sees 5 tablets", "…s etcd ready: healthy"), screen) == "…s etcd ready: healthy"

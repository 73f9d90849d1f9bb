"""A command in a container that reads and writes as it goes on, against a server that speaks websockets."""

from __future__ import annotations

import errno
import json
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.support.kubernetes.pods import PodServer, Session
from tests.unit.targets.kubernetes.test_streams import SUCCESS, api_of, exit_status
from vitessctl.targets.base import Pipes
from vitessctl.targets.kubernetes.carrying import NO_END, carry
from vitessctl.targets.kubernetes.faults import StreamFailed

Run = Callable[..., int]


class Ends:
    """The other ends of a command's pipes."""

    def __init__(self) -> None:
        self._input, self._stdin = os.pipe()
        self.output, self._output = os.pipe()
        self.errors, self._errors = os.pipe()

    def pipes(self, reads: bool) -> Pipes:
        return Pipes(self._input if reads else None, self._output, self._errors)

    def give(self, text: bytes) -> None:
        """All that the command gets to read."""
        os.write(self._stdin, text)
        self.end_input()

    def end_input(self) -> None:
        os.close(self._stdin)

    def close(self) -> None:
        for end in (self._input, self._stdin, self.output, self._output, self.errors, self._errors):
            with suppress(OSError):
                os.close(end)


@pytest.fixture
def ends() -> Iterator[Ends]:
    made = Ends()
    yield made
    made.close()


def run(script: Callable[[Session], None], folder: Path, ends: Ends, reads: bool = True, version: int = 5) -> int:
    with PodServer(script, version=version) as server:
        return api_of(server, folder).run("shop", "vtctld", "vtctld", ["vtctldclient", "a b"], ends.pipes(reads))


def echo(session: Session) -> None:
    """Give back what comes until its end is told, as `cat` does."""
    while (frame := session.receive()) is not None and frame != (255, b"\0"):
        session.send(1, frame[1])
    session.send(3, SUCCESS)
    session.finish()


def test_input_goes_in_and_output_comes_out_and_the_code_is_the_commands(tmp_path: Path, ends: Ends) -> None:
    ends.give(b"select 1;\n")

    assert run(echo, tmp_path, ends) == 0
    assert os.read(ends.output, 100) == b"select 1;\n"


def test_what_comes_is_passed_on_before_the_command_ends(tmp_path: Path, ends: Ends) -> None:
    read = threading.Event()

    def script(session: Session) -> None:
        session.send(1, b"one ")
        session.send(2, b"careful")
        assert read.wait(5), "what was written was not passed on"
        session.send(3, exit_status(7))
        session.finish()

    def look() -> None:
        seen.append((os.read(ends.output, 10), os.read(ends.errors, 10)))
        read.set()

    seen: list[tuple[bytes, bytes]] = []
    looker = threading.Thread(target=look)
    looker.start()
    assert run(script, tmp_path, ends, reads=False) == 7
    looker.join()
    assert seen == [(b"one ", b"careful")]


@pytest.mark.parametrize(("reads", "asked"), [(True, "&stdin=true"), (False, "")])
def test_input_is_asked_for_only_where_there_is_some(tmp_path: Path, ends: Ends, reads: bool, asked: str) -> None:
    paths = []

    def script(session: Session) -> None:
        paths.append(session.path)
        session.send(3, SUCCESS)
        session.finish()

    run(script, tmp_path, ends, reads)
    assert paths == [
        f"/api/v1/namespaces/shop/pods/vtctld/exec?container=vtctld&stdout=true&stderr=true{asked}"
        "&command=vtctldclient&command=a+b"
    ]


def test_an_older_kubernetes_cannot_be_told_that_input_has_ended(tmp_path: Path, ends: Ends) -> None:
    ends.give(b"select 1;\n")

    with pytest.raises(StreamFailed) as failed:
        run(lambda session: [*iter(session.receive, None)] and None, tmp_path, ends, version=4)

    assert failed.value.why == NO_END


def test_an_older_kubernetes_serves_a_command_that_gets_no_input(tmp_path: Path, ends: Ends) -> None:
    ends.end_input()

    def script(session: Session) -> None:
        session.send(3, SUCCESS)
        session.finish()

    assert run(script, tmp_path, ends, version=4) == 0


def test_a_program_that_is_not_there(tmp_path: Path, ends: Ends) -> None:
    def script(session: Session) -> None:
        session.send(3, json.dumps({"status": "Failure", "message": "exec: vtctldclient: not found"}).encode())
        session.finish()

    with pytest.raises(StreamFailed, match="not found"):
        run(script, tmp_path, ends)


def test_a_connection_that_breaks_off_is_no_success(tmp_path: Path, ends: Ends) -> None:
    with pytest.raises(StreamFailed, match=r"was lost|ended before"):
        run(lambda session: session.send(1, b"half"), tmp_path, ends)


def test_whoever_read_the_output_may_go_away(tmp_path: Path, ends: Ends) -> None:
    os.close(ends.output)

    def script(session: Session) -> None:
        session.send(1, b"one")
        session.receive()

    with pytest.raises(BrokenPipeError):
        run(script, tmp_path, ends, reads=False)


class ClosedWhileRead:
    """A connection whose descriptor is closed by another thread while it is read from."""

    def send(self, channel: int, data: bytes) -> None:
        """Taken."""

    def finish(self, channel: int) -> bool:
        return False

    def receive(self, seconds: float | None = None) -> tuple[int, bytes] | None:
        assert self.closed.wait(5), "nobody closed it"
        raise OSError(errno.EBADF, "Bad file descriptor")

    def close(self) -> None:
        self.closed.set()

    def __init__(self) -> None:
        self.closed = threading.Event()


def test_a_connection_that_is_closed_while_it_is_read_from_says_why(ends: Ends) -> None:
    ends.give(b"select 1;")
    with pytest.raises(ConnectionError, match="cannot tell a command that its input has ended"):
        carry(ClosedWhileRead(), ends.pipes(reads=True))

"""Between the pipes of this process and the channels of a command that runs in a container."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from typing import Protocol

from vitessctl.targets.base import Pipes

STDIN, STDOUT, STDERR, RESULT = 0, 1, 2, 3
"""Channels of Kubernetes' exec; the last brings a Status when the command has ended."""
_CHUNK = 32 * 1024
NO_END = "this Kubernetes (before 1.30) cannot tell a command that its input has ended; give it as a word instead"


class Pipe(Protocol):
    """A connection to the command: `vitessctl.targets.kubernetes.streams.Channels`."""

    def send(self, channel: int, data: bytes) -> None:
        """Raises OSError."""

    def finish(self, channel: int) -> bool:
        """Whether the command could be told that nothing more comes."""

    def receive(self, seconds: float | None = None) -> tuple[int, bytes] | None:
        """Raises OSError."""

    def close(self) -> None:
        """End it, from any thread."""


def carry(remote: Pipe, pipes: Pipes) -> bytes:
    """Carry input and output until the command ends; gives what came on the channel of its result.

    Raises ConnectionError where the connection breaks, and BrokenPipeError where nobody reads the output any more.
    """
    feeder = _Feeder(remote, pipes.stdin) if pipes.stdin is not None else None
    try:
        result = _until_its_end(remote, {STDOUT: pipes.stdout, STDERR: pipes.stderr})
    except ConnectionError as error:
        raise ConnectionError(feeder.fault) if feeder is not None and feeder.fault else error from None
    if feeder is not None and feeder.fault and not result:
        raise ConnectionError(feeder.fault)
    return result


def _until_its_end(remote: Pipe, outputs: Mapping[int, int]) -> bytes:
    """Pass on what the command writes; gives its result."""
    result = b""
    while (received := _received(remote)) is not None:
        channel, data = received
        if channel in outputs:
            _write(outputs[channel], data)
        elif channel == RESULT:
            result += data
    return result


def _write(descriptor: int, data: bytes) -> None:
    while data:
        data = data[os.write(descriptor, data) :]


def _received(remote: Pipe) -> tuple[int, bytes] | None:
    """What comes next.

    A pipe that breaks on that side is no reader of ours that went away, and a connection that the feeder closes just
    while it is read from gives a bad descriptor.
    """
    try:
        return remote.receive()
    except OSError as error:
        raise ConnectionError(str(error)) from error


class _Feeder:
    """Sends all that comes from a descriptor to the command.

    Not through sys.stdin: a thread that waits in a buffered reader would not let the process end.
    """

    def __init__(self, remote: Pipe, descriptor: int) -> None:
        self._remote, self._descriptor = remote, descriptor
        self.fault = ""
        threading.Thread(target=self._feed, name="stdin of a command", daemon=True).start()

    def _feed(self) -> None:
        sent = False
        try:
            while data := os.read(self._descriptor, _CHUNK):
                self._remote.send(STDIN, data)
                sent = True
            if not self._remote.finish(STDIN) and sent:
                self.fault = NO_END
                self._remote.close()
        except OSError:  # the command has ended, or the connection is broken, which the reader sees
            return

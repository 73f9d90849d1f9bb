"""A vitessctl command as a process of its own that is forked from one that has imported everything.

A command that is started imports for a quarter of a second of a core before it does anything, and the tests of whole
clusters run about a thousand of them on two cores. What is forked is the same program from its first line on, with
arguments, environment, folder and screen of its own; test_forked.py holds it against one that is started. Tests that
kill or interrupt a command start it.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import json
import os
import pkgutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import vitessctl

Ran = subprocess.CompletedProcess[str]

_HEARD_BYTES = 200_000
"""More than a command line and its environment have."""
_lock = threading.Lock()
_OTHERS = ("grpc", "jinja2", "jsonschema", "kubernetes.client", "pymysql", "urllib3", "yaml")
"""What commands import where they need it, beside their own modules."""


def run(words: Sequence[str], environment: Mapping[str, str], folder: Path, timeout: float) -> Ran:
    """`vitessctl WORDS…`, without anything to read from, as subprocess.run would run it.

    Raises subprocess.TimeoutExpired where it has no end in so many seconds; then, and where whoever waits is broken
    off, it is killed.
    """
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err, open(os.devnull, "rb") as nothing:
        request = json.dumps({"words": list(words), "environment": dict(environment), "folder": str(folder)})
        mine, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with mine, its:
            screen = [nothing.fileno(), out.fileno(), err.fileno()]
            with _lock:
                source = _source()
            socket.send_fds(source.control, [request.encode()], [*screen, its.fileno()])
            its.close()
            code = _end(mine, timeout)
        if code is None:
            raise subprocess.TimeoutExpired(words, timeout, _read(out), _read(err))
        return Ran(words, code, _read(out), _read(err))


def _end(answers: socket.socket, timeout: float) -> int | None:
    """The exit code, None where there was none in time. First comes the id of the process, then how it ended."""
    pid = int(answers.recv(64))
    answers.settimeout(timeout)
    try:
        return int(answers.recv(64))
    except TimeoutError:
        _kill(pid, answers)
        return None
    except BaseException:
        _kill(pid, answers)
        raise


def _kill(pid: int, answers: socket.socket) -> None:
    """End it, and wait until it has."""
    os.kill(pid, signal.SIGKILL)
    answers.settimeout(None)
    answers.recv(64)


def _read(file: Any) -> str:
    file.seek(0)
    return str(file.read().decode("utf-8").replace("\r\n", "\n"))


@dataclass(frozen=True)
class _Source:
    """The process that is forked from; it ends with the connection to it."""

    process: subprocess.Popen[bytes]
    control: socket.socket


@functools.cache
def _source() -> _Source:
    mine, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with its:
        command = [sys.executable, "-m", __name__, str(its.fileno())]
        root = Path(vitessctl.__file__).parents[1]
        return _Source(subprocess.Popen(command, stdin=subprocess.DEVNULL, pass_fds=[its.fileno()], cwd=root), mine)


# What follows is the process that is forked from.


def serve(control: socket.socket) -> None:
    """Fork a command for each request, until nobody is left to ask. Returns in the command's process too."""
    _import_everything()
    while True:
        request, files, _, _ = socket.recv_fds(control, _HEARD_BYTES, 4)
        if not request:
            sys.exit()
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        if os.fork() == 0:
            control.close()
            _watch(json.loads(request), files)
            return
        for file in files:
            os.close(file)


def _import_everything() -> None:
    for module in pkgutil.walk_packages(vitessctl.__path__, "vitessctl."):
        if not module.name.startswith("vitessctl.rehearsal") and not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    for name in _OTHERS:
        importlib.import_module(name)


def _watch(request: Mapping[str, Any], files: Sequence[int]) -> None:
    """Fork the command and tell how it ends; its own process returns from here."""
    answers = socket.socket(fileno=files[3])
    pid = os.fork()
    if pid == 0:
        answers.close()
        _become(request, files[:3])
        return
    for file in files[:3]:
        os.close(file)
    answers.send(str(pid).encode())
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    with contextlib.suppress(BrokenPipeError):
        answers.send(str(status).encode())
    os._exit(0)


def _become(request: Mapping[str, Any], screen: Sequence[int]) -> None:
    for number, file in enumerate(screen):
        os.dup2(file, number)
        os.close(file)
    os.environ.clear()
    os.environ.update(request["environment"])
    time.tzset()
    os.chdir(request["folder"])
    sys.argv = [str(Path(vitessctl.__file__).with_name("__main__.py")), *request["words"]]


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])))
    from vitessctl.cli.main import main

    main()

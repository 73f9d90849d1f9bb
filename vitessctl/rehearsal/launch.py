"""Which stand-in a program's name stands for, and how it is run."""

from __future__ import annotations

import importlib
import os
import sys
import types
from typing import Final

from vitessctl.rehearsal.servenv.help import answered
from vitessctl.rehearsal.servenv.process import die_of_signals, run

PROGRAMS: Final[dict[str, str]] = {
    "etcd": "vitessctl.rehearsal.etcd.server",
    "vtctld": "vitessctl.rehearsal.vtctld.server",
    "vtorc": "vitessctl.rehearsal.vtorc.server",
    "mysqld": "vitessctl.rehearsal.mysqld.server",
    "mysqlctld": "vitessctl.rehearsal.mysqlctld.server",
    "vttablet": "vitessctl.rehearsal.vttablet.server",
    "vtgate": "vitessctl.rehearsal.vtgate.server",
    "mysql": "vitessctl.rehearsal.clients.mysql",
    "etcdctl": "vitessctl.rehearsal.clients.etcdctl",
    "vtctlclient": "vitessctl.rehearsal.clients.vtctlclient",
    "vtctldclient": "vitessctl.rehearsal.clients.vtctldclient",
}
"""Program to the module whose `main(arguments: list[str]) -> int` is its stand-in; imported only when it runs."""

USAGE: Final = f"usage: python -m vitessctl.rehearsal {{{'|'.join(PROGRAMS)}}} ARGUMENTS...\n"


def main(words: list[str]) -> int:
    """Run `PROGRAM ARGUMENTS…`, the arguments exactly as the real program gets them; gives the exit code."""
    if not words or words[0] not in PROGRAMS:
        sys.stderr.write(USAGE)
        return 2
    die_of_signals()
    code = answered(words[0], words[1:])
    if code is not None:
        return code
    leave_out_aio()
    program = importlib.import_module(PROGRAMS[words[0]])
    return run(words[0], program.main, words[1:])


def leave_out_aio() -> None:
    """Let `import grpc` find an empty grpc.aio: nobody here uses it, and it is a seventh of what the import costs."""
    sys.modules.setdefault("grpc.aio", types.ModuleType("grpc.aio"))


def leave(code: int) -> None:
    """End the process now: threads that still wait for calls must not delay the exit."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)

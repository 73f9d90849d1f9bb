"""The stand-in for vtctlclient: `vtctlclient --server HOST:PORT COMMAND …`, whatever commands vtctld knows.

It hands the command's words to vtctld's legacy service and prints what comes back. Its own flags stand before the
command, with one dash or two.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Final

import grpc

from vitessctl.rehearsal.clients.vtctldclient import error_text
from vitessctl.rehearsal.clients.words import UsageError, split
from vitessctl.rehearsal.servenv.flags import parse_duration
from vitessctl.rehearsal.servenv.log import Log
from vitessctl.rehearsal.tablet_client import open_channel
from vitessctl.vtctld.methods import EXECUTE_VTCTL_COMMAND

KINDS: Final = {"server": "text", "action-timeout": "duration", "dial-timeout": "duration", "logtostderr": "bool"}
_UNSENT: Final = "cannot execute remote command: "
NO_COMMAND: Final = "please specify -server <vtctld_host:vtctld_port> to specify the vtctld server to connect to"


def main(arguments: list[str]) -> int:
    """Run one command; gives the exit code."""
    own, command = apart(arguments)
    try:
        flags = split(own, KINDS).flags
    except UsageError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    if not command or "server" not in flags:
        Log("vtctlclient", structured=False).error(NO_COMMAND)
        return 1
    try:
        _stream(flags["server"], command, parse_duration(flags.get("action-timeout", "1h")))
    except grpc.RpcError as error:
        _report(command[0], error_text(error, flags["server"]))
        return 1
    return 0


def _report(command: str, text: str) -> None:
    """An answer that is an error, or the lack of one, once for the log and once on stdout."""
    unsent = "connection refused" in text
    Log("vtctlclient", structured=False).error(f"{_UNSENT if unsent else 'remote error: '}{text}")
    sys.stdout.write(f"{command} Error: {_UNSENT if unsent else ''}{text}\n")


def apart(arguments: Sequence[str]) -> tuple[list[str], list[str]]:
    """The flags before the command, with two dashes and dashes within; the command and all behind it."""
    own: list[str] = []
    rest = list(arguments)
    while rest and rest[0].startswith("-"):
        name, equals, value = rest.pop(0).lstrip("-").partition("=")
        name = name.replace("_", "-")
        own.append(f"--{name}{equals}{value}")
        if not equals and KINDS.get(name) != "bool" and rest:
            own.append(rest.pop(0))
    return own, rest


def _stream(server: str, command: Sequence[str], seconds: float) -> None:
    method = EXECUTE_VTCTL_COMMAND
    message = method.request(args=command, action_timeout=int(seconds * 1e9))
    with open_channel(server) as channel:
        call = channel.unary_stream(method.path, method.request.SerializeToString, method.response.FromString)
        for answer in call(message, timeout=seconds, wait_for_ready=True):
            sys.stdout.write(answer.event.value)

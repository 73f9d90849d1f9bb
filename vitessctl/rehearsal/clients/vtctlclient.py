"""The stand-in for vtctlclient: `vtctlclient --server HOST:PORT COMMAND …`, whatever commands vtctld knows.

It hands the command's words to vtctld's legacy service and prints what comes back: output on stdout, log lines on
stderr. Its own flags stand before the command, read as the release reads flags.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Final

import grpc

from vitessctl.rehearsal.clients.vtctldclient import error_text
from vitessctl.rehearsal.servenv.flags import parse_duration
from vitessctl.rehearsal.servenv.flagset import Dialect, FlagError, parse
from vitessctl.rehearsal.servenv.log import Log
from vitessctl.rehearsal.servenv.process import current_release
from vitessctl.rehearsal.tablet_client import open_channel
from vitessctl.releases import Release
from vitessctl.vtctld.methods import EXECUTE_VTCTL_COMMAND
from vitessctl.vtctld.proto import logutil_pb2 as logutil

KINDS: Final = {"server": "string", "action-timeout": "duration", "dial-timeout": "duration", "logtostderr": "bool"}
_UNSENT: Final = "cannot execute remote command: "
NO_COMMAND: Final = "please specify {dash}server <vtctld_host:vtctld_port> to specify the vtctld server to connect to"


def main(arguments: list[str]) -> int:
    """Run one command; gives the exit code."""
    release = current_release()
    try:
        flags, command = apart(arguments, release)
    except FlagError as error:
        sys.stderr.write(f"{error}\nUsage of vtctlclient:\n")
        return 2
    if not command or "server" not in flags:
        Log("vtctlclient", structured=False).error(NO_COMMAND.format(dash="-" if release.within("..13") else "--"))
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


def apart(arguments: Sequence[str], release: Release) -> tuple[dict[str, str], list[str]]:
    """The client's own flags by their names with dashes; the command and all behind it. FlagError."""
    dialect = Dialect(pflag=release.flag_parser == "pflag", interspersed=False, long_reasons=release.within("..3"))
    parsed = parse(arguments, lambda name: KINDS.get(name.replace("_", "-")), dialect)
    return {name.replace("_", "-"): value for name, value in parsed.values}, list(parsed.words)


def _stream(server: str, command: Sequence[str], seconds: float) -> None:
    method = EXECUTE_VTCTL_COMMAND
    message = method.request(args=command, action_timeout=int(seconds * 1e9))
    with open_channel(server) as channel:
        call = channel.unary_stream(method.path, method.request.SerializeToString, method.response.FromString)
        log = Log("vtctlclient", structured=False)
        for answer in call(message, timeout=seconds, wait_for_ready=True):
            if answer.event.level == logutil.CONSOLE:
                sys.stdout.write(answer.event.value)
            else:
                log.info(answer.event.value)

"""The stand-in for vtctldclient: `vtctldclient --server HOST:PORT COMMAND …`, for the commands of `commands`.

It waits for a vtctld that is not there until --action-timeout, as the real one does (an hour, unless told otherwise).
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import grpc
from google.protobuf.message import Message

from vitessctl.rehearsal.clients.commands import COMMANDS, request, shown
from vitessctl.rehearsal.clients.words import CommandLine, UsageError, split
from vitessctl.rehearsal.servenv.flags import parse_duration
from vitessctl.rehearsal.servenv.log import Log
from vitessctl.rehearsal.servenv.process import current_release
from vitessctl.rehearsal.tablet_client import listens, open_channel, refused_text
from vitessctl.rehearsal.tablet_wire import go_name
from vitessctl.rehearsal.topology_names import Refused
from vitessctl.rehearsal.vtctld.legacy.lines import tablet_line
from vitessctl.rehearsal.vtctld.legacy.rows import table
from vitessctl.vtctld.methods import METHODS
from vitessctl.vtctld.proto import query_pb2

GLOBAL: Final = {"server": "text", "action-timeout": "duration", "compact": "bool", "logtostderr": "bool"}
DEFAULT_TIMEOUT: Final = "1h"
NO_SERVER: Final = "please specify --server <vtctld_host:vtctld_port> to specify the vtctld server to connect to"


def main(arguments: list[str]) -> int:
    """Run one command; gives the exit code: 0, or 1 with the real one's words on stderr."""
    try:
        sys.stdout.write(run(arguments))
    except UsageError as error:
        return _failed(f"{error}", f"Usage:\n  vtctldclient [command]\n\nCommands: {' '.join(COMMANDS)}\n\n")
    except Refused as error:
        return _failed(str(error))
    return 0


def run(arguments: Sequence[str]) -> str:
    """What the command prints. UsageError for a bad command line, Refused for an answer that is an error."""
    name = next((word for word in arguments if word in COMMANDS), "")
    line = split(arguments, {**GLOBAL, **(COMMANDS[name].flags if name else {})})
    if not name:
        raise UsageError(f"unknown command: {line.words[0]}" if line.words else NO_SERVER)
    if "server" not in line.flags:
        raise UsageError(NO_SERVER)
    rest = list(line.words)
    rest.remove(name)
    patience = parse_duration(line.flags.get("action-timeout", DEFAULT_TIMEOUT))
    answer = ask(line.flags["server"], name, request(name, CommandLine(tuple(rest), line.flags)), patience)
    return render(name, answer)


def ask(server: str, name: str, message: Message, seconds: float) -> Message:
    """The answer of vtctld. Refused, with gRPC's code in the text as Go prints it."""
    method = METHODS[name]
    with open_channel(server) as channel:
        call = channel.unary_unary(method.path, method.request.SerializeToString, method.response.FromString)
        try:
            answer: Message = call(message, timeout=seconds, wait_for_ready=True)
        except grpc.RpcError as error:
            raise Refused(error_text(error, server)) from None
        return answer


def error_text(error: Any, server: str) -> str:
    """`rpc error: code = Unknown desc = …`, as Go prints it."""
    details = error.details() or ""
    if error.code() is grpc.StatusCode.DEADLINE_EXCEEDED:
        details = "context deadline exceeded" if listens(server) else refused_text(server)
    return f"rpc error: code = {go_name(error.code())} desc = {details}"


def render(name: str, answer: Message) -> str:
    """What a command prints of its answer."""
    place = COMMANDS[name].answer
    return _PRINTERS.get(place, _json)(getattr(answer, place)) if place else ""


def _json(value: Any) -> str:
    whole = [shown(each) for each in value] if hasattr(value, "extend") else shown(value)
    return json.dumps(whole, indent=2) + "\n"


def _rows(result: query_pb2.QueryResult) -> str:
    lines = table([field.name for field in result.fields], map(_values, result.rows))
    return "".join(lines) if result.fields else ""


def _values(row: query_pb2.Row) -> list[str | None]:
    """The columns of one row: all values come in one run of bytes, -1 is NULL and takes none of them."""
    rest, found = row.values, list[str | None]()
    for length in row.lengths:
        found.append(None if length < 0 else rest[:length].decode(errors="replace"))
        rest = rest[max(length, 0) :]
    return found


_PRINTERS: Final[Mapping[str, Callable[[Any], str]]] = {
    "names": lambda names: "".join(f"{name}\n" for name in names),
    "tablets": lambda tablets: "".join(f"{tablet_line(tablet, current_release())}\n" for tablet in tablets),
    "result": _rows,
    "results": lambda results: "".join(map(_rows, results)),
    "events": lambda events: "".join(f"{event.file}:{event.line}] {event.value}\n" for event in events),
}


def _failed(text: str, before: str = "") -> int:
    sys.stderr.write(before)
    Log("vtctldclient", structured=False).error(text)
    return 1

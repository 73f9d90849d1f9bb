"""A vtctld of a release before 15 that plays back: it knows which command lines come, and fails at any other."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from concurrent import futures
from dataclasses import dataclass, field
from typing import Any

import grpc

from vitessctl.vtctld.methods import EXECUTE_VTCTL_COMMAND
from vitessctl.vtctld.proto import logutil_pb2 as logutil
from vitessctl.vtctld.proto import vtctldata_pb2 as pb


@dataclass(frozen=True)
class Command:
    """One command line that is to come, what it prints, and the gRPC status that it ends with."""

    words: Sequence[str]
    prints: str = ""
    fails: str = ""
    """The text of its error."""
    logs: Sequence[str] = ("a line of vtctld's log",)
    code: str = "UNKNOWN"


@dataclass
class LegacyReplay(grpc.GenericRpcHandler):  # type: ignore[misc]
    """Answers the commands in their order; `faults` says what came otherwise, `deadlines` what the calls allowed."""

    commands: list[Command]
    address: str = ""
    faults: list[str] = field(default_factory=list)
    deadlines: list[float] = field(default_factory=list)

    def service(self, handler_call_details: Any) -> Any:
        """The handler of the one method there is; any other is unimplemented."""
        method = EXECUTE_VTCTL_COMMAND
        if handler_call_details.method != method.path:
            self.faults.append(f"{handler_call_details.method} was called")
            return None
        return grpc.unary_stream_rpc_method_handler(
            self._answer, method.request.FromString, method.response.SerializeToString
        )

    def _answer(self, request: pb.ExecuteVtctlCommandRequest, context: Any) -> Iterator[pb.ExecuteVtctlCommandResponse]:
        self.deadlines.append(context.time_remaining())
        came = list(request.args)
        expected = self.commands.pop(0) if self.commands else Command(("nothing",))
        if came != list(expected.words):
            self.faults.append(f"{list(expected.words)} was to come, but {came} did")
            context.abort(grpc.StatusCode.INTERNAL, self.faults[-1])
        for line in expected.logs:
            yield _event(logutil.INFO, line)
        for line in expected.prints.splitlines(keepends=True):
            yield _event(logutil.CONSOLE, line)
        if expected.fails:
            context.abort(getattr(grpc.StatusCode, expected.code), expected.fails)


def _event(level: Any, value: str) -> pb.ExecuteVtctlCommandResponse:
    return pb.ExecuteVtctlCommandResponse(event=logutil.Event(level=level, file="vtctl.go", line=1, value=value))


@contextlib.contextmanager
def legacy_replay(commands: Sequence[Command]) -> Iterator[LegacyReplay]:
    """Serve the commands, on a free port; in the end, all of them must have come and nothing else."""
    handler = LegacyReplay(list(commands))
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=2), handlers=[handler])
    handler.address = f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
    server.start()
    try:
        yield handler
    finally:
        server.stop(None).wait()
    assert handler.faults == []
    assert handler.commands == [], "these commands did not come"

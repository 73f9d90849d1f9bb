"""A vtctld of a release before 15 that plays back: it knows which command lines come, and fails at any other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import grpc

from tests.contract.playback import Playback, served
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


class LegacyReplay(Playback[Command]):
    """Answers each command with its output, its log lines and its status."""

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
        expected = self.steps.pop(0) if self.steps else Command(("nothing",))
        if came != list(expected.words):
            self.fault(context, f"{list(expected.words)} was to come, but {came} did")
        for line in expected.logs:
            yield _event(logutil.INFO, line)
        for line in expected.prints.splitlines(keepends=True):
            yield _event(logutil.CONSOLE, line)
        if expected.fails:
            context.abort(getattr(grpc.StatusCode, expected.code), expected.fails)


def _event(level: Any, value: str) -> pb.ExecuteVtctlCommandResponse:
    return pb.ExecuteVtctlCommandResponse(event=logutil.Event(level=level, file="vtctl.go", line=1, value=value))


def legacy_replay(commands: Sequence[Command]) -> AbstractContextManager[LegacyReplay]:
    """Serve the commands, on a free port; in the end, all of them must have come and nothing else."""
    return served(LegacyReplay(list(commands)))

"""A vtctld that plays back: it knows which requests come, in which order, and fails the test at any other."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import grpc
from google.protobuf import json_format

from tests.contract.playback import Playback, served
from vitessctl.vtctld.methods import METHODS

ANY: dict[str, Any] = {"any": "request"}
"""Stands for a request that the test does not look at."""


@dataclass(frozen=True)
class Exchange:
    """One call that is to come, and its answer: bytes, or a gRPC status."""

    rpc: str
    request: dict[str, Any]
    answer: bytes = b""
    status: tuple[str, str] | None = None
    """Name of the code, and text."""
    hangs: bool = False
    """No answer comes, as about a tablet that is dead."""


class Replay(Playback[Exchange]):
    """Answers each exchange with its bytes or its status."""

    def service(self, handler_call_details: Any) -> Any:
        """The handler of whatever method is called."""
        path = handler_call_details.method
        return grpc.unary_unary_rpc_method_handler(lambda request, context: self._answer(path, request, context))

    def _answer(self, path: str, request: bytes, context: Any) -> bytes:
        self.deadlines.append(context.time_remaining())
        if not self.steps:
            self.fault(context, f"nothing was to come, but {path} did")
        expected = self.steps.pop(0)
        method = METHODS[expected.rpc]
        if path != method.path:
            self.fault(context, f"{method.path} was to come, but {path} did")
        wanted = json_format.ParseDict(expected.request, method.request()) if expected.request is not ANY else None
        came = method.request.FromString(request)
        if wanted is not None and came != wanted:
            self.fault(context, f"{expected.rpc} was to come with {wanted!r}, but came with {came!r}")
        if expected.hangs:
            given_up = threading.Event()
            context.add_callback(given_up.set)
            given_up.wait(30)
        if expected.status is not None:
            context.abort(getattr(grpc.StatusCode, expected.status[0]), expected.status[1])
        return expected.answer


def replay(exchanges: Sequence[Exchange], address: str = "127.0.0.1:0") -> AbstractContextManager[Replay]:
    """Serve the exchanges, on a free port; in the end, all of them must have come and nothing else."""
    return served(Replay(list(exchanges)), address)

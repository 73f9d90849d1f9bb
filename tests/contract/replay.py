"""A vtctld that plays back: it knows which requests come, in which order, and fails the test at any other."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator, Sequence
from concurrent import futures
from dataclasses import dataclass, field
from typing import Any

import grpc
from google.protobuf import json_format

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


@dataclass
class Replay(grpc.GenericRpcHandler):  # type: ignore[misc]
    """Answers the exchanges in their order; `faults` says what came otherwise, `deadlines` what the calls allowed."""

    exchanges: list[Exchange]
    address: str = ""
    faults: list[str] = field(default_factory=list)
    deadlines: list[float] = field(default_factory=list)

    def service(self, handler_call_details: Any) -> Any:
        """The handler of whatever method is called."""
        path = handler_call_details.method
        return grpc.unary_unary_rpc_method_handler(lambda request, context: self._answer(path, request, context))

    def _answer(self, path: str, request: bytes, context: Any) -> bytes:
        self.deadlines.append(context.time_remaining())
        if not self.exchanges:
            return self._fault(context, f"nothing was to come, but {path} did")
        expected = self.exchanges.pop(0)
        method = METHODS[expected.rpc]
        if path != method.path:
            return self._fault(context, f"{method.path} was to come, but {path} did")
        wanted = json_format.ParseDict(expected.request, method.request()) if expected.request is not ANY else None
        came = method.request.FromString(request)
        if wanted is not None and came != wanted:
            return self._fault(context, f"{expected.rpc} was to come with {wanted!r}, but came with {came!r}")
        if expected.hangs:
            given_up = threading.Event()
            context.add_callback(given_up.set)
            given_up.wait(30)
        if expected.status is not None:
            context.abort(getattr(grpc.StatusCode, expected.status[0]), expected.status[1])
        return expected.answer

    def _fault(self, context: Any, text: str) -> bytes:
        self.faults.append(text)
        context.abort(grpc.StatusCode.INTERNAL, text)
        raise AssertionError("abort returns never")


@contextlib.contextmanager
def replay(exchanges: Sequence[Exchange], address: str = "127.0.0.1:0") -> Iterator[Replay]:
    """Serve the exchanges, on a free port; in the end, all of them must have come and nothing else."""
    handler = Replay(list(exchanges))
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=2), handlers=[handler])
    handler.address = f"127.0.0.1:{server.add_insecure_port(address)}"
    server.start()
    try:
        yield handler
    finally:
        server.stop(None).wait()
    assert handler.faults == []
    assert handler.exchanges == [], "these calls did not come"

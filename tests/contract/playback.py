"""What both vtctlds that play back have in common: steps that are to come in their order, and nothing else."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from concurrent import futures
from dataclasses import dataclass, field
from typing import Any, Generic, NoReturn, TypeVar

import grpc

Step = TypeVar("Step")
Player = TypeVar("Player", bound="Playback[Any]")


@dataclass
class Playback(grpc.GenericRpcHandler, Generic[Step]):  # type: ignore[misc]
    """Answers the steps in their order; `faults` says what came otherwise, `deadlines` what the calls allowed."""

    steps: list[Step]
    address: str = ""
    faults: list[str] = field(default_factory=list)
    deadlines: list[float] = field(default_factory=list)

    def fault(self, context: Any, text: str) -> NoReturn:
        """End a call that was not to come, and with it the test."""
        self.faults.append(text)
        context.abort(grpc.StatusCode.INTERNAL, text)
        raise AssertionError("abort returns never")


@contextlib.contextmanager
def served(handler: Player, address: str = "127.0.0.1:0") -> Iterator[Player]:
    """Serve the steps, by default on a free port; in the end, all of them must have come and nothing else."""
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=2), handlers=[handler])
    handler.address = f"127.0.0.1:{server.add_insecure_port(address)}"
    server.start()
    try:
        yield handler
    finally:
        server.stop(None).wait()
    assert handler.faults == []
    assert handler.steps == [], "these did not come"

"""The connection to vtctld. The only module of this package that imports grpc."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import Any, TypeVar, cast

os.environ.setdefault("GRPC_VERBOSITY", "NONE")  # else its core writes of its own onto the screen (goaway, forks)

import grpc
from google.protobuf.message import Message

from vitessctl.vtctld.methods import EXECUTE_VTCTL_COMMAND, METHODS
from vitessctl.vtctld.proto import logutil_pb2 as logutil
from vitessctl.vtctld.proto import vtctldata_pb2 as messages
from vitessctl.vtctld.refusal import refusal

Answer = TypeVar("Answer", bound=Message)

# No keepalive pings: servers before release 8 close connections that ping more often than every 5 minutes.
OPTIONS = (
    ("grpc.max_receive_message_length", 64 << 20),
    ("grpc.enable_http_proxy", 0),
    ("grpc.use_local_subchannel_pool", 1),
    ("grpc.initial_reconnect_backoff_ms", 50),
    ("grpc.min_reconnect_backoff_ms", 5000),
    ("grpc.max_reconnect_backoff_ms", 500),
    ("grpc.dns_min_time_between_resolutions_ms", 500),
)
"""A proxy for web pages is none for vtctld; a vtctld that starts is seen within half a second.

The "min" is how long one attempt may take: a port-forward accepts at once, and needs a moment to reach the pod.
"""


class Channel:
    """A connection to one vtctld: made with the first call, made again by itself. Safe to share by threads."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._channel = grpc.insecure_channel(address, options=OPTIONS)

    def call(self, request: Message, answer: type[Answer], seconds: float, subject: str = "") -> Answer:
        """Send a request to the method that it belongs to; gives the answer within `seconds`, else raises VtctldError.

        `subject` is what the call is about, for the error.
        """
        method = METHODS[type(request).__name__.removesuffix("Request")]
        send = self._channel.unary_unary(
            method.path,
            request_serializer=method.request.SerializeToString,
            response_deserializer=method.response.FromString,
        )
        try:
            return cast(Answer, send(request, timeout=seconds))
        except grpc.RpcError as error:
            raise self._refusal(error, method.name, subject, seconds) from None

    def run(self, words: Sequence[str], seconds: float, subject: str = "") -> str:
        """Send a command line to the legacy service; gives what it printed within `seconds`, else raises VtctldError.

        Its log lines are left out. The error names the command; `subject` is what it was about.
        """
        return "".join(text for printed, text in self.follow(words, seconds, subject) if printed)

    def follow(self, words: Sequence[str], seconds: float, subject: str = "") -> Iterator[tuple[bool, str]]:
        """The same as it comes: each piece of text, and whether it was printed (else it is for the log)."""
        method = EXECUTE_VTCTL_COMMAND
        send = self._channel.unary_stream(
            method.path,
            request_serializer=method.request.SerializeToString,
            response_deserializer=method.response.FromString,
        )
        request = messages.ExecuteVtctlCommandRequest(args=words, action_timeout=round(seconds * 1e9))
        try:
            for answer in send(request, timeout=seconds):
                yield answer.event.level == logutil.CONSOLE, answer.event.value
        except grpc.RpcError as error:
            raise self._refusal(error, words[0], subject, seconds) from None

    def _refusal(self, error: Any, name: str, subject: str, seconds: float) -> Exception:
        return refusal(name, error.code().name, error.details() or "", subject, self.address, seconds)

    def close(self) -> None:
        """Give the connection back; calls that are under way end in an error."""
        self._channel.close()

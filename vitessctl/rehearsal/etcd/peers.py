"""Calls between the members of the stand-in's cluster."""

from __future__ import annotations

import time
from typing import Any, Final, cast

import grpc

from vitessctl.rehearsal.etcd.client import CHANNEL_OPTIONS
from vitessctl.rehearsal.etcd.methods import Method
from vitessctl.rehearsal.etcd.proto import peer_pb2 as peer

SERVICE: Final = "rehearsal.EtcdPeer"
APPEND: Final = Method(SERVICE, "Append", peer.AppendRequest, peer.AppendReply)
STATUS: Final = Method(SERVICE, "Status", peer.PeerStatusRequest, peer.PeerStatus)
CALL_SECONDS: Final = 0.5
REST_SECONDS: Final = 2.0
"""A member that hung once is not asked again for this long, so that it does not slow every write."""


class Peer:
    """Another member."""

    def __init__(self, name: str, address: str) -> None:
        self.name = name
        self.matched = 0
        """As its leader: it has every entry up to this one."""
        self._channel = grpc.insecure_channel(address, options=CHANNEL_OPTIONS)
        self._rests_until = 0.0

    def append(self, request: peer.AppendRequest) -> peer.AppendReply | None:
        """Send entries; None if it does not answer."""
        return cast("peer.AppendReply | None", self._ask(APPEND, request))

    def status(self) -> peer.PeerStatus | None:
        """How far its log is; None if it does not answer."""
        return cast("peer.PeerStatus | None", self._ask(STATUS, peer.PeerStatusRequest()))

    def forward(self, method: Method, request: Any, seconds: float) -> Any:
        """Make a client's call there. Raises grpc.RpcError."""
        return self._unary(method)(request, timeout=seconds)

    def _ask(self, method: Method, request: Any) -> Any:
        if time.monotonic() < self._rests_until:
            return None
        try:
            return self._unary(method)(request, timeout=CALL_SECONDS)
        except grpc.RpcError as error:
            if error.code() is grpc.StatusCode.DEADLINE_EXCEEDED:
                self._rests_until = time.monotonic() + REST_SECONDS
            return None

    def _unary(self, method: Method) -> grpc.UnaryUnaryMultiCallable:
        serialize = method.request.SerializeToString
        return self._channel.unary_unary(method.path, serialize, method.response.FromString)

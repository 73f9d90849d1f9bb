"""A client of etcd v3, as small as the stand-ins need it. It speaks to the stand-in and to a real etcd alike."""

from __future__ import annotations

import queue
import re
import time
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, cast

import grpc

from vitessctl.rehearsal.etcd import methods
from vitessctl.rehearsal.etcd.proto import etcd_pb2 as pb

CHANNEL_OPTIONS: Final = [
    ("grpc.initial_reconnect_backoff_ms", 50),
    ("grpc.min_reconnect_backoff_ms", 50),
    ("grpc.max_reconnect_backoff_ms", 500),
    ("grpc.dns_min_time_between_resolutions_ms", 500),
    ("grpc.enable_http_proxy", 0),
]

RETRY_SECONDS: Final = 0.1


class EtcdError(Exception):
    """A call to etcd that failed; `code` is gRPC's."""

    def __init__(self, code: grpc.StatusCode, details: str) -> None:
        super().__init__(f"{code.name}: {details}")
        self.code = code
        self.details = details


def prefix_end(prefix: bytes) -> bytes:
    """The end of the range of all keys with a prefix; a zero byte, which means all keys, for the empty one."""
    stripped = prefix.rstrip(b"\xff")
    return stripped[:-1] + bytes([stripped[-1] + 1]) if stripped else b"\0"


class EtcdClient:
    """Calls to an etcd cluster. Every call has a deadline in seconds and waits for a dead server until then."""

    def __init__(self, addresses: str) -> None:
        """`addresses` is `host:port[,host:port]`, with or without http://."""
        self._channel = grpc.insecure_channel(_target(addresses), options=CHANNEL_OPTIONS)

    def get(self, key: bytes, seconds: float) -> pb.KeyValue | None:
        """One key, None if absent."""
        found = self.range(pb.RangeRequest(key=key), seconds).kvs
        return found[0] if found else None

    def keys(self, prefix: bytes, seconds: float) -> Sequence[bytes]:
        """All keys with a prefix, sorted."""
        request = pb.RangeRequest(key=prefix, range_end=prefix_end(prefix), keys_only=True)
        return [pair.key for pair in self.range(request, seconds).kvs]

    def range(self, request: pb.RangeRequest, seconds: float) -> pb.RangeResponse:
        """Any Range."""
        return cast(pb.RangeResponse, self._call(methods.RANGE, request, seconds))

    def put(self, key: bytes, value: bytes, seconds: float, lease: int = 0) -> int:
        """Write a key; gives the store's revision."""
        request = pb.PutRequest(key=key, value=value, lease=lease)
        return cast(pb.PutResponse, self._call(methods.PUT, request, seconds)).header.revision

    def delete(self, key: bytes, seconds: float) -> int:
        """Remove a key; gives how many there were."""
        request = pb.DeleteRangeRequest(key=key)
        return cast(pb.DeleteRangeResponse, self._call(methods.DELETE_RANGE, request, seconds)).deleted

    def txn(self, request: pb.TxnRequest, seconds: float) -> pb.TxnResponse:
        """Any transaction."""
        return cast(pb.TxnResponse, self._call(methods.TXN, request, seconds))

    def grant(self, ttl: int, seconds: float) -> int:
        """A lease of `ttl` seconds; gives its id."""
        request = pb.LeaseGrantRequest(ttl=ttl)
        return cast(pb.LeaseGrantResponse, self._call(methods.LEASE_GRANT, request, seconds)).id

    def keep_alive(self, lease: int, seconds: float) -> int:
        """Renew a lease once; gives its TTL, 0 or less if it is gone."""
        call = self._stream(methods.LEASE_KEEP_ALIVE)(iter([pb.LeaseKeepAliveRequest(id=lease)]), timeout=seconds)
        try:
            return cast(pb.LeaseKeepAliveResponse, next(iter(call))).ttl
        except grpc.RpcError as error:
            raise _converted(error) from None

    def revoke(self, lease: int, seconds: float) -> None:
        """End a lease and remove its keys."""
        self._call(methods.LEASE_REVOKE, pb.LeaseRevokeRequest(id=lease), seconds)

    def status(self, seconds: float) -> pb.StatusResponse:
        """One member's version, size, leader."""
        return cast(pb.StatusResponse, self._call(methods.STATUS, pb.StatusRequest(), seconds))

    def watch(self, key: bytes, range_end: bytes = b"", revision: int = 0) -> EtcdWatch:
        """Changes of a key or range from a revision on (0: from now)."""
        create = pb.WatchCreateRequest(key=key, range_end=range_end, start_revision=revision)
        return EtcdWatch(self._stream(methods.WATCH), create)

    def close(self) -> None:
        """Give the connection back."""
        self._channel.close()

    def _call(self, method: methods.Method, request: Any, seconds: float) -> Any:
        """Until the deadline a call waits for a server, and is repeated where that cannot do it twice."""
        call = self._channel.unary_unary(method.path, method.request.SerializeToString, method.response.FromString)
        end = time.monotonic() + seconds
        while True:
            try:
                return call(request, timeout=max(0.001, end - time.monotonic()), wait_for_ready=True)
            except grpc.RpcError as error:
                if not _repeatable(method, error) or time.monotonic() + RETRY_SECONDS > end:
                    raise _converted(error) from None
            time.sleep(RETRY_SECONDS)

    def _stream(self, method: methods.Method) -> grpc.StreamStreamMultiCallable:
        serialize = method.request.SerializeToString
        return self._channel.stream_stream(method.path, serialize, method.response.FromString)


class EtcdWatch:
    """A running watch; iterate over it for events. It ends with EtcdError when etcd goes away, silently on close."""

    def __init__(self, call: grpc.StreamStreamMultiCallable, create: pb.WatchCreateRequest) -> None:
        self._requests: queue.SimpleQueue[pb.WatchRequest | None] = queue.SimpleQueue()
        self._requests.put(pb.WatchRequest(create_request=create))
        self._call = call(_until_none(self._requests), wait_for_ready=True)
        self._closed = False

    def __iter__(self) -> Iterator[pb.Event]:
        try:
            for response in self._call:
                yield from response.events
        except grpc.RpcError as error:
            if not self._closed:
                raise _converted(error) from None

    def close(self) -> None:
        """End it, from any thread."""
        self._closed = True
        self._requests.put(None)
        self._call.cancel()


def _until_none(requests: queue.SimpleQueue[pb.WatchRequest | None]) -> Iterable[pb.WatchRequest]:
    while (request := requests.get()) is not None:
        yield request


def _repeatable(method: methods.Method, error: grpc.RpcError) -> bool:
    return method is methods.RANGE and error.code() is grpc.StatusCode.UNAVAILABLE


def _converted(error: grpc.RpcError) -> EtcdError:
    return EtcdError(error.code(), error.details() or "")


def _target(addresses: str) -> str:
    """gRPC's name for one or several addresses; several must be IP addresses, else the first is taken."""
    parts = [part.strip().rpartition("//")[2] for part in addresses.split(",") if part.strip()]
    numeric = all(re.fullmatch(r"[\d.]+:\d+", part) for part in parts)
    return "ipv4:" + ",".join(parts) if numeric else parts[0]

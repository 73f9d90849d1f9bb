"""The store itself: keys with revisions, and leases. Applying commands is its only change, and is deterministic."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from vitessctl.rehearsal.etcd.proto import etcd_pb2 as pb
from vitessctl.rehearsal.etcd.proto import peer_pb2 as peer

Header = Callable[[], pb.ResponseHeader]
_TARGETS: Final[dict[int, tuple[str, str]]] = {
    pb.Compare.VERSION: ("version", "version"),
    pb.Compare.CREATE: ("create_revision", "create_revision"),
    pb.Compare.MOD: ("mod_revision", "mod_revision"),
    pb.Compare.VALUE: ("value", "value"),
    pb.Compare.LEASE: ("lease", "lease"),
}
_RESULTS: Final[dict[int, Callable[[Any, Any], bool]]] = {
    pb.Compare.EQUAL: lambda left, right: left == right,
    pb.Compare.GREATER: lambda left, right: left > right,
    pb.Compare.LESS: lambda left, right: left < right,
    pb.Compare.NOT_EQUAL: lambda left, right: left != right,
}


class Failed(Exception):
    """A command that etcd refuses; str() is its text, `code` the name of gRPC's code."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


LEASE_NOT_FOUND: Final = "etcdserver: requested lease not found"


class State:
    """All keys as they are now; no old revisions are kept, as after a compaction."""

    def __init__(self, header: Callable[[int], pb.ResponseHeader]) -> None:
        self.revision = 1
        self.leases: dict[int, int] = {}
        """Lease to its TTL in seconds."""
        self._header = header
        self._pairs: dict[bytes, pb.KeyValue] = {}
        self._sorted: list[bytes] = []

    def apply(self, command: peer.Command) -> tuple[Any, list[pb.Event]]:
        """Make a change; gives etcd's answer and the events. Raises Failed and changes nothing if etcd refuses."""
        if command.HasField("txn"):
            return self._transaction(command.txn)
        if command.HasField("grant"):
            return self._grant(command.grant)
        return self._revoke(command.revoke)

    def range(self, request: pb.RangeRequest) -> pb.RangeResponse:
        """Read."""
        keys = self._keys(request.key, request.range_end)
        found = [pair for pair in map(self._pairs.__getitem__, keys) if _within(request, pair)]
        if request.sort_order == pb.RangeRequest.DESCEND or request.sort_target != pb.RangeRequest.KEY:
            found.sort(key=_sort_key(request.sort_target), reverse=request.sort_order == pb.RangeRequest.DESCEND)
        count = len(found)
        shown = [] if request.count_only else found[: request.limit or None]
        if request.keys_only:
            shown = [_without_value(pair) for pair in shown]
        more = bool(request.limit) and count > request.limit
        return pb.RangeResponse(header=self._header(self.revision), kvs=shown, count=count, more=more)

    def keys_of(self, lease: int) -> list[bytes]:
        """The keys that end with a lease."""
        return [key for key, pair in self._pairs.items() if pair.lease == lease]

    def _transaction(self, request: pb.TxnRequest) -> tuple[pb.TxnResponse, list[pb.Event]]:
        succeeded = all(self._holds(compare) for compare in request.compare)
        operations = request.success if succeeded else request.failure
        self._check(operations)
        events: list[pb.Event] = []
        after = self.revision + 1
        responses = [self._operation(operation, after, events) for operation in operations]
        if events:
            self.revision = after
        header = self._header(self.revision)
        return pb.TxnResponse(header=header, succeeded=succeeded, responses=responses), events

    def _check(self, operations: Sequence[pb.RequestOp]) -> None:
        for operation in operations:
            if operation.HasField("request_txn"):
                raise Failed("UNIMPLEMENTED", "rehearsal: a transaction inside a transaction is not supported")
            if operation.request_put.lease and operation.request_put.lease not in self.leases:
                raise Failed("NOT_FOUND", LEASE_NOT_FOUND)

    def _operation(self, operation: pb.RequestOp, revision: int, events: list[pb.Event]) -> pb.ResponseOp:
        if operation.HasField("request_range"):
            return pb.ResponseOp(response_range=self.range(operation.request_range))
        if operation.HasField("request_put"):
            return pb.ResponseOp(response_put=self._put(operation.request_put, revision, events))
        return pb.ResponseOp(response_delete_range=self._delete(operation.request_delete_range, revision, events))

    def _put(self, request: pb.PutRequest, revision: int, events: list[pb.Event]) -> pb.PutResponse:
        before = self._pairs.get(request.key)
        if before is None:
            insort(self._sorted, request.key)
        pair = pb.KeyValue(
            key=request.key,
            value=before.value if request.ignore_value and before else request.value,
            lease=before.lease if request.ignore_lease and before else request.lease,
            create_revision=before.create_revision if before else revision,
            mod_revision=revision,
            version=before.version + 1 if before else 1,
        )
        self._pairs[request.key] = pair
        events.append(pb.Event(type=pb.Event.PUT, kv=pair, prev_kv=before))
        shown = before if request.prev_kv else None
        return pb.PutResponse(header=self._header(revision), prev_kv=shown)

    def _delete(self, request: pb.DeleteRangeRequest, revision: int, events: list[pb.Event]) -> pb.DeleteRangeResponse:
        gone = [self._pairs.pop(key) for key in list(self._keys(request.key, request.range_end))]
        for pair in gone:
            del self._sorted[bisect_left(self._sorted, pair.key)]
            tombstone = pb.KeyValue(key=pair.key, mod_revision=revision)
            events.append(pb.Event(type=pb.Event.DELETE, kv=tombstone, prev_kv=pair))
        header = self._header(revision if gone else self.revision)
        return pb.DeleteRangeResponse(header=header, deleted=len(gone), prev_kvs=gone if request.prev_kv else [])

    def _holds(self, compare: pb.Compare) -> bool:
        field, given = _TARGETS[compare.target]
        pair = self._pairs.get(compare.key)
        if pair is None and compare.target == pb.Compare.VALUE:
            return False
        actual = getattr(pair if pair is not None else pb.KeyValue(), field)
        return _RESULTS[compare.result](actual, getattr(compare, given))

    def _grant(self, request: pb.LeaseGrantRequest) -> tuple[pb.LeaseGrantResponse, list[pb.Event]]:
        if request.id in self.leases:
            raise Failed("FAILED_PRECONDITION", "etcdserver: lease already exists")
        self.leases[request.id] = request.ttl
        return pb.LeaseGrantResponse(header=self._header(self.revision), id=request.id, ttl=request.ttl), []

    def _revoke(self, request: pb.LeaseRevokeRequest) -> tuple[pb.LeaseRevokeResponse, list[pb.Event]]:
        if self.leases.pop(request.id, None) is None:
            raise Failed("NOT_FOUND", LEASE_NOT_FOUND)
        events: list[pb.Event] = []
        for key in self.keys_of(request.id):
            self._delete(pb.DeleteRangeRequest(key=key), self.revision + 1, events)
        self.revision += bool(events)
        return pb.LeaseRevokeResponse(header=self._header(self.revision)), events

    def _keys(self, key: bytes, range_end: bytes) -> Iterator[bytes]:
        if not range_end:
            return iter([key] if key in self._pairs else [])
        start = 0 if key == b"\0" else bisect_left(self._sorted, key)
        end = len(self._sorted) if range_end == b"\0" else bisect_left(self._sorted, range_end)
        return iter(self._sorted[start:end])


def covers(key: bytes, range_end: bytes, candidate: bytes) -> bool:
    """Whether a request's key and range_end mean that key."""
    if not range_end:
        return candidate == key
    return candidate >= key and (range_end == b"\0" or candidate < range_end)


def _within(request: pb.RangeRequest, pair: pb.KeyValue) -> bool:
    """Whether a pair is as old and as new as asked for; 0 asks for nothing."""
    return (
        request.min_mod_revision <= pair.mod_revision
        and request.min_create_revision <= pair.create_revision
        and pair.mod_revision <= (request.max_mod_revision or pair.mod_revision)
        and pair.create_revision <= (request.max_create_revision or pair.create_revision)
    )


def _sort_key(target: int) -> Callable[[pb.KeyValue], Any]:
    names = {1: "version", 2: "create_revision", 3: "mod_revision", 4: "value"}
    return lambda pair: getattr(pair, names.get(target, "key"))


def _without_value(pair: pb.KeyValue) -> pb.KeyValue:
    copy = pb.KeyValue()
    copy.CopyFrom(pair)
    copy.ClearField("value")
    return copy

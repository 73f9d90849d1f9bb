"""etcd's gRPC services over a Member: answered here by the leader, passed on to it by the others."""

from __future__ import annotations

import itertools
import queue
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, Final

import grpc

from vitessctl.rehearsal.etcd import methods
from vitessctl.rehearsal.etcd.member import NO_LEADER, TICK_SECONDS, Member, member_id
from vitessctl.rehearsal.etcd.methods import Method
from vitessctl.rehearsal.etcd.peers import APPEND, STATUS
from vitessctl.rehearsal.etcd.proto import etcd_pb2 as pb
from vitessctl.rehearsal.etcd.proto import peer_pb2 as peer
from vitessctl.rehearsal.etcd.state import Failed
from vitessctl.rehearsal.etcd.watches import Watcher

VERSION: Final = "3.5.0"
FORWARD_SECONDS: Final = 5.0
FIRST_LEASE: Final = 0x7000_0000_0000

Handler = tuple[Method, Callable[..., Any]]


class Service:
    """The calls of one member."""

    def __init__(self, member: Member, members: dict[str, str], client_url: str) -> None:
        self._member = member
        self._members = members
        self._client_url = client_url
        self._leases = itertools.count(FIRST_LEASE + member_id(member.name) % 997 * 1_000_000 + member.log.last_index)

    def handlers(self) -> list[tuple[str, grpc.GenericRpcHandler]]:
        """What the client port serves, by service."""
        return _by_service(
            [
                (methods.RANGE, self._range),
                (methods.PUT, self._put),
                (methods.DELETE_RANGE, self._delete_range),
                (methods.TXN, self._txn),
                (methods.LEASE_GRANT, self._grant),
                (methods.LEASE_REVOKE, self._revoke),
                (methods.LEASE_KEEP_ALIVE, self._keep_alive),
                (methods.WATCH, self._watch),
                (methods.STATUS, self._status),
                (methods.MEMBER_LIST, self._member_list),
            ]
        )

    def peer_handlers(self) -> list[tuple[str, grpc.GenericRpcHandler]]:
        """What the peer port serves: the members' own calls, and clients' calls that another member passes on."""
        own: list[Handler] = [
            (APPEND, lambda request, context: self._member.append(request)),
            (STATUS, lambda request, context: self._member.status()),
        ]
        return _by_service(own) + self.handlers()

    def _range(self, request: pb.RangeRequest, context: grpc.ServicerContext) -> pb.RangeResponse:
        if request.serializable:
            return self._member.read(request)
        answer: pb.RangeResponse = self._led(context, methods.RANGE, request, lambda: self._member.read(request))
        return answer

    def _put(self, request: pb.PutRequest, context: grpc.ServicerContext) -> pb.PutResponse:
        response: pb.TxnResponse = self._change(context, methods.PUT, request, _single(request_put=request))
        return response.responses[0].response_put if isinstance(response, pb.TxnResponse) else response

    def _delete_range(self, request: pb.DeleteRangeRequest, context: grpc.ServicerContext) -> pb.DeleteRangeResponse:
        command = _single(request_delete_range=request)
        response: pb.TxnResponse = self._change(context, methods.DELETE_RANGE, request, command)
        return response.responses[0].response_delete_range if isinstance(response, pb.TxnResponse) else response

    def _txn(self, request: pb.TxnRequest, context: grpc.ServicerContext) -> Any:
        return self._change(context, methods.TXN, request, peer.Command(txn=request))

    def _grant(self, request: pb.LeaseGrantRequest, context: grpc.ServicerContext) -> Any:
        request.id = request.id or next(self._leases)
        return self._change(context, methods.LEASE_GRANT, request, peer.Command(grant=request))

    def _revoke(self, request: pb.LeaseRevokeRequest, context: grpc.ServicerContext) -> Any:
        return self._change(context, methods.LEASE_REVOKE, request, peer.Command(revoke=request))

    def _change(self, context: grpc.ServicerContext, method: Method, request: Any, command: peer.Command) -> Any:
        return self._led(context, method, request, lambda: self._member.propose(command))

    def _led(self, context: grpc.ServicerContext, method: Method, request: Any, here: Callable[[], Any]) -> Any:
        """Do it here as the leader, or have the leader do it; waits a while for a leader, as etcd does."""
        end = time.monotonic() + FORWARD_SECONDS
        while True:
            leader = self._member.peers.get(self._member.leader)
            try:
                return here() if leader is None else leader.forward(method, request, FORWARD_SECONDS)
            except Failed as error:
                code, text = grpc.StatusCode[error.code], str(error)
            except grpc.RpcError as error:
                code, text = error.code(), error.details() or ""
            if not _never_arrived(text) or time.monotonic() > end or not context.is_active():
                context.abort(code, text)
            time.sleep(TICK_SECONDS)

    def _keep_alive(self, requests: Iterator[pb.LeaseKeepAliveRequest], context: grpc.ServicerContext) -> Iterator[Any]:
        for request in requests:
            yield self._led(context, methods.LEASE_KEEP_ALIVE, request, partial(self._renewed, request.id))

    def _renewed(self, lease: int) -> pb.LeaseKeepAliveResponse:
        return pb.LeaseKeepAliveResponse(header=self._header(), id=lease, ttl=self._member.renew(lease))

    def _watch(self, requests: Iterator[pb.WatchRequest], context: grpc.ServicerContext) -> Iterator[pb.WatchResponse]:
        answers: queue.SimpleQueue[pb.WatchResponse | None] = queue.SimpleQueue()
        watchers: dict[int, Watcher] = {}
        threading.Thread(target=self._follow, args=(requests, answers, watchers), daemon=True).start()
        context.add_callback(lambda: answers.put(None))
        try:
            while (answer := answers.get()) is not None:
                yield answer
        finally:
            for watcher in watchers.values():
                self._member.watches.remove(watcher)

    def _follow(
        self,
        requests: Iterator[pb.WatchRequest],
        answers: queue.SimpleQueue[pb.WatchResponse | None],
        watchers: dict[int, Watcher],
    ) -> None:
        try:
            for request in requests:
                self._watch_request(request, answers, watchers)
        except Exception:  # grpc ends the iterator of a cancelled stream with a bare Exception
            pass
        answers.put(None)

    def _watch_request(
        self,
        request: pb.WatchRequest,
        answers: queue.SimpleQueue[pb.WatchResponse | None],
        watchers: dict[int, Watcher],
    ) -> None:
        if request.HasField("create_request"):
            create = request.create_request
            watcher = Watcher(create.watch_id or len(watchers), create, answers)
            watchers[watcher.watch_id] = watcher
            self._member.watches.add(watcher, self._header())
        elif request.HasField("cancel_request"):
            watch_id = request.cancel_request.watch_id
            if watch_id in watchers:
                self._member.watches.remove(watchers[watch_id])
            answers.put(pb.WatchResponse(header=self._header(), watch_id=watch_id, canceled=True))
        else:
            answers.put(pb.WatchResponse(header=self._header(), watch_id=-1))

    def _status(self, request: pb.StatusRequest, context: grpc.ServicerContext) -> pb.StatusResponse:
        member = self._member
        return pb.StatusResponse(
            header=self._header(),
            version=VERSION,
            db_size=member.log.size(),
            leader=member_id(member.leader) if member.leader else 0,
            raft_index=member.log.last_index,
            raft_term=member.term,
        )

    def _member_list(self, request: pb.MemberListRequest, context: grpc.ServicerContext) -> pb.MemberListResponse:
        found = [
            pb.Member(
                id=member_id(name),
                name=name,
                peer_urls=[f"http://{address}"],
                client_urls=[self._client_url] if name == self._member.name else [],
            )
            for name, address in self._members.items()
        ]
        return pb.MemberListResponse(header=self._header(), members=found)

    def _header(self) -> pb.ResponseHeader:
        return self._member.header(self._member.state.revision)


def _never_arrived(text: str) -> bool:
    """Whether a call failed before it could do anything, so that making it again is safe."""
    return text == NO_LEADER or text.startswith("failed to connect")


def _single(**operation: Any) -> peer.Command:
    """A transaction of one operation."""
    return peer.Command(txn=pb.TxnRequest(success=[pb.RequestOp(**operation)]))


def _by_service(handlers: list[Handler]) -> list[tuple[str, grpc.GenericRpcHandler]]:
    services: dict[str, dict[str, grpc.RpcMethodHandler]] = {}
    for method, handler in handlers:
        kind = grpc.stream_stream_rpc_method_handler if method.streams else grpc.unary_unary_rpc_method_handler
        wrapped = kind(handler, method.request.FromString, method.response.SerializeToString)
        services.setdefault(method.service, {})[method.name] = wrapped
    return [(name, grpc.method_handlers_generic_handler(name, found)) for name, found in services.items()]

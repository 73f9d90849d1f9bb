"""The etcd stand-in's calls in detail: streams, transactions over the wire, clients that go away."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Iterator
from typing import Any

import grpc
import pytest

from tests.rehearsal.control.memory_etcd import memory_topology
from tests.rehearsal.control.programs import EtcdMember, eventually
from vitessctl.rehearsal.etcd import methods
from vitessctl.rehearsal.etcd.client import EtcdClient, EtcdError, prefix_end
from vitessctl.rehearsal.etcd.methods import Method
from vitessctl.rehearsal.etcd.proto import etcd_pb2 as pb
from vitessctl.rehearsal.topology import Store
from vitessctl.rehearsal.topology_lock import lock

SECONDS = 10.0


@pytest.fixture
def channel(etcd: EtcdMember) -> Iterator[grpc.Channel]:
    with grpc.insecure_channel(etcd.client) as found:
        yield found


def unary(channel: grpc.Channel, method: Method, request: Any) -> Any:
    call = channel.unary_unary(method.path, method.request.SerializeToString, method.response.FromString)
    return call(request, timeout=SECONDS)


class Watching:
    """One watch stream with several watches."""

    def __init__(self, channel: grpc.Channel) -> None:
        self._requests: queue.SimpleQueue[pb.WatchRequest | None] = queue.SimpleQueue()
        method = methods.WATCH
        call = channel.stream_stream(method.path, method.request.SerializeToString, method.response.FromString)
        self._answers = call(iter(self._requests.get, None))

    def ask(self, **request: Any) -> pb.WatchResponse:
        """Send a request; gives its answer."""
        self._requests.put(pb.WatchRequest(**request))
        return self.next()

    def next(self) -> pb.WatchResponse:
        return next(self._answers)  # type: ignore[no-any-return]

    def close(self) -> None:
        self._requests.put(None)


@pytest.fixture
def watching(channel: grpc.Channel) -> Iterator[Watching]:
    found = Watching(channel)
    yield found
    found.close()


def create(root: str, name: str, **more: Any) -> dict[str, Any]:
    key = f"{root}/{name}/".encode()
    return {"create_request": pb.WatchCreateRequest(key=key, range_end=prefix_end(key), **more)}


def test_several_watches_share_a_stream(watching: Watching, client: EtcdClient, root: str) -> None:
    first = watching.ask(**create(root, "a"))
    second = watching.ask(**create(root, "b"))
    assert (first.created, second.created) == (True, True)
    assert first.watch_id != second.watch_id

    client.put(f"{root}/b/1".encode(), b"x", SECONDS)
    client.put(f"{root}/a/1".encode(), b"y", SECONDS)

    seen = [watching.next(), watching.next()]
    assert [(answer.watch_id, answer.events[0].kv.value) for answer in seen] == [
        (second.watch_id, b"x"),
        (first.watch_id, b"y"),
    ]
    assert seen[0].header.revision < seen[1].header.revision


def test_a_watch_that_is_cancelled_hears_no_more(watching: Watching, client: EtcdClient, root: str) -> None:
    first = watching.ask(**create(root, "a"))
    second = watching.ask(**create(root, "b"))

    cancelled = watching.ask(cancel_request=pb.WatchCancelRequest(watch_id=first.watch_id))
    assert (cancelled.canceled, cancelled.watch_id) == (True, first.watch_id)

    client.put(f"{root}/a/1".encode(), b"x", SECONDS)
    client.put(f"{root}/b/1".encode(), b"y", SECONDS)
    assert watching.next().watch_id == second.watch_id


def test_progress_is_told_on_request(watching: Watching, client: EtcdClient, root: str) -> None:
    watching.ask(**create(root, "a"))
    revision = client.put(f"{root}/else".encode(), b"", SECONDS)

    answer = watching.ask(progress_request=pb.WatchProgressRequest())

    assert answer.header.revision >= revision
    assert list(answer.events) == []


def test_what_was_there_before_comes_along_if_wanted(watching: Watching, client: EtcdClient, root: str) -> None:
    client.put(f"{root}/a/1".encode(), b"old", SECONDS)
    watching.ask(**create(root, "a", prev_kv=True))

    client.put(f"{root}/a/1".encode(), b"new", SECONDS)
    client.delete(f"{root}/a/1".encode(), SECONDS)

    events = [watching.next().events[0], watching.next().events[0]]
    assert [(event.type, event.prev_kv.value) for event in events] == [
        (pb.Event.PUT, b"old"),
        (pb.Event.DELETE, b"new"),
    ]


def test_a_clients_own_id_for_a_watch_is_kept(watching: Watching, root: str) -> None:
    assert watching.ask(**create(root, "a", watch_id=42)).watch_id == 42


def test_a_transaction_over_the_wire(channel: grpc.Channel, root: str) -> None:
    key = f"{root}/k".encode()
    absent = pb.Compare(key=key, target=pb.Compare.VERSION, version=0)
    put = pb.RequestOp(request_put=pb.PutRequest(key=key, value=b"1"))
    look = pb.RequestOp(request_range=pb.RangeRequest(key=key))
    request = pb.TxnRequest(compare=[absent], success=[put, look], failure=[look])

    first, second = (unary(channel, methods.TXN, request) for _ in range(2))

    assert (first.succeeded, second.succeeded) == (True, False)
    assert first.responses[1].response_range.kvs[0].value == b"1"
    assert second.responses[0].response_range.kvs[0].version == 1


def test_a_transaction_in_a_transaction_is_refused_in_the_rehearsals_name(channel: grpc.Channel) -> None:
    nested = pb.RequestOp(request_txn=pb.TxnRequest())

    with pytest.raises(grpc.RpcError) as caught:
        unary(channel, methods.TXN, pb.TxnRequest(success=[nested]))

    assert caught.value.code() is grpc.StatusCode.UNIMPLEMENTED
    assert caught.value.details().startswith("rehearsal: ")


def test_put_and_delete_give_back_what_was_there(channel: grpc.Channel, root: str) -> None:
    key = f"{root}/k".encode()
    unary(channel, methods.PUT, pb.PutRequest(key=key, value=b"1"))

    put = unary(channel, methods.PUT, pb.PutRequest(key=key, value=b"2", prev_kv=True))
    gone = unary(channel, methods.DELETE_RANGE, pb.DeleteRangeRequest(key=key, prev_kv=True))

    assert put.prev_kv.value == b"1"
    assert (gone.deleted, gone.prev_kvs[0].value) == (1, b"2")
    assert gone.header.revision == put.header.revision + 1


def test_a_value_or_a_lease_may_be_kept(channel: grpc.Channel, client: EtcdClient, root: str) -> None:
    key = f"{root}/k".encode()
    lease = client.grant(60, SECONDS)
    client.put(key, b"1", SECONDS, lease)

    unary(channel, methods.PUT, pb.PutRequest(key=key, value=b"2", ignore_lease=True))
    unary(channel, methods.PUT, pb.PutRequest(key=key, ignore_value=True, lease=lease))

    pair = client.get(key, SECONDS)
    assert pair is not None
    assert (pair.value, pair.lease, pair.version) == (b"2", lease, 3)


def test_members(channel: grpc.Channel, etcd: EtcdMember) -> None:
    (found,) = unary(channel, methods.MEMBER_LIST, pb.MemberListRequest()).members

    assert (found.name, list(found.client_urls)) == ("one", [f"http://{etcd.client}"])
    assert found.id == unary(channel, methods.STATUS, pb.StatusRequest()).leader


def test_a_lease_with_a_number_of_its_own(channel: grpc.Channel) -> None:
    granted = unary(channel, methods.LEASE_GRANT, pb.LeaseGrantRequest(id=4711, ttl=60))
    assert (granted.id, granted.ttl) == (4711, 60)

    with pytest.raises(grpc.RpcError) as caught:
        unary(channel, methods.LEASE_GRANT, pb.LeaseGrantRequest(id=4711, ttl=60))
    assert caught.value.details() == "etcdserver: lease already exists"


@pytest.mark.parametrize(
    ("addresses", "works"),
    [("{}", True), ("http://{}", True), ("127.0.0.1:1,{}", True), ("127.0.0.1:1", False)],
)
def test_addresses_of_a_cluster(etcd: EtcdMember, addresses: str, works: bool) -> None:
    client = EtcdClient(addresses.format(etcd.client))

    try:
        client.get(b"any", 3.0 if works else 0.3)
        answered = True
    except EtcdError:
        answered = False

    assert answered is works
    client.close()


def test_a_read_is_repeated_until_a_server_answers() -> None:
    """A server that comes up within the call's time is found; see the cluster tests for one that dies meanwhile."""
    began = time.monotonic()

    with pytest.raises(EtcdError):
        EtcdClient("127.0.0.1:1").get(b"k", 0.3)

    assert time.monotonic() - began >= 0.25


def test_a_lock_lives_as_long_as_its_holder_wants(etcd: EtcdMember, root: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Longer than its lease lasts without being renewed."""
    monkeypatch.setattr("vitessctl.rehearsal.topology_lock.seconds", lambda name: 1.0 if name == "lease_ttl" else 5.0)
    store = Store(EtcdClient(etcd.client), root)
    store.update(f"{root}/dir/file", b"")

    with lock(store, f"{root}/dir", "long"):
        time.sleep(1.6)
        held = store.names(f"{root}/dir/locks")

    assert len(held) == 1
    assert list(store.names(f"{root}/dir")) == ["file"]


def test_a_lock_whose_holder_died_ends_by_itself(etcd: EtcdMember, root: str) -> None:
    store = Store(EtcdClient(etcd.client), root)
    store.update(f"{root}/dir/file", b"")
    lease = store.etcd.grant(1, SECONDS)
    store.etcd.put(f"{root}/dir/locks/{lease}".encode(), b"", SECONDS, lease)
    entered = threading.Event()

    def wait_for_it() -> None:
        with lock(store, f"{root}/dir", "next"):
            entered.set()

    threading.Thread(target=wait_for_it, daemon=True).start()

    eventually(lambda: entered.wait(0.1), "the lock is free")


def test_memory_and_server_are_the_same_to_the_topology(etcd: EtcdMember, root: str) -> None:
    """What the other tests do in memory, they could do here."""
    answers = []
    for store in (Store(EtcdClient(etcd.client), root), memory_topology().store):
        path = store.path("file")
        store.create(path, b"1")
        version = store.read(path)[1]
        store.update(path, b"2", version)
        answers.append(
            (store.read(path)[0], list(store.names(store.root)), next(iter(store.read_all(f"{store.root}/")))[-5:])
        )
        store.delete(path)

    assert answers[0] == answers[1] == (b"2", ["file"], "/file")

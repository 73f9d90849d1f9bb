"""The store of the etcd stand-in: revisions, transactions, leases, ranges; and its log."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitessctl.rehearsal.etcd.client import prefix_end
from vitessctl.rehearsal.etcd.log import Log
from vitessctl.rehearsal.etcd.proto import etcd_pb2 as pb
from vitessctl.rehearsal.etcd.proto import peer_pb2 as peer
from vitessctl.rehearsal.etcd.state import Failed, State


def new_state() -> State:
    return State(lambda revision: pb.ResponseHeader(revision=revision))


def put(key: bytes, value: bytes = b"", lease: int = 0) -> pb.RequestOp:
    return pb.RequestOp(request_put=pb.PutRequest(key=key, value=value, lease=lease))


def delete(key: bytes, end: bytes = b"") -> pb.RequestOp:
    return pb.RequestOp(request_delete_range=pb.DeleteRangeRequest(key=key, range_end=end))


def apply(state: State, *operations: pb.RequestOp, **more: Any) -> Any:
    return state.apply(peer.Command(txn=pb.TxnRequest(success=operations, **more)))[0]


def keys(state: State, key: bytes = b"\0", end: bytes = b"\0", **more: Any) -> list[bytes]:
    return [pair.key for pair in state.range(pb.RangeRequest(key=key, range_end=end, **more)).kvs]


def test_a_key_remembers_when_it_was_made_and_changed() -> None:
    state = new_state()
    apply(state, put(b"a", b"1"))
    apply(state, put(b"b", b"1"))
    apply(state, put(b"a", b"2"))

    pair = state.range(pb.RangeRequest(key=b"a")).kvs[0]

    assert (pair.value, pair.create_revision, pair.mod_revision, pair.version) == (b"2", 2, 4, 2)


def test_a_transaction_is_one_revision() -> None:
    state = new_state()

    apply(state, put(b"a"), put(b"b"), delete(b"nothing"))

    assert state.revision == 2


def test_a_transaction_that_changes_nothing_has_no_revision() -> None:
    state = new_state()

    apply(state, delete(b"nothing"))

    assert state.revision == 1


@pytest.mark.parametrize(
    ("compare", "holds"),
    [
        ({"key": b"absent", "target": pb.Compare.VERSION, "version": 0}, True),
        ({"key": b"a", "target": pb.Compare.VERSION, "version": 0}, False),
        ({"key": b"a", "target": pb.Compare.MOD, "mod_revision": 2}, True),
        ({"key": b"a", "target": pb.Compare.MOD, "mod_revision": 2, "result": pb.Compare.GREATER}, False),
        ({"key": b"a", "target": pb.Compare.CREATE, "create_revision": 1, "result": pb.Compare.GREATER}, True),
        ({"key": b"a", "target": pb.Compare.VALUE, "value": b"one"}, True),
        ({"key": b"a", "target": pb.Compare.VALUE, "value": b"one", "result": pb.Compare.NOT_EQUAL}, False),
        ({"key": b"absent", "target": pb.Compare.VALUE, "value": b""}, False),
        ({"key": b"a", "target": pb.Compare.LEASE, "lease": 0}, True),
    ],
)
def test_comparisons_decide_which_branch_runs(compare: dict[str, Any], holds: bool) -> None:
    state = new_state()
    apply(state, put(b"a", b"one"))

    answer = apply(state, put(b"yes"), compare=[pb.Compare(**compare)], failure=[put(b"no")])

    assert answer.succeeded is holds
    assert keys(state, b"n", b"z") == [b"yes" if holds else b"no"]


def test_ranges() -> None:
    state = new_state()
    apply(state, *(put(key) for key in (b"/a/1", b"/a/2", b"/b", b"/a")))

    assert keys(state) == [b"/a", b"/a/1", b"/a/2", b"/b"]
    assert keys(state, b"/a/", prefix_end(b"/a/")) == [b"/a/1", b"/a/2"]
    assert keys(state, b"/b", b"\0") == [b"/b"]
    assert keys(state, b"/a/1", b"") == [b"/a/1"]
    assert keys(state, sort_order=pb.RangeRequest.DESCEND, limit=1) == [b"/b"]
    limited = state.range(pb.RangeRequest(key=b"\0", range_end=b"\0", limit=3))
    assert (limited.count, limited.more, len(limited.kvs)) == (4, True, 3)
    counted = state.range(pb.RangeRequest(key=b"\0", range_end=b"\0", count_only=True))
    assert (counted.count, len(counted.kvs)) == (4, 0)


def test_the_newest_before_a_revision() -> None:
    """The question with which Vitess finds who waits for a lock before it."""
    state = new_state()
    for key in (b"l/2", b"l/1", b"l/3"):
        apply(state, put(key))

    order = {"sort_order": pb.RangeRequest.DESCEND, "sort_target": pb.RangeRequest.MOD, "limit": 1}

    assert keys(state, b"l/", prefix_end(b"l/"), **order) == [b"l/3"]
    assert keys(state, b"l/", prefix_end(b"l/"), max_mod_revision=3, **order) == [b"l/1"]
    assert keys(state, b"l/", prefix_end(b"l/"), max_mod_revision=1, **order) == []
    assert keys(state, min_mod_revision=3, max_create_revision=3) == [b"l/1"]
    assert keys(state, min_create_revision=4) == [b"l/3"]


def test_keys_go_with_their_lease() -> None:
    state = new_state()
    state.apply(peer.Command(grant=pb.LeaseGrantRequest(id=7, ttl=5)))
    apply(state, put(b"lock", lease=7), put(b"other"))

    _, events = state.apply(peer.Command(revoke=pb.LeaseRevokeRequest(id=7)))

    assert keys(state) == [b"other"]
    assert [(event.type, event.kv.key) for event in events] == [(pb.Event.DELETE, b"lock")]


@pytest.mark.parametrize(
    "command",
    [
        peer.Command(revoke=pb.LeaseRevokeRequest(id=9)),
        peer.Command(txn=pb.TxnRequest(success=[put(b"a"), put(b"b", lease=9)])),
    ],
)
def test_a_lease_that_is_not_there(command: peer.Command) -> None:
    state = new_state()

    with pytest.raises(Failed, match="requested lease not found") as caught:
        state.apply(command)

    assert caught.value.code == "NOT_FOUND"
    assert keys(state) == []


KEYS = st.sampled_from([b"a", b"aa", b"ab", b"b", b"\xff", b"\xff\xff"])
STEPS = st.lists(st.tuples(st.sampled_from(["put", "delete"]), KEYS, KEYS), max_size=40)


@given(STEPS)
def test_it_is_a_sorted_map(steps: list[tuple[str, bytes, bytes]]) -> None:
    state, model = new_state(), dict[bytes, bytes]()
    for kind, key, other in steps:
        if kind == "put":
            apply(state, put(key, other))
            model[key] = other
        else:
            apply(state, delete(key, other))
            model = {name: value for name, value in model.items() if not key <= name < other}

    assert [(pair.key, pair.value) for pair in state.range(pb.RangeRequest(key=b"\0", range_end=b"\0")).kvs] == sorted(
        model.items()
    )


@given(st.lists(st.binary(min_size=1, max_size=6), max_size=30), st.binary(min_size=1, max_size=3))
def test_the_end_of_a_prefix_leaves_nothing_out(names: list[bytes], prefix: bytes) -> None:
    state = new_state()
    for name in names:
        apply(state, put(name))

    assert keys(state, prefix, prefix_end(prefix)) == sorted({name for name in names if name.startswith(prefix)})


def entry(index: int, term: int = 1) -> peer.Entry:
    return peer.Entry(term=term, index=index, command=peer.Command(txn=pb.TxnRequest(success=[put(b"%d" % index)])))


def test_the_log_is_there_again(tmp_path: Path) -> None:
    log = Log(str(tmp_path))
    for index in (1, 2, 3):
        log.append(entry(index))

    again = Log(str(tmp_path))

    assert (again.last_index, again.last_term, again.size()) == (3, 1, log.size())
    assert list(again.entries) == [entry(1), entry(2), entry(3)]
    assert list(again.after(2)) == [entry(3)]


@pytest.mark.parametrize("lost", [1, 5, 17])
def test_a_record_that_a_kill_cut_off_is_dropped(tmp_path: Path, lost: int) -> None:
    log = Log(str(tmp_path))
    log.append(entry(1))
    log.append(entry(2))
    path = tmp_path / "rehearsal.log"
    path.write_bytes(path.read_bytes()[:-lost])

    again = Log(str(tmp_path))
    again.append(entry(2, term=2))

    assert [found.term for found in Log(str(tmp_path)).entries] == [1, 2]


def test_entries_can_be_taken_back(tmp_path: Path) -> None:
    log = Log(str(tmp_path))
    for index in (1, 2, 3):
        log.append(entry(index))

    log.cut(1)
    log.append(entry(2, term=5))

    assert [found.term for found in Log(str(tmp_path)).entries] == [1, 5]

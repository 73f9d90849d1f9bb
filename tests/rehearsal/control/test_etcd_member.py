"""Members of the etcd stand-in without processes or clocks: what a majority took is never lost, whatever dies."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vitessctl.rehearsal.etcd import member as member_module
from vitessctl.rehearsal.etcd.log import Log
from vitessctl.rehearsal.etcd.member import Member, member_id
from vitessctl.rehearsal.etcd.peers import Peer
from vitessctl.rehearsal.etcd.proto import etcd_pb2 as pb
from vitessctl.rehearsal.etcd.proto import peer_pb2 as peer
from vitessctl.rehearsal.etcd.state import Failed

NAMES = ("a", "b", "c")


class MemoryLog(Log):
    """A log without a file; what is in it survives the member, as a file would."""

    def __init__(self) -> None:
        self.entries: list[peer.Entry] = []

    def append(self, entry: peer.Entry) -> None:
        copy = peer.Entry()
        copy.CopyFrom(entry)
        self.entries.append(copy)

    def cut(self, index: int) -> None:
        del self.entries[index:]

    def size(self) -> int:
        return sum(entry.ByteSize() for entry in self.entries)


class Wire:
    """Another member as one sees it: reached directly while it lives."""

    def __init__(self, cluster: Cluster, name: str) -> None:
        self.name = name
        self.matched = 0
        self._cluster = cluster

    def append(self, request: peer.AppendRequest) -> peer.AppendReply | None:
        there = self._cluster.members.get(self.name)
        return there.append(request) if there is not None else None

    def status(self) -> peer.PeerStatus | None:
        there = self._cluster.members.get(self.name)
        return there.status() if there is not None else None


@dataclass
class Cluster:
    """Three members that may be stopped and started again."""

    logs: dict[str, MemoryLog] = field(default_factory=lambda: {name: MemoryLog() for name in NAMES})
    members: dict[str, Member] = field(default_factory=dict)

    def start(self, *names: str) -> None:
        for name in names:
            others = [cast(Peer, Wire(self, other)) for other in NAMES if other != name]
            self.members[name] = Member(name, self.logs[name], others)

    def kill(self, name: str) -> None:
        self.members.pop(name, None)

    def tick(self, rounds: int = 1) -> None:
        """Let every living member look after its leader, as its thread does four times a second."""
        for _ in range(rounds):
            for living in list(self.members.values()):
                source = self.members.get(living.leader)
                if source is None or not source.leads:
                    living._heard -= member_module.SILENCE_SECONDS + 0.1
                living._look_after_leader()

    def leader(self) -> Member | None:
        leading = [living for living in self.members.values() if living.leads]
        return max(leading, key=lambda living: living.term) if leading else None

    def write(self, key: str) -> bool:
        """Whether a leader acknowledged it."""
        leader = self.leader()
        if leader is None:
            return False
        try:
            leader.propose(command(key))
        except Failed:
            return False
        return True


def command(key: str, value: bytes = b"") -> peer.Command:
    put = pb.RequestOp(request_put=pb.PutRequest(key=key.encode(), value=value))
    return peer.Command(txn=pb.TxnRequest(success=[put]))


def keys(one: Member, serializable: bool = True) -> list[str]:
    request = pb.RangeRequest(key=b"\0", range_end=b"\0", serializable=serializable)
    return [pair.key.decode() for pair in one.read(request).kvs]


@pytest.fixture
def three() -> Cluster:
    cluster = Cluster()
    cluster.start(*NAMES)
    cluster.tick()
    return cluster


def test_one_leads_and_all_have_what_it_writes(three: Cluster) -> None:
    assert [living.leads for living in three.members.values()] == [True, False, False]
    assert [living.leader for living in three.members.values()] == ["a", "a", "a"]

    assert three.write("k")

    assert [keys(living) for living in three.members.values()] == [["k"]] * 3


def test_a_member_alone_leads_at_once() -> None:
    log = MemoryLog()
    one = Member("one", log, [])
    one.propose(command("k"))

    again = Member("one", log, [])

    assert (again.leads, keys(again, serializable=False)) == (True, ["k"])
    assert again.term > one.term


def test_without_a_majority_nobody_leads_and_nothing_is_written(three: Cluster) -> None:
    three.kill("b")
    three.kill("c")

    assert not three.write("lost")
    three.tick()

    assert three.leader() is None
    with pytest.raises(Failed, match="no leader"):
        three.members["a"].read(pb.RangeRequest(key=b"k"))
    assert keys(three.members["a"]) == []


def test_a_leader_that_lost_its_majority_does_not_answer_reads(three: Cluster) -> None:
    three.write("k")
    three.kill("b")
    three.kill("c")

    with pytest.raises(Failed, match="request timed out"):
        three.members["a"].read(pb.RangeRequest(key=b"k"))


def test_what_was_written_without_a_majority_may_come_through_later_but_is_not_acknowledged(three: Cluster) -> None:
    three.kill("b")
    three.kill("c")
    assert not three.write("unsure")

    three.start("b", "c")
    three.tick(2)

    assert three.leader() is not None
    assert keys(three.members["b"]) == ["unsure"]


def test_a_new_leader_has_everything(three: Cluster) -> None:
    three.write("first")
    three.kill("a")
    three.tick(2)

    assert three.leader() is three.members["b"]
    assert three.write("second")
    assert keys(three.members["c"]) == ["first", "second"]


def test_who_was_away_catches_up_and_what_only_it_had_is_dropped(three: Cluster) -> None:
    """The old leader wrote something that nobody else got; meanwhile the others went on without it."""
    three.write("first")
    others = three.members.pop("b"), three.members.pop("c")
    assert not three.write("only here")
    old = three.members.pop("a")
    assert old.log.last_index == 3

    three.members.update({"b": others[0], "c": others[1]})
    three.tick(2)
    assert three.write("second")
    three.start("a")
    three.tick(2)

    assert [keys(living) for living in three.members.values()] == [["first", "second"]] * 3


def test_the_one_with_the_longer_log_leads() -> None:
    cluster = Cluster()
    cluster.start("b", "c")
    cluster.tick(2)
    cluster.write("k")
    cluster.kill("b")
    cluster.kill("c")

    cluster.start("a", "c")
    cluster.tick(2)

    assert cluster.leader() is cluster.members["c"]
    assert keys(cluster.members["a"]) == ["k"]


def test_an_old_term_is_refused(three: Cluster) -> None:
    follower = three.members["b"]

    reply = follower.append(peer.AppendRequest(term=0, leader="c"))

    assert not reply.accepted
    assert reply.term == follower.term
    assert follower.leader == "a"


def test_a_leader_steps_down_when_it_hears_of_a_newer_term(three: Cluster) -> None:
    leader = three.members["a"]
    three.members["b"].append(peer.AppendRequest(term=leader.term + 5, leader="c"))
    three.kill("c")

    assert not three.write("k")
    assert not leader.leads


def test_entries_behind_a_hole_are_not_taken(three: Cluster) -> None:
    follower = three.members["b"]
    before = follower.log.last_index

    reply = follower.append(
        peer.AppendRequest(
            term=follower.term,
            leader="a",
            previous_index=before + 3,
            previous_term=follower.term,
            entries=[peer.Entry(term=follower.term, index=before + 4)],
        )
    )

    assert (reply.accepted, reply.last_index) == (False, before)


def test_only_what_the_leader_has_committed_is_applied(three: Cluster) -> None:
    follower = three.members["b"]
    last = follower.log.last_index
    entry = peer.Entry(term=follower.term, index=last + 1, command=command("k"))
    request = peer.AppendRequest(
        term=follower.term,
        leader="a",
        previous_index=last,
        previous_term=follower.log.last_term,
        entries=[entry],
        committed=last,
    )

    follower.append(request)
    assert keys(follower) == []

    request.committed = last + 1
    follower.append(request)
    assert keys(follower) == ["k"]
    assert follower.log.last_index == last + 1


def test_a_refused_command_is_refused_and_the_log_goes_on(three: Cluster) -> None:
    leader = three.members["a"]

    with pytest.raises(Failed, match="requested lease not found"):
        leader.propose(peer.Command(revoke=pb.LeaseRevokeRequest(id=4)))

    assert three.write("k")
    three.kill("a")
    three.start("a")
    three.tick(2)
    assert [keys(living) for living in three.members.values()] == [["k"]] * 3


def test_leases_are_watched_by_the_leader_and_start_anew_with_a_new_one(three: Cluster) -> None:
    leader = three.members["a"]
    leader.propose(peer.Command(grant=pb.LeaseGrantRequest(id=7, ttl=60)))
    assert leader.renew(7) == 60
    with pytest.raises(Failed):
        three.members["b"].renew(7)

    three.kill("a")
    three.tick(2)

    successor = three.members["b"]
    assert successor.renew(7) == 60
    assert successor.renew(8) == 0


def test_a_lease_that_ran_out_takes_its_keys_everywhere(three: Cluster) -> None:
    leader = three.members["a"]
    leader.propose(peer.Command(grant=pb.LeaseGrantRequest(id=7, ttl=60)))
    put = pb.RequestOp(request_put=pb.PutRequest(key=b"lock", lease=7))
    leader.propose(peer.Command(txn=pb.TxnRequest(success=[put])))
    leader._expiries[7] = time.monotonic() - 1

    leader._end_leases()

    assert [keys(living) for living in three.members.values()] == [[]] * 3
    assert leader.state.leases == {}


def test_ids_follow_from_names() -> None:
    assert member_id("etcd-0") != member_id("etcd-1")
    assert 0 < member_id("a") < 2**63


EVENTS = st.lists(
    st.one_of(
        st.tuples(st.just("kill"), st.sampled_from(NAMES)),
        st.tuples(st.just("start"), st.sampled_from(NAMES)),
        st.tuples(st.just("write"), st.just("")),
        st.tuples(st.just("tick"), st.just("")),
    ),
    max_size=40,
)


def played(events: list[tuple[str, str]]) -> Iterator[tuple[Cluster, list[str]]]:
    """The cluster and what was acknowledged, after every event."""
    cluster = Cluster()
    cluster.start(*NAMES)
    cluster.tick()
    acknowledged: list[str] = []
    for number, (kind, name) in enumerate(events):
        if kind == "kill":
            cluster.kill(name)
        elif kind == "start" and name not in cluster.members:
            cluster.start(name)
        elif kind == "write":
            key = f"{number:03d}"
            acknowledged += [key] if cluster.write(key) else []
        else:
            cluster.tick()
        yield cluster, acknowledged


@settings(max_examples=150, deadline=None)
@given(EVENTS)
def test_what_was_acknowledged_is_there_when_all_are_back(events: list[tuple[str, str]]) -> None:
    cluster, acknowledged = Cluster(), list[str]()
    for cluster, acknowledged in played(events):  # noqa: B007 - the last of them counts
        pass
    cluster.start(*(name for name in NAMES if name not in cluster.members))
    cluster.tick(4)

    leader = cluster.leader()
    assert leader is not None
    found = keys(leader, serializable=False)
    assert set(acknowledged) <= set(found)
    assert [keys(living) for living in cluster.members.values()] == [found] * 3


@settings(max_examples=80, deadline=None)
@given(EVENTS)
def test_there_are_never_two_leaders_of_one_term(events: list[tuple[str, str]]) -> None:
    for cluster, _ in played(events):
        terms = [living.term for living in cluster.members.values() if living.leads]
        assert len(terms) == len(set(terms))


@settings(max_examples=60, deadline=None)
@given(EVENTS)
def test_members_apply_the_same_in_the_same_order(events: list[tuple[str, str]]) -> None:
    for cluster, _ in played(events):
        states: list[list[tuple[bytes, Any]]] = []
        for living in cluster.members.values():
            pairs = living.read(pb.RangeRequest(key=b"\0", range_end=b"\0", serializable=True)).kvs
            states.append([(pair.key, pair.mod_revision) for pair in pairs])
        longest = max(states, key=len, default=[])
        assert all(state == longest[: len(state)] for state in states)


def test_a_file_and_memory_agree(tmp_path: Path) -> None:
    """The log of these tests and the real one hold the same."""
    in_file, in_memory = Log(str(tmp_path)), MemoryLog()
    for log in (in_file, in_memory):
        for index in (1, 2, 3):
            log.append(peer.Entry(term=1, index=index))
        log.cut(2)
        log.append(peer.Entry(term=2, index=3))

    assert (in_file.last_index, in_file.last_term) == (in_memory.last_index, in_memory.last_term) == (3, 2)
    assert [in_file.term_at(index) for index in range(4)] == [in_memory.term_at(index) for index in range(4)]

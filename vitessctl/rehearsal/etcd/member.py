"""One member of the stand-in's cluster: its log, its store, and who leads.

What is as in etcd: a change counts when a majority of the members has it in its log; without a majority reads and
writes fail and /health says so; a member that was away gets what it missed; all of it survives kill -9 of all.

What is simpler: nobody votes. A member that has heard no leader for a while asks the others how far their logs are,
and leads if it reaches a majority of which none is further. That is safe while members die, freeze or come back, as
processes of one machine do; it is not safe when a network splits so that two majorities of different members
overlap for one of them only at different times, which raft's votes are for. Leases start anew when the leader changes.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Final

from vitessctl.rehearsal.etcd.log import Log
from vitessctl.rehearsal.etcd.peers import Peer
from vitessctl.rehearsal.etcd.proto import etcd_pb2 as pb
from vitessctl.rehearsal.etcd.proto import peer_pb2 as peer
from vitessctl.rehearsal.etcd.state import Failed, State
from vitessctl.rehearsal.etcd.watches import Watches

TICK_SECONDS: Final = 0.25
SILENCE_SECONDS: Final = 1.0
TIMED_OUT: Final = "etcdserver: request timed out"
NO_LEADER: Final = "etcdserver: no leader"


class Member:
    """This process's part of the cluster. Thread-safe."""

    def __init__(self, name: str, log: Log, peers: Sequence[Peer]) -> None:
        self.name = name
        self.log = log
        self.peers = {member.name: member for member in peers}
        self.state = State(self.header)
        self.watches = Watches()
        self.term = log.last_term
        self.leader = ""
        """The leader's name, "" where there is none."""
        self._lock = threading.RLock()
        self._applied = 0
        self._committed = 0
        self._heard = time.monotonic() - SILENCE_SECONDS
        self._expiries: dict[int, float] = {}
        self._stopping = threading.Event()
        if not peers:
            self._lead_alone()

    @property
    def leads(self) -> bool:
        """Whether this member is the leader."""
        return self.leader == self.name

    def start(self) -> None:
        """Begin to look after leader and leases."""
        threading.Thread(target=self._run, daemon=True).start()

    def stop(self) -> None:
        """End that."""
        self._stopping.set()

    def header(self, revision: int) -> pb.ResponseHeader:
        """The head of every answer."""
        return pb.ResponseHeader(cluster_id=1, member_id=member_id(self.name), revision=revision, raft_term=self.term)

    def propose(self, command: peer.Command) -> Any:
        """Make a change; gives etcd's answer. Failed if etcd refuses it, or if no majority takes it."""
        with self._lock:
            self._must_lead()
            index = self._write(command)
            self._replicate()
            if self._committed < index:
                raise Failed("UNAVAILABLE", TIMED_OUT)
            return self._apply_until(index)

    def read(self, request: pb.RangeRequest) -> pb.RangeResponse:
        """Read as the leader, who asks the others first whether he still is."""
        with self._lock:
            if not request.serializable:
                self._must_lead()
                if self.peers and not self._replicate():
                    raise Failed("UNAVAILABLE", TIMED_OUT)
                self._catch_up()
            return self.state.range(request)

    def renew(self, lease: int) -> int:
        """Start a lease's time anew; gives its TTL, 0 if there is no such lease."""
        with self._lock:
            self._must_lead()
            ttl = self.state.leases.get(lease, 0)
            if ttl:
                self._expiries[lease] = time.monotonic() + ttl
            return ttl

    def append(self, request: peer.AppendRequest) -> peer.AppendReply:
        """Take a leader's entries."""
        with self._lock:
            if request.term < self.term:
                return self._reply(False)
            self.term, self.leader, self._heard = request.term, request.leader, time.monotonic()
            if not self._continues(request):
                return self._reply(False)
            for entry in request.entries:
                self._take(entry)
            self._committed = max(self._committed, min(request.committed, self.log.last_index))
            self._catch_up()
            return self._reply(True)

    def status(self) -> peer.PeerStatus:
        """How far the own log is."""
        return peer.PeerStatus(
            name=self.name, term=self.term, last_term=self.log.last_term, last_index=self.log.last_index
        )

    def majority(self) -> int:
        """How many members, this one among them, make a majority."""
        return (len(self.peers) + 1) // 2 + 1

    def _must_lead(self) -> None:
        if not self.leads:
            raise Failed("UNAVAILABLE", NO_LEADER)

    def _write(self, command: peer.Command) -> int:
        index = self.log.last_index + 1
        self.log.append(peer.Entry(term=self.term, index=index, command=command))
        return index

    def _replicate(self) -> bool:
        """Send every other member what it lacks; whether a majority has all. Commits what a majority has."""
        reached = 1 + sum(self._send(member) for member in self.peers.values())
        if reached < self.majority():
            return False
        if self._committed < self.log.last_index:
            self._committed = self.log.last_index
            for member in self.peers.values():
                self._send(member)
        return True

    def _send(self, member: Peer) -> bool:
        """Bring one member up to date; steps down if it knows a newer leader."""
        while self.leads or not self.leader:
            reply = member.append(self._request_for(member))
            if reply is None:
                return False
            if reply.accepted:
                member.matched = reply.last_index
                return True
            if reply.term > self.term:
                self.term, self.leader = reply.term, ""
                return False
            member.matched = min(reply.last_index, max(0, member.matched - 1))
        return False

    def _request_for(self, member: Peer) -> peer.AppendRequest:
        known = min(member.matched, self.log.last_index)
        return peer.AppendRequest(
            term=self.term,
            leader=self.name,
            previous_index=known,
            previous_term=self.log.term_at(known),
            entries=self.log.after(known),
            committed=self._committed,
        )

    def _continues(self, request: peer.AppendRequest) -> bool:
        index = request.previous_index
        return index <= self.log.last_index and self.log.term_at(index) == request.previous_term

    def _take(self, entry: peer.Entry) -> None:
        if entry.index <= self.log.last_index:
            if self.log.term_at(entry.index) == entry.term:
                return
            self.log.cut(entry.index - 1)
        self.log.append(entry)

    def _reply(self, accepted: bool) -> peer.AppendReply:
        return peer.AppendReply(accepted=accepted, term=self.term, last_index=self.log.last_index)

    def _apply_until(self, index: int) -> Any:
        """Apply committed entries; gives the last one's answer, or raises its Failed."""
        answer: Any = None
        failed: Failed | None = None
        while self._applied < index:
            command = self.log.entries[self._applied].command
            self._applied += 1
            failed = None
            try:
                answer = self._apply(command)
            except Failed as error:
                failed = error
        if failed is not None:
            raise failed
        return answer

    def _apply(self, command: peer.Command) -> Any:
        if command.WhichOneof("change") is None:
            return None
        answer, events = self.state.apply(command)
        if command.HasField("grant"):
            self._expiries[command.grant.id] = time.monotonic() + command.grant.ttl
        if events:
            self.watches.tell(events, self.header(self.state.revision))
        return answer

    def _lead_alone(self) -> None:
        self.leader = self.name
        self.term += 1
        self._committed = self.log.last_index
        self._catch_up()

    def _catch_up(self) -> None:
        """Apply what a majority has and nobody waits for; a command that is refused is the asker's business."""
        with suppress(Failed):
            self._apply_until(self._committed)

    def _run(self) -> None:
        while not self._stopping.wait(TICK_SECONDS):
            with self._lock:
                if self.peers:
                    self._look_after_leader()
                if self.leads:
                    self._end_leases()

    def _look_after_leader(self) -> None:
        if self.leads:
            if self._replicate():
                self._catch_up()
            else:
                self.leader = ""
        elif time.monotonic() - self._heard > SILENCE_SECONDS:
            self.leader = ""
            self._try_to_lead()

    def _try_to_lead(self) -> None:
        others = [found for found in (member.status() for member in self.peers.values()) if found is not None]
        if len(others) + 1 < self.majority() or any(_ahead(other, self.status()) for other in others):
            return
        self.term = max([self.term, *(other.term for other in others)]) + 1
        self.leader = self.name
        for member in self.peers.values():
            member.matched = self.log.last_index
        self._write(peer.Command())
        if not self._replicate():
            self.leader = ""
            return
        self._catch_up()
        self._expiries = {lease: time.monotonic() + ttl for lease, ttl in self.state.leases.items()}

    def _end_leases(self) -> None:
        now = time.monotonic()
        for lease in [lease for lease, end in self._expiries.items() if end < now]:
            del self._expiries[lease]
            if lease in self.state.leases:
                try:
                    self.propose(peer.Command(revoke=pb.LeaseRevokeRequest(id=lease)))
                except Failed:
                    self._expiries[lease] = now + TICK_SECONDS


def member_id(name: str) -> int:
    """A member's id: a number that follows from its name."""
    return int.from_bytes(name.encode()[:7].ljust(7, b"\0"), "big")


def _ahead(other: peer.PeerStatus, own: peer.PeerStatus) -> bool:
    """Whether another member should lead rather than this one: its log is further, or as far and its name smaller."""
    theirs, ours = (other.last_term, other.last_index), (own.last_term, own.last_index)
    return theirs > ours or (theirs == ours and other.name < own.name)

"""The etcd stand-in as a process: its API, kill -9, a frozen server, and clusters of three."""

from __future__ import annotations

import json
import os
import signal
import threading
import time

import grpc
import pytest

from tests.rehearsal.control.programs import (
    EtcdMember,
    Programs,
    etcd_ports,
    eventually,
    page,
    start_etcd,
)
from vitessctl.doctor.asking import etcd_numbers
from vitessctl.rehearsal.etcd.client import EtcdClient, EtcdError, prefix_end
from vitessctl.rehearsal.etcd.proto import etcd_pb2 as pb
from vitessctl.rehearsal.etcd.service import VERSION
from vitessctl.run.http import Answer

SECONDS = 10.0


def test_read_what_was_written(client: EtcdClient, root: str) -> None:
    key = f"{root}/a".encode()

    client.put(key, b"value", SECONDS)

    found = client.get(key, SECONDS)
    assert found is not None
    assert (found.value, found.version) == (b"value", 1)
    assert client.keys(root.encode(), SECONDS) == [key]
    assert client.delete(key, SECONDS) == 1
    assert client.get(key, SECONDS) is None


def test_a_watch_sees_changes_from_a_revision_on(client: EtcdClient, root: str) -> None:
    prefix = f"{root}/".encode()
    first = client.put(prefix + b"old", b"1", SECONDS)
    watch = client.watch(prefix, prefix_end(prefix), revision=first)
    events = iter(watch)

    seen = [next(events)]
    client.put(prefix + b"new", b"2", SECONDS)
    client.delete(prefix + b"old", SECONDS)
    seen += [next(events), next(events)]
    watch.close()

    assert [(event.type, event.kv.key[len(prefix) :]) for event in seen] == [
        (pb.Event.PUT, b"old"),
        (pb.Event.PUT, b"new"),
        (pb.Event.DELETE, b"old"),
    ]
    assert list(events) == []


def test_a_lease_that_nobody_renews_ends(client: EtcdClient, root: str) -> None:
    key = f"{root}/lock".encode()
    lease = client.grant(1, SECONDS)
    client.put(key, b"", SECONDS, lease)
    assert client.keep_alive(lease, SECONDS) == 1

    eventually(lambda: client.get(key, SECONDS) is None, "the lock goes with its lease")

    assert client.keep_alive(lease, SECONDS) == 0


def test_refusals_have_etcds_codes(client: EtcdClient) -> None:
    with pytest.raises(EtcdError) as caught:
        client.revoke(4711, SECONDS)

    assert (caught.value.code, caught.value.details) == (
        grpc.StatusCode.NOT_FOUND,
        "etcdserver: requested lease not found",
    )


def test_status_and_pages(client: EtcdClient, etcd: EtcdMember) -> None:
    status = client.status(SECONDS)

    assert status.version == "3.5.0"
    assert status.leader != 0
    assert page(etcd.metrics, "/health") == (200, '{"health":"true","reason":""}')
    assert page(etcd.metrics, "/readyz") == (200, "ok\n")
    assert json.loads((page(etcd.metrics, "/version") or (0, ""))[1])["rehearsal"] is True
    found = etcd_numbers(Answer(*(page(etcd.metrics, "/metrics") or (0, ""))))
    assert (found.version, found.quota) == (VERSION, 2 * 1024**3)
    assert 0 <= found.used <= found.size
    assert "etcd_server_has_leader 1" in (page(etcd.metrics, "/metrics") or (0, ""))[1]


def test_what_was_written_survives_kill_9(started: Programs) -> None:
    cluster = {"one": etcd_ports()}
    member = start_etcd(started, "one", cluster)
    client = EtcdClient(member.client)
    revisions = [client.put(b"k%d" % number, b"v", SECONDS) for number in range(20)]

    member.running.kill()
    start_etcd(started, "one", cluster)

    assert len(client.keys(b"k", SECONDS)) == 20
    assert client.put(b"more", b"", SECONDS) == revisions[-1] + 1


def test_sigterm_is_what_it_dies_of(started: Programs) -> None:
    member = start_etcd(started)
    eventually(lambda: page(member.metrics, "/health"), "etcd answers")

    assert member.running.terminate() == -signal.SIGTERM


def test_a_frozen_server_hangs_until_the_callers_deadline(started: Programs) -> None:
    member = start_etcd(started)
    client = EtcdClient(member.client)
    client.put(b"a", b"", SECONDS)

    os.kill(member.running.process.pid, signal.SIGSTOP)
    began = time.monotonic()
    with pytest.raises(EtcdError) as caught:
        client.get(b"a", 0.4)
    os.kill(member.running.process.pid, signal.SIGCONT)

    assert caught.value.code is grpc.StatusCode.DEADLINE_EXCEEDED
    assert 0.35 < time.monotonic() - began < 5.0
    assert client.get(b"a", SECONDS) is not None


@pytest.fixture
def three(started: Programs) -> dict[str, EtcdMember]:
    """A cluster of three that agrees on a leader."""
    cluster = {name: etcd_ports() for name in ("a", "b", "c")}
    members = {name: start_etcd(started, name, cluster) for name in cluster}
    for member in members.values():
        eventually(lambda metrics=member.metrics: (page(metrics, "/health") or (0,))[0] == 200, "a member has a leader")
    return members


def test_three_members_answer_alike_and_survive_one(three: dict[str, EtcdMember], started: Programs) -> None:
    clients = {name: EtcdClient(member.client) for name, member in three.items()}
    for name, client in clients.items():
        client.put(name.encode(), b"1", SECONDS)
    assert [list(client.keys(b"", SECONDS)) for client in clients.values()] == [[b"a", b"b", b"c"]] * 3

    three["a"].running.kill()
    clients["b"].put(b"d", b"2", SECONDS)

    assert list(clients["c"].keys(b"", SECONDS)) == [b"a", b"b", b"c", b"d"]


def test_without_a_majority_nothing_is_written_and_health_says_so(three: dict[str, EtcdMember]) -> None:
    last = three["c"]
    client = EtcdClient(last.client)
    client.put(b"before", b"", SECONDS)
    three["a"].running.kill()
    three["b"].running.kill()

    eventually(lambda: (page(last.metrics, "/health") or (0,))[0] == 503, "the last one misses its majority")

    assert page(last.metrics, "/health") == (503, '{"health":"false","reason":"RAFT NO LEADER"}\n')
    with pytest.raises(EtcdError):
        client.put(b"after", b"", 0.5)
    with pytest.raises(EtcdError):
        client.get(b"before", 0.5)


def test_a_member_that_was_away_gets_what_it_missed(started: Programs) -> None:
    cluster = {name: etcd_ports() for name in ("a", "b", "c")}
    members = {name: start_etcd(started, name, cluster) for name in cluster}
    clients = {name: EtcdClient(member.client) for name, member in members.items()}
    clients["a"].put(b"first", b"", SECONDS)
    members["a"].running.kill()
    clients["b"].put(b"second", b"", SECONDS)

    back = start_etcd(started, "a", cluster)
    eventually(lambda: (page(back.metrics, "/health") or (0,))[0] == 200, "it has a leader again")
    members["b"].running.kill()

    assert list(clients["a"].keys(b"", SECONDS)) == [b"first", b"second"]


def test_a_lease_and_a_watch_through_a_member_that_does_not_lead(three: dict[str, EtcdMember]) -> None:
    client = EtcdClient(three["c"].client)
    seen = threading.Event()
    watch = client.watch(b"locks/", prefix_end(b"locks/"))

    def follow() -> None:
        for _ in watch:
            seen.set()

    threading.Thread(target=follow, daemon=True).start()

    lease = client.grant(30, SECONDS)
    eventually(lambda: client.put(b"locks/1", b"", SECONDS, lease) and seen.wait(0.1), "the watch sees the lock")

    assert client.keep_alive(lease, SECONDS) == 30
    watch.close()

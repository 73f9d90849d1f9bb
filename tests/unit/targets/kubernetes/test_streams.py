"""Commands in containers and ports of pods, against a server that speaks websockets as an API server does."""

from __future__ import annotations

import json
import socket
import struct
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import websocket

from tests.support.kubernetes.pipes import ask
from tests.support.kubernetes.pods import PodServer, Session
from tests.support.kubernetes.server import status
from vitessctl.errors import VitessctlError
from vitessctl.targets.kubernetes import faults
from vitessctl.targets.kubernetes.client import open_api
from vitessctl.targets.kubernetes.interface import Executed, KubernetesApi
from vitessctl.targets.kubernetes.streams import Channels, held_open

SUCCESS = json.dumps({"status": "Success"}).encode()


def exit_status(code: int) -> bytes:
    causes = [{"reason": "ExitCode", "message": str(code)}]
    return json.dumps(
        {"status": "Failure", "reason": "NonZeroExitCode", "message": "command failed", "details": {"causes": causes}}
    ).encode()


def api_of(server: PodServer, tmp_path: Path) -> KubernetesApi:
    return open_api(kubeconfig=server.kubeconfig(tmp_path), environ={})


def run(script: Callable[[Session], None], tmp_path: Path, seconds: float = 5.0) -> Executed:
    with PodServer(script) as server:
        return api_of(server, tmp_path).execute("shop", "etcd-0", "etcd", ["etcdctl", "a b"], seconds)


def test_a_command_gives_its_output_and_exit_code(tmp_path: Path) -> None:
    def script(session: Session) -> None:
        assert session.path == (
            "/api/v1/namespaces/shop/pods/etcd-0/exec"
            "?container=etcd&stdout=true&stderr=true&command=etcdctl&command=a+b"
        )
        assert session.authorization == "Bearer secret-token"
        for channel, data in ((1, b"one "), (2, b"careful"), (1, "zw\u00f6lf".encode()), (3, exit_status(7))):
            session.send(channel, data)
        session.finish()

    assert run(script, tmp_path) == Executed(7, "one zw\u00f6lf", "careful")


def test_long_output_is_whole(tmp_path: Path) -> None:
    def script(session: Session) -> None:
        for _ in range(100):
            session.send(1, b"x" * 70_000)
        session.send(3, SUCCESS)
        session.finish()

    assert run(script, tmp_path) == Executed(0, "x" * 7_000_000, "")


def test_a_command_that_cannot_start(tmp_path: Path) -> None:
    def script(session: Session) -> None:
        session.send(3, json.dumps({"status": "Failure", "message": "exec: etcdctl: not found"}).encode())
        session.finish()

    with pytest.raises(faults.StreamFailed, match="not found"):
        run(script, tmp_path)


def test_a_connection_that_ends_before_the_command_did(tmp_path: Path) -> None:
    with pytest.raises(faults.StreamFailed, match=r"was lost|ended before"):
        run(lambda session: session.send(1, b"half"), tmp_path)


def test_a_connection_that_is_closed_just_before_it_is_waited_for() -> None:
    """By another thread: a forward is, when its client goes."""
    connection = websocket.WebSocket()
    connection.sock = socket.socket()
    connection.sock.close()
    with pytest.raises(ConnectionError, match="the connection was closed"):
        Channels(connection).receive(1.0)


class Held:
    """A websocket whose write does not end before it is told to."""

    def __init__(self) -> None:
        self.sock, self.other = socket.socketpair()
        self.writing, self.goes_on = threading.Event(), threading.Event()

    def send_binary(self, data: bytes) -> None:
        self.writing.set()
        assert self.goes_on.wait(10)

    def recv_data_frame(self, control: bool) -> tuple[int, Any]:
        raise websocket.WebSocketConnectionClosedException(f"{self.sock.recv(1)!r}")

    def shutdown(self) -> None:
        self.sock.close()


def test_a_connection_that_is_closed_keeps_its_descriptor_while_somebody_writes() -> None:
    """The next connection would get the number, and then what is written."""
    held = Held()
    channels = Channels(held)
    writer = threading.Thread(target=channels.send, args=(0, b"insert"))
    writer.start()
    assert held.writing.wait(10)

    channels.close()

    assert held.other.recv(1) == b"", "it has ended for the other side"
    assert held.sock.fileno() > 0
    with pytest.raises(ConnectionError, match="the connection was closed"):
        channels.send(0, b"more")
    assert channels.receive() is None
    held.goes_on.set()
    writer.join(10)
    assert held.sock.fileno() == -1
    held.other.close()


def fails_to_receive(channels: Channels) -> None:
    with pytest.raises(ConnectionError):
        channels.receive()


@pytest.mark.parametrize("ended_by", ["us", "the other side"])
def test_the_librarys_own_reader_does_not_give_it_back_either(ended_by: str) -> None:
    """It closes its socket where it reads the end: by our shutdown, or by the other side's."""
    ours, theirs = socket.socketpair()
    connection = held_open(websocket.WebSocket)(enable_multithread=True)
    connection.sock, connection.connected = ours, True
    writing, goes_on = threading.Event(), threading.Event()

    def slowly(data: bytes) -> int:
        writing.set()
        assert goes_on.wait(10)
        return len(data)

    connection._send = slowly
    channels = Channels(connection)
    writer = threading.Thread(target=channels.send, args=(0, b"insert"))
    reader = threading.Thread(target=fails_to_receive, args=(channels,))
    for thread in (writer, reader):
        thread.start()
    assert writing.wait(10)

    if ended_by == "us":
        channels.close()
    theirs.shutdown(socket.SHUT_RDWR)
    reader.join(10)

    assert not reader.is_alive()
    assert ours.fileno() > 0
    channels.close()
    assert ours.fileno() > 0
    goes_on.set()
    writer.join(10)
    assert ours.fileno() == -1
    theirs.close()


def test_whoever_waits_for_data_is_woken_when_it_is_closed() -> None:
    held, faults_seen = Held(), []

    def wait() -> None:
        try:
            channels.receive()
        except ConnectionError as error:
            faults_seen.append(str(error))

    channels = Channels(held)
    reader = threading.Thread(target=wait)
    reader.start()
    while not channels._users:
        reader.join(0.01)

    channels.close()
    reader.join(10)

    assert faults_seen == ["b''"]
    assert held.sock.fileno() == -1
    held.other.close()


def test_a_command_that_takes_too_long(tmp_path: Path) -> None:
    began = time.monotonic()
    with pytest.raises(faults.StreamFailed, match=r"takes longer than 0\.3 s"):
        run(lambda session: session.receive() and None, tmp_path, seconds=0.3)
    assert time.monotonic() - began < 3


@pytest.mark.parametrize(
    ("code", "body", "fault"),
    [
        (404, status(404, 'pods "etcd-0" not found', "NotFound", name="etcd-0", kind="pods"), faults.NotThere),
        (
            403,
            status(403, 'User "u" cannot create resource "pods/exec" in API group "" in the namespace "shop"'),
            faults.Forbidden,
        ),
        (401, status(401, "Unauthorized"), faults.Unauthorized),
        (500, status(500, "container etcd is not valid"), faults.StreamFailed),
    ],
)
def test_a_command_that_is_refused(code: int, body: object, fault: type[VitessctlError], tmp_path: Path) -> None:
    with PodServer(lambda session: None, refuse=(code, json.dumps(body))) as server, pytest.raises(fault):
        api_of(server, tmp_path).execute("shop", "etcd-0", "etcd", ["ls"], 5.0)


def greet(session: Session, port: int) -> None:
    for channel in (0, 1):
        session.send(channel, struct.pack("<H", port))


def echo(session: Session) -> None:
    greet(session, 2379)
    while (frame := session.receive()) is not None:
        session.send(0, frame[1])


def test_a_port_is_reached(tmp_path: Path) -> None:
    with PodServer(echo) as server, api_of(server, tmp_path).forward("shop", "etcd-0", 2379) as address:
        assert ask(address, b"hello") == b"hello"
        assert ask(address, b"x" * 3000) == b"x" * 3000
    assert [session.path for session in server.sessions] == [
        "/api/v1/namespaces/shop/pods/etcd-0/portforward?ports=2379"
    ] * 2
    assert server.sessions[0].protocols == "v5.channel.k8s.io,v4.channel.k8s.io"


def test_the_first_bytes_of_a_server_that_speaks_first_are_kept(tmp_path: Path) -> None:
    def script(session: Session) -> None:
        session.send(0, struct.pack("<H", 3306))
        session.send(1, struct.pack("<H", 3306))
        session.send(0, b"8.4.8-Vitess")
        session.receive()

    with PodServer(script) as server, api_of(server, tmp_path).forward("shop", "vtgate", 3306) as address:
        assert ask(address, b"") == b"8.4.8-Vitess"


def test_nobody_listens_on_the_port(tmp_path: Path) -> None:
    def script(session: Session) -> None:
        greet(session, 2379)
        session.send(1, b"connect: connection refused")

    with PodServer(script) as server, api_of(server, tmp_path).forward("shop", "etcd-0", 2379) as address:
        assert ask(address, b"hello") == b""


def test_a_pod_that_is_gone_ends_the_connection_only(tmp_path: Path) -> None:
    with PodServer(echo, refuse=(404, "")) as server, api_of(server, tmp_path).forward("shop", "p", 2379) as address:
        assert ask(address, b"hello") == b""
        assert ask(address, b"hello") == b""

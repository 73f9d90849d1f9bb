"""Forwarded ports: connections come and go, one that fails is nobody else's trouble, and nothing is left behind."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable

import pytest

from tests.support.kubernetes.pipes import Echo, SocketPipe, ask
from vitessctl.errors import UnreachableError
from vitessctl.targets.base import Address
from vitessctl.targets.kubernetes.portforward import Forward


def forward_to(echo: Echo) -> Forward:
    return Forward(lambda: SocketPipe(echo.address), 0, "test")


def connected(address: Address) -> socket.socket:
    return socket.create_connection((address.host, address.port), timeout=5)


def our_threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith(("test", "port forward"))]


def test_many_short_connections() -> None:
    with Echo() as echo:
        with forward_to(echo) as address:
            for number in range(50):
                assert ask(address, b"%d" % number) == b"%d" % number
        assert echo.served == 50
    assert our_threads() == []


def test_connections_side_by_side() -> None:
    with Echo() as echo, forward_to(echo) as address:
        clients = [connected(address) for _ in range(20)]
        for number, client in enumerate(clients):
            client.sendall(b"%02d" % number)
        for number, client in reversed(list(enumerate(clients))):
            assert client.recv(10) == b"%02d" % number
            client.close()


def test_much_data_both_ways() -> None:
    data = bytes(range(256)) * 16384
    received = bytearray()
    with Echo() as echo, forward_to(echo) as address:
        client = socket.create_connection((address.host, address.port), timeout=10)
        sender = threading.Thread(target=client.sendall, args=(data,))
        sender.start()
        while len(received) < len(data):
            received += client.recv(65536)
        sender.join()
        client.close()
    assert bytes(received) == data


def test_a_client_that_sends_no_more_still_gets_its_answer() -> None:
    with Echo() as echo, forward_to(echo) as address, connected(address) as client:
        client.sendall(b"question")
        client.shutdown(socket.SHUT_WR)
        assert client.recv(100) == b"question"


@pytest.mark.parametrize("fault", [ConnectionRefusedError("no"), UnreachableError("no pod runs")], ids=["os", "ours"])
def test_a_connection_that_fails_leaves_the_next_ones_alone(fault: Exception) -> None:
    with Echo() as echo:
        faults = [fault]

        def dial() -> SocketPipe:
            if faults:
                raise faults.pop()
            return SocketPipe(echo.address)

        forward = Forward(dial, 0, "test")
        with forward as address:
            assert ask(address, b"a") == b""
            assert forward.last_fault is fault
            assert ask(address, b"b") == b"b"


class _Refused(SocketPipe):
    """A pod where nobody listens: the answer is an error on channel 1."""

    def receive(self, seconds: float | None = None) -> tuple[int, bytes] | None:
        return 1, b"connect: connection refused"


def test_nobody_listens_in_the_pod() -> None:
    with Echo() as echo:
        forward = Forward(lambda: _Refused(echo.address), 0, "test")
        with forward as address:
            assert ask(address, b"a") == b""
        assert str(forward.last_fault) == "connect: connection refused"


def test_the_pod_ends_the_connection() -> None:
    ended: list[Callable[[], None]] = []

    def dial() -> SocketPipe:
        pipe = SocketPipe(echo.address)
        ended.append(pipe.close)
        return pipe

    with Echo() as echo, Forward(dial, 0, "test") as address, connected(address) as client:
        client.sendall(b"a")
        assert client.recv(1) == b"a"
        ended[0]()
        assert client.recv(1) == b""


def test_leaving_ends_what_is_open() -> None:
    with Echo() as echo:
        with forward_to(echo) as address:
            client = connected(address)
            client.sendall(b"a")
            assert client.recv(1) == b"a"
        assert client.recv(1) == b""
        client.close()
        with pytest.raises(ConnectionRefusedError):
            connected(address)
    assert our_threads() == []


def test_a_port_may_be_chosen() -> None:
    with Echo() as echo:
        with forward_to(echo) as first:
            port = first.port
        with Forward(lambda: SocketPipe(echo.address), port, "test") as again:
            assert again == Address("127.0.0.1", port)
            assert ask(again, b"x") == b"x"

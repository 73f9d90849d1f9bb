"""Commands in containers and ports of pods, over websockets: one connection for each, so that none disturbs another.

The frames are those of Kubernetes' `v4.channel.k8s.io` and `v5.channel.k8s.io`: the first byte is the channel. The
client's own `stream()` is not used: it swaps a method of a shared object while a command runs
(kubernetes-client/python#928).
"""

from __future__ import annotations

import functools
import json
import select
import socket
import ssl
import struct
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from vitessctl.errors import VitessctlError
from vitessctl.targets.base import Pipes
from vitessctl.targets.kubernetes import kinds, routes
from vitessctl.targets.kubernetes.carrying import carry
from vitessctl.targets.kubernetes.connect import Access
from vitessctl.targets.kubernetes.faults import StreamFailed
from vitessctl.targets.kubernetes.interface import Executed
from vitessctl.targets.kubernetes.refusals import Call, status_of
from vitessctl.targets.kubernetes.requests import Requests
from vitessctl.targets.kubernetes.transport import Answer, Cut

PROTOCOLS = "v5.channel.k8s.io,v4.channel.k8s.io"
_OUTPUT, _ERRORS, _RESULT, _CLOSE = 1, 2, 3, 255
_OPENING_SECONDS = 10.0
_NOT_STARTED = -1
_CLOSED = "the connection was closed"


class Channels:
    """A websocket that carries channels. Reading and writing may be done by two threads, and ended by a third.

    Its descriptor is given back by whoever is the last to use it: TLS keeps its number, and a thread that is about to
    write would else write into the connection that got the number next.
    """

    def __init__(self, websocket: Any) -> None:
        self._websocket = websocket
        self._lock = threading.Lock()
        self._users = 0
        self.closed = False

    def send(self, channel: int, data: bytes) -> None:
        """Send data on a channel; raises OSError."""
        with self._used(), _as_os_errors():
            self._websocket.send_binary(bytes([channel]) + data)

    def finish(self, channel: int) -> bool:
        """Say that nothing more comes on a channel; False where the protocol (v4) has no word for that."""
        # The library's `subprotocol` stays empty, as it was not told what to choose from.
        headers = self._websocket.getheaders() or {}
        if headers.get("sec-websocket-protocol") != "v5.channel.k8s.io":
            return False
        self.send(_CLOSE, bytes([channel]))
        return True

    def receive(self, seconds: float | None = None) -> tuple[int, bytes] | None:
        """The next data and its channel; None at the end. Raises TimeoutError, OSError."""
        from websocket import ABNF

        end = None if seconds is None else time.monotonic() + seconds
        while not self.closed:
            with self._used(), _as_os_errors():
                self._await(end)
                code, frame = self._websocket.recv_data_frame(True)
            if code == ABNF.OPCODE_CLOSE:
                self.closed = True
            elif code in (ABNF.OPCODE_BINARY, ABNF.OPCODE_TEXT) and frame.data:
                return frame.data[0], bytes(frame.data[1:])
        return None

    def close(self) -> None:
        """End the connection at once, and wake who reads from it or writes to it."""
        with self._lock:
            self.closed = True
            connection = self._websocket.sock
            if connection is not None:
                with suppress(OSError):
                    socket.socket.shutdown(connection, socket.SHUT_RDWR)
            if not self._users:
                self._websocket.shutdown()

    @contextmanager
    def _used(self) -> Iterator[None]:
        """While this thread needs the connection; raises ConnectionError where it has ended."""
        with self._lock:
            if self.closed:
                raise ConnectionError(_CLOSED)
            self._users += 1
        try:
            yield
        finally:
            with self._lock:
                self._users -= 1
                if self.closed and not self._users:
                    self._websocket.shutdown()

    def _await(self, end: float | None) -> None:
        """Wait until there is something to read. TLS may have read it already."""
        connection = self._websocket.sock
        if connection is None or (isinstance(connection, ssl.SSLSocket) and connection.pending()):
            return
        left = None if end is None else end - time.monotonic()
        if left is not None and left <= 0:
            raise TimeoutError
        poll = select.poll()
        poll.register(connection, select.POLLIN)
        if not poll.poll(None if left is None else left * 1000):
            raise TimeoutError


@contextmanager
def _as_os_errors() -> Iterator[None]:
    """Turn the websocket library's errors into OSError."""
    from websocket import WebSocketException

    try:
        yield
    except WebSocketException as error:
        raise ConnectionError(str(error)) from error
    except (AttributeError, ValueError) as error:  # its socket was taken away by close()
        raise ConnectionError(_CLOSED) from error


class Streams:
    """Opens websockets to pods."""

    def __init__(self, requests: Requests) -> None:
        self._requests = requests

    def execute(self, namespace: str, pod: str, container: str, command: Sequence[str], seconds: float) -> Executed:
        """Run a command in a container; raises StreamFailed where it could not run or took longer."""
        query = [("container", container), ("stdout", "true"), ("stderr", "true")]
        call = Call("create", kinds.POD, namespace, pod, "exec")
        channels = self._open(call, query + [("command", word) for word in command])
        parts: dict[int, list[bytes]] = {_OUTPUT: [], _ERRORS: [], _RESULT: []}
        end = time.monotonic() + seconds
        try:
            while (received := channels.receive(max(0.0, end - time.monotonic()))) is not None:
                parts.setdefault(received[0], []).append(received[1])
        except TimeoutError as error:
            raise StreamFailed(f"run {command[0]}", call.label, f"it takes longer than {seconds:g} s") from error
        except OSError as error:
            raise StreamFailed(f"run {command[0]}", call.label, str(error)) from error
        finally:
            channels.close()
        output, errors = (b"".join(parts[one]).decode("utf-8", "replace") for one in (_OUTPUT, _ERRORS))
        return Executed(_exit_code(command, call, b"".join(parts[_RESULT])), output, errors)

    def run(self, namespace: str, pod: str, container: str, command: Sequence[str], pipes: Pipes) -> int:
        """Run a command in a container to its end; raises StreamFailed where it could not run, or broke off."""
        query = [("container", container), ("stdout", "true"), ("stderr", "true")]
        query += [("stdin", "true")] * (pipes.stdin is not None)
        call = Call("create", kinds.POD, namespace, pod, "exec")
        channels = self._open(call, query + [("command", word) for word in command])
        try:
            result = carry(channels, pipes)
        except ConnectionError as error:
            if isinstance(error, BrokenPipeError):  # whoever read the output went away
                raise
            raise StreamFailed(f"run {command[0]}", call.label, str(error)) from error
        finally:
            channels.close()
        return _exit_code(command, call, result)

    def port(self, namespace: str, pod: str, port: int) -> Channels:
        """A connection to a pod's port: channel 0 is the data, 1 an error. Raises what opening it raises."""
        call = Call("create", kinds.POD, namespace, pod, "portforward")
        channels = self._open(call, [("ports", str(port))])
        try:
            _greeted(channels, port)
        except OSError as error:
            channels.close()
            raise StreamFailed(f"reach port {port}", call.label, str(error) or "no answer") from error
        return channels

    def _open(self, call: Call, query: Sequence[tuple[str, str]]) -> Channels:
        path = routes.with_query(routes.item(call.kind, call.namespace, call.name, call.subresource), query)
        access = self._requests.access
        answer = self._connect(access, path, call)
        if isinstance(answer, Answer) and answer.code == 401:
            answer = self._connect(self._requests.renew(access), path, call)
        if isinstance(answer, Answer):
            raise self._refusal(call, answer)
        return answer

    def _refusal(self, call: Call, answer: Answer) -> Exception:
        fault = self._requests.fault(call, answer)
        if answer.code in (400, 500, 502, 503, 504):
            return StreamFailed(
                call.verb + " " + call.subresource, call.label, status_of(answer.code, answer.body).message
            )
        return fault

    def _connect(self, access: Access, path: str, call: Call) -> Channels | Answer:
        """A websocket, or the answer that refuses one."""
        from websocket import WebSocketBadStatusException

        self._requests.count("GET")
        try:
            return Channels(_websocket(access, path))
        except WebSocketBadStatusException as error:
            return Answer(error.status_code, {}, error.resp_body or b"")
        except (OSError, Cut, VitessctlError, Exception) as error:
            raise StreamFailed(f"reach {call.subresource}", call.label, str(error)) from error


def _greeted(channels: Channels, port: int) -> None:
    """Take the two frames with which a forward begins: for each channel the port's number."""
    waited = {0, 1}
    while waited:
        received = channels.receive(_OPENING_SECONDS)
        if received is None:
            raise ConnectionError("the API server ends the connection")
        channel, data = received
        if len(data) != 2 or struct.unpack("<H", data)[0] != port:
            raise ConnectionError(f"the API server answers something else: {data[:200]!r}")
        waited.discard(channel)


def _exit_code(command: Sequence[str], call: Call, result: bytes) -> int:
    """The exit code from the Status on channel 3; raises StreamFailed where there was none to have."""
    try:
        status = json.loads(result or b"{}")
    except ValueError:
        status = {}
    if status.get("status") == "Success":
        return 0
    for cause in (status.get("details") or {}).get("causes") or ():
        if cause.get("reason") == "ExitCode":
            return int(cause["message"])
    why = status.get("message") or "the connection ended before the command did"
    raise StreamFailed(f"run {command[0]}", call.label, str(why))


def _websocket(access: Access, path: str) -> Any:
    """A connected websocket, with the TLS settings, credentials and proxy of the API server's."""
    from websocket import WebSocket

    url = "ws" + access.server.rstrip("/").removeprefix("http") + path
    headers = [f"{key}: {value}" for key, value in access.authorization().items()]
    options: dict[str, Any] = {
        "header": [*headers, f"sec-websocket-protocol: {PROTOCOLS}"],
        "suppress_origin": True,
        "timeout": _OPENING_SECONDS,
        "http_no_proxy": ["*"],
    }
    if access.configuration is not None and access.configuration.proxy:
        _through_proxy(options, access.configuration, url)
    keep = [(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1), (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)]
    websocket: Any = held_open(WebSocket)(
        sslopt=dict(access.tls), sockopt=keep, enable_multithread=True, skip_utf8_validation=True
    )
    websocket.connect(url, **options)
    websocket.settimeout(None)
    return websocket


@functools.cache
def held_open(base: Any) -> Any:
    """The library's WebSocket, but one that keeps its descriptor where the other side ends: a thread may be writing.

    The library closes it in the thread that reads. Here `Channels` does that.
    """
    from websocket import WebSocketConnectionClosedException
    from websocket._socket import recv

    class HeldOpen(base):  # type: ignore[misc]
        """What it reads with is the same."""

        def _recv(self, bufsize: int) -> bytes:
            if self.sock is None:
                raise WebSocketConnectionClosedException("Connection is closed")
            data: bytes = recv(self.sock, bufsize)
            return data

    return HeldOpen


def _through_proxy(options: dict[str, Any], configuration: Any, url: str) -> None:
    from kubernetes.stream import ws_client

    helpers: Any = ws_client
    options.pop("http_no_proxy")
    helpers.websocket_proxycare(options, configuration, url, {})

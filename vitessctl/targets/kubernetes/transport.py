"""One HTTP request with a deadline that holds: for connecting, for the answer, for a body that trickles in."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

CONNECT_SECONDS = 5.0
_current = threading.local()


@dataclass(frozen=True)
class Answer:
    """What the server said."""

    code: int
    headers: Mapping[str, str]
    body: bytes


class Cut(Exception):
    """No answer, or not a whole one."""

    def __init__(self, why: str, *, sent: bool, fix: str = "", lasting: bool = False) -> None:
        super().__init__(why)
        self.why, self.fix = why, fix
        self.sent = sent
        """Whether the server may have got the request, and done it."""
        self.lasting = lasting
        """Whether asking again cannot help: a certificate that is not trusted."""


class Deadline:
    """Cuts the connection of one request when its time is up, wherever it then waits.

    A read timeout alone would not do: it starts anew with every byte that trickles in.
    """

    def __init__(self, seconds: float) -> None:
        self._lock = threading.Lock()
        self._connection: Any = None
        self._over = False
        self._end = time.monotonic() + seconds
        self.cut_off = False
        """Whether the connection was cut."""
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True

    def __enter__(self) -> Deadline:
        _current.deadline = self
        self._timer.start()
        return self

    def __exit__(self, *error: object) -> None:
        with self._lock:
            self._over = True
        _current.deadline = None
        self._timer.cancel()

    @property
    def passed(self) -> bool:
        """Whether its time is up; by the clock, as a read timeout of the same length may wake before the timer does."""
        return self.cut_off or time.monotonic() >= self._end

    def watch(self, connection: Any) -> None:
        """Name the connection that serves the request."""
        with self._lock:
            self._connection = connection

    def _cut(self) -> None:
        with self._lock:
            self.cut_off = not self._over
            found = getattr(self._connection, "sock", None)
            if self.cut_off and isinstance(found, socket.socket):
                _shut(found)


def _shut(connection: socket.socket) -> None:
    """Wake whoever reads or writes. The plain socket's shutdown: that of a TLS socket is not for other threads."""
    with suppress(OSError):
        socket.socket.shutdown(connection, socket.SHUT_RDWR)


def make_cuttable(pool: Any) -> None:
    """Let a urllib3.PoolManager tell the Deadline of this thread which connection it uses."""
    from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

    pool.pool_classes_by_scheme = {
        "http": _with_watched_connections(HTTPConnectionPool),
        "https": _with_watched_connections(HTTPSConnectionPool),
    }


def _with_watched_connections(pool_class: Any) -> Any:
    base = pool_class.ConnectionCls

    class Watched(base):  # type: ignore[misc, valid-type]
        """Says that it is in use before it connects, and before it sends."""

        def connect(self) -> Any:
            _watch(self)
            return super().connect()

        def putrequest(self, *args: Any, **named: Any) -> Any:
            _watch(self)
            _current.sent = True
            return super().putrequest(*args, **named)

    return type(pool_class.__name__, (pool_class,), {"ConnectionCls": Watched})


def _watch(connection: Any) -> None:
    deadline = getattr(_current, "deadline", None)
    if deadline is not None:
        deadline.watch(connection)


def send(pool: Any, method: str, url: str, headers: Mapping[str, str], body: bytes | None, seconds: float) -> Answer:
    """Send a request and read the whole answer within these seconds; raises Cut."""
    with Deadline(seconds) as deadline, explained(deadline, seconds):
        response = _open(pool, method, url, headers, body, seconds)
        try:
            content = response.read()
            _check_length(response, content)
        finally:
            response.close() if deadline.cut_off else response.release_conn()
        if deadline.cut_off:
            raise Cut(f"no whole answer within {seconds:g} s", sent=True)
        return Answer(response.status, response.headers, content)


def open_stream(pool: Any, method: str, url: str, headers: Mapping[str, str]) -> Any:
    """Send a request and give the response as soon as its headers are there; the body may take for ever."""
    with Deadline(CONNECT_SECONDS * 2) as deadline, explained(deadline, CONNECT_SECONDS * 2):
        return _open(pool, method, url, headers, None, None)


def _open(
    pool: Any, method: str, url: str, headers: Mapping[str, str], body: bytes | None, seconds: float | None
) -> Any:
    from urllib3 import Timeout

    _current.sent = False
    connect = CONNECT_SECONDS if seconds is None else min(CONNECT_SECONDS, seconds)
    timeout = Timeout(connect=connect, read=seconds)
    return pool.request(
        method, url, headers=dict(headers), body=body, timeout=timeout, retries=False, redirect=False,
        preload_content=False,
    )  # fmt: skip


def _check_length(response: Any, content: bytes) -> None:
    """Some versions of urllib3 take a connection that ends early for the end of the body."""
    wanted = response.headers.get("Content-Length", "")
    if wanted.isdigit() and response.status != 204 and len(content) < int(wanted):
        raise Cut(f"the answer broke off after {len(content)} of {wanted} bytes", sent=True)


@contextmanager
def explained(deadline: Deadline | None = None, seconds: float = 0.0) -> Iterator[None]:
    """Turn what urllib3 and sockets raise into Cut, in words for a person."""
    from urllib3.exceptions import HTTPError

    try:
        yield
    except (HTTPError, OSError, ValueError, AttributeError) as error:
        # ValueError and AttributeError: what a socket that is cut off meanwhile makes of itself.
        sent = bool(getattr(_current, "sent", True))
        if deadline is not None and deadline.passed:
            raise Cut(f"no whole answer within {seconds:g} s", sent=sent) from error
        if not isinstance(error, (HTTPError, OSError)):
            raise
        raise _cut(error, sent) from error


def _cut(error: Exception, sent: bool) -> Cut:
    cause = _root(error)
    if isinstance(cause, ssl.SSLCertVerificationError):
        return _untrusted(cause)
    if isinstance(cause, ssl.SSLError) and not sent:
        return Cut(f"TLS fails: {cause.reason or cause}", sent=False, lasting=True)
    if isinstance(cause, socket.gaierror):
        return Cut(f"its name is not known: {cause.strerror}", sent=False)
    if isinstance(cause, ConnectionRefusedError):
        return Cut("connection refused", sent=False)
    if isinstance(cause, TimeoutError) or "timed out" in str(error):
        return Cut("it does not answer in time", sent=sent)
    return Cut(_words(cause), sent=sent)


def _words(cause: BaseException) -> str:
    text = cause.strerror if isinstance(cause, OSError) and cause.strerror else str(cause)
    return f"the connection broke off: {text}" if text else "the connection broke off"


def _root(error: BaseException) -> BaseException:
    """The innermost cause: urllib3 wraps what the socket said."""
    seen: set[int] = set()
    while id(error) not in seen:
        seen.add(id(error))
        inner = getattr(error, "reason", None)
        following = inner if isinstance(inner, BaseException) else error.__cause__ or error.__context__
        nested = [one for one in error.args if isinstance(one, BaseException)]
        error = nested[0] if nested else following or error
    return error


def _untrusted(error: ssl.SSLCertVerificationError) -> Cut:
    why = f"its certificate is not trusted: {error.verify_message}"
    if "Authority Key Identifier" in why:
        fix = (
            "Python 3.13 and later wants an authority key identifier, which older clusters' certificates lack: renew"
            " the cluster's certificates, or set VITESSCTL_RELAXED_TLS=1, which checks chain and name but not this"
        )
    else:
        fix = "check certificate-authority-data and the server's name in the kubeconfig"
    return Cut(why, sent=False, fix=fix, lasting=True)

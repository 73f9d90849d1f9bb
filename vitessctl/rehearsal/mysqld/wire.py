"""The private protocol of the stand-in mysqld: JSON objects behind their length, on socket and port alike.

It carries what vttablet needs (statements, replication's settings, the binary log). No MySQL client can speak
to it: clients speak to vtgate.
"""

from __future__ import annotations

import json
import socket
import struct
from typing import Any

_LENGTH = struct.Struct(">I")
Message = dict[str, Any]


LONGEST = 256 << 20
"""Bytes of a message; whoever announces more speaks another protocol."""


class Closed(Exception):
    """The other side went away, or does not speak this protocol."""


def send(connection: socket.socket, message: Message) -> None:
    """Writes one message. OSError when the other side is gone."""
    body = json.dumps(message, separators=(",", ":")).encode("ascii")
    connection.sendall(_LENGTH.pack(len(body)) + body)


def receive(connection: socket.socket) -> Message:
    """Reads one message. Closed when there is none any more."""
    (length,) = _LENGTH.unpack(_exactly(connection, _LENGTH.size))
    if length > LONGEST:
        raise Closed
    try:
        message = json.loads(_exactly(connection, length))
    except ValueError as error:
        raise Closed from error
    if not isinstance(message, dict):
        raise Closed
    return message


def _exactly(connection: socket.socket, length: int) -> bytes:
    parts: list[bytes] = []
    while length:
        try:
            part = connection.recv(min(length, 1 << 20))
        except OSError as error:
            raise Closed from error
        if not part:
            raise Closed
        parts.append(part)
        length -= len(part)
    return b"".join(parts)

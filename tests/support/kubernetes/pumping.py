"""Bytes between two sockets, and how a socket ends badly."""

from __future__ import annotations

import os
import select
import socket
import ssl
import struct
from contextlib import suppress

_PIECE = 65536


def pump(one: socket.socket, other: ssl.SSLSocket) -> None:
    """Carry bytes both ways until either side ends. One thread: a TLS socket is not for two at once."""
    while True:
        if other.pending():
            ready = [other]
        else:
            ready, _, _ = select.select([one, other], [], [], 60)
        if not ready:
            return
        for source in ready:
            piece = source.recv(_PIECE)
            if not piece:
                return
            (other if source is one else one).sendall(piece)


def reset(connection: socket.socket) -> None:
    """End a connection with a RST: whoever reads gets ECONNRESET. Threads that use it are woken, and fail."""
    with suppress(OSError):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.shutdown(socket.SHUT_RD)
    with suppress(OSError):
        # A plain close would wait for the other references to the socket.
        os.close(connection.detach())

"""TLS settings that threads share."""

from __future__ import annotations

import ssl
from collections.abc import Sequence

PROTOCOLS = ("http/1.1",)
"""What urllib3 offers a server."""


def settled(context: ssl.SSLContext) -> ssl.SSLContext:
    """The context, with its protocols set once and for all.

    urllib3 sets them anew for every connection, while OpenSSL copies them, outside of Python's lock, for a connection
    that another thread opens: freed memory went out in a ClientHello, and API server 1.34 answered decode_error, about
    once in a thousand commands (python/cpython#141012, urllib3/urllib3#3036).
    """
    context.set_alpn_protocols(PROTOCOLS)
    vars(context)["set_alpn_protocols"] = _are_set
    return context


def _are_set(protocols: Sequence[str]) -> None:
    """Nothing is left to do, whatever a later urllib3 would like to offer besides."""

"""How long what lets us in is valid: the client's certificate or token, and the API server's own certificate."""

from __future__ import annotations

import base64
import json
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from vitessctl.targets.ground import Expiry
from vitessctl.targets.kubernetes.connect import Access
from vitessctl.targets.kubernetes.transport import CONNECT_SECONDS
from vitessctl.targets.x509 import validity

CLIENT = "the client certificate of the kubeconfig"
TOKEN = "the token of the kubeconfig"
SERVER = "the API server's certificate"
SHORT_LIVED_SECONDS = 2 * 86400.0
"""What is made for less is made anew by a program: a credential plugin, a service mesh."""
_RENEW_CLIENT = (
    "get a new kubeconfig from who runs the Kubernetes cluster (kubeadm certs renew, k3s certificate rotate)"
)
_RENEW_TOKEN = "get a new token from who runs the Kubernetes cluster (kubectl create token)"
_RENEW_SERVER = "have it renewed by who runs the Kubernetes cluster (kubeadm certs renew apiserver)"


def expiries(access: Access) -> Iterator[Expiry]:
    """All that say of themselves how long they are valid. One that does not is passed over: nobody is refused by it.

    Tokens of a pod and of a credential plugin are renewed before they end, so they are none.
    """
    yield from _of_certificate(CLIENT, client_certificate(access), _RENEW_CLIENT)
    if access.configuration is None:
        yield from _of_token(access.authorization().get("authorization", ""))
    yield from _of_certificate(SERVER, server_certificate(access), _RENEW_SERVER)


def _of_certificate(name: str, data: bytes, remedy: str) -> Iterator[Expiry]:
    try:
        found = validity(data) if data else None
    except ValueError:
        return
    if found is not None and found.ends - found.begins > SHORT_LIVED_SECONDS:
        yield Expiry(name, found.begins, found.ends, remedy)


def client_certificate(access: Access) -> bytes:
    """What the kubeconfig holds or names; empty where a token or a plugin lets us in."""
    if access.configuration is None:
        return access.certificate
    path = getattr(access.configuration, "cert_file", None)
    try:
        return Path(path).read_bytes() if path else b""
    except OSError:
        return b""


def _of_token(header: str) -> Iterator[Expiry]:
    """A token that is a JWT says it in its `exp` (RFC 7519). It is only read, as the server alone can verify it."""
    parts = header.removeprefix("Bearer ").split(".")
    if len(parts) != 3:
        return
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
        ends, begins = float(claims["exp"]), float(claims.get("iat") or 0)
    except (ValueError, KeyError, TypeError, AttributeError):
        return
    yield Expiry(TOKEN, begins, ends, _RENEW_TOKEN)


def server_certificate(access: Access) -> bytes:
    """DER of what the server shows in a handshake; empty without TLS, and where a proxy is in between."""
    place = urlsplit(access.server)
    if place.scheme != "https" or getattr(access.configuration, "proxy", None):
        return b""
    host = place.hostname or ""
    try:
        with (
            socket.create_connection((host, place.port or 443), CONNECT_SECONDS) as plain,
            _unverified().wrap_socket(plain, server_hostname=_server_name(access, host)) as secured,
        ):
            return secured.getpeercert(binary_form=True) or b""
    except OSError:
        return b""


def _server_name(access: Access, host: str) -> str:
    return str(access.tls.get("server_hostname") or host)


def _unverified() -> ssl.SSLContext:
    """Nothing is sent over it, so it matters not who answers; an expired certificate is not to end the handshake."""
    context: Any = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    found: ssl.SSLContext = context
    return found

"""How long credentials are valid: certificates and tokens as kubeconfigs and servers have them."""

from __future__ import annotations

import base64
import json
import shutil
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.testbed.certificates import Authority, Identity
from vitessctl.targets.kubernetes.connect import Access
from vitessctl.targets.kubernetes.credentials import CLIENT, SERVER, TOKEN, client_certificate, expiries

CERTIFICATES = Path(__file__).parents[1] / "certificates"
FAR = (CERTIFICATES / "far.pem").read_bytes()


def access(**fields: Any) -> Access:
    """Of a server that has no TLS, unless a test says otherwise."""
    plain = Access("a", "http://127.0.0.1:1", False, None, lambda: {}, {})
    return replace(plain, **fields)


def token(**claims: Any) -> str:
    """A JWT, whose signature nobody looks at."""
    parts = [json.dumps({"alg": "none"}), json.dumps(claims), "signature"]
    return ".".join(base64.urlsafe_b64encode(part.encode()).decode().rstrip("=") for part in parts)


def bearing(word: str, **fields: Any) -> Access:
    return access(authorization=lambda: {"authorization": f"Bearer {word}"}, **fields)


def test_nothing_that_ends() -> None:
    assert list(expiries(access())) == []


def test_the_client_certificate_of_a_common_kubeconfig() -> None:
    (found,) = expiries(access(certificate=FAR))

    assert (found.name, time.gmtime(found.ends).tm_year) == (CLIENT, 2076)


def test_the_client_certificate_that_the_official_client_has_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "c.pem"
    file.write_bytes(FAR)

    assert client_certificate(access(configuration=SimpleNamespace(cert_file=str(file)))) == FAR
    assert client_certificate(access(configuration=SimpleNamespace(cert_file=str(tmp_path / "gone")))) == b""
    assert client_certificate(access(configuration=SimpleNamespace(cert_file=None))) == b""


def test_a_file_that_is_no_certificate_ends_nothing() -> None:
    assert list(expiries(access(certificate=b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"))) == []


def test_a_token_that_stands_in_the_kubeconfig() -> None:
    (found,) = expiries(bearing(token(iat=1000, exp=5000)))

    assert (found.name, found.begins, found.ends) == (TOKEN, 1000.0, 5000.0)


@pytest.mark.parametrize("word", ["opaque", "a.b.c", token(sub="nobody"), token(exp="soon"), "a.W10.c"])
def test_a_token_that_does_not_say_when_it_ends(word: str) -> None:
    assert list(expiries(bearing(word))) == []


def test_a_token_of_a_plugin_or_a_pod_is_renewed_by_itself() -> None:
    assert list(expiries(bearing(token(iat=0, exp=1), configuration=SimpleNamespace(cert_file=None)))) == []


@contextmanager
def serving(folder: Path) -> Iterator[int]:
    """A TLS server with a certificate of its own; gives its port."""
    authority = Authority(folder)
    authority.create()
    authority.issue([Identity("server", "server", names=("localhost",), addresses=("127.0.0.1",))])
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.crt", folder / "server.key")
    with socket.create_server(("127.0.0.1", 0)) as server:

        def once() -> None:
            connection, _ = server.accept()
            with context.wrap_socket(connection, server_side=True) as secured:
                secured.recv(1)

        thread = threading.Thread(target=once, daemon=True)
        thread.start()
        yield server.getsockname()[1]
        thread.join(5)


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs the program openssl")
def test_the_servers_own_certificate_by_a_handshake(tmp_path: Path) -> None:
    with serving(tmp_path) as port:
        (found,) = expiries(access(server=f"https://127.0.0.1:{port}"))

    assert found.name == SERVER
    assert found.ends > time.time() > found.begins - 300


def test_a_server_that_nobody_reaches_or_behind_a_proxy_is_passed_over() -> None:
    assert list(expiries(access(server="https://127.0.0.1:1"))) == []
    proxied = SimpleNamespace(cert_file=None, proxy="http://proxy:3128")
    assert list(expiries(access(server="https://127.0.0.1:1", configuration=proxied))) == []

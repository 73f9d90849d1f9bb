"""A TLS context that threads share is never changed: what one connection offers is no other connection's memory."""

from __future__ import annotations

import json
import ssl
from pathlib import Path
from typing import Any

import pytest

from vitessctl.targets.kubernetes.connect import RELAXED_TLS_VARIABLE, Access, load
from vitessctl.targets.kubernetes.tls import settled

OFFERED = b"\x00\x10\x00\x0b\x00\x09\x08http/1.1"
"""The extension (16) of a ClientHello, 11 bytes long, a list of 9 bytes, and in it one name of 8."""
CLUSTERS: dict[str, dict[str, Any]] = {
    "common": {"server": "https://127.0.0.1:1"},
    "for which the official client is needed": {"server": "https://127.0.0.1:1", "insecure-skip-tls-verify": False},
}


def access(folder: Path, cluster: dict[str, Any], environ: dict[str, str] | None = None) -> Access:
    file = folder / "kubeconfig"
    named = {"clusters": [{"name": "c", "cluster": cluster}], "users": [{"name": "u", "user": {"token": "t"}}]}
    contexts = {"contexts": [{"name": "x", "context": {"cluster": "c", "user": "u"}}], "current-context": "x"}
    file.write_text(json.dumps({"apiVersion": "v1", "kind": "Config", **named, **contexts}))
    return load(None, str(file), environ or {})


def hello(context: ssl.SSLContext) -> bytes:
    """What a client says first."""
    heard, said = ssl.MemoryBIO(), ssl.MemoryBIO()
    with pytest.raises(ssl.SSLWantReadError):
        context.wrap_bio(heard, said, server_hostname="a.test").do_handshake()
    return said.read()


def test_a_client_offers_what_urllib3_would() -> None:
    assert OFFERED in hello(settled(ssl.create_default_context()))


@pytest.mark.parametrize("protocols", [["http/1.1"], ["h2", "http/1.1"]], ids=["urllib3 2", "a later one"])
def test_urllib3_may_set_it_again_and_openssl_does_not_hear_of_it(
    protocols: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    context = settled(ssl.create_default_context())

    def heard(*arguments: object) -> None:
        raise AssertionError("the context is changed while others use it")

    monkeypatch.setattr(ssl.SSLContext, "set_alpn_protocols", heard)
    context.set_alpn_protocols(protocols)

    assert OFFERED in hello(context)


@pytest.mark.parametrize("cluster", CLUSTERS.values(), ids=CLUSTERS)
@pytest.mark.parametrize("relaxed", ["", "1"], ids=["", "relaxed"])
def test_every_context_that_connections_share_is_settled(tmp_path: Path, cluster: dict[str, Any], relaxed: str) -> None:
    found = access(tmp_path, cluster, {RELAXED_TLS_VARIABLE: relaxed})

    shared = [found.pool.connection_pool_kw.get("ssl_context"), found.tls.get("context")]

    assert all("set_alpn_protocols" in vars(context) for context in shared if context is not None)
    assert any(shared) is (relaxed == "1" or cluster is CLUSTERS["common"])

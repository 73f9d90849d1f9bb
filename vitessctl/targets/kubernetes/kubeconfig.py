"""The common kubeconfig, read without the Kubernetes client, whose import alone takes half a second of processor.

Common: one file, and in it a context with a server, its certificates, and a client certificate or a token that stand
there. That is what kubeadm, kind, k3s, minikube and kubectl itself write. For all else (plugins, OpenID, passwords,
proxies, several files, servers that are not verified) `plain` gives None, and the official client reads it.
"""

from __future__ import annotations

import base64
import binascii
import os
import ssl
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vitessctl.targets.kubernetes.tls import settled

_CLUSTER = frozenset({"server", "certificate-authority", "certificate-authority-data", "tls-server-name", "extensions"})
_USER = frozenset({"client-certificate", "client-certificate-data", "client-key", "client-key-data", "token"})
_OTHERWISE = (KeyError, TypeError, AttributeError, ValueError, OSError)
"""What a kubeconfig gives that is not as it should be: the official client says what is wrong with it."""


@dataclass(frozen=True)
class Plain:
    """A context that needs no more than this."""

    server: str
    tls: ssl.SSLContext | None
    """None for http."""
    server_name: str
    """The name that the server's certificate is for, where that is not the host's."""
    token: str
    certificate: bytes = b""
    """The client's, as PEM; empty where it has none."""


def content(files: str) -> Mapping[str, Any] | None:
    """What a kubeconfig holds that is one file; None where it is several. Raises what reading it raises."""
    import yaml

    paths = [path for one in files.split(":") if one and (path := Path(one).expanduser()).is_file()]
    if len(paths) != 1:
        return None
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    found = yaml.load(paths[0].read_bytes(), Loader=loader)
    return found if isinstance(found, Mapping) else None


def plain(files: str, context: str, environ: Mapping[str, str]) -> Plain | None:
    """What a context needs, where it is a common one."""
    if any(name.lower().endswith("_proxy") for name in environ):
        return None
    try:
        found = content(files)
        return None if found is None else _plain(found, context, _folder(files))
    except _OTHERWISE:
        return None


def _folder(files: str) -> Path:
    """What the paths in the file are relative to."""
    return next(path for one in files.split(":") if one and (path := Path(one).expanduser()).is_file()).parent


def _plain(found: Mapping[str, Any], context: str, folder: Path) -> Plain | None:
    chosen = _named(found["contexts"], context)["context"]
    cluster = _named(found["clusters"], chosen["cluster"])["cluster"]
    user = _named(found["users"], chosen["user"])["user"]
    if not (cluster.keys() <= _CLUSTER and user.keys() <= _USER):
        return None
    server = str(cluster["server"]).rstrip("/")
    tls = _tls(cluster, user, folder) if server.startswith("https://") else None
    name, token = str(cluster.get("tls-server-name") or ""), str(user.get("token") or "")
    return Plain(server, tls, name, token, _pem(user, "client-certificate", folder))


def _named(entries: Any, name: str) -> Mapping[str, Any]:
    """The one entry of that name; KeyError where it is not there, or not alone."""
    found: list[Mapping[str, Any]] = [entry for entry in entries if entry["name"] == name]
    if len(found) != 1:
        raise KeyError(name)
    return found[0]


def _tls(cluster: Mapping[str, Any], user: Mapping[str, Any], folder: Path) -> ssl.SSLContext:
    authority = _pem(cluster, "certificate-authority", folder)
    context = ssl.create_default_context(cadata=authority.decode("ascii") if authority else None)
    certificate, key = _pem(user, "client-certificate", folder), _pem(user, "client-key", folder)
    if certificate:
        with ExitStack() as files:
            paths = [files.enter_context(_as_file(text)) for text in (certificate, key) if text]
            context.load_cert_chain(*paths)
    return settled(context)


def _pem(entry: Mapping[str, Any], field: str, folder: Path) -> bytes:
    """What is written in the kubeconfig itself, else in the file that it names; empty where it names none."""
    data = entry.get(f"{field}-data")
    if data:
        try:
            return base64.b64decode(data, validate=False)
        except binascii.Error as error:
            raise ValueError(str(error)) from error
    path = entry.get(field)
    return (folder / os.path.expanduser(path)).read_bytes() if path else b""


@contextmanager
def _as_file(text: bytes) -> Iterator[str]:
    """A file for OpenSSL, which reads certificates and keys from nothing else; for our eyes only, and gone at once."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(text)
        file.flush()
        yield file.name

"""Which cluster, and with which credentials: a kubeconfig's context, or the service account of the pod we run in.

Together with streams.py all that imports the Kubernetes client, and only where kubeconfig.py does not do. Only parts
that are the same from 29 to 37 are used: Configuration, its kubeconfig and in-cluster loaders, and the connection pool
that its REST client sets up (TLS, client certificates, proxies). The typed models changed in 37; none is needed.
"""

from __future__ import annotations

import logging
import ssl
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vitessctl.targets.kubernetes import kubeconfig as kubeconfigs
from vitessctl.targets.kubernetes.faults import NoContext, Unauthorized
from vitessctl.targets.kubernetes.kubeconfig import Plain
from vitessctl.targets.kubernetes.tls import settled
from vitessctl.targets.kubernetes.transport import make_cuttable

CONTEXT_VARIABLE = "VITESSCTL_CONTEXT"
RELAXED_TLS_VARIABLE = "VITESSCTL_RELAXED_TLS"
"""Set to 1, certificates without an authority key identifier are taken, which Python 3.13 and later refuses."""
CONNECTIONS = 16
"""How many connections are kept: more than we have threads, so that none pays for a handshake twice."""
SERVICE_ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")
_CERTIFICATES = ("ca_certs", "ca_cert_data", "cert_file", "key_file")
"""As the pool of the official client calls them."""
_CHOOSE = "name one with --context, or choose one: kubectl config use-context NAME"


@dataclass(frozen=True)
class Access:
    """A cluster, and the credentials for it."""

    context_name: str
    server: str
    in_cluster: bool
    pool: Any
    """A urllib3.PoolManager."""
    authorization: Callable[[], dict[str, str]]
    """The header that says who we are, by a token refreshed where that is due; none where a client certificate does."""
    tls: Mapping[str, Any]
    """What a websocket is given (`sslopt` of websocket-client)."""
    configuration: Any = None
    """A kubernetes.client.Configuration, where there is one: it knows of a proxy."""
    certificate: bytes = b""
    """The client's, as PEM, where there is no such Configuration, which knows its file."""


def load(
    context: str | None,
    kubeconfig: str | None,
    environ: Mapping[str, str],
    service_account: Path = SERVICE_ACCOUNT,
) -> Access:
    """Read the kubeconfig, or take the pod's service account where there is none. Raises NoContext, Unauthorized."""
    context = context or environ.get(CONTEXT_VARIABLE) or None
    files = kubeconfig or environ.get("KUBECONFIG") or str(Path(environ.get("HOME", "~")).expanduser() / ".kube/config")
    known = _read(files)
    if context is None and not known.current and _in_a_pod(environ, service_account):
        return _of_pod(environ, service_account)
    if known.current is None and not known.names:
        raise NoContext(
            "there is no kubeconfig with a context, and this is not a pod with a service account",
            "set KUBECONFIG to a kubeconfig file. Or use this machine: --rehearse (stand-ins) or --local (real Vitess)",
            files,
        )
    chosen = context or known.current
    if chosen not in known.names:
        raise NoContext(_unknown(chosen, known.names), _CHOOSE, files)
    return _of_context(files, str(chosen), environ)


@dataclass(frozen=True)
class _Contexts:
    names: tuple[str, ...]
    current: str | None


def _read(files: str) -> _Contexts:
    """The contexts of a kubeconfig, which may be several files with colons between; files may be missing."""
    if not any(Path(one).expanduser().is_file() for one in files.split(":") if one):
        return _Contexts((), None)
    try:
        value = kubeconfigs.content(files) or _merged(files)
        names = tuple(str(entry["name"]) for entry in value.get("contexts") or ())
    except Exception as error:  # it raises whatever YAML and missing keys give
        raise NoContext(
            f"the kubeconfig cannot be read: {error}", "mend it, or set KUBECONFIG to another", files
        ) from error
    return _Contexts(names, value.get("current-context") or None)


def _merged(files: str) -> Mapping[str, Any]:
    """Several files as one."""
    from kubernetes.config import kube_config

    merger: Any = kube_config.KubeConfigMerger
    merged: Mapping[str, Any] = merger(files).config.value
    return merged


def _unknown(chosen: str | None, names: tuple[str, ...]) -> str:
    listed = ", ".join(sorted(names))
    return (
        f"there is no context {chosen}; there is: {listed}" if chosen else f"no context is current; there is: {listed}"
    )


def _in_a_pod(environ: Mapping[str, str], service_account: Path) -> bool:
    return bool(environ.get("KUBERNETES_SERVICE_HOST")) and (service_account / "token").is_file()


def _of_pod(environ: Mapping[str, str], service_account: Path) -> Access:
    from kubernetes.client import Configuration
    from kubernetes.config.incluster_config import InClusterConfigLoader

    loader: Any = InClusterConfigLoader
    configuration = Configuration()
    token, authority = str(service_account / "token"), str(service_account / "ca.crt")
    with _explained("in-cluster"):
        loader(token, authority, environ=dict(environ)).load_and_set(configuration)
    return _configured("in-cluster", configuration, environ, in_cluster=True)


def _of_context(files: str, context: str, environ: Mapping[str, str]) -> Access:
    plain = kubeconfigs.plain(files, context, environ)
    return _official(files, context, environ) if plain is None else _simple(context, plain, environ)


def _simple(context: str, plain: Plain, environ: Mapping[str, str]) -> Access:
    """Access as the official client would set it up, made of urllib3 and websocket-client, which it is made of too."""
    from urllib3 import PoolManager

    named: dict[str, Any] = {"server_hostname": plain.server_name} if plain.server_name else {}
    if plain.tls is not None and environ.get(RELAXED_TLS_VARIABLE) == "1":
        _relax(plain.tls)
    pool = PoolManager(maxsize=CONNECTIONS, ssl_context=plain.tls, **named)
    make_cuttable(pool)
    headers = {"authorization": f"Bearer {plain.token}"} if plain.token else {}
    tls = {"context": plain.tls, **named}
    return Access(context, plain.server, False, pool, lambda: dict(headers), tls, certificate=plain.certificate)


def _official(files: str, context: str, environ: Mapping[str, str]) -> Access:
    from kubernetes import config
    from kubernetes.client import Configuration

    loader: Any = config.load_kube_config
    configuration = Configuration()
    with _explained(context):
        loader(files, context, configuration, persist_config=False)
    return _configured(context, configuration, environ)


def _configured(context: str, configuration: Any, environ: Mapping[str, str], *, in_cluster: bool = False) -> Access:
    def authorization() -> dict[str, str]:
        settings = configuration.auth_settings().values()
        return {setting["key"]: setting["value"] for setting in settings if setting["in"] == "header"}

    pool, tls = _pool(configuration, environ), _tls(configuration)
    return Access(context, configuration.host, in_cluster, pool, authorization, tls, configuration)


@contextmanager
def _explained(context: str) -> Iterator[None]:
    """Turn what loading credentials raises, or only logs (a credential plugin that fails), into a fault."""
    from kubernetes.config import ConfigException

    heard = _Heard(logging.ERROR)
    root = logging.getLogger()
    root.addHandler(heard)
    try:
        yield
    except ConfigException as error:
        raise NoContext(f"the context {context} cannot be used: {error}", "mend the kubeconfig", context) from error
    finally:
        root.removeHandler(heard)
    if heard.messages:
        raise Unauthorized("", context, "its credential plugin fails: " + "; ".join(heard.messages))


class _Heard(logging.Handler):
    """Keeps what is logged."""

    def __init__(self, level: int) -> None:
        super().__init__(level)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one message."""
        self.messages.append(record.getMessage())


def _pool(configuration: Any, environ: Mapping[str, str]) -> Any:
    """The client's own connection pool, with connections that can be cut off when a deadline passes."""
    from kubernetes.client import ApiClient

    pool = ApiClient(configuration).rest_client.pool_manager
    make_cuttable(pool)
    if environ.get(RELAXED_TLS_VARIABLE) == "1" and configuration.verify_ssl:
        pool.connection_pool_kw["ssl_context"] = _relaxed(pool.connection_pool_kw)
    return pool


def _relaxed(settings: MutableMapping[str, Any]) -> ssl.SSLContext:
    """TLS that verifies as before Python 3.13: chain and name, but not every formality of RFC 5280.

    Certificates are taken out of the settings of a pool: urllib3 would load them for each connection, into a context
    that others use.
    """
    authority, text, certificate, key = (settings.pop(name, None) for name in _CERTIFICATES)
    context = ssl.create_default_context(cafile=authority, cadata=text)
    _relax(context)
    if certificate:
        context.load_cert_chain(certificate, key)
    return settled(context)


def _relax(context: ssl.SSLContext) -> None:
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT


def _tls(configuration: Any) -> dict[str, Any]:
    """The TLS settings of the client's configuration, for a websocket."""
    if not configuration.verify_ssl:
        options: dict[str, Any] = {"cert_reqs": ssl.CERT_NONE, "check_hostname": False}
    else:
        options = {"cert_reqs": ssl.CERT_REQUIRED}
        if configuration.ssl_ca_cert:
            options["ca_certs"] = configuration.ssl_ca_cert
    for key, value in (("certfile", configuration.cert_file), ("keyfile", configuration.key_file)):
        if value:
            options[key] = value
    if configuration.tls_server_name:
        options["server_hostname"] = configuration.tls_server_name
    return options

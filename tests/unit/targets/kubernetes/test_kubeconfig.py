"""The common kubeconfig gives what the official client makes of it; anything else is left to that client."""

from __future__ import annotations

import base64
import http.server
import json
import shutil
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.support.kubernetes.server import write_kubeconfig
from tests.testbed.certificates import Authority, Identity
from vitessctl.targets.kubernetes import connect, kubeconfig
from vitessctl.targets.kubernetes.client import open_api

SERVER = "https://one.example:6443"


def config(folder: Path, cluster: dict[str, Any], user: dict[str, Any], server: str = SERVER) -> str:
    path = folder / "config"
    written = json.loads(Path(write_kubeconfig(path, server)).read_text())
    written["clusters"][0]["cluster"] = {"server": server, **cluster}
    written["users"][0]["user"] = user
    path.write_text(json.dumps(written))
    return str(path)


@pytest.mark.parametrize(
    ("cluster", "user"),
    [({}, {"token": "t"}), ({}, {}), ({"tls-server-name": "kubernetes"}, {"token": "t"}), ({"extensions": []}, {})],
    ids=["token", "nobody", "server name", "what kubectl itself does not read"],
)
def test_a_common_one_gives_what_the_official_client_makes_of_it(
    cluster: dict[str, Any], user: dict[str, Any], tmp_path: Path
) -> None:
    files = config(tmp_path, cluster, user)
    assert kubeconfig.plain(files, "scripted", {}) is not None

    ours, theirs = connect.load(None, files, {}), connect._official(files, "scripted", {})

    assert (ours.context_name, ours.server, ours.in_cluster) == (theirs.context_name, theirs.server, theirs.in_cluster)
    assert ours.authorization() == theirs.authorization()
    assert ours.tls.get("server_hostname") == theirs.tls.get("server_hostname")


@pytest.mark.parametrize(
    ("cluster", "user", "environ"),
    [
        ({}, {"exec": {"command": "aws"}}, {}),
        ({}, {"auth-provider": {"name": "oidc"}}, {}),
        ({}, {"username": "u", "password": "p"}, {}),
        ({}, {"tokenFile": "token"}, {}),
        ({}, {"token": "t", "as": "somebody"}, {}),
        ({"insecure-skip-tls-verify": True}, {"token": "t"}, {}),
        ({"proxy-url": "http://proxy:3128"}, {"token": "t"}, {}),
        ({}, {"token": "t"}, {"HTTPS_PROXY": "http://proxy:3128"}),
        ({"certificate-authority-data": "bm90aGluZw=="}, {}, {}),
        ({"certificate-authority": "missing.crt"}, {}, {}),
    ],
    ids=lambda given: "" if not given else next(iter(given)),
)
def test_what_is_not_common_is_left_to_the_official_client(
    cluster: dict[str, Any], user: dict[str, Any], environ: dict[str, str], tmp_path: Path
) -> None:
    assert kubeconfig.plain(config(tmp_path, cluster, user), "scripted", environ) is None


def test_several_files_are_left_to_the_official_client(tmp_path: Path) -> None:
    one = config(tmp_path, {}, {})
    other = write_kubeconfig(tmp_path / "other", SERVER, context="other")
    assert kubeconfig.plain(f"{one}:{other}", "other", {}) is None
    assert connect.load("other", f"{one}:{other}", {}).context_name == "other"


def test_a_name_that_is_there_twice_is_left_to_the_official_client(tmp_path: Path) -> None:
    path = Path(config(tmp_path, {}, {}))
    written = json.loads(path.read_text())
    written["users"] *= 2
    path.write_text(json.dumps(written))
    assert kubeconfig.plain(str(path), "scripted", {}) is None


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    if shutil.which("openssl") is None:
        pytest.skip("no openssl")
    made = Authority(tmp_path_factory.mktemp("certificates"))
    made.create()
    made.issue([Identity("server", "server", names=["kubernetes"]), Identity("admin", "admin", "system:masters")])
    return made


class Version(http.server.BaseHTTPRequestHandler):
    """Answers with the name in the client's certificate."""

    def do_GET(self) -> None:
        assert isinstance(self.connection, ssl.SSLSocket)
        names = dict(pair[0] for pair in (self.connection.getpeercert() or {})["subject"])
        content = json.dumps({"gitVersion": names["commonName"]}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


@contextmanager
def tls_server(authority: Authority) -> Iterator[str]:
    """A server that is `kubernetes` by its certificate, and wants one from its clients."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=str(authority.certificate("ca")))
    context.load_cert_chain(authority.certificate("server"), authority.key("server"))
    context.verify_mode = ssl.CERT_REQUIRED
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Version) as server:
        server.daemon_threads = True
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"https://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def encoded(path: Path) -> str:
    return base64.b64encode(path.read_bytes()).decode()


@pytest.mark.parametrize("inline", [True, False], ids=["in the kubeconfig", "in files beside it"])
def test_certificates_are_used_both_ways(inline: bool, authority: Authority, tmp_path: Path) -> None:
    given = {
        "certificate-authority": authority.certificate("ca"),
        "client-certificate": authority.certificate("admin"),
        "client-key": authority.key("admin"),
    }
    if inline:
        written = {f"{field}-data": encoded(path) for field, path in given.items()}
    else:
        written = {field: shutil.copy(path, tmp_path) and path.name for field, path in given.items()}
    cluster = {key: value for key, value in written.items() if key.startswith("certificate")}
    user = {key: value for key, value in written.items() if key.startswith("client")}
    with tls_server(authority) as server:
        files = config(tmp_path, {**cluster, "tls-server-name": "kubernetes"}, user, server)
        assert kubeconfig.plain(files, "scripted", {}) is not None
        assert open_api(kubeconfig=files, environ={}).version() == "admin"


@pytest.mark.parametrize(
    "environ", [{}, {"no_proxy": "127.0.0.1"}], ids=["without the official client", "with the official client"]
)
def test_a_shared_context_has_its_certificates_before_anybody_connects(
    environ: dict[str, str], authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Threads connect side by side, and OpenSSL does not guard a context that is changed meanwhile."""
    user = {"client-certificate": str(authority.certificate("admin")), "client-key": str(authority.key("admin"))}
    cluster = {"certificate-authority": str(authority.certificate("ca")), "tls-server-name": "kubernetes"}
    loading = ("load_cert_chain", "load_default_certs", "load_verify_locations")

    def forbidden(*arguments: object) -> None:
        raise AssertionError("a context that others use is changed")

    with tls_server(authority) as server:
        files = config(tmp_path, cluster, user, server)
        assert (kubeconfig.plain(files, "scripted", environ) is None) is bool(environ)
        api = open_api(kubeconfig=files, environ={**environ, connect.RELAXED_TLS_VARIABLE: "1"})
        for name in loading:
            monkeypatch.setattr(ssl.SSLContext, name, forbidden)

        assert api.version() == "admin"


def test_the_official_client_is_not_even_imported(tmp_path: Path) -> None:
    files = config(tmp_path, {}, {"token": "t"})
    check = (
        "import sys\nfrom vitessctl.targets.kubernetes.client import open_api\n"
        f"open_api(kubeconfig={files!r}, environ={{}})\nprint('kubernetes' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False"]

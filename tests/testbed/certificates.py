"""The certificates and kubeconfigs of a bed, made with the openssl program (3.0 or later)."""

from __future__ import annotations

import base64
import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.testbed.processes import BedError

_CONFIG = """\
[req]
distinguished_name = name
prompt = no
x509_extensions = extensions
[name]
{name}
[extensions]
{extensions}
"""

_AUTHORITY = "basicConstraints = critical,CA:TRUE\nkeyUsage = critical,keyCertSign,digitalSignature\n"
_LEAF = (
    "basicConstraints = critical,CA:FALSE\nkeyUsage = critical,digitalSignature\n"
    "extendedKeyUsage = serverAuth,clientAuth\n"
)

ELLIPTIC = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1")


@dataclass(frozen=True)
class Identity:
    """A certificate to make: file name, CN, O, and the names and addresses it serves."""

    file: str
    user: str
    group: str = ""
    names: Sequence[str] = ()
    addresses: Sequence[str] = ()

    def name(self) -> str:
        """The distinguished name; a group is an organisation to Kubernetes."""
        return "\n".join([f"CN = {self.user}", *([f"O = {self.group}"] if self.group else [])])

    def extensions(self) -> str:
        """What it may be used for, and for which hosts."""
        hosts = [f"DNS:{name}" for name in self.names] + [f"IP:{address}" for address in self.addresses]
        return _LEAF + (f"subjectAltName = {','.join(hosts)}\n" if hosts else "")


@dataclass(frozen=True)
class Authority:
    """A folder of certificates with its own CA: `ca.crt`, and `NAME.crt` and `NAME.key` for each identity."""

    folder: Path

    def create(self) -> None:
        """Make the CA and the key that signs service accounts' tokens."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        account = _openssl("genrsa", "-out", str(self.key("sa")), "2048")
        _finish([account, self._request("ca", "CN = testbed-ca", _AUTHORITY, [])])

    def issue(self, identities: Sequence[Identity]) -> None:
        """Make the certificates, all at once."""
        signed_by = ["-CA", str(self.certificate("ca")), "-CAkey", str(self.key("ca"))]
        _finish([self._request(one.file, one.name(), one.extensions(), signed_by) for one in identities])

    def certificate(self, name: str) -> Path:
        """Where a certificate is."""
        return self.folder / f"{name}.crt"

    def key(self, name: str) -> Path:
        """Where its key is."""
        return self.folder / f"{name}.key"

    def kubeconfig(self, name: str, server: str, path: Path, context: str = "testbed") -> Path:
        """Write a kubeconfig (JSON is YAML) that holds all it needs, readable by its owner only."""
        cluster = {"server": server, "certificate-authority-data": _encoded(self.certificate("ca"))}
        user = {
            "client-certificate-data": _encoded(self.certificate(name)),
            "client-key-data": _encoded(self.key(name)),
        }
        config = {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": context, "cluster": cluster}],
            "users": [{"name": context, "user": user}],
            "contexts": [{"name": context, "context": {"cluster": context, "user": context}}],
            "current-context": context,
        }
        path.touch(mode=0o600)
        path.write_text(json.dumps(config, indent=1))
        return path

    def _request(self, file: str, name: str, extensions: str, signed_by: list[str]) -> subprocess.Popen[bytes]:
        config = self.folder / f"{file}.conf"
        config.write_text(_CONFIG.format(name=name, extensions=extensions))
        output = ["-keyout", str(self.key(file)), "-out", str(self.certificate(file))]
        request = ["req", "-x509", "-nodes", "-days", "3650", *ELLIPTIC, "-config", str(config)]
        return _openssl(*request, *output, *signed_by)


def _openssl(*arguments: str) -> subprocess.Popen[bytes]:
    null = subprocess.DEVNULL
    return subprocess.Popen(["openssl", *arguments], stdin=null, stdout=null, stderr=subprocess.PIPE)


def _encoded(path: Path) -> str:
    return base64.b64encode(path.read_bytes()).decode()


def _finish(commands: Sequence[subprocess.Popen[bytes]]) -> None:
    for command in commands:
        errors = command.communicate(timeout=60)[1]
        if command.returncode:
            raise BedError(f"{command.args!r} failed:\n{errors.decode()}")

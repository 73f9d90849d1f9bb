"""Real servers for tests: an etcd and a vtctld on free ports of 127.0.0.1, with folders of their own.

VITESS_BIN names the folder with Vitess's binaries; etcd is taken from ETCD_BIN (a folder), else from PATH.
Vitess's servers refuse root, so as root they run under another uid, which needs no passwd entry.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

OTHER_USER = 12345
START_SECONDS = 30.0


def vitess_binary(name: str) -> Path:
    """Path of a Vitess server; skips the test if there is none."""
    folder = os.environ.get("VITESS_BIN", "")
    path = Path(folder) / name
    if not folder or not path.exists():
        pytest.skip(f"real Vitess: VITESS_BIN does not name a folder with {name} in it")
    return path


def etcd_binary() -> Path:
    """Path of etcd; skips the test if there is none."""
    found = shutil.which("etcd", path=os.environ.get("ETCD_BIN")) or shutil.which("etcd")
    if not found:
        pytest.skip("real Vitess: there is no etcd, neither in ETCD_BIN nor on PATH")
    return Path(found)


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def user_options() -> dict[str, object]:
    """What subprocess needs to start a server as somebody else than root; nothing for others."""
    if os.getuid() != 0:
        return {}
    return {"user": OTHER_USER, "group": OTHER_USER, "extra_groups": []}


@contextlib.contextmanager
def server_folder() -> Iterator[Path]:
    """A folder with a short path that the servers' user owns."""
    with tempfile.TemporaryDirectory(prefix="vt", dir="/tmp") as folder:
        if os.getuid() == 0:
            os.chown(folder, OTHER_USER, OTHER_USER)
        yield Path(folder)


@dataclass
class Server:
    """One process and its log."""

    process: subprocess.Popen[bytes]
    log: Path
    address: str = ""
    """Where its clients connect, host:port."""

    def lines(self) -> list[str]:
        """What it wrote so far."""
        return self.log.read_text(errors="replace").splitlines()

    def wait_until(self, ready: Callable[[], bool], seconds: float = START_SECONDS) -> None:
        """Wait until `ready` says so; fails with the log if the process ends or the time is over."""
        end = time.monotonic() + seconds
        while not ready():
            if self.process.poll() is not None or time.monotonic() > end:
                raise AssertionError(f"{self.process.args} is not ready:\n" + "\n".join(self.lines()[-20:]))
            time.sleep(0.05)


@contextlib.contextmanager
def running(command: Sequence[str | Path], folder: Path, name: str) -> Iterator[Server]:
    """A server as a process; in the end it is asked to stop, and killed if it does not."""
    log = folder / f"{name}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [str(word) for word in command],
            cwd=folder,
            env={"PATH": os.environ["PATH"], "HOME": str(folder)},
            stdout=output,
            stderr=subprocess.STDOUT,
            **user_options(),  # type: ignore[call-overload]
        )
    try:
        yield Server(process, log)
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def page(address: str, path: str) -> str:
    """The text of a page, "" if there is none."""
    try:
        with urllib.request.urlopen(f"http://{address}{path}", timeout=2) as answer:
            text: str = answer.read().decode()
            return text
    except (OSError, urllib.error.URLError):
        return ""


def topology_flags(etcd: str) -> list[str]:
    """The flags with which a Vitess server finds its topology server."""
    return [
        "--topo-implementation=etcd2",
        f"--topo-global-server-address={etcd}",
        "--topo-global-root=/vitess/global",
    ]


@contextlib.contextmanager
def etcd(folder: Path) -> Iterator[Server]:
    """An etcd of one member."""
    client, peer = f"127.0.0.1:{free_port()}", f"127.0.0.1:{free_port()}"
    command = [
        etcd_binary(),
        f"--data-dir={folder}/etcd",
        f"--listen-client-urls=http://{client}",
        f"--advertise-client-urls=http://{client}",
        f"--listen-peer-urls=http://{peer}",
        f"--initial-advertise-peer-urls=http://{peer}",
        f"--initial-cluster=default=http://{peer}",
    ]
    with running(command, folder, "etcd") as server:
        server.wait_until(lambda: '"health":"true"' in page(client, "/health"))
        server.address = client
        yield server


@contextlib.contextmanager
def vtctld(folder: Path, etcd_address: str) -> Iterator[Server]:
    """A vtctld without a cell; its address is that of gRPC."""
    http, grpc = free_port(), free_port()
    command = [
        vitess_binary("vtctld"),
        *topology_flags(etcd_address),
        "--cell=zone1",
        "--service-map=grpc-vtctl,grpc-vtctld",
        "--bind-address=127.0.0.1",
        f"--port={http}",
        "--grpc-bind-address=127.0.0.1",
        f"--grpc-port={grpc}",
    ]
    with running(command, folder, "vtctld") as server:
        server.wait_until(lambda: page(f"127.0.0.1:{http}", "/debug/health") == "ok")
        server.address = f"127.0.0.1:{grpc}"
        yield server

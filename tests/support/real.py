"""An etcd and a vtctld for tests, real ones or stand-ins, on free ports of 127.0.0.1 and with folders of their own.

For the real ones VITESS_BIN names the folder with Vitess's binaries; etcd is taken from ETCD_BIN (a folder), else from
PATH. Vitess's servers refuse root, so as root they run under another uid, which needs no passwd entry.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

OTHER_USER = 12345
START_SECONDS = 30.0
REPOSITORY = Path(__file__).resolve().parents[2]
ENVIRONMENT = {
    "PYTHONPATH": str(REPOSITORY),
    "VITESSCTL_RELEASE": "24",
    "VITESSCTL_REHEARSAL_ROOT": "1",
}
"""What the stand-ins look at: which release they play, and that they may run as root."""


@dataclass(frozen=True)
class Programs:
    """Where servers come from: `command` gives the first words of a server's command line, or skips the test."""

    name: str
    command: Callable[[str], list[str]]
    other_user: bool
    """Whether they have to run as somebody else than root."""


def real_command(name: str) -> list[str]:
    """A real server's program; skips the test, and says why, if there is none."""
    folder = os.environ.get("ETCD_BIN" if name == "etcd" else "VITESS_BIN", "")
    found = shutil.which(name, path=folder) or (shutil.which(name) if name == "etcd" else None)
    if not found:
        where = "in ETCD_BIN or on PATH" if name == "etcd" else "in the folder that VITESS_BIN names"
        pytest.skip(f"real Vitess: there is no {name} {where}")
    return [found]


def stand_in_command(name: str) -> list[str]:
    """A stand-in's program."""
    return [sys.executable, "-m", "vitessctl.rehearsal", name]


REAL = Programs("real", real_command, other_user=os.getuid() == 0)
STAND_INS = Programs("stand-ins", stand_in_command, other_user=False)


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextlib.contextmanager
def server_folder(programs: Programs) -> Iterator[Path]:
    """A folder with a short path that the servers' user owns."""
    with tempfile.TemporaryDirectory(prefix="vt", dir="/tmp") as folder:
        if programs.other_user:
            os.chown(folder, OTHER_USER, OTHER_USER)
        yield Path(folder)


@dataclass
class Server:
    """One process and its log."""

    programs: Programs
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
                raise AssertionError(f"{self.log.stem} is not ready:\n" + "\n".join(self.lines()[-20:]))
            time.sleep(0.05)


@contextlib.contextmanager
def running(programs: Programs, folder: Path, name: str, *flags: str) -> Iterator[Server]:
    """A server as a process; in the end it is asked to stop, and killed if it does not."""
    log = folder / f"{name}.log"
    user: dict[str, Any] = {"user": OTHER_USER, "group": OTHER_USER, "extra_groups": []}
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*programs.command(name), *flags],
            cwd=folder,
            env=ENVIRONMENT | {"PATH": os.environ["PATH"], "HOME": str(folder)},
            stdout=output,
            stderr=subprocess.STDOUT,
            **(user if programs.other_user else {}),
        )
    try:
        yield Server(programs, process, log)
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
def etcd(programs: Programs, folder: Path) -> Iterator[Server]:
    """An etcd of one member."""
    client, peer, metrics = (f"127.0.0.1:{free_port()}" for _ in range(3))
    flags = [
        f"--data-dir={folder}/etcd",
        f"--listen-client-urls=http://{client}",
        f"--advertise-client-urls=http://{client}",
        f"--listen-metrics-urls=http://{metrics}",
        f"--listen-peer-urls=http://{peer}",
        f"--initial-advertise-peer-urls=http://{peer}",
        f"--initial-cluster=default=http://{peer}",
    ]
    with running(programs, folder, "etcd", *flags) as server:
        server.wait_until(lambda: '"health":"true"' in page(metrics, "/health"))
        server.address = client
        yield server


@contextlib.contextmanager
def vtctld(programs: Programs, folder: Path, etcd_address: str) -> Iterator[Server]:
    """A vtctld without a cell; its address is that of gRPC."""
    http, grpc = free_port(), free_port()
    flags = [
        *topology_flags(etcd_address),
        "--cell=zone1",
        "--service-map=grpc-vtctl,grpc-vtctld",
        "--bind-address=127.0.0.1",
        f"--port={http}",
        "--grpc-bind-address=127.0.0.1",
        f"--grpc-port={grpc}",
    ]
    with running(programs, folder, "vtctld", *flags) as server:
        server.wait_until(lambda: page(f"127.0.0.1:{http}", "/debug/health") == "ok")
        server.address = f"127.0.0.1:{grpc}"
        yield server


def release_of(binaries: Path) -> str:
    """The release of Vitess in a folder, as vttablet says; until 2.1 it says none."""
    done = subprocess.run([binaries / "vttablet", "--version"], capture_output=True, text=True, timeout=30)
    found = re.search(r"Version: (\d+)", done.stdout + done.stderr)
    return found[1] if found else "2.1"


def waits_for_a_replica(mysql: Path) -> bool:
    """Whether the MySQL of a folder has what semi-sync needs."""
    return any(mysql.glob("lib/**/semisync_*.so"))

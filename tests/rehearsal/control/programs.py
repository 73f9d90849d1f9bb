"""Stand-ins as processes: started on free ports, stopped by pid whatever happens."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[3]
PATIENCE = 20.0


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def environment(**more: str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), "VITESSCTL_REHEARSAL_ROOT": "1", **more}


@dataclass
class Ended:
    """A program that did not stay up."""

    code: int
    stderr: str

    @property
    def last_message(self) -> str:
        """The text of the last log line."""
        return str(json.loads(self.stderr.strip().splitlines()[-1])["msg"])


def run_to_end(program: str, *arguments: str, **variables: str) -> Ended:
    command = [sys.executable, "-m", "vitessctl.rehearsal", program, *arguments]
    done = subprocess.run(
        command, env=environment(**variables), stderr=subprocess.PIPE, text=True, timeout=PATIENCE, check=False
    )
    return Ended(done.returncode, done.stderr)


@dataclass
class Running:
    """A program that runs; what it logs is in a file."""

    process: subprocess.Popen[bytes]
    log: Path

    def logged(self) -> str:
        return self.log.read_text()

    def kill(self) -> None:
        """As kill -9."""
        self.process.kill()
        self.process.wait(PATIENCE)

    def terminate(self) -> int:
        """SIGTERM; gives the exit code."""
        self.process.terminate()
        return self.process.wait(PATIENCE)


class Programs:
    """Everything that one test started."""

    def __init__(self) -> None:
        self._running: list[Running] = []
        self._folder = tempfile.TemporaryDirectory()

    def folder(self, name: str) -> Path:
        return Path(self._folder.name) / name

    def start(self, program: str, *arguments: str, **variables: str) -> Running:
        log = self.folder(f"{len(self._running)}-{program}.log")
        command = [sys.executable, "-m", "vitessctl.rehearsal", program, *arguments]
        with log.open("wb") as stderr:
            process = subprocess.Popen(command, env=environment(**variables), stderr=stderr)
        self._running.append(Running(process, log))
        return self._running[-1]

    def stop_all(self) -> None:
        for running in self._running:
            running.process.kill()
        for running in self._running:
            running.process.wait(PATIENCE)
        self._folder.cleanup()


@contextmanager
def programs() -> Iterator[Programs]:
    started = Programs()
    try:
        yield started
    finally:
        started.stop_all()


def eventually(condition: Callable[[], Any], what: str, patience: float = PATIENCE) -> Any:
    """Poll until a condition gives something true; an error that names what did not come otherwise."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.02)
    raise AssertionError(f"waited {patience:g} s in vain: {what}")


def page(port: int, path: str) -> tuple[int, str] | None:
    """Status and body of a page; None while the port is closed. Redirects are not followed."""
    opener = urllib.request.build_opener(_NoRedirect)
    try:
        with opener.open(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
            return int(answer.status), answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
    except OSError:
        return None


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *arguments: Any) -> None:
        return None


@dataclass
class EtcdMember:
    """One etcd stand-in that was started."""

    running: Running
    client: str
    metrics: int


def etcd_ports() -> dict[str, int]:
    return {kind: free_port() for kind in ("client", "peer", "metrics")}


def start_etcd(started: Programs, name: str = "one", cluster: dict[str, dict[str, int]] | None = None) -> EtcdMember:
    """Start a member of a cluster (by default it is alone); the same name starts it again on its data."""
    cluster = cluster or {name: etcd_ports()}
    ports = cluster[name]
    client, peer = (f"http://127.0.0.1:{ports[kind]}" for kind in ("client", "peer"))
    members = ",".join(f"{member}=http://127.0.0.1:{found['peer']}" for member, found in cluster.items())
    running = started.start(
        "etcd",
        *("--name", name, "--data-dir", str(started.folder(f"etcd-{name}"))),
        *("--listen-client-urls", client, "--advertise-client-urls", client),
        *("--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer),
        *("--listen-metrics-urls", f"http://127.0.0.1:{ports['metrics']}"),
        *("--initial-cluster", members, "--initial-cluster-state", "new", "--initial-cluster-token", "test"),
    )
    return EtcdMember(running, f"127.0.0.1:{ports['client']}", ports["metrics"])


def topo_flags(address: str) -> list[str]:
    return [
        *("--topo-implementation", "etcd2"),
        *("--topo-global-server-address", address),
        *("--topo-global-root", "/vitess/global"),
    ]

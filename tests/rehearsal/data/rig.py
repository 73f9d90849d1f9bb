"""Starts stand-ins as processes of their own, with the command lines of the real ones, and ends them by pid."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from vitessctl.rehearsal.mysqld.client import Connection
from vitessctl.rehearsal.mysqld.errors import MySqlError
from vitessctl.rehearsal.tablet_client import TabletClient, open_channel
from vitessctl.rehearsal.tablet_rpc import TabletError
from vitessctl.rehearsal.topology_records import Topology

PATIENCE = 20.0
"""Seconds that anything may take on a machine that is busy with other work."""
Answer = TypeVar("Answer")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def eventually(what: str, look: Callable[[], Answer | None], seconds: float = PATIENCE) -> Answer:
    """The first answer that is true; AssertionError with the last one (or a tablet's error) when none comes in time."""
    deadline = time.monotonic() + seconds
    last: object = None
    while time.monotonic() < deadline:
        try:
            answer = look()
            if answer:
                return answer
            last = answer
        except TabletError as error:
            last = error
        time.sleep(0.02)
    raise AssertionError(f"{what}: not within {seconds} s, last: {last!r}")


@dataclass
class Server:
    """A running stand-in and where its output goes."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def pid(self) -> int:
        return self.process.pid

    def is_running(self) -> bool:
        return self.process.poll() is None

    def stop(self) -> int:
        """SIGTERM; gives the exit code."""
        self.process.terminate()
        return self.process.wait(PATIENCE)

    def kill(self) -> None:
        """SIGKILL."""
        self.process.kill()
        self.process.wait(PATIENCE)

    def ends(self) -> int:
        """Its exit code, when it ends by itself."""
        return self.process.wait(PATIENCE)

    def said(self) -> str:
        return self.log.read_text()


@dataclass
class Rig:
    """A folder of data and the servers that run on it; everything is ended by `close`."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)
    servers: list[Server] = field(default_factory=list)
    mysql_ports: dict[int, int] = field(default_factory=dict)
    grpc_ports: dict[int, int] = field(default_factory=dict)
    http_ports: dict[int, int] = field(default_factory=dict)
    topology_address: str = ""

    def start(self, name: str, *arguments: str, **environment: str) -> Server:
        """Runs `python -m vitessctl.rehearsal NAME ARGUMENTS…`."""
        log = self.folder / f"{name}.{len(self.servers)}.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "vitessctl.rehearsal", name, *arguments],
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**os.environ, "VTDATAROOT": str(self.folder), "VITESSCTL_REHEARSAL_ROOT": "1"}
                | self.environment
                | environment,
            )
        server = Server(name, process, log)
        self.servers.append(server)
        return server

    def close(self) -> None:
        for server in reversed(self.servers):
            if server.is_running():
                server.kill()
        for lock in self.folder.glob("vt_*/mysql.sock.lock"):
            _kill(int(lock.read_text()))

    def tablets(self, *uids: int) -> None:
        """mysqlctld and vttablet of each, started side by side."""
        started = [(uid, self.mysqlctld(uid, wait=False)) for uid in uids]
        for uid, server in started:
            self.wait_for_mysql(uid, server)
        started = [(uid, self.vttablet(uid, wait=False)) for uid in uids]
        for uid, server in started:
            self.wait_for_tablet(uid, server)

    # MySQL

    def tablet_folder(self, uid: int) -> Path:
        return self.folder / f"vt_{uid:010d}"

    def mysqlctld(self, uid: int, *more: str, wait: bool = True, **environment: str) -> Server:
        port = self.mysql_ports.setdefault(uid, free_port())
        server = self.start(
            "mysqlctld",
            "--tablet-uid",
            str(uid),
            "--mysql-port",
            str(port),
            "--socket-file",
            str(self.control_socket(uid)),
            *more,
            **environment,
        )
        if wait:
            self.wait_for_mysql(uid, server)
        return server

    def wait_for_mysql(self, uid: int, server: Server) -> None:
        eventually(f"mysqlctld {uid} answers", lambda: connects(self.control_socket(uid)) or _ended(server))

    def control_socket(self, uid: int) -> Path:
        return self.folder / f"mysqlctl{uid}.sock"

    def mysqld_pid(self, uid: int) -> int:
        return int((self.tablet_folder(uid) / "mysql.sock.lock").read_text())

    def kill_mysqld(self, uid: int) -> None:
        """kill -9, and wait until it has been reaped: by its mysqlctld, or by init if that died first.

        mysqlctld refuses to start beside a pid that is there, and a zombie is, as for the real one.
        """
        pid = self.mysqld_pid(uid)
        os.kill(pid, signal.SIGKILL)
        eventually(f"mysqld {uid} is gone", lambda: not Path(f"/proc/{pid}").exists())

    def mysql(self, uid: int) -> Sql:
        return Sql(Connection(self.tablet_folder(uid) / "mysql.sock"))

    # Topology and tablets

    def etcd(self) -> Server:
        port, peer = free_port(), free_port()
        self.topology_address = f"127.0.0.1:{port}"
        server = self.start(
            "etcd",
            "--name=etcd0",
            f"--data-dir={self.folder}/etcd",
            f"--listen-client-urls=http://127.0.0.1:{port}",
            f"--advertise-client-urls=http://127.0.0.1:{port}",
            f"--listen-peer-urls=http://127.0.0.1:{peer}",
            f"--initial-advertise-peer-urls=http://127.0.0.1:{peer}",
            f"--initial-cluster=etcd0=http://127.0.0.1:{peer}",
        )
        self.topology().cell_names()
        return server

    @property
    def topology_flags(self) -> list[str]:
        return [
            *("--topo-implementation", "etcd2"),
            *("--topo-global-server-address", self.topology_address),
            *("--topo-global-root", "/vitess/global"),
        ]

    def topology(self) -> Topology:
        from vitessctl.rehearsal.etcd.client import EtcdClient
        from vitessctl.rehearsal.topology import Store

        return Topology(Store(EtcdClient(self.topology_address), "/vitess/global"), self.topology_address)

    def vttablet(self, uid: int, *more: str, keyspace: str = "ks", shard: str = "0", wait: bool = True) -> Server:
        """Its command line is the real one's, see vitess-running.md section 3.1."""
        http_port = self.http_ports.setdefault(uid, free_port())
        grpc_port = self.grpc_ports.setdefault(uid, free_port())
        given = {
            "--tablet-path": f"zone1-{uid:010d}",
            "--tablet-hostname": "127.0.0.1",
            "--init-keyspace": keyspace,
            "--init-shard": shard,
            "--init-tablet-type": "replica",
            "--bind-address": "127.0.0.1",
            "--port": str(http_port),
            "--grpc-bind-address": "127.0.0.1",
            "--grpc-port": str(grpc_port),
            "--service-map": "grpc-queryservice,grpc-tabletmanager,grpc-updatestream",
            "--health-check-interval": "5s",
            "--mysqlctl-socket": str(self.control_socket(uid)),
        }
        words = [word for pair in given.items() for word in pair]
        server = self.start("vttablet", *self.topology_flags, *words, *more)
        if wait:
            self.wait_for_tablet(uid, server)
        return server

    def wait_for_tablet(self, uid: int, server: Server) -> None:
        eventually(f"vttablet {uid} answers", lambda: http(self.http_ports[uid], "/debug/status") or _ended(server))
        eventually(f"vttablet {uid} is registered", lambda: self.record_exists(uid))

    def record_exists(self, uid: int) -> bool:
        from vitessctl.rehearsal.topology import TopologyError

        try:
            return bool(self.record(uid).hostname)
        except TopologyError:
            return False

    def record(self, uid: int) -> Any:
        from vitessctl.rehearsal.topology_names import parse_alias

        return self.topology().tablet(parse_alias(f"zone1-{uid:010d}"))

    def tablet(self, uid: int, seconds: float = PATIENCE) -> TabletClient:
        address = f"127.0.0.1:{self.grpc_ports[uid]}"
        return TabletClient(open_channel(address), address, seconds)

    def page(self, uid: int, path: str) -> tuple[int, str]:
        found = http(self.http_ports[uid], path)
        assert found is not None, f"tablet {uid} does not listen"
        return found

    def variables(self, uid: int) -> dict[str, Any]:
        import json

        found = json.loads(self.page(uid, "/debug/vars")[1])
        assert isinstance(found, dict)
        return found

    def healthy(self, uid: int) -> bool:
        return self.page(uid, "/healthz") == (200, "ok\n")


@dataclass
class Sql:
    """A session of a stand-in mysqld."""

    connection: Connection
    database: str | None = None

    def __call__(self, sql: str, **arguments: Any) -> list[list[str | None]]:
        """The rows that a statement gives."""
        if self.database is not None:
            arguments = {"database": self.database, **arguments}
        result = self.connection.call("query", sql=sql, **arguments)
        rows: list[list[str | None]] = result["rows"]
        return rows

    def error(self, sql: str, **arguments: Any) -> MySqlError:
        """The error that a statement must give."""
        try:
            rows = self(sql, **arguments)
        except MySqlError as error:
            return error
        raise AssertionError(f"{sql} gave {rows}")

    def writable(self) -> Sql:
        """The same, on a server that now takes writes, in a database that now exists."""
        self("SET GLOBAL read_only = OFF")
        self("CREATE DATABASE IF NOT EXISTS vt_ks")
        self.database = "vt_ks"
        return self

    def gtids(self) -> str:
        return str(self("SELECT @@global.gtid_executed")[0][0])


def connects(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(str(path)) == 0


def http(port: int, path: str) -> tuple[int, str] | None:
    """Status and body; None where nobody listens."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
    except OSError:
        return None


def is_alive(pid: int) -> bool:
    """Whether a process runs; one that only waits to be reaped does not."""
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False


def _ended(server: Server) -> None:
    assert server.is_running(), f"{server.name} ended with {server.process.returncode}: {server.said()}"


def _kill(pid: int) -> None:
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return
    if b"vitessctl.rehearsal" in command and b"mysqld" in command:
        os.kill(pid, signal.SIGKILL)

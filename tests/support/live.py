"""A live cluster on this machine, driven as a user drives it: through the command line and a MySQL client."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pymysql
import pymysql.cursors

from tests.support import forked
from tests.support.claims import claimed_base_port, give_back
from tests.support.looking import status_of
from vitessctl import releases
from vitessctl.cli.session import SpecOptions, Where
from vitessctl.run.query import silent
from vitessctl.vtctld.client import connect

REPOSITORY = Path(__file__).resolve().parents[2]
UP_SECONDS = 180
STARTED = (sys.executable, "-m", "vitessctl")
"""A command line begins with it."""


@dataclass
class LiveCluster:
    """One cluster with a state folder and ports of its own."""

    state: Path
    inventory: Path
    flag: str
    """--rehearse or --local."""
    base_port: int = 0
    """0: one that nobody else has, until `remove`."""
    image: str = ""
    """In place of the inventory's own."""

    def __post_init__(self) -> None:
        """Claim the ports."""
        self._claimed = 0 if self.base_port else claimed_base_port(self.inventory)
        self.base_port = self.base_port or self._claimed

    def command(self, *words: str) -> list[str]:
        """The command line of a vitessctl command for this cluster; `schema diff` is a command of two words."""
        place = ["--state-dir", str(self.state), "-e", f"local.base_port={self.base_port}", self.flag]
        place += ["--image", self.image] if self.image else []
        return [*STARTED, *words[0].split(), "-i", str(self.inventory), *place, *words[1:]]

    def run(self, *words: str, timeout: float = UP_SECONDS) -> forked.Ran:
        """Run a command to its end."""
        return forked.run(self.command(*words)[len(STARTED) :], os.environ, REPOSITORY, timeout)

    def up(self) -> str:
        """`up`, which must succeed; gives its screen."""
        done = self.run("up")
        assert done.returncode == 0, f"up failed with {done.returncode}:\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def down(self, *words: str) -> str:
        """`down`, which must succeed; gives its screen."""
        done = self.run("down", *words)
        assert done.returncode == 0, f"down failed with {done.returncode}:\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def status(self) -> dict[str, Any]:
        """What `status --output json` says."""
        spec = SpecOptions(self.inventory, [f"local.base_port={self.base_port}"], [self.image] if self.image else None)
        local, rehearse = self.flag == "--local", self.flag == "--rehearse"
        return status_of(spec, Where(local=local, rehearse=rehearse, state_dir=self.state))

    def wait_status(self, wanted: Callable[[dict[str, Any]], bool], seconds: float, what: str) -> dict[str, Any]:
        """Look until the status is as wanted; fails with the last one when it is not in time."""
        deadline = time.monotonic() + seconds
        while True:
            status = self.status()
            if wanted(status):
                return status
            assert time.monotonic() < deadline, f"{what} did not happen in {seconds} s: {json.dumps(status, indent=1)}"
            time.sleep(0.2)

    def wait_ready(self, seconds: float = 60) -> dict[str, Any]:
        """Look until everything is as the spec wants it, and every tablet has all that its primary has."""
        return self.wait_status(is_ready_and_complete, seconds, "ready")

    def pids(self) -> dict[str, int]:
        """Process ids by program name."""
        return {component["name"]: component["pid"] for component in self.status()["components"]}

    def mysqld_pid(self, alias: str) -> int:
        """The process id of a tablet's mysqld."""
        return int((self.data_folder(alias) / "mysql.pid").read_text().strip())

    def data_folder(self, alias: str) -> Path:
        """Where a tablet's MySQL has its files."""
        return self.state / "data" / f"vt_{alias.rpartition('-')[2]}"

    def primary(self, status: dict[str, Any] | None = None) -> str:
        """The alias of the first shard's primary."""
        return str((status or self.status())["shards"][0]["primary"])

    def kill_tablet(self, alias: str, lose_data: bool = False) -> None:
        """kill -9 everything of one tablet: vttablet, mysqlctld and mysqld.

        `lose_data`: its data is gone before it can be started again, however soon that is.
        """
        pids = self.pids()
        mysqld = self.mysqld_pid(alias)
        if lose_data:
            self.data_folder(alias).rename(self.state / f"lost-{alias}")
        for name in (f"vttablet-{alias}", f"mysqlctld-{alias}"):
            os.kill(next(pid for label, pid in pids.items() if name in label), signal.SIGKILL)
        with contextlib.suppress(ProcessLookupError):
            os.kill(mysqld, signal.SIGKILL)

    @contextlib.contextmanager
    def connect(self, database: str) -> Iterator[pymysql.cursors.Cursor]:
        """A cursor through vtgate; `database` may name a tablet type, like `messages@replica`."""
        host, port = self.status()["vtgate"][0]["mysql"].split(":")
        connection = silent()(
            host=host,
            port=int(port),
            user="app",
            database=database,
            autocommit=None,  # as vtgate has it, which is on
            connect_timeout=5,
            read_timeout=35,
        )
        try:
            with connection.cursor() as cursor:
                yield cursor
        finally:
            connection.close()

    def rows(self, query: str, database: str = "messages") -> list[Any]:
        """The rows of a query through vtgate."""
        with self.connect(database) as cursor:
            cursor.execute(query)
            return list(cursor.fetchall())

    def as_dba(self, alias: str, query: str) -> Sequence[Sequence[Any]]:
        """The rows of a statement on one tablet's MySQL, through vtctld."""
        release = (releases.of_image(self.image) if self.image else None) or "24"
        client = connect(self.status()["vtctld"][0]["grpc"], releases.get(release))
        try:
            return client.fetch_as_dba(alias, query).rows
        finally:
            client.close()

    def remove(self) -> None:
        """Stop everything and delete everything, also after a failure."""
        try:
            self.run("down", timeout=120)
        finally:
            stop_leftovers(self.state)
            shutil.rmtree(self.state, ignore_errors=True)
            give_back(self._claimed)


def is_ready_and_complete(status: dict[str, Any]) -> bool:
    """Whether status finds nothing wrong, and no tablet lacks a transaction; one that says it lags counts as well."""
    return bool(status["ready"]) and all(tablet["lacks"] == 0 for tablet in status["tablets"])


def leftovers(state: Path) -> list[int]:
    """Processes that belong to a state folder, found by the mark in their environment."""
    mark = f"VITESSCTL_STATE={state}".encode()
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                if mark in (entry / "environ").read_bytes().split(b"\0"):
                    found.append(int(entry.name))
    return found


def stop_leftovers(state: Path) -> None:
    """SIGKILL, by pid, what a failed test left behind."""
    for pid in leftovers(state):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)

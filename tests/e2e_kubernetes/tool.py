"""A cluster on the bed by its command: processes that a test kills or interrupts, and what they leave."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pymysql
import pymysql.cursors

from tests.e2e_kubernetes.command import ROOT, SECONDS, Vitessctl
from tests.testbed.fixtures import Bed
from vitessctl.model.build import build
from vitessctl.model.cluster import Cluster
from vitessctl.run.runs import Run
from vitessctl.spec import load
from vitessctl.targets.kubernetes.client import open_api
from vitessctl.targets.kubernetes.interface import KubernetesApi
from vitessctl.targets.kubernetes.lease import read_lease
from vitessctl.targets.kubernetes.leasetext import Held
from vitessctl.targets.kubernetes.recorder import read_record
from vitessctl.targets.kubernetes.target import KubernetesTarget


@dataclass(frozen=True)
class Tool(Vitessctl):
    """The command for one cluster, and how to look at what it made."""

    def through(self, kubeconfig: Path) -> Tool:
        """The same, by another way to the API server: a proxy's kubeconfig."""
        return replace(self, bed=Bed(kubeconfig, "proxy"))

    def of(self, *extra: str) -> Tool:
        """The same cluster, with a changed spec."""
        return replace(self, extra=(*self.extra, *extra))

    def start(self, command: str, *words: str) -> subprocess.Popen[str]:
        """Start it; its screen is in stdout, its errors too."""
        extra = [word for text in self._words for word in ("-e", text)]
        return subprocess.Popen(
            [sys.executable, "-m", "vitessctl", command, "-i", str(self.inventory), *extra, *words],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=ROOT,
            env={**os.environ, **self.bed.environment, "VITESSCTL_CONTEXT": self.bed.context},
        )

    def assert_nothing_is_left_to_do(self) -> None:
        """The plan is empty, and nobody holds the cluster."""
        planned = self("plan", "--detailed-exitcode")
        assert planned.code == 0, planned.screen
        assert self.holder() == ""

    def holder(self) -> str:
        """Who holds the cluster; empty if nobody does, or a process that has ended."""
        held = self.held()
        return held.identity if held else ""

    def held(self) -> Held | None:
        """The lock, if somebody has it who has not ended."""
        return read_lease(self._api(), self.cluster().name, self.namespace)

    def history(self) -> Sequence[Run]:
        """The runs in the record, newest first: those that came as far as to write something."""
        return read_record(self._api(), self.namespace, self.cluster().name).runs

    def cluster(self) -> Cluster:
        """The cluster of the spec."""
        return build(load(self.inventory, list(self._words), [], {}, "kubernetes"))

    @contextmanager
    def rows(self, keyspace: str = "messages") -> Iterator[pymysql.cursors.Cursor]:
        """A MySQL connection through vtgate, forwarded."""
        with KubernetesTarget(self.cluster(), self._api()) as target:
            address = target.address("vtgate", "", "mysql")
            connection: Any = pymysql.connect(
                host=address.host, port=address.port, user="root", database=keyspace, autocommit=True, read_timeout=20
            )
            with connection, connection.cursor() as cursor:
                yield cursor

    def write_row(self, number: int) -> None:
        """Write a row, making its table first."""
        with self.rows() as cursor:
            cursor.execute("create table if not exists kept (id bigint primary key)")
            cursor.execute("insert into kept (id) values (%s)", (number,))

    def read_rows(self) -> list[int]:
        """The rows that are there."""
        with self.rows() as cursor:
            cursor.execute("select id from kept order by id")
            return [int(row[0]) for row in cursor.fetchall()]

    def _api(self) -> KubernetesApi:
        return open_api(self.bed.context, kubeconfig=str(self.bed.kubeconfig))

    @property
    def _words(self) -> tuple[str, ...]:
        return (f"namespace={self.namespace}", *self.extra)


def ended(process: subprocess.Popen[str], seconds: float = SECONDS) -> tuple[int, str]:
    """Wait for its end; gives exit code and screen. Killed, and the test fails, where it takes too long."""
    try:
        screen, _ = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        screen, _ = process.communicate()
        raise AssertionError(f"still running after {seconds:.0f} s:\n{screen}") from None
    return process.returncode, screen


def interrupt(process: subprocess.Popen[str]) -> None:
    """Ctrl-C."""
    process.send_signal(signal.SIGINT)


def until(condition: Callable[[], object], what: str, seconds: float = 60.0) -> None:
    """Look again and again until something is so; fails when it does not come."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"{what} did not happen within {seconds:.0f} s"
        time.sleep(0.1)

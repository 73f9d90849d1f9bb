"""A cluster on a bed, as a test sees it: its rows through vtgate's Service, its pods, and ways to hurt it."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from tests.e2e_kubernetes import reach
from tests.e2e_kubernetes.command import Ran, Vitessctl
from tests.support.live import is_ready_and_complete
from tests.support.looking import status_of
from tests.support.writer import Client
from tests.testbed.fixtures import Bed
from vitessctl.cli.session import SpecOptions, Where
from vitessctl.run.query import silent

NAME = "minimal"
NOTES = "create table if not exists notes (id bigint primary key, words varchar(64))"


@dataclass(frozen=True)
class Cluster:
    """An inventory of one keyspace in a namespace; unless told otherwise the minimal one."""

    bed: Bed
    namespace: str
    vitessctl: Vitessctl
    name: str = NAME
    cell: str = "zone1"
    keyspace: str = "messages"

    def up(self, *words: str) -> Ran:
        """`vitessctl up`, which has to succeed."""
        return self.vitessctl("up", *words).ok()

    def with_spec(self, *extra: str) -> Cluster:
        """The same cluster under another spec (`-e` arguments)."""
        return replace(self, vitessctl=replace(self.vitessctl, extra=extra))

    def status(self) -> dict[str, Any]:
        """What `vitessctl status --output json` says."""
        command = self.vitessctl
        spec, where = SpecOptions(command.inventory, command.extra_vars), Where(context=self.bed.context)
        return status_of(spec, where, command.environment_of_process)

    def answer(self, *words: str) -> dict[str, Any]:
        """The JSON of a command; asked again where a tablet did not answer in the moment that it gets (exit code 3)."""
        deadline = time.monotonic() + 60
        while (ran := self.vitessctl(*words, "--output", "json")).code == 3 and time.monotonic() < deadline:
            pass
        found: dict[str, Any] = json.loads(ran.ok().screen.splitlines()[0])
        return found

    def until_ready(self, seconds: float = 120.0) -> dict[str, Any]:
        """Wait until status finds nothing to say."""
        return self.until(lambda status: bool(status["ready"]), seconds)

    def until_copied(self, seconds: float = 120.0) -> dict[str, Any]:
        """Wait until it is ready and every tablet has all that its primary has, so that any of them may be read."""
        return self.until(is_ready_and_complete, seconds)

    def until(self, condition: Callable[[dict[str, Any]], bool], seconds: float = 120.0) -> dict[str, Any]:
        """Wait until status is as wanted; AssertionError with the last one."""
        deadline = time.monotonic() + seconds
        while not condition(status := self.status()):
            assert time.monotonic() < deadline, f"not within {seconds} s: {json.dumps(status, indent=1)}"
            time.sleep(0.5)
        return status

    @property
    def primary(self) -> str:
        """Alias of the primary of the first shard."""
        return str(self.status()["shards"][0]["primary"])

    def vtgate(self) -> AbstractContextManager[str]:
        """host:port of vtgate's MySQL, while it is entered."""
        return reach.vtgate(self.bed, self.namespace, self.name, self.cell)

    def get(self, kind: str, name: str = "") -> dict[str, Any]:
        """An object, or the list of a kind."""
        words = [kind, name] if name else [kind]
        found: dict[str, Any] = json.loads(self.bed.kubectl("-n", self.namespace, "get", *words, "-o", "json"))
        return found

    def pods(self) -> dict[str, dict[str, Any]]:
        """By name."""
        return {pod["metadata"]["name"]: pod for pod in self.get("pods")["items"]}

    def restarts(self) -> dict[str, int]:
        """Containers that were restarted, `pod/container`, and how often."""
        counts = {}
        for name, pod in self.pods().items():
            status = pod["status"]
            for each in (*status.get("initContainerStatuses", ()), *status.get("containerStatuses", ())):
                if each["restartCount"]:
                    counts[f"{name}/{each['name']}"] = each["restartCount"]
        return counts

    def query(self, sql: str, database: str = "") -> list[tuple[Any, ...]]:
        """Through vtgate, on a connection of its own."""
        with self.vtgate() as address:
            host, port = address.split(":")
            connection = silent()(
                host=host,
                port=int(port),
                user="app",
                database=database or self.keyspace,
                autocommit=True,
                connect_timeout=5,
                read_timeout=35,
            )
            with connection, connection.cursor() as cursor:
                cursor.execute(sql)
                return list(cursor.fetchall())

    @contextmanager
    def clients(self, first_id: int) -> Iterator[Client]:
        """A client that writes and reads all the time; at the end every acknowledged row has to be there."""
        self.query(NOTES)
        self.until_copied()
        with self.vtgate() as address, Client(None, first_id, address) as client:
            client.wait_for_writes(5, 30)
            yield client
        self.must_hold(client.story.acknowledged)

    def must_hold(self, acknowledged: list[int]) -> None:
        """AssertionError naming rows that were acknowledged and are not there."""
        there = {row[0] for row in self.query("select id from notes")}
        missing = sorted(set(acknowledged) - there)
        assert not missing, f"{len(missing)} of {len(acknowledged)} acknowledged rows are lost: {missing[:5]}"

    def tablet_pod(self, alias: str) -> str:
        """The pod of a tablet."""
        return f"{self.name}-vttablet-{alias}-0"

    def volume(self, alias: str) -> Path:
        """The folder on this machine that is a tablet's volume; the test is skipped where it is elsewhere."""
        self.needs_own_node()
        name = self.get("persistentvolumeclaim", f"data-{self.tablet_pod(alias)}")["spec"]["volumeName"]
        return Path(self.get("persistentvolume", name)["spec"]["local"]["path"])

    def delete_pod(self, name: str, *words: str) -> None:
        """Without waiting for it to go."""
        self.bed.kubectl("-n", self.namespace, "delete", "pod", name, "--wait=false", *words)

    def kill(self, pod: str, container: str, program: str) -> None:
        """kill -9, from the host, of a program in a container: pid 1 of a container cannot be killed from inside.

        The test is skipped where the node is not on this machine.
        """
        self.needs_own_node()
        pids = [pid for pid in self._processes(pod, container) if program in _command(pid)]
        assert pids, f"no {program} runs in {pod}/{container}"
        for pid in pids:
            os.kill(pid, signal.SIGKILL)

    def needs_own_node(self) -> None:
        """Skip the test where the node is not on this machine."""
        if self.bed.cluster is None:
            pytest.skip("a container's first process gets its signals from its node, and this one is somebody's")

    def _processes(self, pod: str, container: str) -> list[int]:
        status = self.pods()[pod]["status"]
        found = [*status.get("initContainerStatuses", ()), *status["containerStatuses"]]
        wanted = next(each for each in found if each["name"] == container)["containerID"].rpartition("/")[2]
        return [int(path.parent.name) for path in Path("/proc").glob("[0-9]*/cgroup") if wanted in _text(path)]


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:  # it ended meanwhile
        return ""


def _command(pid: int) -> str:
    return _text(Path(f"/proc/{pid}/cmdline")).replace("\0", " ")

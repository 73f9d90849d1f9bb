"""The story on this machine: on stand-ins, or on real servers."""

from __future__ import annotations

import contextlib
import shutil
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.e2e_kubernetes.command import Ran
from tests.story.place import INVENTORY
from tests.story.release import Release
from tests.support.frozen import frozen
from tests.support.guestbook import Visitor
from tests.support.live import LiveCluster, leftovers
from vitessctl.model.ports import application_port, vtctld_ports, vtgate_ports


@dataclass
class _Live(LiveCluster):
    extra: tuple[str, ...] = ()

    def command(self, *words: str) -> list[str]:
        """See LiveCluster; with the release's part of the spec."""
        line = super().command(*words)
        given = len(words) - 1
        head, tail = line[: len(line) - given], line[len(line) - given :]
        return [*head, *(word for text in self.extra for word in ("-e", text)), *tail]


class OnOneMachine:
    """See tests.story.place.Place."""

    gives_away = False
    kubernetes = False

    def __init__(self, state: Path, flag: str, release: Release, durable: bool = True) -> None:
        """`durable` False: this MySQL has no semi-sync, so the keyspace is without it."""
        self.release, self.durable = release, durable
        extra = (f"@{release.spec}", *(() if durable else ("keyspaces.messages.durability=none",)))
        self._live = _Live(state, INVENTORY, flag, extra=extra)

    def run(self, command: str, *words: str) -> Ran:
        """See Place."""
        begun = time.monotonic()
        done = self._live.run(command, *words, timeout=300)
        return Ran(done.returncode, done.stdout + done.stderr, time.monotonic() - begun)

    @contextmanager
    def mysql(self) -> Iterator[str]:
        """See Place."""
        yield f"127.0.0.1:{vtgate_ports(self._live.base_port, 'zone1')[2]}"

    def vtctld(self) -> str:
        """See Place."""
        return f"127.0.0.1:{vtctld_ports(self._live.base_port)[1]}"

    def visitor(self) -> Visitor:
        """See Place."""
        return Visitor(f"http://127.0.0.1:{application_port(self._live.base_port, 'guestbook')}")

    def lose(self, alias: str) -> None:
        """See Place."""
        self._live.kill_tablet(alias)

    def lose_with_disk(self, alias: str) -> None:
        """See Place. Away before anything is started again, which takes a second."""
        folder = self._live.data_folder(alias)
        gone = folder.with_name(f"{folder.name}.gone")
        self._live.kill_tablet(alias)
        folder.rename(gone)
        shutil.rmtree(gone)

    def freeze(self, alias: str) -> AbstractContextManager[None]:
        """See Place."""
        pids = {name.partition("/")[2]: pid for name, pid in self._live.pids().items()}
        names = [f"vttablet-{alias}", f"mysqlctld-{alias}", *(name for name in pids if name.startswith("vtorc-"))]
        return frozen(*(pids[name] for name in names), self._live.mysqld_pid(alias))

    def untouched(self) -> object:
        """See Place."""
        return self._live.pids()

    def remains(self) -> list[str]:
        """See Place."""
        return [str(pid) for pid in leftovers(self._live.state)]

    def remove(self) -> None:
        """Stop and delete everything, whatever happened."""
        with contextlib.suppress(Exception):
            self._live.run("down", timeout=120)
        self._live.remove()

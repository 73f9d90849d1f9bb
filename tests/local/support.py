"""What the tests of the local target share: a cluster of shell one-liners, and waiting."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from vitessctl.model.cluster import Cell, Cluster, Keyspace, Local, Shard, Tablet, Topology
from vitessctl.model.keyrange import KeyRange
from vitessctl.render.documents import Document
from vitessctl.targets.base import ComponentStatus, Operation
from vitessctl.targets.local import processes
from vitessctl.targets.local.account import Account
from vitessctl.targets.local.binaries import Binaries
from vitessctl.targets.local.processes import Process
from vitessctl.targets.local.rpc import SupervisorClient
from vitessctl.targets.local.target import LocalTarget

Found = TypeVar("Found")

NO_BINARIES = Binaries({}, rehearsal=True)
"""The programs of these tests are the shell's own."""

SLEEP = "sleep 1000"


def tablets(*uids: int, shard: str = "0") -> tuple[Tablet, ...]:
    """Replica tablets of one shard."""
    return tuple(Tablet("zone1", uid, "messages", shard, "replica", i, "1Gi") for i, uid in enumerate(uids))


def a_cluster(base_port: int = 15000, user: str = "", uids: Sequence[int] = (100, 101), name: str = "shop") -> Cluster:
    """One cell, one keyspace, one shard."""
    shard = Shard("messages", "0", KeyRange("", ""), tablets(*uids))
    return Cluster(
        name=name,
        namespace=name,
        release="24",
        images={},
        topology=Topology(),
        cells=(Cell("zone1"),),
        keyspaces=(Keyspace("messages", "none", (shard,)),),
        local=Local(base_port=base_port, user=user),
    )


def program(
    name: str,
    command: str = SLEEP,
    component: str = "vtctld",
    subject: str = "",
    stage: str = "",
    **settings: object,
) -> Document:
    """A program as the templates give one; `settings` are supervisor's own."""
    lines = {
        "command": command,
        "autostart": "false",
        "autorestart": "true",
        "startsecs": "1",
        "startretries": "1000",
        "redirect_stderr": "true",
        "stdout_logfile": f"%(here)s/log/{name}.log",
        **settings,
    }
    text = "\n".join([f"[program:{name}]", *(f"{key}={value}" for key, value in lines.items())]) + "\n"
    return Document(stage or component, component, "Program", name, text, f"local/{component}.conf.j2", {}, subject)


def file(name: str, text: str, secret: bool = False, component: str = "vtgate") -> Document:
    """A plain file."""
    return Document(component, component, "File", name, text, f"local/{name}.j2", {}, secret=secret)


class Sandbox:
    """One cluster: its state folder, and targets that act on it."""

    def __init__(self, state: Path) -> None:
        self.state = state
        self._targets: list[LocalTarget] = []

    def target(
        self,
        cluster: Cluster | None = None,
        binaries: Binaries = NO_BINARIES,
        name: str = "rehearsal",
        account: Account | None = None,
        environ: Mapping[str, str] | None = None,
    ) -> LocalTarget:
        """A new target, as another run of vitessctl would make it."""
        target = LocalTarget(cluster or a_cluster(), self.state, binaries, name, environ, account)
        self._targets.append(target)
        return target

    def close(self) -> None:
        """Let go of every connection."""
        for target in self._targets:
            target.__exit__(None, None, None)

    def apply(self, *documents: Document) -> list[str]:
        """What applying did, as words."""
        return operations(self.target().apply(documents))

    def observe(self, *documents: Document) -> list[str]:
        """What applying would do, as words."""
        return operations(self.target().observe(documents))

    def component(self, name: str) -> ComponentStatus:
        """The status of one program."""
        found = {status.label: status for status in self.target().components()}
        return found[f"Program/{name}"]

    def pid(self, name: str) -> int:
        """The process id of a program, 0 if it does not run."""
        return self.component(name).pid

    def pids(self) -> dict[str, int]:
        """The process ids of all programs."""
        return {status.label.removeprefix("Program/"): status.pid for status in self.target().components()}

    def processes(self) -> tuple[Process, ...]:
        """Everything of this cluster that runs."""
        return processes.of_state(self.state)

    def settled(self) -> tuple[Process, ...]:
        """The same, once every child of supervisord has become its program."""

        def look() -> tuple[Process, ...]:
            found = self.processes()
            seen = {process.program for process in found}
            running = {name for name, pid in self.pids().items() if pid}
            unnamed = sum(not process.program for process in found)
            return found if unnamed == 1 and running <= seen else ()

        return wait_for("every program started", look)

    def commands(self, name: str) -> set[tuple[str, ...]]:
        """The command lines of a program's processes."""
        return {process.command for process in self.processes() if process.program == name}

    def supervisord(self) -> Process:
        """supervisord itself."""
        (found,) = (process for process in self.settled() if not process.program)
        return found

    def stop_behind_our_back(self, name: str) -> None:
        """Stop a program as somebody with supervisorctl would."""
        client = SupervisorClient(self.state / "supervisor.sock")
        client.stop(name)
        client.close()
        wait_for(f"{name} stopped", lambda: not self.pid(name))

    def supervisord_of(self, name: str) -> int:
        """The id of the process that started a program."""
        fields = Path(f"/proc/{self.pid(name)}/stat").read_text().rpartition(")")[2].split()
        return int(fields[1])

    def log(self, name: str) -> str:
        """All that a program wrote."""
        path = self.state / "log" / f"{name}.log"
        return path.read_text() if path.exists() else ""


def operations(changes: Sequence[object]) -> list[str]:
    """Changes as `create Program/etcd-0`."""
    return [f"{change.operation.value} {change.label}" for change in changes]  # type: ignore[attr-defined]


def kept(*names: str) -> list[str]:
    """What applying says when nothing differs."""
    return [f"{Operation.KEEP.value} {name}" for name in names]


def wait_for(what: str, look: Callable[[], Found], seconds: float = 15.0) -> Found:
    """Look again and again until there is something; fails with `what` when it does not come in time."""
    deadline = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < deadline, f"{what}: not within {seconds} s"
        time.sleep(0.01)
    return found


def is_gone(pid: int) -> bool:
    """Whether no process, or only a zombie, has that id."""
    return processes.find(pid) is None


def snapshot(folder: Path) -> dict[str, tuple[int, str]]:
    """Every file below a folder with its mode and content, to see whether anything was written."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            found[str(path.relative_to(folder))] = (path.stat().st_mode & 0o777, path.read_text(errors="replace"))
    return found


def mode(path: Path) -> int:
    """The permission bits of a file."""
    return os.lstat(path).st_mode & 0o777

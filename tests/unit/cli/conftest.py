"""Running the program in this process: fast, and with its own way of turning errors into screens and exit codes."""

from __future__ import annotations

import io
import os
import signal
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.support.live import REPOSITORY
from tests.support.world import Session, World, context_of, documents_of
from tests.support.world.runs import Serial, WorldClock
from tests.support.world.target import WorldTarget
from vitessctl.cli import declared, doctor, down, drill, plan, rebuild, reparent, replication, sql, status, tablets, up
from vitessctl.cli.main import main
from vitessctl.cli.session import Where
from vitessctl.model.cluster import Cluster

MINIMAL = REPOSITORY / "inventories" / "minimal"


@dataclass(frozen=True)
class Result:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        """What it printed, without trailing blanks."""
        return [line.rstrip() for line in self.out.splitlines()]


Cli = Callable[..., Result]


def run(*words: str) -> Result:
    """Run `vitessctl WORDS`."""
    out, err, before = io.StringIO(), io.StringIO(), sys.argv
    handler = signal.getsignal(signal.SIGTERM)
    sys.argv = ["vitessctl", *words]
    try:
        with redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as ended:
            main()
    finally:
        sys.argv = before
        signal.signal(signal.SIGTERM, handler)
    return Result(int(ended.value.code or 0), out.getvalue(), err.getvalue())


@pytest.fixture
def cli(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Cli:
    """The program, in an empty folder and an environment without options of it, and without a Kubernetes."""
    for name in [name for name in os.environ if name.startswith("VITESSCTL_")]:
        monkeypatch.delenv(name)
    for name in ("FORCE_COLOR", "KUBERNETES_SERVICE_HOST"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "no-kubeconfig"))
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return run


@dataclass
class Machine:
    """The machine that up, status and down find: a world in memory."""

    world: World
    session: Session
    opened: list[tuple[str, str, Path | None]]
    """Cluster, target's name and state folder of each opening."""

    def of(self, cluster: Cluster, name: str, where: Where, *, look_ahead: bool = False) -> WorldTarget:
        """What open_target gives."""
        self.opened.append((cluster.name, name, where.state_dir))
        return WorldTarget(self.world, self.session, name or "rehearsal")


@pytest.fixture
def machine(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """A world in place of this machine's processes, for every command that would start or ask some."""
    world, session = World(), Session()
    found = Machine(world, session, [])

    def context(cluster: Cluster, target: WorldTarget, documents: Sequence[Any], prune: bool = False) -> Any:
        made = context_of(world, cluster, session, target.name)
        made.prune = prune
        return made

    for module in (declared, doctor, plan, up, down, sql, status, tablets, replication, reparent, rebuild, drill):
        monkeypatch.setattr(module, "open_target", found.of)
    for module in (declared, doctor, plan, up, down, status, tablets, reparent, rebuild, drill):
        monkeypatch.setattr(module, "documents_of", lambda cluster, target, options: documents_of(cluster))
    for module in (declared, doctor, plan, sql, up, status, tablets, replication, reparent, rebuild, drill):
        monkeypatch.setattr(module, "context_of", context)
    monkeypatch.setattr("vitessctl.run.engine.SystemClock", lambda: WorldClock(world))
    monkeypatch.setattr("vitessctl.run.clock.SystemClock", lambda: WorldClock(world))
    monkeypatch.setattr("vitessctl.run.stop.SystemClock", lambda: WorldClock(world))
    monkeypatch.setattr("vitessctl.run.engine.ThreadPoolExecutor", lambda **_: Serial())
    return found


@pytest.fixture
def inventory(tmp_path: Path) -> Callable[[str], Path]:
    """Writes a cluster.yaml and gives its folder."""

    def write(text: str) -> Path:
        folder = tmp_path / "inventory"
        folder.mkdir(exist_ok=True)
        (folder / "cluster.yaml").write_text(text, encoding="utf-8")
        return folder

    return write

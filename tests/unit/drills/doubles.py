"""A drill's surroundings, as a script: time that a test holds, a vtgate, a vtctld, a target that kills."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from tests.support.world import a_cluster
from tests.unit.drills.things import FIRST, a_status, everything
from vitessctl import releases
from vitessctl.drills.catalogue import DRILLS
from vitessctl.drills.names import Name
from vitessctl.drills.wanted import Wanted, wanted
from vitessctl.errors import UnreachableError, VitessctlError
from vitessctl.run.events import ActionTaken, Event, Notice
from vitessctl.sql.result import Result
from vitessctl.status.observed import Observed
from vitessctl.status.report import Status
from vitessctl.targets.base import ComponentStatus, Force
from vitessctl.vtctld.records import KeyspaceRecord, QueryResult, ShardRecord

CLUSTER = replace(a_cluster(), drills=True)
(SHARD,) = CLUSTER.shards()
DONE = Result((), (), 1)


class Clock:
    """Time passes when somebody pauses. Safe for the threads of clients, whose pauses are real but short."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._now = 100.0

    def now(self) -> float:
        """Seconds."""
        with self._lock:
            return self._now

    def pause(self, seconds: float, cancelled: threading.Event) -> None:
        """Let that much time pass."""
        with self._lock:
            self._now += seconds
        cancelled.wait(0.001)


@dataclass
class Gate:
    """A vtgate and the rows behind it."""

    rows: set[int] = field(default_factory=set)
    down: bool = False
    """Whether it cannot be reached."""
    refuses: str = ""
    """What it answers in place of an answer."""
    forgets: frozenset[int] = frozenset()
    """Rows that it acknowledges and does not keep."""
    opened: list[str] = field(default_factory=list)
    """The targets of all sessions."""
    closed: int = 0
    asked: list[str] = field(default_factory=list)

    def connect(self, target: str) -> Session:
        """Open a session."""
        if self.down:
            raise UnreachableError("vtgate cannot be asked", why="Connection refused")
        self.opened.append(target)
        return Session(self, target)


@dataclass
class Session:
    """One session."""

    gate: Gate
    name: str

    def run(self, statement: str, max_rows: int) -> Result:
        """Answer."""
        self.gate.asked.append(statement)
        if self.gate.down:
            raise UnreachableError("vtgate cannot be asked", why="Lost connection")
        if self.gate.refuses:
            raise VitessctlError("refused", why=self.gate.refuses)
        if statement.startswith("insert"):
            row = int(statement.rpartition("(")[2].rstrip(")"))
            self.gate.rows |= {row} - self.gate.forgets
        return DONE

    def refuse(self, statement: str) -> VitessctlError | None:
        """Never asked."""
        raise AssertionError(statement)

    def close(self) -> None:
        """Give it back."""
        self.gate.closed += 1


@dataclass
class Scene:
    """The context of a drill, its target and its vtctld in one; what is done is written down in `done`."""

    gate: Gate = field(default_factory=Gate)
    clock: Clock = field(default_factory=Clock)
    statuses: list[Status] = field(default_factory=list)
    """What is seen after the kill, look by look; then all is well."""
    life: str = "1"
    back: bool = True
    """Whether what is killed comes back."""
    fault: VitessctlError | None = None
    """Why it cannot be killed."""
    lacks: dict[str, set[int]] = field(default_factory=dict)
    """By tablet, rows that it does not have."""
    silent: dict[str, str] = field(default_factory=dict)
    """By tablet, why it does not answer."""
    done: list[str] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    cancelled: threading.Event = field(default_factory=threading.Event)
    on_kill: Callable[[], None] = lambda: None
    cluster = CLUSTER

    # Target

    def kill(self, victims: Sequence[ComponentStatus], force: Force, cancelled: threading.Event) -> Sequence[str]:
        """Kill; whoever supervises brings it back at once."""
        if self.fault:
            raise self.fault
        self.done.append(f"kill {force.value} {' '.join(each.subject or each.component for each in victims)}")
        self.life = "2" if self.back else "1"
        self.on_kill()
        return [each.label for each in victims]

    @property
    def target(self) -> Scene:
        """It kills."""
        return self

    # Vtctld

    @property
    def vtctld(self) -> Scene:
        """It makes tables and asks tablets."""
        return self

    def apply_schema(self, keyspace: str, statements: Sequence[str], seconds: float = 60.0) -> None:
        """Written down."""
        self.done += [f"{keyspace}: {statement}" for statement in statements]

    def fetch_as_dba(self, alias: str, query: str, max_rows: int = 1, seconds: float = 1.0) -> QueryResult:
        """The rows of a tablet."""
        if alias in self.silent:
            raise VitessctlError("no answer", why=self.silent[alias])
        return QueryResult(("id",), tuple((str(row),) for row in sorted(self.gate.rows - self.lacks.get(alias, set()))))

    # Looking

    def look(self) -> tuple[Observed, Status]:
        """What is seen now."""
        status = self.statuses.pop(0) if self.statuses and self.done[1:] else a_status()
        record = ShardRecord("messages", "0", FIRST, True)
        return Observed(everything(self.life), shards={("messages", "0"): record}), status

    def wanted(self, name: Name = Name.kill_primary, seconds: float = 60.0) -> Wanted:
        """A drill on this scene."""
        made = wanted(CLUSTER, releases.get("24"), DRILLS[name], SHARD, self.look())
        return replace(made, seconds=seconds, table="vitessctl_drill_x")

    @property
    def said(self) -> list[str]:
        """What a person was told, in short."""
        found: list[str] = []
        for event in self.events:
            if isinstance(event, ActionTaken):
                found.append(event.action)
            elif isinstance(event, Notice):
                found.append(event.text)
        return found


def a_keyspace(durability: str) -> Any:
    """The record of the keyspace."""
    return {"messages": KeyspaceRecord("messages", durability)}

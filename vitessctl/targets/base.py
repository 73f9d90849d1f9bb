"""The one protocol behind which Kubernetes and one machine differ."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any, Protocol

from vitessctl.errors import VitessctlError
from vitessctl.model.cluster import Tablet, User
from vitessctl.render.documents import Document

if TYPE_CHECKING:
    from vitessctl.run.events import Listener


class Operation(Enum):
    """What happened, or would happen, to a document."""

    CREATE = "create"
    UPDATE = "update"
    START = "start"
    """Unchanged, but it was not running (a stopped or failed process)."""
    RECREATE = "recreate"
    """Deleted and made anew, because what differs cannot be changed in place; what it owns stays."""
    DELETE = "delete"
    CONFLICT = "conflict"
    """Somebody else owns a field that has to change; it is never taken from them silently."""
    KEEP = "keep"


@dataclass(frozen=True)
class FieldChange:
    """One field that differs. An absent value is None: documents never hold null (a template may not render it)."""

    path: str
    """`spec.template.spec.containers[vttablet].image`."""
    before: Any
    after: Any
    secret: bool = False
    """Whether its values must never be shown."""


@dataclass(frozen=True)
class FieldConflict:
    """A field that somebody else owns."""

    path: str
    manager: str


@dataclass(frozen=True)
class Change:
    """One document and what applying it does."""

    operation: Operation
    label: str
    stage: str
    component: str
    subject: str = ""
    fields: tuple[FieldChange, ...] = ()
    """What differs, where the target can tell."""
    conflicts: tuple[FieldConflict, ...] = ()
    """With whom it is in conflict."""

    @property
    def is_change(self) -> bool:
        """Whether anything is written or started at all."""
        return self.operation is not Operation.KEEP


class State(Enum):
    """Where a component stands."""

    READY = "ready"
    WAITING = "waiting"
    HELD = "held"
    """Kept from starting on purpose, until its shard is led by another tablet."""
    DOOMED = "doomed"
    """It will not come by waiting longer."""


@dataclass(frozen=True)
class Verdict:
    """What a check found: its state, a reason that completes 'waiting for ...: ', and evidence for a person."""

    state: State
    reason: str = ""
    fix: str = ""
    evidence: tuple[str, ...] = ()
    given_up: str = ""
    """Which life of a program has given up and must be started anew before anything can come of it; "" where none."""
    first: bool = False
    """Whether what is waited for starts for the first time, so that nothing that waits for it has run before."""

    @property
    def ready(self) -> bool:
        """Whether what was waited for is there."""
        return self.state is State.READY

    @staticmethod
    def done(reason: str = "") -> Verdict:
        """It is there."""
        return Verdict(State.READY, reason)

    @staticmethod
    def waiting(reason: str, evidence: tuple[str, ...] = ()) -> Verdict:
        """Not yet."""
        return Verdict(State.WAITING, reason, evidence=evidence)

    @staticmethod
    def held(reason: str) -> Verdict:
        """Kept from starting on purpose."""
        return Verdict(State.HELD, reason)

    @staticmethod
    def doomed(reason: str, fix: str = "", evidence: tuple[str, ...] = ()) -> Verdict:
        """It cannot come."""
        return Verdict(State.DOOMED, reason, fix, evidence)


class Force(Enum):
    """How something is killed on purpose."""

    WHOLE = "whole"
    """All of it at once, as when its machine loses power: a pod without grace, or kill -9 of each of its processes."""
    PROGRAM = "program"
    """Only the program itself; what stands beside it (a tablet's MySQL) goes on."""
    RESTART = "restart"
    """Told to stop, as in a maintenance, and started again."""
    EVICT = "evict"
    """Asked off its node, one after the other as disruption budgets allow it."""


class Trouble(Enum):
    """What keeps a pod from going, or from being known to run."""

    LEAVING = "leaving"
    """It was deleted and is within its grace period."""
    FINALIZER = "finalizer"
    NODE = "node"
    """It was deleted, and its node does not report any more."""
    OVERDUE = "overdue"
    """Its grace period is over, and its containers are still there."""
    SILENT_NODE = "silent-node"
    """It was not deleted, and its node does not report any more."""


@dataclass(frozen=True)
class ComponentStatus:
    """What a target knows of one running thing without asking the thing itself."""

    label: str
    component: str
    subject: str
    state: str
    """In the target's own words: RUNNING, BACKOFF, CrashLoopBackOff."""
    running: bool
    pid: int = 0
    restarts: int = 0
    since: float = 0.0
    """Seconds that it has been in this state."""
    detail: str = ""
    trouble: Trouble | None = None
    """Of a pod; `detail` says more."""
    node: str = ""
    """The node that a pod is on."""
    life: str = field(default="", compare=False)
    """Another one after each start, so that one sees that it was started anew."""


@dataclass(frozen=True)
class Address:
    """host:port that this machine can connect to."""

    host: str
    port: int
    name: str = field(default="", compare=False)
    """What a person knows it by, where that is something else: a forward leads to `port 15000 of pod a on node b`."""
    silence: str = field(default="", compare=False)
    """What it means that nobody answers there, where that is known."""

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"

    @property
    def shown(self) -> str:
        """For a sentence."""
        return self.name or str(self)


@dataclass(frozen=True)
class Run:
    """What a target has to know of a run that changes the cluster."""

    command: str
    """`up` or `down`."""
    documents: Sequence[Document]
    listener: Listener
    """Who is told of everything."""
    cancelled: threading.Event
    """Set by the target when the run may not go on, because the lock was lost."""
    pending: bool = True
    """Whether anything is known to be changed. A run without changes leaves no trace; the target takes the lock all
    the same as soon as something has to be written."""
    plan: Callable[[], str] = lambda: ""
    """Called under the lock before the first write: gives the plan's digest, or raises what ends the run."""
    probes: bool = False
    """Whether it runs images once before it writes anything else, for which it may need a right more."""


@dataclass(frozen=True)
class Question:
    """A program that is run once for what it prints, in the image of a component and where that would run."""

    name: str
    """Unique among the questions that are asked together, and fit for a container's name: `vttablet-help`."""
    document: Document
    """What starts the program."""
    container: str
    """Which of its containers; empty on one machine."""
    program: str
    """As the command line names it."""
    argument: str
    """`--help`."""


@dataclass(frozen=True)
class Answer:
    """What became of a question."""

    question: Question
    lines: Sequence[str] = ()
    """What it printed, to either side."""
    exit_code: int = 0
    trouble: Verdict | None = None
    """Why it could not be run at all: no image, no such program, another processor. None: it was."""


@dataclass(frozen=True)
class Pipes:
    """What a command that is run beside a component reads and writes: descriptors of this process."""

    stdin: int | None
    """None: it reads nothing, its input is at its end."""
    stdout: int
    stderr: int


class ProgramMissing(VitessctlError):
    """A program is not where it was to be run."""

    def __init__(self, program: str, where: str, why: str) -> None:
        self.program = program
        super().__init__(
            f"there is no {program}",
            where=where,
            why=why,
            fix="most of what it does is a command here: status, tablets, topology, sql; see vitessctl --help",
        )


class Target(Protocol):
    """Where documents are applied. Methods raise VitessctlError and nothing else."""

    name: str
    """`kubernetes`, `local` or `rehearsal`."""
    starts_slowly: bool
    """Whether it takes seconds from applying a document to a running server, so that some are applied early."""

    def preflight(self, documents: Sequence[Document]) -> Sequence[str]:
        """Refuse, before the first write, what can be known not to work; all faults in one error.

        Gives what a person should know besides.
        """

    def changing(self, run: Run) -> AbstractContextManager[Listener]:
        """Change the cluster while inside: nobody else does, and the run is written down.

        Gives the listener that every event of the run has to go to. Raises LockedError, which names the holder.
        """

    def look_again(self) -> None:
        """Forget what was seen a moment ago."""

    def observe(self, documents: Sequence[Document]) -> Sequence[Change]:
        """What applying these documents would do, one change a document, plus what would be deleted."""

    def apply(self, documents: Sequence[Document]) -> Sequence[Change]:
        """Make it so, and say what was done. Idempotent."""

    def verdict(self, document: Document) -> Verdict:
        """Whether the thing itself runs: the process is up, the pod is there. Doomed with the cause if not to be."""

    def settled(self, documents: Sequence[Document]) -> Verdict:
        """Whether nothing of what was there before is left beside these documents: rollouts have come to their end."""

    def replaced(self, documents: Sequence[Document]) -> bool:
        """Whether nothing but what these documents start, one of each, can answer in its place."""

    def components(self) -> Sequence[ComponentStatus]:
        """Everything of this cluster that exists on the target."""

    def address(self, component: str, subject: str, port: str) -> Address:
        """Where this machine reaches `port` (http, grpc, mysql, metrics) of a component. `subject`: see Document."""

    def published(self, component: str, subject: str, port: str) -> str:
        """Where applications reach it, as host:port: what a person is told. It may not lead anywhere from here."""

    def users(self) -> Sequence[User] | None:
        """Who may connect to vtgate, with their passwords; empty: anybody may; None: nobody's password is known."""

    def tablet_hostname(self, tablet: Tablet) -> str:
        """The hostname that the tablet has in the topology."""

    def socket_ready(self, tablet: Tablet) -> Verdict:
        """Whether the tablet's mysqlctld answers, that is whether its MySQL is initialised and up.

        Held, where its data is gone although it once had some and the topology still names it primary: started
        now, it would lead its shard with an empty database. Ready with a reason, where something else keeps vttablet
        from being started beside it.
        """

    def topology_ready(self) -> Verdict | None:
        """Whether a topology server is there whose members cannot be asked from here; None: ask them."""

    def known_ready(self, component: str, subject: str) -> bool:
        """Whether the target itself watches the component's readiness page, and it says ready.

        Kubernetes probes every pod anyway, so that a run over a thousand tablets need not ask each of them again.
        False means only that one has to ask.
        """

    def outdated(self) -> Sequence[str]:
        """Aliases of the tablets that still run what was applied before; empty where applying restarts them itself."""

    def restart(self, tablet: Tablet) -> None:
        """Restart a tablet's vttablet and MySQL as it is applied now, keeping its data; does not wait."""

    def start_mysql_again(self, tablet: Tablet, cancelled: threading.Event) -> bool:
        """Start a mysqlctld anew whose mysqld has ended, without waiting for either; False where there is none.

        It has nothing to lose, and asked to stop it would first wait for its mysqld to the end.
        """

    def logs(self, component: str, subject: str, lines: int) -> Sequence[str]:
        """The last lines a component wrote, oldest first."""

    def run_once(self, questions: Sequence[Question], cancelled: threading.Event) -> Sequence[Answer]:
        """Run each program once, as its component would run but for the arguments; gives the answers in that order.

        Leaves nothing behind, also where it raises or is interrupted. Ends early where `cancelled` is set.
        """

    def execute(self, component: str, subject: str, command: Sequence[str], pipes: Pipes) -> int:
        """Run a program of Vitess where a component runs, as long as it takes; gives its exit code.

        What it writes is passed on as it comes. Raises ProgramMissing.
        """

    def stop(self, documents: Sequence[Document]) -> Sequence[Change]:
        """Stop and remove these documents, keeping data."""

    def prune(self, documents: Sequence[Document]) -> Sequence[Change]:
        """Stop and remove what runs and has no document any more, keeping data."""

    def kill(self, victims: Sequence[ComponentStatus], force: Force, cancelled: threading.Event) -> Sequence[str]:
        """Kill these for real and do not wait until they are back, which is for whoever supervises to do.

        Gives what was killed, each with its name. Where it is done in steps, none is left half done when `cancelled`
        is set: what was stopped is started. Raises VitessctlError where it cannot be done.
        """

    def keeps_backups(self) -> bool:
        """Whether its tablets are told of a place for backups that all of them reach."""

    def set_aside(self, tablet: Tablet) -> Sequence[str]:
        """Take the data of a tablet away that is stopped, so that it starts on nothing; says what became of them.

        They are kept where there is room for that. What is known of the tablet's past is kept in any case: it is held
        back if the topology names it primary.
        """

    def kept(self) -> Sequence[str]:
        """What holds the cluster's data, by name."""

    def delete_data(self) -> Sequence[str]:
        """Remove all data of the cluster; gives the names of what was removed."""


LogLines = Mapping[str, Sequence[str]]

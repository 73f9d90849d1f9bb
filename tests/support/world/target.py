"""One machine in memory: a supervisor that keeps processes, and where they can be reached."""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from tests.support.printing import prints
from tests.support.world.session import Session
from tests.support.world.world import HOST, World
from vitessctl.model import ports
from vitessctl.model.cluster import Tablet, User
from vitessctl.render.documents import Document
from vitessctl.run.events import Listener
from vitessctl.targets.base import (
    Address,
    Answer,
    Change,
    ComponentStatus,
    Force,
    Operation,
    Pipes,
    Question,
    Run,
    State,
    Verdict,
)


class WorldTarget:
    """Implements vitessctl.targets.base.Target."""

    starts_slowly = False

    def __init__(self, world: World, session: Session, name: str = "rehearsal") -> None:
        self.name = name
        self._world = world
        self._session = session

    def preflight(self, documents: Sequence[Document]) -> Sequence[str]:
        """Nothing stands in the way."""
        self._session.check()
        return ()

    def observe(self, documents: Sequence[Document]) -> Sequence[Change]:
        """What apply would do, and what prune would."""
        changes = [self._change(self._operation(document), document) for document in documents]
        return (*changes, *(self._change(Operation.DELETE, document) for document in self._surplus(documents)))

    def _surplus(self, documents: Sequence[Document]) -> list[Document]:
        wanted = {(document.component, document.subject) for document in documents}
        return [process.document for key, process in self._world.processes.items() if key not in wanted]

    def prune(self, documents: Sequence[Document]) -> Sequence[Change]:
        """Stop and remove what has no document any more; data stays."""
        return self.stop(self._surplus(documents))

    def apply(self, documents: Sequence[Document]) -> Sequence[Change]:
        """Start what does not run, restart what differs, leave the rest alone."""
        changes = []
        with self._world.lock:
            for document in documents:
                self._session.check()
                self._world.settle()
                operation = self._operation(document)
                changes.append(self._change(operation, document))
                if operation is not Operation.KEEP:
                    self._world.start(document)
                    self._session.wrote(f"{operation.value} {document.label}")
        return tuple(changes)

    def _operation(self, document: Document) -> Operation:
        process = self._world.processes.get((document.component, document.subject))
        if process is None:
            return Operation.CREATE
        return Operation.KEEP if process.document.text == document.text else Operation.UPDATE

    def _change(self, operation: Operation, document: Document) -> Change:
        return Change(operation, document.label, document.stage, document.component, document.subject)

    def verdict(self, document: Document) -> Verdict:
        """Whether the process runs."""
        self._session.check()
        self._world.settle()
        key = (document.component, document.subject)
        if key in self._world.doomed:
            return self._world.doomed[key]
        if self._world.up(*key):
            return Verdict.done()
        process = self._world.processes.get(key)
        return Verdict.waiting(f"it ended: {process.last_words}" if process and process.last_words else "it starts")

    def settled(self, documents: Sequence[Document]) -> Verdict:
        """A process that is started anew has taken the place of the old one at once."""
        return Verdict.done()

    def replaced(self, documents: Sequence[Document]) -> bool:
        """A process has its port to itself."""
        return True

    def components(self) -> Sequence[ComponentStatus]:
        """Every process that the supervisor keeps."""
        self._session.check()
        self._world.settle()
        return tuple(
            ComponentStatus(
                label=process.document.label,
                component=component,
                subject=subject,
                state="RUNNING" if process.running else "BACKOFF",
                running=process.running,
                pid=process.pid,
                restarts=process.restarts,
                since=self._world.now - process.started,
                life=f"{process.pid}@{process.started:g}",
            )
            for (component, subject), process in self._world.processes.items()
        )

    def address(self, component: str, subject: str, port: str) -> Address:
        """Ports as vitessctl.model.ports gives them."""
        base = self._world.base_port
        if component == "etcd":
            return Address(HOST, getattr(ports.etcd_ports(base, int(subject.rpartition("-")[2])), port))
        if component == "application":
            return Address(HOST, {"http": ports.application_port(base, subject)}[port])
        if component == "vttablet":
            found = ports.tablet_ports(base, int(subject.rpartition("-")[2]))
        elif component == "vtctld":
            found = ports.vtctld_ports(base)
        else:
            found = {"vtgate": ports.vtgate_ports, "vtorc": ports.vtorc_ports}[component](base, subject)
        return Address(HOST, getattr(found, port))

    def published(self, component: str, subject: str, port: str) -> str:
        """The same as from here."""
        return str(self.address(component, subject, port))

    def users(self) -> Sequence[User]:
        """Anybody may connect."""
        return ()

    def tablet_hostname(self, tablet: Tablet) -> str:
        """Always this machine."""
        return HOST

    def socket_ready(self, tablet: Tablet) -> Verdict:
        """Whether the tablet's MySQL is up, or why it is kept from starting."""
        self._session.check()
        self._world.settle()
        if self._world.held("mysqlctld", tablet.alias):
            return Verdict.held("its data is gone; it waits until another tablet is primary")
        doomed = self._world.doomed.get(("mysqlctld", tablet.alias))
        if doomed is not None:
            return doomed
        if self._world.mysql_up(tablet.alias):
            return Verdict.done()
        process = self._world.processes.get(("mysqlctld", tablet.alias))
        reason = self._world.ended.get(tablet.alias)
        if reason and process and process.running and process.ready_at == math.inf:
            return Verdict(State.DOOMED, f"its mysqld has ended: {reason}", "Rebuild it.", given_up=str(process.pid))
        return Verdict.waiting("MySQL is being started")

    def topology_ready(self) -> Verdict | None:
        """Every member can be asked from here."""
        return None

    def known_ready(self, component: str, subject: str) -> bool:
        """The stages ask the pages themselves."""
        return False

    def outdated(self) -> Sequence[str]:
        """Applying restarts what changed."""
        return ()

    def restart(self, tablet: Tablet) -> None:
        """Nothing is ever outdated here."""
        raise AssertionError(tablet)

    def logs(self, component: str, subject: str, lines: int) -> Sequence[str]:
        """The last lines that a process wrote."""
        return self._world.log_of(component, subject, lines)

    def run_once(self, questions: Sequence[Question], cancelled: threading.Event) -> Sequence[Answer]:
        """What the programs of the world's release print."""
        self._session.check()
        return [Answer(each, prints(each.program, each.argument, self._world.program_release)) for each in questions]

    def kill(self, victims: Sequence[ComponentStatus], force: Force, cancelled: threading.Event) -> Sequence[str]:
        """As a supervisor that starts again what ended."""
        assert force in (Force.WHOLE, Force.PROGRAM, Force.RESTART), force
        for victim in victims:
            self._world.kill(victim.component, victim.subject)
        return [victim.label for victim in victims]

    def start_mysql_again(self, tablet: Tablet, cancelled: threading.Event) -> bool:
        """As `kill` does it."""
        own = [each for each in self.components() if (each.component, each.subject) == ("mysqlctld", tablet.alias)]
        return bool(self.kill(own, Force.PROGRAM, cancelled))

    def execute(self, component: str, subject: str, command: Sequence[str], pipes: Pipes) -> int:
        """No stage runs a program of Vitess's."""
        raise AssertionError(command)

    def stop(self, documents: Sequence[Document]) -> Sequence[Change]:
        """Stop and remove; data stays."""
        changes = []
        for document in documents:
            self._session.check()
            there = (document.component, document.subject) in self._world.processes
            changes.append(self._change(Operation.DELETE if there else Operation.KEEP, document))
            if there:
                self._world.remove(document.component, document.subject)
                self._session.wrote(f"stop {document.label}")
        return tuple(changes)

    def delete_data(self) -> Sequence[str]:
        """Remove everything that outlives the processes."""
        assert not self._world.processes, "data is deleted under running processes"
        names = sorted(self._world.mysqlds)
        self._world.mysqlds.clear()
        self._world.topology.__init__()  # type: ignore[misc]
        return tuple(names)

    backs_up = False

    def keeps_backups(self) -> bool:
        """As the test says."""
        return self.backs_up

    def set_aside(self, tablet: Tablet) -> Sequence[str]:
        """Put the data of a stopped tablet aside."""
        self._session.check()
        for component in ("vttablet", "mysqlctld"):
            assert (component, tablet.alias) not in self._world.processes, f"{component} runs on what is taken away"
        mysqld = self._world.mysqlds[tablet.alias]
        self._world.set_aside[tablet.alias] = set(mysqld.executed)
        mysqld.lose_everything()
        self._session.wrote(f"set aside {tablet.alias}")
        return (f"its old data are kept in data/{tablet.alias}.old",)

    # What the commands want beside the protocol

    @contextmanager
    def changing(self, run: Run) -> Iterator[Listener]:
        """One run at a time; in this world there is only one. What cannot work is refused before `up` writes."""
        run.plan()
        if run.command == "up":
            self.preflight(run.documents)
        yield run.listener

    def look_again(self) -> None:
        """It never looks away."""

    def kept(self) -> Sequence[str]:
        """What `down` leaves."""
        return tuple(f"data/{alias}" for alias in sorted(self._world.mysqlds))

    def __enter__(self) -> WorldTarget:
        return self

    def __exit__(self, *error: object) -> None:
        pass

"""The local target: a cluster as processes of this machine, under one supervisord."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

from vitessctl.model.cluster import Cluster, Tablet, User
from vitessctl.render.documents import Document
from vitessctl.run.events import Event, Listener
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
    Verdict,
)
from vitessctl.targets.local import (
    applications,
    erase,
    install,
    preflight,
    processes,
    programs,
    sockets,
    stopping,
    verdicts,
)
from vitessctl.targets.local.account import Account, caller, server_account
from vitessctl.targets.local.binaries import Binaries
from vitessctl.targets.local.compare import Comparison, change_of, compare, deletion
from vitessctl.targets.local.explain import explain
from vitessctl.targets.local.faults import LocalError, raise_all
from vitessctl.targets.local.launch import CONFIGURATION, Daemon
from vitessctl.targets.local.lock import locked
from vitessctl.targets.local.ports import HOST, ports_of
from vitessctl.targets.local.programs import FILE, PROGRAM, Program, Started
from vitessctl.targets.local.rpc import ProcessReport
from vitessctl.targets.local.state import LOCK, StateFolder
from vitessctl.targets.local.tail import last_lines
from vitessctl.targets.local.versions import version_faults

_DIAGNOSED_LINES = 80
_RECENT_SECONDS = 0.03
_NO_REPORTS: tuple[float, Mapping[str, ProcessReport]] = (-1.0, {})


class LocalTarget:
    """See vitessctl.targets.base.Target. Every method may be called from several threads at once."""

    starts_slowly = False

    def __init__(
        self,
        cluster: Cluster,
        state: Path,
        binaries: Binaries,
        name: str = "local",
        environ: Mapping[str, str] | None = None,
        account: Account | None = None,
    ) -> None:
        """`state`: the folder for everything of the cluster; `account`: whom the servers run as, else it follows."""
        self.name = name
        self._cluster = cluster
        self._environ = dict(os.environ if environ is None else environ)
        path = Path(os.path.abspath(state))
        self.state = StateFolder(path, account or self._account(path, binaries))
        self._binaries = self._with_earlier(binaries)
        self._daemon = Daemon(self.state, rehearsal=binaries.rehearsal and bool(binaries.programs))
        self._changing = threading.Lock()
        self._recent = _NO_REPORTS

    def _account(self, path: Path, binaries: Binaries) -> Account:
        if binaries.rehearsal:
            return caller()
        return server_account(self._cluster.local.user, path, self._environ)

    def _with_earlier(self, binaries: Binaries) -> Binaries:
        """`status` and `down` are often typed where VTROOT is not set."""
        if binaries.rehearsal:
            return binaries
        return binaries.completed_by(Binaries.from_json(self.state.read(install.CHOSEN) or ""))

    def __enter__(self) -> LocalTarget:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._daemon.client.close()

    @contextmanager
    def lock(self, command: str = "") -> Iterator[None]:
        """Hold the cluster for one run. Raises LockedError, which names the holder.

        The lock needs the state folder; if this run made it and then applied nothing, it is taken away again.
        """
        new = not self.state.exists
        self.state.create(self._cluster.name, self.name)
        with locked(self.state.path / LOCK, command):
            try:
                yield
            finally:
                if new and self.state.exists and not (self.state.path / CONFIGURATION).exists():
                    erase.delete(self.state)

    @contextmanager
    def changing(self, run: Run) -> Iterator[Listener]:
        """Hold the cluster and write the run into its history."""
        from vitessctl.targets.local.history import remembering

        with self.lock(run.command), remembering(self.state, run.command) as journal:
            run.plan()
            if run.command == "up":
                self.preflight(run.documents)

            def listen(event: Event) -> None:
                run.listener(event)
                journal(event)

            yield listen

    def preflight(self, documents: Sequence[Document]) -> Sequence[str]:
        """Refuse what can be known not to work, all of it in one error: binaries, ports, disk, the state folder."""
        state, owner = self.state.path, self.state.owner
        wanted = [programs.parse(document, state) for document in documents if document.kind == PROGRAM]
        raise_all(
            (
                *self.state.faults(),
                *preflight.binary_faults(preflight.wanted_binaries(wanted), self._binaries, owner),
                *version_faults(self._binaries, self._cluster.release, owner),
                *applications.faults(self._cluster, state, owner),
                *preflight.port_faults(wanted, self._cluster.local.base_port, processes.of_state(state)),
                *preflight.disk_faults(state, sum(self._is_to_be_initialised(program) for program in wanted)),
            )
        )
        return ()

    def _is_to_be_initialised(self, program: Program) -> bool:
        data = self.state.path / "data" / stopping.data_folder(program.document.subject)
        return _is_database(program) and not data.is_dir()

    def look_again(self) -> None:
        """supervisord is asked anew."""
        self._recent = _NO_REPORTS

    def observe(self, documents: Sequence[Document]) -> Sequence[Change]:
        """What applying these documents would do; programs that have no document any more are deletions."""
        changes = [comparison.change for comparison in self._compare(documents)]
        return [*changes, *(deletion(started) for started in self._surplus(documents))]

    def _compare(self, documents: Sequence[Document]) -> list[Comparison]:
        environment = install.environment(self.state.path, self._binaries)
        return compare(documents, self.state, self._reports(), environment)

    def _surplus(self, documents: Iterable[Document]) -> list[Started]:
        wanted = {document.name for document in documents if document.kind == PROGRAM}
        return [started for name, started in programs.all_started(self.state).items() if name not in wanted]

    def _reports(self) -> Mapping[str, ProcessReport]:
        return self._daemon.client.report()

    def _recent_reports(self) -> Mapping[str, ProcessReport]:
        """The reports of a moment ago: a gate asks for the verdict of one document after the other."""
        taken, reports = self._recent
        if time.monotonic() - taken > _RECENT_SECONDS:
            reports = self._reports()
            self._recent = (time.monotonic(), reports)
        return reports

    def apply(self, documents: Sequence[Document]) -> Sequence[Change]:
        """Write what changed and start what is new, changed or not running; what runs unchanged is not touched."""
        with self._changing:
            self.state.create(self._cluster.name, self.name)
            install.install(self.state, self._binaries, self._cluster)
            self._daemon.ensure(self._environ)
            comparisons = self._compare(documents)
            self._write(comparisons)
        changed = [comparison for comparison in comparisons if comparison.change.is_change and comparison.program]
        self._restart(changed)
        self._recent = _NO_REPORTS
        return [comparison.change for comparison in comparisons]

    def _write(self, comparisons: Iterable[Comparison]) -> None:
        reread = False
        for comparison in comparisons:
            document = comparison.document
            if document.kind == FILE:
                self.state.write(document.name, document.text, mode=0o600 if document.secret else 0o644)
            elif comparison.change.is_change:
                name = programs.configuration_name(document.name)
                self.state.write(name, document.text, mode=0o600 if document.secret else 0o644)
                reread = True
        if reread:
            self._daemon.client.reread()

    def _restart(self, comparisons: Sequence[Comparison]) -> None:
        reports = self._reports()
        known = programs.all_started(self.state)
        names = [comparison.document.name for comparison in comparisons]
        stopping.stop(self._daemon, self.state.path, [known[name] for name in names if name in reports])
        for comparison in comparisons:
            if comparison.program is not None:
                self._daemon.client.replace(comparison.program.name)
                programs.remember(self.state, comparison.program, comparison.fingerprint)
                self._daemon.client.start(comparison.program.name)

    def verdict(self, document: Document) -> Verdict:
        """Whether the program is up. A file is there once it is applied."""
        if document.kind == FILE:
            return Verdict.done()
        return verdicts.verdict_of(
            self._recent_reports().get(document.name),
            lambda: self._lines_since_start(document.name),
            lambda lines: explain(lines, self._cluster.release, document.component),
        )

    def _lines_since_start(self, program: str) -> Sequence[str]:
        started = programs.started(self.state, program)
        begin = started.log_start if started else 0
        return last_lines(programs.log_file(self.state.path, program), _DIAGNOSED_LINES, begin)

    def settled(self, documents: Sequence[Document]) -> Verdict:
        """A process that is started anew has taken the place of the old one at once."""
        return Verdict.done()

    def replaced(self, documents: Sequence[Document]) -> bool:
        """A process has its port to itself."""
        return True

    def components(self) -> Sequence[ComponentStatus]:
        """Every program of the cluster, with what supervisord knows of it."""
        reports = self._reports()
        known = programs.all_started(self.state).values()
        return [verdicts.status_of(started, reports.get(started.program)) for started in known]

    def address(self, component: str, subject: str, port: str) -> Address:
        """127.0.0.1 and the port that the model gives. Raises LocalError for a port that there is not."""
        try:
            return Address(HOST, ports_of(self._cluster.local.base_port, component, subject)[port])
        except KeyError:
            raise LocalError(f"{component} has no {port} port on one machine") from None

    def published(self, component: str, subject: str, port: str) -> str:
        """The same as from here."""
        return str(self.address(component, subject, port))

    def users(self) -> Sequence[User]:
        """Those of the spec, which holds every password."""
        return self._cluster.users

    def tablet_hostname(self, tablet: Tablet) -> str:
        """Always 127.0.0.1: tablets differ by port."""
        return HOST

    def socket_ready(self, tablet: Tablet) -> Verdict:
        """Whether the tablet's mysqlctld answers; held while its data is gone and nobody else leads its shard."""
        return sockets.ready(self.state.path, tablet.uid, self._cluster.release)

    def topology_ready(self) -> Verdict | None:
        """Every member can be asked from here."""
        return None

    def known_ready(self, component: str, subject: str) -> bool:
        """supervisord sees processes, not pages."""
        return False

    def outdated(self) -> Sequence[str]:
        """None: what changed is restarted when it is applied."""
        return ()

    def restart(self, tablet: Tablet) -> None:
        """Never asked for, as nothing is outdated."""
        raise NotImplementedError

    def logs(self, component: str, subject: str, lines: int) -> Sequence[str]:
        """The last lines that a component wrote; none if it never ran."""
        for started in programs.all_started(self.state).values():
            if (started.component, started.subject) == (component, subject):
                return last_lines(programs.log_file(self.state.path, started.program), lines)
        return ()

    def run_once(self, questions: Sequence[Question], cancelled: threading.Event) -> Sequence[Answer]:
        """Run the programs themselves, a few side by side."""
        from vitessctl.targets.local.once import OnceRunner

        release = self._cluster.release
        runner = OnceRunner(self.state, self._binaries, self.state.owner, release, self._environ)
        return runner.answers(questions, cancelled)

    def execute(self, component: str, subject: str, command: Sequence[str], pipes: Pipes) -> int:
        """On this machine, as whoever calls, in the folder where that is."""
        from vitessctl.targets.local.executing import execute

        return execute(self._binaries, self._cluster.release_of(component), command, pipes, self._environ)

    def stop(self, documents: Sequence[Document]) -> Sequence[Change]:
        """Stop and remove programs and files, all at once, and wait until nothing of them is left."""
        known = programs.all_started(self.state)
        with self._changing:
            self._take_away([known[document.name] for document in documents if document.name in known])
            changes = [change_of(document, self._remove(document, known)) for document in documents]
            self._end_if_empty()
        return changes

    def _remove(self, document: Document, known: Mapping[str, Started]) -> Operation:
        there = self.state.remove(document.name) if document.kind == FILE else document.name in known
        return Operation.DELETE if there else Operation.KEEP

    def prune(self, documents: Sequence[Document]) -> Sequence[Change]:
        """Stop and remove the programs that have no document any more; their data stays."""
        with self._changing:
            surplus = self._surplus(documents)
            self._take_away(surplus)
            self._end_if_empty()
        return [deletion(started) for started in surplus]

    def _take_away(self, surplus: Sequence[Started]) -> None:
        stopping.stop(self._daemon, self.state.path, surplus)
        running = self._daemon.answers()
        for started in surplus:
            if running:
                self._daemon.client.remove(started.program)
            self.state.remove(programs.configuration_name(started.program))
            self.state.remove(programs.record_name(started.program))

    def _end_if_empty(self) -> None:
        if self.state.exists and not programs.programs_in(self.state):
            self._daemon.shutdown()

    def kill(self, victims: Sequence[ComponentStatus], force: Force, cancelled: threading.Event) -> Sequence[str]:
        """kill -9, or stop and start under supervisord, which starts again what ended without being told to."""
        from vitessctl.targets.local.killing import kill

        return kill(self._daemon, self.state, victims, force)

    def start_mysql_again(self, tablet: Tablet, cancelled: threading.Event) -> bool:
        """Kill -9 its mysqlctld; supervisord starts it again."""
        own = [each for each in self.components() if (each.component, each.subject) == ("mysqlctld", tablet.alias)]
        return bool(self.kill(own, Force.PROGRAM, cancelled))

    def keeps_backups(self) -> bool:
        """In the state folder; the stand-ins take none."""
        return not self._binaries.rehearsal

    def set_aside(self, tablet: Tablet) -> Sequence[str]:
        """Rename its folder: on the same disk that costs nothing, and what is kept can be looked at."""
        return stopping.set_aside(self.state.path, tablet.alias, time.time())

    def kept(self) -> Sequence[str]:
        """The paths that hold the cluster's data."""
        return erase.kept(self.state)

    def delete_data(self) -> Sequence[str]:
        """Remove all data and the state folder; gives what held data. Raises StateFolderError if it must not."""
        return erase.delete(self.state)


def _is_database(program: Program) -> bool:
    return program.document.component == "mysqlctld"

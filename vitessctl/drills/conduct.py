"""Doing a drill: clients work, something is killed, everybody waits until all is well, and the rows are counted."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass, field

from vitessctl.drills import healing, rows
from vitessctl.drills.clients import Clients, Connect
from vitessctl.drills.outcomes import outage
from vitessctl.drills.report import Report
from vitessctl.drills.rows import Held, Rows
from vitessctl.drills.wanted import Wanted
from vitessctl.errors import VitessctlError
from vitessctl.run import events
from vitessctl.run.clock import Clock
from vitessctl.run.context import Context
from vitessctl.run.events import Listener
from vitessctl.run.runs import Now, time_text
from vitessctl.status.catalogue import Finding
from vitessctl.status.observed import Observed
from vitessctl.status.report import Status

STAGE = "drill"
LOOK_SECONDS = 0.3
"""Between two looks at the cluster."""
AT_ONCE_SECONDS = 1.0
"""Most kills are done within this; only what takes longer is looked at meanwhile."""
LOOKS = 2
"""So many looks, one after the other, have to find nothing: what was killed a moment ago still looks well."""
COPY_SECONDS = 30.0
"""How long replicas may take to copy the last rows."""
SAY_SECONDS = 5.0
"""How often a person is told that the same is still waited for."""
ASK_SECONDS = 15.0
MOST_ROWS = 1_000_000

Look = Callable[[], tuple[Observed, Status]]


@dataclass
class Seen:
    """What was seen of the healing so far. Seconds of the drill's clock."""

    killed: float
    leader: str
    promoted: float | None = None
    healed: float | None = None
    left: tuple[Finding, ...] = ()
    gone: tuple[str, ...] = ()
    waiting: str = ""


@dataclass
class Conductor:
    """One drill under way."""

    context: Context
    wanted: Wanted
    look: Look
    connect: Connect
    clock: Clock
    now: Now
    """The time of day."""
    heard: Listener
    began: float = 0.0
    names: tuple[str, ...] = ()
    kill_seconds: float = 0.0
    interrupted: bool = False
    notes: tuple[str, ...] = ()
    cancelled: threading.Event = field(default_factory=threading.Event)

    def conduct(self) -> Report:
        """Do it. Raises VitessctlError where nothing was killed, after taking the table away again."""
        wanted, table = self.wanted, self.wanted.table
        self.began = self.clock.now()
        self._make_table()
        replicas = wanted.has_replicas and wanted.asks_replicas
        clients = Clients(self.connect, self._vtgate_target, table, self.clock, replicas)
        try:
            with clients:
                clients.until_all_work()
                at, seen = time_text(self.now()), Seen(self.clock.now(), wanted.primary)
                self._say(f"rows are written and read; {wanted.drill.name.value} begins")
                self._hurt(clients, seen)
                until = self.clock.now()
        except BaseException:
            self._drop_table()
            raise
        counted = self._count(clients, seen)
        return self._report(clients, seen, at, until, counted)

    @property
    def _vtgate_target(self) -> str:
        shard = self.wanted.shard
        sharded = self.context.cluster.keyspace(shard.keyspace).sharded
        return f"{shard.keyspace}:{shard.name}" if sharded else shard.keyspace

    # The kill, and what follows

    def _hurt(self, clients: Clients, seen: Seen) -> None:
        """Kill, and watch until all is well or the time is over. Ctrl-C ends the watching, and nothing else."""
        with ThreadPoolExecutor(1, thread_name_prefix="kill") as pool:
            killing = pool.submit(self._kill)
            try:
                self._watch(clients, seen, killing)
            except KeyboardInterrupt:
                self.interrupted = True
            finally:
                self.cancelled.set()
        self.names = killing.result()

    def _kill(self) -> tuple[str, ...]:
        wanted, begun = self.wanted, self.clock.now()
        names = tuple(self.context.target.kill(wanted.victims, wanted.drill.force, self.cancelled))
        self.kill_seconds = self.clock.now() - begun
        self.heard(
            events.ActionTaken(self.clock.now() - self.began, STAGE, f"killed {', '.join(names) or 'nothing'}", True)
        )
        return names

    def _watch(self, clients: Clients, seen: Seen, killing: Future[tuple[str, ...]]) -> None:
        well: list[float] = []
        said = self.clock.now()
        wait([killing], AT_ONCE_SECONDS)
        while self.clock.now() - seen.killed < self.wanted.seconds:
            if killing.done():
                killing.result()  # raises what kept it from being killed
            reason = self._look(clients, seen, done=killing.done())
            well = [*well, self.clock.now()] if not reason else []
            if len(well) >= LOOKS:
                seen.healed = well[0]
                return
            quiet = self.clock.now() - said
            if reason and quiet > (SAY_SECONDS if reason == seen.waiting else AT_ONCE_SECONDS):
                seen.waiting, said = reason, self.clock.now()
                self.heard(events.Waiting(said - self.began, STAGE, said - seen.killed, reason))
            self.clock.pause(LOOK_SECONDS, self.cancelled)

    def _look(self, clients: Clients, seen: Seen, done: bool) -> str:
        """Why the cluster has not healed by now, "" if it has."""
        try:
            observed, status = self.look()
        except VitessctlError as error:
            return error.why or error.what
        self._note_leader(seen, status)
        seen.left = healing.left(status, self.wanted.known)
        seen.gone = healing.still_gone(self.wanted.victims, self.wanted.lives, observed.components)
        if not done:
            return "it goes on, one after the other"
        if seen.gone:
            return f"not back: {seen.gone[0]}{f' and {len(seen.gone) - 1} more' if len(seen.gone) > 1 else ''}"
        if seen.left:
            return seen.left[0].text
        return self._out_of_service(clients)

    @staticmethod
    def _out_of_service(clients: Clients) -> str:
        for client in (clients.writer, *clients.readers.values()):
            if client.outcomes and client.outcomes[-1].error:
                return f"{client.label} fail: {client.outcomes[-1].error}"
        return ""

    def _note_leader(self, seen: Seen, status: Status) -> None:
        shard = self.wanted.shard
        leads = next((s.primary for s in status.shards if (s.keyspace, s.shard) == (shard.keyspace, shard.name)), "")
        if leads and leads != seen.leader:
            if leads != self.wanted.primary and seen.promoted is None:
                seen.promoted = self.clock.now()
                self._say(f"{leads} leads {shard.path} now")
            seen.leader = leads

    # The rows

    def _make_table(self) -> None:
        """On every shard of the keyspace, as vtctld makes tables; vtgate is told the shard, so it needs no vindex."""
        keyspace = self.wanted.shard.keyspace
        self.context.vtctld.apply_schema(
            keyspace, [f"create table {self.wanted.table} (id bigint not null primary key)"]
        )
        self.heard(
            events.ActionTaken(
                self.clock.now() - self.began, STAGE, f"made the table {keyspace}.{self.wanted.table}", True
            )
        )

    def _drop_table(self) -> str:
        """Why the table stays, "" if it is gone."""
        keyspace = self.wanted.shard.keyspace
        try:
            self.context.vtctld.apply_schema(keyspace, [f"drop table {self.wanted.table}"])
        except VitessctlError as error:
            return error.why or error.what
        self.heard(
            events.ActionTaken(
                self.clock.now() - self.began, STAGE, f"dropped the table {keyspace}.{self.wanted.table}", True
            )
        )
        return ""

    def _count(self, clients: Clients, seen: Seen) -> tuple[Rows, str]:
        """The rows on each tablet, and why the table is kept."""
        written, tries = clients.writer.worked, len(clients.writer.outcomes)
        if self.interrupted:
            return Rows(len(written), tries - len(written)), "interrupted: nobody looked whether its rows are complete"
        tablets: list[Held] = []
        with suppress(KeyboardInterrupt):
            tablets = self._count_all(written, seen)
        found = Rows(len(written), tries - len(written), tuple(tablets))
        if found.lost:
            return found, "rows are missing: it is the evidence"
        if not found.proven:
            return found, "not every tablet could be asked what it holds"
        return found, self._drop_table()

    def _count_all(self, written: Sequence[int], seen: Seen) -> list[Held]:
        """What every tablet of the shard holds; replicas get time to copy the last rows."""
        limit = self.clock.now() + COPY_SECONDS
        while True:
            found = [self._held(tablet.alias, seen.leader, written) for tablet in self.wanted.shard.tablets]
            if all(not each.missing and not each.unasked for each in found) or self.clock.now() > limit:
                return found
            self.clock.pause(1.0, self.context.cancelled)

    def _held(self, alias: str, leader: str, written: Sequence[int]) -> Held:
        """Asked of the tablet's own MySQL: vtgate would answer for whom it likes."""
        try:
            answer = self.context.vtctld.fetch_as_dba(
                alias, f"select id from {self.wanted.table}", MOST_ROWS, seconds=ASK_SECONDS
            )
        except VitessctlError as error:
            return Held(alias, alias == leader, unasked=error.why or error.what)
        return rows.held(alias, alias == leader, written, [int(row[0] or 0) for row in answer.rows])

    # The end

    def _report(self, clients: Clients, seen: Seen, at: str, until: float, counted: tuple[Rows, str]) -> Report:
        wanted, killed = self.wanted, seen.killed
        found, kept = counted
        return Report(
            drill=wanted.drill.name,
            shard=wanted.shard.path,
            table=f"{wanted.shard.keyspace}.{wanted.table}",
            began=at,
            killed=self.names,
            kill_seconds=self.kill_seconds,
            writes=outage(clients.writer.outcomes, killed, until),
            reads={name: outage(client.outcomes, killed, until) for name, client in clients.readers.items()},
            rows=found,
            old_primary=wanted.primary,
            new_primary=seen.leader,
            promoted=None if seen.promoted is None else seen.promoted - killed,
            healed=None if seen.healed is None else seen.healed - killed,
            limit=wanted.seconds,
            left=() if seen.healed is not None else seen.left,
            gone=() if seen.healed is not None else seen.gone,
            table_kept=kept,
            interrupted=self.interrupted,
            notes=(*wanted.notes, *self.notes),
        )

    def _say(self, text: str) -> None:
        self.heard(events.Notice(self.clock.now() - self.began, text))

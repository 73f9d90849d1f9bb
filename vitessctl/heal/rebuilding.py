"""Making a tablet anew: stopped, its data taken away, started on nothing, filled, and watched until it is complete."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from vitessctl.errors import NotReadyError, UnreachableError, VitessctlError
from vitessctl.heal.cloning import clone
from vitessctl.heal.look import SeenShard
from vitessctl.heal.replicating import differences
from vitessctl.heal.serving import await_service
from vitessctl.heal.ways import Rebuild, Way
from vitessctl.model.cluster import Tablet
from vitessctl.model.gtid import GtidSet, parse_gtid_set
from vitessctl.render.documents import Document
from vitessctl.run import events
from vitessctl.run.clock import Clock
from vitessctl.run.context import Context
from vitessctl.run.last_words import last_words, shown
from vitessctl.run.stages.replication import SETTLED_SECONDS, repair_tablet, replica_fault
from vitessctl.targets.base import Change, State
from vitessctl.vtctld.errors import VtctldError

STAGE = "rebuild"
STILL_SECONDS = 180.0
"""How long nothing may come nearer before it is given up; a large copy may take hours as long as it goes on."""
REMIND_SECONDS = 10.0
ASK_SECONDS = 5.0
BACKUP_SECONDS = 24 * 3600.0
PAUSE = 0.3


@dataclass(frozen=True)
class Rebuilt:
    """How it went."""

    alias: str
    way: Way
    seconds: float
    transactions: int
    tables: int
    old_data: tuple[str, ...]
    """What became of them, in sentences."""
    unserved: str = ""
    """What is still missing before clients are sent to it again; "" for nothing."""


class Rebuilder:
    """One rebuild. `say` is given every event."""

    def __init__(self, context: Context, seen: SeenShard, wanted: Rebuild, clock: Clock, say: events.Listener) -> None:
        self._context = context
        self._seen = seen
        self._wanted = wanted
        self._clock = clock
        self._say = say
        self._began = clock.now()
        self._tablet: Tablet = next(each for each in seen.shard.tablets if each.alias == wanted.alias)
        self._starting: Sequence[Document] = ()
        """What is waited for to start: its log says why it does not."""
        context.acted, context.now = self._acted, clock.now

    def run(self) -> Rebuilt:
        """Do all of it. Raises NotReadyError, which says how far it came; the same command begins again."""
        wanted, context = self._wanted, self._context
        if wanted.way is Way.BACKUP:
            context.vtctld.backup(wanted.donor, BACKUP_SECONDS)
            context.acted(STAGE, f"took a backup of {wanted.donor}", True)
        old_data = self._empty()
        if wanted.way is Way.CLONE:
            self._until("its MySQL to answer", self._answers)
            clone(context, self._seen.primary, self._seen.records[wanted.donor], wanted.alias, self._clock)
        self._until("it to be complete", self._incomplete)
        done = self._rebuilt(old_data)
        unserved = await_service(context, self._seen.shard, (wanted.alias,), self._clock)
        return replace(done, unserved=unserved)

    def _empty(self) -> tuple[str, ...]:
        """Stop it, take its data away, and start it again: MySQL first, as vttablet needs it."""
        target, alias = self._context.target, self._wanted.alias
        own = [each for each in self._context.documents if each.subject == alias]
        mysql = [each for each in own if each.stage == "mysql"]
        rest = [each for each in own if each.stage != "mysql"]
        self._applied(target.stop(running_first(own)))
        self._context.acted(STAGE, f"stopped {alias}", True)
        said = tuple(target.set_aside(self._tablet))
        for sentence in said:
            self._context.acted(STAGE, sentence, True)
        if mysql:
            self._applied(target.apply(mysql))
            self._starting = mysql
            self._until("its MySQL", self._no_mysql)
            self._starting = ()
        self._applied(target.apply(rest))
        return said

    def _applied(self, changes: Sequence[Change]) -> None:
        for change in changes:
            self._say(events.DocumentApplied(self._seconds(), change))

    def _acted(self, stage: str, action: str, changed: bool) -> None:
        self._say(events.ActionTaken(self._seconds(), stage, action, changed))

    def _no_mysql(self) -> str:
        verdict = self._context.target.socket_ready(self._tablet)
        if verdict.state is State.DOOMED:
            raise NotReadyError(f"the MySQL of {self._wanted.alias} cannot start", why=verdict.reason, fix=verdict.fix)
        return "" if verdict.ready else verdict.reason or "it starts"

    def _answers(self) -> str:
        self._context.vtctld.full_status(self._wanted.alias, seconds=ASK_SECONDS)
        return ""

    def _incomplete(self) -> str:
        """What is still missing; mends what nobody else does."""
        context, alias, shard = self._context, self._wanted.alias, self._seen.shard
        record = context.vtctld.shard(shard.keyspace, shard.name)
        leads = record.primary if record else ""
        primary = next(
            (each for each in context.vtctld.tablets(shard.keyspace, shard.name) if each.alias == leads), None
        )
        if primary is None:
            return f"{shard.path} has no primary"
        leader = context.vtctld.full_status(primary.alias, seconds=ASK_SECONDS)
        own = context.vtctld.full_status(alias, seconds=ASK_SECONDS)
        fault = replica_fault(own, primary)
        lasts = context.lasts(f"replication of {alias}", bool(fault))
        if fault and lasts >= (SETTLED_SECONDS if context.release.has_vtorc else 1.0):
            repair_tablet(context, own, primary, fault)
        lacking, errant = differences(own, leader)
        if lacking.sources or errant.sources:
            return _distance(lacking, errant, fault)
        return fault or self._missing_tables(leads)

    def _missing_tables(self, primary: str) -> str:
        vtctld = self._context.vtctld
        wanted, have = (
            {table.name for table in vtctld.schema(alias, seconds=ASK_SECONDS)}
            for alias in (primary, self._wanted.alias)
        )
        missing = sorted(wanted - have)
        return f"it lacks the tables {', '.join(missing)}" if missing else ""

    def _until(self, what: str, missing: Callable[[], str]) -> None:
        """Wait until nothing is missing; given up when what is said has not changed for long."""
        said, since, reminded = "", self._clock.now(), self._clock.now()
        while reason := self._asked(missing):
            now = self._clock.now()
            if reason != said:
                said, since = reason, now
            if now - since > STILL_SECONDS or self._context.cancelled.is_set():
                raise NotReadyError(
                    f"{self._wanted.alias} is not complete yet",
                    where=self._wanted.shard,
                    why=f"it waits for {what}, and for {STILL_SECONDS:.0f} s: {reason}",
                    fix=f"mend the cause (see vitessctl logs {self._wanted.alias}), then run the same command again",
                    evidence=self._last_words(),
                )
            if now - reminded > REMIND_SECONDS:
                reminded = now
                told = "; its log ends: ".join((reason, *self._last_words()[-1:]))
                self._say(events.Waiting(self._seconds(), STAGE, now - self._began, told))
            self._clock.pause(PAUSE, self._context.cancelled)

    def _last_words(self) -> tuple[str, ...]:
        """The end of the log of what is started; nothing where it cannot be read."""
        try:
            return shown(last_words(self._context.target, self._starting, self._wanted.alias))
        except VitessctlError:
            return ()

    def _asked(self, missing: Callable[[], str]) -> str:
        try:
            return missing()
        except (VtctldError, UnreachableError) as error:
            return error.why or error.what

    def _rebuilt(self, old_data: tuple[str, ...]) -> Rebuilt:
        vtctld, alias = self._context.vtctld, self._wanted.alias
        held = parse_gtid_set(vtctld.full_status(alias, seconds=ASK_SECONDS).position)
        tables = len(vtctld.schema(alias, seconds=ASK_SECONDS))
        return Rebuilt(alias, self._wanted.way, self._seconds(), held.count(), tables, old_data)

    def _seconds(self) -> float:
        return self._clock.now() - self._began


def running_first(documents: Sequence[Document]) -> list[Document]:
    """vttablet before its MySQL, as `down` stops them."""
    return sorted(documents, key=lambda each: each.stage == "mysql")


def _distance(lacking: GtidSet, errant: GtidSet, fault: str) -> str:
    """How far it is from its primary; changes as it comes nearer."""
    parts = [f"it lacks {lacking.count()} transactions"] if lacking.sources else []
    parts += [f"it has {errant} which the primary lacks"] if errant.sources else []
    parts += [fault] if fault else []
    return "; ".join(parts)

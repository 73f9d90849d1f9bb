"""Making another tablet primary, and seeing to it that the shard works afterwards.

What vtctld answers is not what counts: a call may fail after the role has moved, and an emergency reparent starts only
those replicas again that ran before it. So it is read back who leads, and each tablet is asked whether it copies.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from vitessctl.errors import ConflictError, NotReadyError
from vitessctl.heal.choice import Mode, Reparent
from vitessctl.heal.gap import watching
from vitessctl.heal.look import SeenShard
from vitessctl.heal.serving import await_service
from vitessctl.run.clock import Clock
from vitessctl.run.context import Context
from vitessctl.run.stages.replication import primary_fault, repair_tablet, replica_fault, wants_semi_sync
from vitessctl.vtctld.errors import ExpectedPrimaryError, VtctldError
from vitessctl.vtctld.records import FullStatus, TabletRecord

STAGE = "reparent"
WAIT_SECONDS = 30.0
"""How long vtctld may wait for replicas."""
READ_BACK_SECONDS = 5.0
"""How long after an error it may take until the shard's record names the one that leads (from 7 on it follows it)."""
SETTLE_SECONDS = 60.0
"""How long the replicas may take to copy from the new primary."""
ASK_SECONDS = 3.0
PAUSE = 0.2


@dataclass(frozen=True)
class Done:
    """How it went."""

    primary: str
    gap: float | None
    """Seconds without anybody who takes writes, at most; None where nobody was seen to take them."""
    replicas: tuple[str, ...]
    """Those that copy from the new primary."""
    silent: tuple[str, ...]
    """Those that do not answer, and so were left as they are."""
    unserved: str = ""
    """What is still missing before clients are sent to them again; "" for nothing."""


class MovedElsewhere(ConflictError):
    """Somebody else made another tablet primary meanwhile."""

    def __init__(self, shard: str, wanted: str, leads: str) -> None:
        super().__init__(
            f"{leads} leads {shard} now, not {wanted}",
            where=shard,
            why="somebody else was faster: vtorc elects too, from release 15 on, within seconds of a primary's death",
            fix="look whether that is well (vitessctl replication), and reparent again if it has to be another tablet",
        )


def carry_out(context: Context, seen: SeenShard, wanted: Reparent, clock: Clock) -> Done:
    """Do it and wait until the shard works. Raises VtctldError with nothing moved, MovedElsewhere, NotReadyError."""
    old = seen.primary if wanted.mode is not Mode.FIRST and seen.answers(seen.primary) else ""
    with watching(context, clock, old, wanted.new) as gap:
        if wanted.mode is Mode.EMERGENCY:
            _start_stopped(context, seen, wanted)
        _call(context, seen, wanted, clock)
        replicas, silent = _settle(context, seen, wanted, clock)
    return Done(wanted.new, gap.seconds, replicas, silent, await_service(context, seen.shard, (wanted.new,), clock))


def _start_stopped(context: Context, seen: SeenShard, wanted: Reparent) -> None:
    """Replicas that stand still would stay so, and with semi-sync nobody would acknowledge the first write."""
    for alias, tablet in seen.tablets.items():
        threads = tablet.full_status.replication if tablet.full_status else None
        if alias in (wanted.old, wanted.new) or threads is None or (threads.io_running and threads.sql_running):
            continue
        with suppress(VtctldError):  # it is asked again afterwards, and what is wrong is said then
            context.vtctld.start_replication(alias)
            context.acted(STAGE, f"started replication on {alias}", True)


def _call(context: Context, seen: SeenShard, wanted: Reparent, clock: Clock) -> None:
    keyspace, shard = seen.shard.keyspace, seen.shard.name
    vtctld = context.vtctld
    try:
        if wanted.mode is Mode.EMERGENCY:
            vtctld.emergency_reparent(keyspace, shard, wanted.new, wanted.old, WAIT_SECONDS, wanted.given_up)
        else:
            vtctld.plan_reparent(keyspace, shard, wanted.new, wanted.old, WAIT_SECONDS)
    except VtctldError as error:
        _read_back(context, wanted, keyspace, shard, error, clock)
        context.acted(STAGE, f"vtctld reported an error after {wanted.new} had taken over: {error.why}", False)
    context.acted(STAGE, f"made {wanted.new} primary of {wanted.shard} ({wanted.mode.value})", True)


def _read_back(context: Context, wanted: Reparent, keyspace: str, shard: str, error: VtctldError, clock: Clock) -> None:
    """Return if the wanted tablet leads all the same; else raise what is true."""
    limit = clock.now() + (0.0 if isinstance(error, ExpectedPrimaryError) else READ_BACK_SECONDS)
    while True:
        with suppress(VtctldError):
            record = context.vtctld.shard(keyspace, shard)
            if record is not None and record.primary == wanted.new:
                return
            if record is not None and record.primary not in ("", wanted.old):
                raise MovedElsewhere(wanted.shard, wanted.new, record.primary) from error
        if clock.now() >= limit:
            raise error
        clock.pause(PAUSE, context.cancelled)


def _settle(
    context: Context, seen: SeenShard, wanted: Reparent, clock: Clock
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Wait until the primary takes writes and every tablet that answers copies from it; mends what it can."""
    limit = clock.now() + SETTLE_SECONDS
    while True:
        faults, copying, silent = _look(context, seen, wanted)
        if not faults:
            return tuple(copying), tuple(silent)
        if clock.now() >= limit or context.cancelled.is_set():
            raise NotReadyError(
                f"{wanted.new} leads {wanted.shard}, but not everything works",
                where=wanted.shard,
                why=f"{SETTLE_SECONDS:.0f} s later there is still something wrong",
                fix="vitessctl replication says what mends it; vitessctl up goes on mending",
                evidence=[f"{alias}: {fault}" for alias, fault in faults.items()],
            )
        clock.pause(PAUSE, context.cancelled)


def _look(context: Context, seen: SeenShard, wanted: Reparent) -> tuple[dict[str, str], list[str], list[str]]:
    """What is wrong by tablet, who copies, and who does not answer."""
    records = {tablet.alias: tablet for tablet in context.vtctld.tablets(seen.shard.keyspace, seen.shard.name)}
    primary = records.get(wanted.new)
    if primary is None:
        return {wanted.new: "its record is gone"}, [], []
    faults, copying, silent = dict[str, str](), list[str](), list[str]()
    for alias in seen.tablets:
        if alias not in records or not seen.answers(alias):
            silent.append(alias)
            continue
        try:
            fault = _mended(context, seen, context.vtctld.full_status(alias, seconds=ASK_SECONDS), primary)
        except VtctldError as error:
            fault = error.why or error.what
        if fault:
            faults[alias] = fault
        elif alias != wanted.new:
            copying.append(alias)
    return faults, copying, silent


def _mended(context: Context, seen: SeenShard, status: FullStatus, primary: TabletRecord) -> str:
    """What is wrong with a tablet, after something was done about it."""
    if status.alias == primary.alias:
        semi_sync = len(seen.shard.tablets) > 1 and wants_semi_sync(context.cluster, seen.shard.keyspace)
        fault = primary_fault(status, semi_sync)
    else:
        fault = replica_fault(status, primary)
    if fault:
        repair_tablet(context, status, primary, fault)
    return fault

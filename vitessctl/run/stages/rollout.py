"""Restarting tablets that still run what was applied before, so that clients hardly notice.

Of each shard one at a time, only while all the others replicate: first those that do not lead, last the primary, which
gives its role to a tablet that has been restarted already (a planned reparent costs writers about a second, measured
on Vitess 24). Where the target restarts what it applies, there is nothing to do.
"""

from __future__ import annotations

from collections.abc import Sequence

from vitessctl.model.cluster import Shard, Tablet
from vitessctl.run.completeness import most_complete, positions_of
from vitessctl.run.context import Context
from vitessctl.run.reasons import together
from vitessctl.run.stage import Stage
from vitessctl.run.stages.replication import shard_faults
from vitessctl.targets.base import Verdict


def converge(context: Context) -> Verdict:
    """Restarts what can be spared now; ready when nothing runs what was applied before.

    A shard that has to do without a tablet can spare no other: there it is put off to the next run.
    """
    outdated = set(context.target.outdated())
    waiting, put_off = {}, []
    for shard in context.cluster.shards():
        late = [tablet for tablet in shard.tablets if tablet.alias in outdated]
        if late and context.present(shard) != shard.tablets:
            put_off.append(shard.path)
        elif late:
            waiting[shard.path] = _roll(context, shard, late)
    if waiting:
        return Verdict.waiting(together(waiting))
    if put_off:
        lost = ", ".join(context.left_out)
        return Verdict.done(f"nothing of {', '.join(put_off)} is restarted while {lost} cannot come up")
    return Verdict.done("every tablet runs what was applied")


def _roll(context: Context, shard: Shard, late: Sequence[Tablet]) -> str:
    """Restart the next tablet of the shard if the others can do without it; gives what is waited for."""
    if fault := _fault(context, shard):
        return fault
    record = context.vtctld.shard(shard.keyspace, shard.name)
    primary = record.primary if record else ""
    following = [tablet for tablet in late if tablet.alias != primary]
    chosen = following[0] if following else late[0]
    if chosen.alias == primary and not _hand_over(context, shard, chosen):
        return f"no replica tablet has everything that its primary {primary} has"
    context.target.restart(chosen)
    context.acted("rollout", f"restarted {chosen.alias}, so that it runs what was applied", True)
    return f"{chosen.alias} is restarted, {len(late) - 1} to go"


def _fault(context: Context, shard: Shard) -> str:
    """Why no tablet of the shard can be spared, "" if one can: every tablet must serve and copy.

    Before 15 what is wrong is mended here, too: the stage that does so comes after this one, which would wait for it.
    """
    away = [tablet.alias for tablet in shard.tablets if not context.target.known_ready("vttablet", tablet.alias)]
    if away:
        return f"{', '.join(away)} not serving"
    faults = shard_faults(context, shard, repair=not context.release.has_vtorc)
    return next((f"{name} {fault}" for name, fault in faults.items()), "")


def _hand_over(context: Context, shard: Shard, leading: Tablet) -> bool:
    """Give the role to a tablet that lacks nothing. True at once for a shard that has no other replica tablet."""
    heirs = [tablet for tablet in shard.tablets if tablet.type == "replica" and tablet != leading]
    if not heirs:
        return True
    # What the primary wrote since a replica was asked is no lack: a planned reparent waits for it.
    heir = most_complete(positions_of(context.vtctld, heirs), heirs)
    if heir is None:
        return False
    context.vtctld.plan_reparent(shard.keyspace, shard.name, new_primary=heir.alias, expected_primary=leading.alias)
    context.acted("rollout", f"made {heir.alias} primary of {shard.path}, because {leading.alias} restarts", True)
    return True


def applies(context: Context) -> bool:
    """Only while a tablet runs what was applied before."""
    return bool(context.target.outdated())


STAGE = Stage("rollout", ("primary",), "every tablet to run what was applied", converge, applies, watches=("mysql",))

"""A primary for every shard: elected once, by one actor, and serving.

Never a forced initialisation: on a shard where one tablet holds rows and another is empty, it makes the
empty one primary, resets everybody's GTIDs, and everything looks healthy (measured on Vitess 24; it is how
the first trial lost its tables). The first election takes the tablet that has everything any other has.
"""

from __future__ import annotations

from collections.abc import Iterator

from vitessctl.model.cluster import Shard
from vitessctl.model.gtid import GtidSet
from vitessctl.run.completeness import most_complete, positions_of
from vitessctl.run.context import Context
from vitessctl.run.interrupted import finish_first_election
from vitessctl.run.reasons import together
from vitessctl.run.stage import Stage
from vitessctl.targets.base import State, Verdict

FORGOTTEN_SECONDS = 10.0
"""How long a shard's primary may be no primary by its own record: longer than a start or a reparent takes."""


def converge(context: Context) -> Verdict:
    """Elects where there is no primary; ready when each shard's primary serves."""
    waiting = {}
    for shard in context.cluster.shards():
        verdict = _converge_shard(context, shard)
        if verdict.state is State.DOOMED:
            return verdict
        if not verdict.ready:
            waiting[shard.path] = verdict.reason
    if waiting:
        return Verdict.waiting(together(waiting))
    count = sum(1 for _ in context.cluster.shards())
    return Verdict.done(f"{count} serving" if count != 1 else "serving")


def foresee(context: Context) -> Iterator[str]:
    """Each shard that has no primary. Which tablet it will be is known when all of them have said what they hold."""
    existing = {keyspace.name for keyspace in context.vtctld.keyspaces()}
    for keyspace in context.cluster.keyspaces:
        records = context.vtctld.shards(keyspace.name) if keyspace.name in existing else ()
        led = {record.name for record in records if record.primary}
        for shard in keyspace.shards:
            if shard.name not in led:
                yield f"elect a primary of {shard.path}"


def _converge_shard(context: Context, shard: Shard) -> Verdict:
    record = context.vtctld.shard(shard.keyspace, shard.name)
    if record is None:
        return Verdict.waiting("the shard is not in the topology yet")
    if not record.primary:
        return _elect(context, shard)
    verdict = _serving(context, record.primary)
    finish_first_election(context, shard, record.primary, verdict.ready)
    if not context.release.has_vtorc:
        return _remembering(context, shard, record.primary, verdict)
    return verdict


def _serving(context: Context, alias: str) -> Verdict:
    """Ready when a tablet serves as primary; it may be one that the spec no longer has."""
    if context.target.known_ready("vttablet", alias) and _is_recorded_primary(context, alias):
        return Verdict.done()
    answer = context.get(context.target.address("vttablet", alias, "http"), "/debug/vars")
    variables = answer.json()
    if not answer.ok or not isinstance(variables, dict):
        return Verdict.waiting(f"primary {alias}: {answer.text or 'no answer'}")
    tablet_type = str(variables.get("TabletType", "")).lower()
    if tablet_type not in ("primary", "master"):
        return Verdict.waiting(f"{alias} is recorded as primary but runs as {tablet_type or 'nothing yet'}")
    if variables.get("TabletStateName") != "SERVING":
        return Verdict.waiting(f"primary {alias} is not serving")
    return Verdict.done()


def _remembering(context: Context, shard: Shard, alias: str, verdict: Verdict) -> Verdict:
    """Give the role of a primary that has forgotten it to a tablet that has everything. Else the verdict as it was.

    Until 14 a vttablet that starts before its MySQL, as after a kill of both, writes RESTORE over its own record, ends,
    and comes back as a replica of itself; the shard's record still names it, and nobody takes writes (seen with 2.1.1).
    A planned reparent waits until the new primary has all that the old one has, so nothing is lost by it.
    """
    records = {each.alias: each for each in context.vtctld.tablets(shard.keyspace, shard.name)}
    forgot = not verdict.ready and alias in records and all(each.type != "primary" for each in records.values())
    if context.lasts(f"{shard.path} has a primary that forgot it", forgot) < FORGOTTEN_SECONDS or not forgot:
        return verdict
    present = context.present(shard)
    positions = positions_of(context.vtctld, present)
    others = [tablet for tablet in present if tablet.type == "replica" and tablet.alias != alias]
    best = most_complete(positions, others)
    if best is None:
        return verdict
    primary = context.vtctld.plan_reparent(shard.keyspace, shard.name, new_primary=best.alias, expected_primary=alias)
    context.acted("primary", f"made {primary} primary of {shard.path}: {alias} came back as a replica", True)
    return _serving(context, primary)


def _is_recorded_primary(context: Context, alias: str) -> bool:
    """Whether the tablet itself has written that it leads; the shard's record is written before it does."""
    return any(record.alias == alias and record.type == "primary" for record in context.vtctld.tablets())


def _elect(context: Context, shard: Shard) -> Verdict:
    """Every tablet must say what it holds first: one that is silent may be the one with the rows."""
    positions = positions_of(context.vtctld, shard.tablets)
    best = most_complete(positions, [tablet for tablet in shard.tablets if tablet.type == "replica"])
    if best is None:
        return _diverged(context, shard, positions)
    primary = context.vtctld.plan_reparent(shard.keyspace, shard.name, new_primary=best.alias)
    context.acted("primary", f"elected {primary} primary of {shard.path}", True)
    return _serving(context, primary)


def _diverged(context: Context, shard: Shard, positions: dict[str, GtidSet]) -> Verdict:
    evidence = tuple(f"{alias}: {str(position) or 'empty'}" for alias, position in sorted(positions.items()))
    by_hand = context.release.emergency_reparent.replace("{shard}", shard.path)
    return Verdict.doomed(
        f"{shard.path} has no primary, and no replica tablet has everything that the others have",
        "Decide which tablet's rows count, look at the others' extra transactions, and elect it by hand: "
        f"{by_hand}. Nothing was changed.",
        evidence,
    )


STAGE = Stage("primary", ("tablets",), "a primary in every shard", converge, watches=("mysql",), foresee=foresee)

"""A shard and its primary: whether one leads, whether it is alone, and whether it takes writes that last."""

from __future__ import annotations

from collections.abc import Iterator

from vitessctl.status.catalogue import Finding, finding
from vitessctl.status.view import ShardView, TabletView, View


def findings(view: View, shard: ShardView) -> Iterator[Finding]:
    """Who leads, by the topology's word, by the tablets' own, and by MySQL's."""
    keyspace = shard.shard.keyspace
    yield from _claims(shard)
    if not view.topology_known or keyspace in view.observed.shards_errors or keyspace not in view.observed.keyspaces:
        return
    yield from _record(view, shard)
    yield from _disagreement(shard)
    if shard.leader is not None and shard.leader.status is not None:
        yield from _writes(shard, shard.leader)
        yield from _lost_tables(shard, shard.leader)


def _record(view: View, shard: ShardView) -> Iterator[Finding]:
    path, alias = shard.shard.path, shard.primary
    if shard.record is None:
        yield finding("shard-missing", path)
    elif not alias:
        yield finding("shard-no-primary", path)
    elif shard.leader_record is None:
        yield finding("primary-without-record", path, alias=alias)
    elif shard.leader is None:
        yield finding("primary-not-in-spec", path, alias=alias)
    elif why := _death(view, shard.leader):
        yield finding("primary-dead", path, alias=alias, why=why)
    elif not shard.record.serving:
        yield finding("shard-not-serving", path)


def _death(view: View, leader: TabletView) -> str:
    """Why a primary is not alive; "" if it is, or if only its page could not be asked."""
    if leader.seen.mysql_down:
        return "its MySQL does not run"
    if leader.seen.variables is not None:
        return ""
    if gone := view.gone("vttablet", leader.alias):
        return f"its vttablet's {view.process} {gone}"
    return "its vttablet does not answer"


def _claims(shard: ShardView) -> Iterator[Finding]:
    """Two that lead at once: by what they say of themselves, or because both their MySQLs take writes."""
    claims = {tablet.alias: claim for tablet in shard.tablets if (claim := _claim(tablet))}
    if len(claims) > 1:
        said = ", ".join(f"{alias} ({claim})" for alias, claim in claims.items())
        yield finding("two-primaries", shard.shard.path, claims=said)


def _claim(tablet: TabletView) -> str:
    words = []
    if tablet.seen.type == "primary":
        words.append("says so")
    if tablet.writable_alone:
        words.append("takes writes")
    return ", ".join(words)


def _disagreement(shard: ShardView) -> Iterator[Finding]:
    """The record names one, and MySQL's facts another."""
    leader = shard.leader
    others = [tablet for tablet in shard.others if tablet.writable_alone]
    if leader is None or leader.status is None or leader.writable_alone or len(others) != 1:
        return
    (other,) = others
    why = "copies from another" if leader.status.replication else "is read-only"
    said = f"{leader.alias} {why}, {other.alias} takes writes"
    yield finding("primary-disagrees", shard.shard.path, alias=leader.alias, other=other.alias, why=said)


def _writes(shard: ShardView, leader: TabletView) -> Iterator[Finding]:
    status, path = leader.status, shard.shard.path
    assert status is not None
    if status.read_only or status.super_read_only:
        yield finding("primary-read-only", leader.alias, shard=path)
    elif shard.durability != "none" and not status.semi_sync_primary_enabled:
        yield finding("semi-sync-off", leader.alias, durability=shard.durability, shard=path)
    if status.semi_sync_blocked:
        yield finding("writes-blocked", leader.alias, shard=path)
    elif status.semi_sync_primary_enabled and _nobody_acknowledges(shard):
        yield finding("no-acknowledger", leader.alias, shard=path)


def _nobody_acknowledges(shard: ShardView) -> bool:
    """Whether every other tablet was asked, and none both copies and acknowledges."""
    others = [tablet.status for tablet in shard.others]
    known = [status for status in others if status is not None]
    return len(known) == len(others) > 0 and not any(
        status.semi_sync_replica_enabled and status.replication is not None and status.replication.io_running
        for status in known
    )


def _lost_tables(shard: ShardView, leader: TabletView) -> Iterator[Finding]:
    """What only replicas have: the primary was emptied, and everything looks healthy."""
    own = leader.seen.tables
    if own is None:
        return
    held: frozenset[str] = frozenset().union(*(tablet.seen.tables or () for tablet in shard.others))
    if missing := sorted(held - own):
        yield finding("primary-lacks-tables", leader.alias, tables=", ".join(missing), shard=shard.shard.path)

"""One tablet: whether it is there and answers, and whether a replica has all that its primary has.

A replica whose health page says ok may lack rows or tables, so its GTID set and its tables are compared.
"""

from __future__ import annotations

from collections.abc import Iterator

from vitessctl.model.gtid import GtidSet
from vitessctl.status.catalogue import Finding, finding
from vitessctl.status.view import ShardView, TabletView, View
from vitessctl.vtctld.records import ReplicationStatus, TabletRecord

ACCEPTABLE = {"replica": ("replica", "primary"), "rdonly": ("rdonly",)}
_PURGED = "1236"
"""MySQL's error number for what its source has purged."""
_SHOWN = 160
"""How many characters of a GTID set or a list are shown; all of it is in the JSON."""


def findings(view: View, shard: ShardView, tablet: TabletView) -> Iterator[Finding]:
    """The most telling first. That it takes no queries is said only where nothing says why."""
    found = list(_faults(view, shard, tablet))
    yield from found
    if not found and tablet.seen.state not in ("", "SERVING"):
        yield finding("not-serving", tablet.alias, state=tablet.seen.state)


def _faults(view: View, shard: ShardView, tablet: TabletView) -> Iterator[Finding]:
    yield from _record(view, tablet)
    if tablet.seen.variables is None:
        yield from _silence(view, tablet)
        return
    other = str(tablet.seen.says.get("TabletAlias") or tablet.alias)
    if other != tablet.alias:
        yield finding("wrong-tablet", tablet.alias, other=other)
    elif tablet.seen.position_error:
        yield finding("position-unreadable", tablet.alias, why=tablet.seen.position_error)
    elif tablet.status is None:
        yield from _mysql_silence(view, tablet)
    elif tablet.alias != shard.primary and shard.primary:
        yield from _replication(shard, tablet)
        yield from _completeness(view, shard, tablet)
    if tablet.seen.tables_error:
        yield finding("tables-unknown", tablet.alias, why=tablet.seen.tables_error)


def _record(view: View, tablet: TabletView) -> Iterator[Finding]:
    record, wanted = tablet.record, tablet.tablet.type
    if record is None and view.topology_known:
        yield finding("tablet-without-record", tablet.alias)
    if record is not None and record.type not in ACCEPTABLE[wanted]:
        yield finding("type-differs", tablet.alias, type=record.type, wanted=wanted)


def _silence(view: View, tablet: TabletView) -> Iterator[Finding]:
    gone = view.gone("vttablet", tablet.alias)
    if tablet.record is not None and gone:
        yield finding("record-without-process", tablet.alias, process=view.process, state=gone)
    elif not gone or not view.topology_known:
        why = f": {tablet.seen.page_error}" if tablet.seen.page_error else ""
        yield finding("vttablet-silent", tablet.alias, why=why)


def _mysql_silence(view: View, tablet: TabletView) -> Iterator[Finding]:
    """Without a record there is no way to its MySQL, which says enough."""
    if not view.topology_known:
        yield finding("mysql-unasked", tablet.alias)
    elif tablet.record is not None:
        kind = "mysql-down" if tablet.seen.mysql_down else "mysql-silent"
        yield finding(kind, tablet.alias, although=_although(tablet), why=tablet.seen.error or "it was not asked")


def _replication(shard: ShardView, tablet: TabletView) -> Iterator[Finding]:
    alias, status = tablet.alias, tablet.status
    assert status is not None
    replication = status.replication
    if replication is None or not replication.source_host:
        yield finding("no-source", alias)
    elif shard.leader_record is not None and not _copies_from(replication, shard.leader_record):
        source = f"{replication.source_host}:{replication.source_port}"
        yield finding("wrong-source", alias, source=source)
    elif replication.io_error:
        yield _io_error(shard, alias, replication.io_error)
    elif replication.sql_error:
        yield finding("replication-sql-error", alias, error=replication.sql_error)
    elif not tablet.copies:
        yield finding("replication-stopped", alias, threads=_threads(replication))
    elif not status.read_only:
        yield finding("replica-writable", alias)


def _io_error(shard: ShardView, alias: str, error: str) -> Finding:
    if _PURGED in error:
        return finding("binlogs-purged", alias, error=error)
    return finding("replication-io-error", alias, error=error, shard=shard.shard.path)


def _copies_from(replication: ReplicationStatus, primary: TabletRecord) -> bool:
    return (replication.source_host, replication.source_port) == (primary.mysql_hostname, primary.mysql_port)


def _threads(replication: ReplicationStatus) -> str:
    states = {"IO": replication.io_running, "SQL": replication.sql_running}
    return ", ".join(f"{name} thread {'runs' if runs else 'does not run'}" for name, runs in states.items())


def _completeness(view: View, shard: ShardView, tablet: TabletView) -> Iterator[Finding]:
    leader = shard.leader
    if leader is None or leader.status is None or leader.position is None or tablet.position is None:
        return
    missing = _missing_tables(leader, tablet)
    behind = _behind(view, shard, tablet, leader.position.minus(tablet.position), leader.position, missing)
    yield from behind
    if missing and not any(each.id == "empty" for each in behind):
        although = _although(tablet)
        yield finding("tables-missing", tablet.alias, although=although, tables=_cut(", ".join(missing)))
    # The primary was asked first: what it wrote itself since then is no difference.
    errant = errant_of(tablet.position, leader.position, leader.status.server_uuid)
    if errant.sources:
        yield finding("diverged", tablet.alias, count=errant.count(), gtids=_cut(str(errant)))


def _missing_tables(leader: TabletView, tablet: TabletView) -> list[str]:
    if leader.seen.tables is None or tablet.seen.tables is None:
        return []
    return sorted(leader.seen.tables - tablet.seen.tables)


def errant_of(position: GtidSet, leaders: GtidSet, server_uuid: str) -> GtidSet:
    """What a replica has and its primary has not, but for what the primary wrote itself meanwhile."""
    more, own = position.minus(leaders).sources, server_uuid.lower()
    return GtidSet({name: spans for name, spans in more.items() if name.partition(":")[0] != own})


def _behind(
    view: View, shard: ShardView, tablet: TabletView, lacking: GtidSet, leaders: GtidSet, missing: list[str]
) -> list[Finding]:
    """At most one finding: empty, mostly missing, late by MySQL's own word, or stale although it says nothing of it."""
    alias, lag, although = tablet.alias, tablet.lag, _although(tablet)
    numbers = {"lacking": lacking.count(), "total": leaders.count()}
    late = tablet.copies and lag is not None and lag >= view.max_lag
    holds = tablet.position is not None and tablet.position.sources
    if lacking.sources and (not holds or _has_no_table(tablet, missing)):
        tables = f" and the tables {_cut(', '.join(missing))}" if missing else ""
        return [finding("empty", alias, although=although, tables=tables, **numbers)]
    if 2 * lacking.count() >= leaders.count() > 0:
        return [finding("incomplete", alias, although=although, **numbers)]
    if late and lag is not None:
        lacks = f", lacks {lacking.count()} transactions" if lacking.sources else ""
        facts = {"lag": f"{lag:.0f}", "limit": f"{view.max_lag:.0f}", "lacking": lacks, "shard": shard.shard.path}
        return [finding("lagging", alias, **facts)]
    if lacking.sources and not (tablet.copies and lag):
        admitted = ", though its lag is 0" if lag == 0 else ""
        return [finding("stale", alias, although=although, lag=admitted, shard=shard.shard.path, **numbers)]
    return []


def _has_no_table(tablet: TabletView, missing: list[str]) -> bool:
    return bool(missing) and not tablet.seen.tables


def _although(tablet: TabletView) -> str:
    return ", although it says SERVING" if tablet.seen.state == "SERVING" else ""


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 2]} …"

"""How a cluster replicates, as tables for a person, or as JSON with whole GTID sets."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from typing import Any

from rich.console import Console

from vitessctl.heal.replicating import Replication, ShardReplication, TabletReplication, every_fault
from vitessctl.model.gtid import parse_gtid_set
from vitessctl.report.columns import columns
from vitessctl.report.screen import REHEARSAL_BANNER

HEADER = ("alias", "type", "source", "io", "sql", "lag", "transactions", "missing", "errant", "semi-sync", "tables")
SERVERS_SHOWN = 2
SPANS_SHOWN = 3


def replication_data(found: Replication) -> dict[str, Any]:
    """The same as a JSON object; field names are part of the interface."""
    return dataclasses.asdict(found)


def print_replication(found: Replication, out: Console) -> None:
    """Print it, each shard with its faults below it."""
    if found.target == "rehearsal":
        out.print(REHEARSAL_BANNER, style="bold magenta")
    out.print(f"{found.cluster} ({found.target}): replication {'is BROKEN' if found.broken else 'works'}", style="bold")
    for shard in found.shards:
        out.print()
        out.print(_title(shard), style="bold")
        for line in columns([HEADER, *(_row(tablet, shard) for tablet in shard.tablets)]):
            out.print(f"  {line}")
        for alias, fault in every_fault(shard):
            out.print(f"! {alias or f'{shard.keyspace}/{shard.shard}'}: {fault.what}", style="yellow")
            out.print(f"    fix: {fault.remedy}")


def _title(shard: ShardReplication) -> str:
    return f"{shard.keyspace}/{shard.shard}: primary {shard.primary or 'NONE'}, durability {shard.durability}"


def _row(tablet: TabletReplication, shard: ShardReplication) -> Sequence[str]:
    if tablet.error:
        return (tablet.alias, tablet.type or "-", *["?"] * (len(HEADER) - 2))
    leads = tablet.alias == shard.primary
    return (
        tablet.alias,
        tablet.type or "-",
        tablet.source or "-",
        _runs(tablet.io_running),
        _runs(tablet.sql_running),
        "-" if tablet.lag_seconds is None else f"{tablet.lag_seconds} s",
        abbreviated(tablet.gtid_set),
        "-" if leads else str(tablet.missing_transactions),
        "-" if leads else str(tablet.errant_transactions),
        _semi_sync(tablet, leads),
        "?" if tablet.tables is None else str(tablet.tables),
    )


def _runs(running: bool | None) -> str:
    return "-" if running is None else "yes" if running else "NO"


def _semi_sync(tablet: TabletReplication, leads: bool) -> str:
    if leads and tablet.semi_sync_blocked:
        return "BLOCKED"
    on = tablet.semi_sync_source if leads else tablet.semi_sync_replica
    return f"{'source' if leads else 'replica'} {'on' if on else 'off'}"


def abbreviated(text: str) -> str:
    """A GTID set in a few characters: how many transactions, and of which servers.

    >>> abbreviated("3e11fa47-71ca-11e1-9e33-c80aa9429562:1-77")
    '77: 3e11fa47…:1-77'
    """
    found = parse_gtid_set(text)
    return f"{found.count()}: {', '.join(_servers(str(found)))}" if found.sources else "none"


def _servers(text: str) -> Iterator[str]:
    parts = text.split(",")
    for part in parts[:SERVERS_SHOWN]:
        name, _, spans = part.partition(":")
        yield f"{name[:8]}…:{_spans(spans.split(':'))}"
    if len(parts) > SERVERS_SHOWN:
        yield f"and {len(parts) - SERVERS_SHOWN} more servers"


def _spans(spans: Sequence[str]) -> str:
    """A few of many: the first two and the last."""
    return ":".join(spans if len(spans) <= SPANS_SHOWN else [*spans[:2], "…", spans[-1]])

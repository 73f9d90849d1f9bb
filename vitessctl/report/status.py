"""Status as tables for a person, or as JSON."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from typing import Any

from rich.console import Console

from vitessctl.report.columns import columns
from vitessctl.report.screen import REHEARSAL_BANNER
from vitessctl.status.report import Status, TabletLine


def status_data(status: Status) -> dict[str, Any]:
    """The status as a JSON object; field names are part of the interface."""
    data = dataclasses.asdict(status)
    data["vtctld"] = [{"grpc": end["grpc"], "http": end["http"]} for end in data["vtctld"]]
    return data


def print_status(status: Status, out: Console) -> None:
    """Print it, worst news last, where a person looks."""
    if status.target == "rehearsal":
        out.print(REHEARSAL_BANNER, style="bold magenta")
    out.print(f"{status.cluster} ({status.target}): {'ready' if status.ready else 'NOT READY'}", style="bold")
    out.print()
    for title, header, rows in _tables(status):
        if rows:
            out.print(title, style="bold")
            for line in columns([header, *rows]):
                out.print(f"  {line}")
            out.print()
    for line in _problems(status):
        out.print(line, style="yellow")


def _tables(status: Status) -> Iterable[tuple[str, Sequence[str], Sequence[Sequence[str]]]]:
    yield (
        "Components",
        ("name", "state", "pid", "restarts"),
        [(c.name, c.state, str(c.pid or "-"), str(c.restarts)) for c in status.components],
    )
    yield (
        "Shards",
        ("shard", "primary", "serving"),
        [(f"{s.keyspace}/{s.shard}", s.primary or "NONE", _yes(s.serving)) for s in status.shards],
    )
    yield ("Tablets", ("alias", "shard", "type", "serving", "lag", "hostname"), [_tablet(t) for t in status.tablets])
    yield (
        "Addresses",
        ("what", "mysql", "grpc", "http"),
        [(f"vtgate {g.cell}", g.mysql, g.grpc, g.http) for g in status.vtgate]
        + [("vtctld", "-", c.grpc, c.http) for c in status.vtctld],
    )


def _tablet(line: TabletLine) -> Sequence[str]:
    lag = "-" if line.lag_seconds is None else f"{line.lag_seconds:.0f} s"
    shard = f"{line.keyspace}/{line.shard}"
    return (line.alias, shard, line.type or "-", _yes(line.serving), lag, line.hostname or "-")


def _problems(status: Status) -> Iterable[str]:
    for finding in status.findings:
        yield f"! {finding}"
    for tablet in status.tablets:
        for difference in tablet.differs:
            yield f"! {tablet.alias}: {difference}"


def _yes(value: bool) -> str:
    return "yes" if value else "NO"

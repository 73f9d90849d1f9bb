"""The status of a cluster, as data. The screen and `--output json` show the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from vitessctl.status.catalogue import Finding, Severity


@dataclass(frozen=True)
class Endpoint:
    """A vtgate (with its cell) or vtctld: addresses as host:port, "" where it has none."""

    grpc: str
    http: str
    mysql: str = ""
    cell: str = ""


@dataclass(frozen=True)
class ComponentLine:
    """A running thing as its target sees it."""

    name: str
    component: str
    state: str
    running: bool
    pid: int
    restarts: int


@dataclass(frozen=True)
class ShardLine:
    """A shard and who leads it; `primary` is "" where nobody does."""

    keyspace: str
    shard: str
    primary: str
    serving: bool
    """Whether it is known to take reads and writes."""
    state: str = ""
    """`serving`, `not serving`, or `unknown` where a source did not answer."""
    claims: tuple[str, ...] = ()
    """Tablets that say themselves that they are its primary."""


@dataclass(frozen=True)
class TabletLine:
    """A tablet; `differs` says in sentences where it is not what the spec wants or what it seems."""

    alias: str
    keyspace: str
    shard: str
    type: str
    serving: bool
    """What it says itself; it may be wrong."""
    hostname: str
    lag_seconds: float | None
    differs: tuple[str, ...] = ()
    state: str = ""
    """`serving`, `not serving`, `unknown`."""
    lacks: int | None = None
    """How many of its primary's transactions it does not have; None where that is not known."""
    errant: int | None = None
    """How many transactions it has that its primary has not."""
    address: str = ""
    """host:port of its gRPC, as the topology has it."""
    mysql: str = ""
    """host:port of its MySQL, as the topology has it."""


@dataclass(frozen=True)
class Status:
    """Everything `status` shows."""

    cluster: str
    target: str
    ready: bool
    """No error, and nothing unknown."""
    seconds: float = 0.0
    """How long looking took."""
    vtgate: tuple[Endpoint, ...] = ()
    vtctld: tuple[Endpoint, ...] = ()
    components: tuple[ComponentLine, ...] = ()
    shards: tuple[ShardLine, ...] = ()
    tablets: tuple[TabletLine, ...] = ()
    findings: tuple[Finding, ...] = ()
    """The worst first."""
    observed: Mapping[str, Any] = field(default_factory=dict)
    """Everything that was seen, as plain data."""

    @property
    def health(self) -> str:
        """`ready`, `ready, 1 warning`, `NOT READY: 2 errors, 1 unknown`."""
        counts = {severity: sum(f.severity is severity for f in self.findings) for severity in Severity}
        words = [_counted(severity, count) for severity, count in counts.items() if count]
        if self.ready:
            return ", ".join(["ready", *words])
        return f"NOT READY: {', '.join(words)}" if words else "NOT READY"


def _counted(severity: Severity, count: int) -> str:
    plural = "s" if count != 1 and severity is not Severity.UNKNOWN else ""
    return f"{count} {severity.value}{plural}"

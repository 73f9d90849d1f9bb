"""The status of a cluster, as data. The screen and `--output json` show the same."""

from __future__ import annotations

from dataclasses import dataclass, field


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


@dataclass(frozen=True)
class TabletLine:
    """A tablet; `differs` says in sentences where it is not what the spec wants or what it seems."""

    alias: str
    keyspace: str
    shard: str
    type: str
    serving: bool
    hostname: str
    lag_seconds: float | None
    differs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Status:
    """Everything `status` shows."""

    cluster: str
    target: str
    ready: bool
    vtgate: tuple[Endpoint, ...] = ()
    vtctld: tuple[Endpoint, ...] = ()
    components: tuple[ComponentLine, ...] = ()
    shards: tuple[ShardLine, ...] = ()
    tablets: tuple[TabletLine, ...] = ()
    findings: tuple[str, ...] = field(default_factory=tuple)
    """Differences that belong to no single tablet."""

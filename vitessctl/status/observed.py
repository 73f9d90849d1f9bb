"""What was seen of a cluster, before anybody judges it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from vitessctl.targets.base import Change, ComponentStatus
from vitessctl.vtctld.records import CellRecord, FullStatus, KeyspaceRecord, ShardRecord, TabletRecord


@dataclass(frozen=True)
class SeenTablet:
    """What one tablet's own sources say; None or an error text where one did not answer."""

    variables: Mapping[str, Any] | None
    """/debug/vars of vttablet."""
    full_status: FullStatus | None
    error: str = ""
    """Why its MySQL could not be asked."""
    tables: frozenset[str] | None = None
    """The tables of its database; None where that could not be asked."""


@dataclass(frozen=True)
class Observed:
    """One look at everything."""

    components: tuple[ComponentStatus, ...] = ()
    pending: tuple[Change, ...] = ()
    """What `up --prune` would do to the documents; empty where that could not be found out."""
    topology_error: str = ""
    """Why the topology could not be read; "" if it was."""
    cells: Mapping[str, CellRecord] = field(default_factory=dict)
    keyspaces: Mapping[str, KeyspaceRecord] = field(default_factory=dict)
    shards: Mapping[tuple[str, str], ShardRecord] = field(default_factory=dict)
    records: Mapping[str, TabletRecord] = field(default_factory=dict)
    tablets: Mapping[str, SeenTablet] = field(default_factory=dict)
    vtgates: Mapping[str, Mapping[str, Any] | None] = field(default_factory=dict)
    """By cell, /debug/vars of its vtgate."""

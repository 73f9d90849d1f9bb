"""What was seen of a cluster, before anybody judges it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from vitessctl.targets.base import Change, ComponentStatus
from vitessctl.vtctld.records import CellRecord, FullStatus, KeyspaceRecord, ShardRecord, TabletRecord

_NOTHING: Mapping[str, Any] = {}


@dataclass(frozen=True)
class SeenTablet:
    """What one tablet's own sources say; None or an error text where one did not answer."""

    variables: Mapping[str, Any] | None
    """/debug/vars of vttablet."""
    full_status: FullStatus | None
    error: str = ""
    """Why its MySQL could not be asked, or that not even its vttablet answers."""
    tables: frozenset[str] | None = None
    """The tables of its database; None where that could not be asked."""
    page_error: str = ""
    """Why its page was not to be had."""
    tables_error: str = ""
    position_error: str = ""
    """Why what its MySQL says was not taken: its position is no GTID set."""
    mysql_down: bool = False
    """Whether vttablet itself says that it cannot connect to its MySQL."""

    @property
    def says(self) -> Mapping[str, Any]:
        """Its variables; none where it says nothing."""
        return self.variables or _NOTHING

    @property
    def state(self) -> str:
        """SERVING, NOT_SERVING; "" where it says nothing."""
        return str(self.says.get("TabletStateName", ""))

    @property
    def type(self) -> str:
        """What it takes itself for, in the words of records: primary, replica, rdonly."""
        word = str(self.says.get("TabletType", "")).lower()
        return "primary" if word == "master" else word


@dataclass(frozen=True)
class SeenServer:
    """What a vtgate, vtorc or etcd member says."""

    variables: Mapping[str, Any] | None = None
    """/debug/vars of a vtgate; None of any other, and where it does not answer."""
    error: str = ""
    """Why it does not answer, or what it says that it should not."""
    query_error: str = ""
    """Of a vtgate: why a query through it fails."""

    @property
    def connections(self) -> Mapping[str, int]:
        """How many tablets a vtgate has healthy connections to, by `keyspace.shard.type`."""
        found = (self.variables or _NOTHING).get("HealthcheckConnections") or {}
        return {str(name): int(count) for name, count in found.items()} if isinstance(found, dict) else {}


@dataclass(frozen=True)
class Observed:
    """One look at everything."""

    components: tuple[ComponentStatus, ...] = ()
    components_error: str = ""
    """Why it is not known what runs; "" where it is."""
    pending: tuple[Change, ...] = ()
    """What `up --prune` would do to the documents; empty where that could not be found out."""
    pending_error: str = ""
    topology_error: str = ""
    """Why the topology could not be read; "" if it was."""
    cells: Mapping[str, CellRecord] = field(default_factory=dict)
    keyspaces: Mapping[str, KeyspaceRecord] = field(default_factory=dict)
    shards: Mapping[tuple[str, str], ShardRecord] = field(default_factory=dict)
    shards_errors: Mapping[str, str] = field(default_factory=dict)
    """By keyspace, why its shards could not be read."""
    records: Mapping[str, TabletRecord] = field(default_factory=dict)
    tablets: Mapping[str, SeenTablet] = field(default_factory=dict)
    vtgates: Mapping[str, SeenServer] = field(default_factory=dict)
    """By cell."""
    vtorcs: Mapping[str, SeenServer] = field(default_factory=dict)
    """By cell; none where the release has no vtorc."""
    etcd: Mapping[str, SeenServer] = field(default_factory=dict)
    """By member; none where the members cannot be asked from here."""
    seconds: float = 0.0
    """How long the look took."""

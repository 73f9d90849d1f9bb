"""What the doctor saw besides what `status` sees, before anybody judges it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from vitessctl.errors import VitessctlError
from vitessctl.status.view import View
from vitessctl.targets.ground import Expiry, Jam, Reading, Volume
from vitessctl.vtctld.records import CellRecord

NONE: Mapping[str, int] = {}


@dataclass(frozen=True)
class EtcdNumbers:
    """What a member says of itself; sizes in bytes, 0 where it does not say."""

    version: str = ""
    size: int = 0
    """Of its store, as it counts for the quota."""
    used: int = 0
    """What of that is not free space within the store."""
    quota: int = 0


@dataclass(frozen=True)
class Unseen:
    """Something that could not be looked at."""

    what: str
    why: str
    fix: str = ""
    silent: bool = False
    """Whether it did not answer in time, rather than that it refused or failed."""


@dataclass(frozen=True)
class Examined:
    """One examination."""

    now: float
    """This machine's clock when it began: seconds since the epoch."""
    preflight: tuple[VitessctlError, ...] = ()
    ground: str = ""
    """The version of Kubernetes."""
    written_by: str = ""
    versions: Mapping[str, str] = field(default_factory=dict)
    """By server (`vtctld`, `vtgate/zone1`, a tablet's alias) what it calls its version; releases until 18 do not."""
    etcd: Mapping[str, EtcdNumbers] = field(default_factory=dict)
    """By member."""
    readings: tuple[Reading, ...] = ()
    volumes: tuple[Volume, ...] = ()
    binlogs: Mapping[str, int] = field(default_factory=lambda: NONE)
    """By tablet, how many bytes its binary logs have."""
    expiries: tuple[Expiry, ...] = ()
    jams: tuple[Jam, ...] = ()
    cells: Mapping[str, CellRecord] = field(default_factory=dict)
    """By name, as far as they could be read. Where an address is wrong `status` cannot read the topology at all."""
    unseen: tuple[Unseen, ...] = ()


@dataclass(frozen=True)
class Case:
    """All that checks and fixes look at. Pure data."""

    view: View
    examined: Examined
    topology_address: str
    """What a cell's record has to hold."""
    tool: str
    """The version of this vitessctl."""

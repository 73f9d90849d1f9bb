"""The cluster that a spec describes: every default filled in, every name and number decided.

Pure data. Templates, stages, plan and status read it; nothing changes it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from vitessctl.model.applications import Application
from vitessctl.model.keyrange import KeyRange
from vitessctl.model.naming import tablet_alias
from vitessctl.model.pods import EMPTY, Settings
from vitessctl.model.ports import DEFAULT_BASE_PORT

COMPONENTS = ("etcd", "vtctld", "mysqlctld", "mysqld", "vttablet", "vtorc", "vtgate")
"""Everything that runs. `mysqld` is only an image: mysqlctld starts the process."""


@dataclass(frozen=True)
class Tablet:
    """One vttablet with its mysqld."""

    cell: str
    uid: int
    keyspace: str
    shard: str
    type: str
    """`replica` or `rdonly`: what it starts as. A shard's primary is one of its replicas."""
    index: int
    """Its number within its pool, from 0."""
    storage: str
    storage_class: str = ""
    ephemeral: bool = False
    pod: Settings = field(default_factory=lambda: EMPTY)
    """What its pool says about its pod; see vitessctl.model.pods."""

    @property
    def alias(self) -> str:
        """`zone1-0000000100`."""
        return tablet_alias(self.cell, self.uid)


@dataclass(frozen=True)
class Shard:
    """A part of a keyspace, with all its tablets in every cell."""

    keyspace: str
    name: str
    """`0` (or `-`) for an unsharded keyspace, else its key range."""
    key_range: KeyRange
    tablets: tuple[Tablet, ...]

    @property
    def path(self) -> str:
        """`keyspace/shard`, as Vitess's commands want it."""
        return f"{self.keyspace}/{self.name}"


@dataclass(frozen=True)
class Keyspace:
    """A logical database."""

    name: str
    durability: str
    shards: tuple[Shard, ...]
    sidecar_database: str = "_vt"
    schema: str = ""
    """SQL to apply, statements separated by semicolons; empty: none."""
    vschema: str = ""
    """The VSchema as JSON text; empty: none."""

    @property
    def sharded(self) -> bool:
        """Whether it has more than the one full range."""
        return not (len(self.shards) == 1 and self.shards[0].key_range.is_full)

    def tablets(self) -> Iterator[Tablet]:
        """All tablets, shard by shard."""
        for shard in self.shards:
            yield from shard.tablets

    def shard(self, name: str) -> Shard:
        """The shard of that name; KeyError if there is none."""
        return self._by_name[name]

    @cached_property
    def _by_name(self) -> Mapping[str, Shard]:
        return {shard.name: shard for shard in self.shards}


@dataclass(frozen=True)
class User:
    """A MySQL user of vtgate."""

    name: str
    password: str = field(repr=False, default="")
    """Empty: the target makes one and keeps it (Kubernetes only)."""


@dataclass(frozen=True)
class Autoscale:
    """How many vtgates a cell has when Kubernetes decides it."""

    max: int
    min: int = 1
    cpu: int = 80
    """The CPU use that is aimed for, in percent of what is requested."""


@dataclass(frozen=True)
class Vtgate:
    """The vtgates of one cell."""

    replicas: int = 1
    """Does not count where `autoscale` is."""
    service: str = "ClusterIP"
    annotations: Mapping[str, str] = field(default_factory=lambda: EMPTY)
    node_port: int | None = None
    load_balancer_class: str = ""
    autoscale: Autoscale | None = None
    pod: Settings = field(default_factory=lambda: EMPTY)


@dataclass(frozen=True)
class Cell:
    """A failure domain."""

    name: str
    zone: str = ""
    """The Kubernetes zone it lives in; empty: anywhere."""
    root: str = ""
    """Where its own topology records are, in the topology server."""
    vtgate: Vtgate = Vtgate()
    pod: Settings = field(default_factory=lambda: EMPTY)
    """What it says about all of its pods; see vitessctl.model.pods."""


@dataclass(frozen=True)
class Topology:
    """The topology server: our own etcd, or somebody else's."""

    global_root: str = "/vitess/global"
    members: int = 1
    storage: str = "1Gi"
    storage_class: str = ""
    external: tuple[str, ...] = ()
    """host:port of each external etcd member; empty: etcd is ours."""
    operator: str = ""
    """The installed etcd operator that runs our etcd on Kubernetes: `coreos` or `etcd-io`; empty: we run it."""

    @property
    def managed(self) -> bool:
        """Whether etcd is started by us."""
        return not self.external


@dataclass(frozen=True)
class Local:
    """What only the local target needs."""

    base_port: int = DEFAULT_BASE_PORT
    vitess: str = ""
    """Folder that holds the Vitess binaries (or has them in bin/); empty: VTROOT/bin, then PATH."""
    mysql: str = ""
    """MySQL's root, whose bin/ or sbin/ holds mysqld; empty: VT_MYSQL_ROOT, then PATH."""
    my_cnf: str = ""
    """The text of a my.cnf fragment that replaces the lean one; empty: the packaged template."""
    user: str = ""
    """Name or uid that the servers run as when vitessctl runs as root; empty: decided by the target."""


@dataclass(frozen=True)
class Mysql:
    """What only MySQL on Kubernetes needs."""

    my_cnf: str = ""
    """The text of a my.cnf fragment on top of Vitess's own settings; empty: none."""


@dataclass(frozen=True)
class Timeouts:
    """How long a stage's gate may take, in seconds."""

    default: float = 180.0
    stages: Mapping[str, float] = field(default_factory=lambda: EMPTY)

    def of(self, stage: str) -> float:
        """Seconds for one stage."""
        return self.stages.get(stage, self.default)


@dataclass(frozen=True)
class Cluster:
    """Everything that a spec says, and everything that follows from it."""

    name: str
    namespace: str
    release: str
    """The line of Vitess, as vitessctl.releases names it: `24`, `2.1`."""
    images: Mapping[str, str]
    """Image reference of every component of COMPONENTS."""
    topology: Topology
    cells: tuple[Cell, ...]
    keyspaces: tuple[Keyspace, ...]
    users: tuple[User, ...] = ()
    """MySQL users of vtgate; none: on one machine anybody may connect."""
    users_secret: str = ""
    """A Secret of somebody else with vtgate's users in its key users.json, in place of `users`."""
    applications: tuple[Application, ...] = ()
    """Programs of the user's own, beside Vitess."""
    resources: Mapping[str, Mapping[str, Any]] = field(default_factory=lambda: EMPTY)
    """Kubernetes resources by component; a component that is absent gets no `resources` key at all."""
    extra_flags: Mapping[str, Mapping[str, str]] = field(default_factory=lambda: EMPTY)
    """By component, flag (as the user spelled it) to value."""
    components: Mapping[str, Settings] = field(default_factory=lambda: EMPTY)
    """By component, what is added to its pods; see vitessctl.model.pods."""
    mysql: Mysql = Mysql()
    local: Local = Local()
    timeouts: Timeouts = Timeouts()
    other_releases: Mapping[str, str] = field(default_factory=lambda: EMPTY)
    """Components whose image is of another release than `release`, as in the middle of an upgrade: which one."""
    drills: bool = False
    """Whether its servers may be killed on purpose."""

    def release_of(self, component: str) -> str:
        """The release of a component's image."""
        return self.other_releases.get(component, self.release)

    @property
    def releases(self) -> frozenset[str]:
        """Every release that something of it is of."""
        return frozenset((self.release, *self.other_releases.values()))

    @property
    def authenticates(self) -> bool:
        """Whether vtgate asks for a password."""
        return bool(self.users or self.users_secret)

    def tablets(self) -> Iterator[Tablet]:
        """All tablets of all keyspaces, in the order of the spec."""
        for keyspace in self.keyspaces:
            yield from keyspace.tablets()

    def shards(self) -> Iterator[Shard]:
        """All shards of all keyspaces, in the order of the spec."""
        for keyspace in self.keyspaces:
            yield from keyspace.shards

    def cell(self, name: str) -> Cell:
        """The cell of that name; KeyError if there is none."""
        for cell in self.cells:
            if cell.name == name:
                return cell
        raise KeyError(name)

    def application(self, name: str) -> Application:
        """The application of that name; KeyError if there is none."""
        for application in self.applications:
            if application.name == name:
                return application
        raise KeyError(name)

    def keyspace(self, name: str) -> Keyspace:
        """The keyspace of that name; KeyError if there is none."""
        for keyspace in self.keyspaces:
            if keyspace.name == name:
                return keyspace
        raise KeyError(name)

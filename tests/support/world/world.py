"""The world: processes under a supervisor, the topology in etcd, the MySQL of every tablet, and time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from tests.support.world import servers, vtorc
from tests.support.world.mysql import Gtid, Mysqld, text_of
from vitessctl.model import ports
from vitessctl.render.documents import Document
from vitessctl.targets.base import Verdict
from vitessctl.vtctld.records import CellRecord, KeyspaceRecord, ShardRecord, TabletRecord

HOST = "127.0.0.1"
STEP = 0.1


@dataclass(frozen=True)
class Times:
    """Seconds that things take."""

    boot: float = 0.3
    mysql_initialisation: float = 7.0
    mysql_start: float = 1.5
    reparent: float = 0.7
    restart: float = 1.0
    """The supervisor's pause before it starts a process that died."""
    vtorc_discovery: float = 0.4
    vtorc_repair: float = 1.0
    vtorc_failover: float = 4.5
    vtgate_patience: float = 30.0
    """How long vtgate waits for a first healthy tablet before it opens any port."""


@dataclass
class Topology:
    """What etcd holds; it outlives its processes."""

    cells: dict[str, CellRecord] = field(default_factory=dict)
    keyspaces: dict[str, KeyspaceRecord] = field(default_factory=dict)
    shards: dict[tuple[str, str], ShardRecord] = field(default_factory=dict)
    tablets: dict[str, TabletRecord] = field(default_factory=dict)
    vschemas: dict[str, str] = field(default_factory=dict)
    served: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """By cell, the keyspaces that its vtgates know of."""

    def of_shard(self, keyspace: str, shard: str) -> list[TabletRecord]:
        """The tablet records of a shard, by alias."""
        found = [t for t in self.tablets.values() if (t.keyspace, t.shard) == (keyspace, shard)]
        return sorted(found, key=lambda record: record.alias)


@dataclass
class Process:
    """A document that was applied, and the process that the supervisor keeps of it."""

    document: Document
    pid: int
    started: float
    ready_at: float
    running: bool = True
    booted: bool = False
    restarts: int = 0
    last_words: str = ""

    @property
    def up(self) -> bool:
        """Whether it does its work."""
        return self.running and self.booted


class World:
    """Everything outside vitessctl. `advance` is the only way time passes."""

    def __init__(self, base_port: int = ports.DEFAULT_BASE_PORT, times: Times | None = None) -> None:
        self.lock = threading.RLock()
        self.now = 0.0
        self.times = times or Times()
        self.base_port = base_port
        self.topology = Topology()
        self.processes: dict[tuple[str, str], Process] = {}
        self.mysqlds: dict[str, Mysqld] = {}
        self.effects: dict[Gtid, str] = {}
        self.created: dict[str, str] = {}
        """The table that a transaction made, where it made one."""
        self.logs: dict[tuple[str, str], list[str]] = {}
        self.doomed: dict[tuple[str, str], Verdict] = {}
        """What will never run, by component and subject."""
        self.damaged: dict[str, str] = {}
        """Tablets whose mysqld ends whenever it is started, and why; their mysqlctld waits on."""
        self.ended: dict[str, str] = {}
        """Why the last mysqld of a tablet that was damaged has ended."""
        self.program_release = "24"
        """The release that the programs of this machine are of, by their help and version."""
        self.frozen: set[tuple[str, str]] = set()
        """Processes that have their port open and say nothing."""
        self.cut_off: set[tuple[str, str]] = set()
        """Processes that do their work, but cannot be reached from here."""
        self.primary_type = "primary"
        """What the release calls a primary where it counts what its vtgates see."""
        self.external_etcd: set[str] = set()
        """host:port of etcd members that are not ours."""
        self.broken_calls: dict[str, Exception] = {}
        """RPCs that fail whatever they are asked, by their method's name."""
        self.elections: list[tuple[str, str]] = []
        """Who elected whom, in order: vtctld (for the tool) or vtorc."""
        self.crimes: list[str] = []
        """What nobody may do to a cluster, though the servers let it happen."""
        self.troubles: dict[str, float] = {}
        """Since when vtorc sees what it will repair."""
        self.clone_password = ""
        """Of the user who may clone; empty: there is none."""
        self.set_aside: dict[str, set[Gtid]] = {}
        """What tablets held when their data were put aside."""
        self.backups: list[tuple[str, set[Gtid]]] = []
        """Of whom a backup was taken, and what it holds."""
        self._last_pid = 1000

    # Time

    def advance(self, seconds: float) -> None:
        """Let time pass; the servers go on meanwhile."""
        with self.lock:
            until = self.now + seconds
            while self.now + STEP < until:
                self.now += STEP
                self.settle()
            self.now = until
            self.settle()

    def until(self, condition: Callable[[], bool], seconds: float = 60.0) -> None:
        """Let time pass until something is so; fails when it does not come."""
        limit = self.now + seconds
        while not condition():
            assert self.now < limit, f"it did not come within {seconds} s"
            self.advance(STEP)

    def settle(self) -> None:
        """What the servers do by themselves up to this moment."""
        with self.lock:
            for process in list(self.processes.values()):
                self._supervise(process)
            self._replicate()
            vtorc.work(self)

    def _supervise(self, process: Process) -> None:
        key = (process.document.component, process.document.subject)
        if not process.running:
            if self.now >= process.ready_at and key not in self.doomed and not self.held(*key):
                process.restarts += 1
                self._start(process)
        elif not process.booted and self.now >= process.ready_at:
            process.booted = True
            if fault := servers.boot(self, process.document):
                self._die(process, fault)

    def _replicate(self) -> None:
        for mysqld in self.mysqlds.values():
            if self.mysql_up(mysqld.alias) and mysqld.replicating and self.mysql_up(mysqld.source):
                mysqld.copy_from(self.mysqlds[mysqld.source])

    # Processes

    def start(self, document: Document) -> None:
        """The supervisor starts a document's process (or holds it back)."""
        key = (document.component, document.subject)
        process = Process(document, 0, self.now, self.now)
        self.processes[key] = process
        if key in self.doomed or self.held(*key):
            process.running = False
            process.last_words = self.doomed[key].reason if key in self.doomed else "held back"
        else:
            self._start(process)

    def _start(self, process: Process) -> None:
        self._last_pid += 1
        process.pid, process.running, process.booted = self._last_pid, True, False
        process.started = self.now
        process.ready_at = self.now + servers.start_seconds(self, process.document)

    def _die(self, process: Process, last_words: str) -> None:
        process.running = process.booted = False
        process.pid, process.last_words = 0, last_words
        process.ready_at = self.now + self.times.restart
        document = process.document
        self.logs.setdefault((document.component, document.subject), []).append(last_words)

    def remove(self, component: str, subject: str) -> None:
        """A clean stop, which the supervisor does not undo."""
        process = self.processes.pop((component, subject), None)
        if process is not None and process.up:
            servers.clean_stop(self, component, subject)

    def kill(self, component: str, subject: str, back_in: float | None = None) -> None:
        """kill -9; the supervisor brings it back after its pause, or after `back_in` seconds."""
        process = self.processes[component, subject]
        self._die(process, "killed")
        if back_in is not None:
            process.ready_at = self.now + back_in

    def kill_tablet(self, alias: str, back_in: float | None = None) -> None:
        """kill -9 of vttablet and MySQL of one tablet."""
        self.kill("vttablet", alias, back_in)
        self.kill("mysqlctld", alias, back_in)

    def up(self, component: str, subject: str) -> bool:
        """Whether a process does its work."""
        process = self.processes.get((component, subject))
        return process is not None and process.up

    def held(self, component: str, alias: str) -> bool:
        """Whether a MySQL is kept from starting: its data is gone, and no other tablet of its shard leads."""
        mysqld = self.mysqlds.get(alias)
        if component != "mysqlctld" or mysqld is None or mysqld.initialised or not mysqld.once_had_data:
            return False
        own = self.topology.tablets.get(alias)
        others = self.topology.of_shard(own.keyspace, own.shard) if own else []
        return not any(o.type == "primary" and o.alias != alias and self.tablet_up(o.alias) for o in others)

    # What is true of the servers

    @property
    def etcd_up(self) -> bool:
        """Whether etcd has a quorum."""
        members = [process for (component, _), process in self.processes.items() if component == "etcd"]
        if not members:
            return bool(self.external_etcd)
        return sum(process.up for process in members) > len(members) // 2

    def mysql_up(self, alias: str) -> bool:
        """Whether a tablet's MySQL runs."""
        return self.up("mysqlctld", alias)

    def tablet_up(self, alias: str) -> bool:
        """Whether a vttablet runs; its MySQL may not."""
        return self.up("vttablet", alias) and ("vttablet", alias) not in self.frozen

    def healthy(self, alias: str) -> bool:
        """Whether both run."""
        return self.tablet_up(alias) and self.mysql_up(alias)

    def serving(self, alias: str) -> bool:
        """What vttablet says of itself; a replica that was restarted says yes although it copies nothing."""
        record = self.topology.tablets.get(alias)
        if record is None or not self.healthy(alias):
            return False
        if record.type == "primary":
            return self.topology.shards[record.keyspace, record.shard].primary == alias
        mysqld = self.mysqlds[alias]
        return bool(mysqld.source) and "1236" not in mysqld.io_error

    def mysqld(self, alias: str) -> Mysqld:
        """A tablet's MySQL, made when it is first spoken of."""
        if alias not in self.mysqlds:
            uid = int(alias.rpartition("-")[2])
            uuid = f"{uid:08x}-0000-11f0-8000-000000000000"
            self.mysqlds[alias] = Mysqld(alias, uuid, ports.tablet_ports(self.base_port, uid).mysql)
        return self.mysqlds[alias]

    def tables(self, alias: str) -> set[str]:
        """The tables that a tablet's transactions made."""
        return {self.effects[gtid] for gtid in self.mysqlds[alias].executed if gtid in self.effects}

    def position(self, alias: str) -> str:
        """A tablet's GTID set as MySQL writes it."""
        return text_of(self.mysqlds[alias].executed)

    def primary(self, keyspace: str = "messages", shard: str = "0") -> str:
        """The alias of a shard's primary, "" if it has none."""
        return self.topology.shards[keyspace, shard].primary

    # What others do

    def write_rows(self, count: int = 1, keyspace: str = "messages", shard: str = "0") -> set[Gtid]:
        """A client writes through vtgate; gives the acknowledged transactions. Fails where a client would fail."""
        alias = self.primary(keyspace, shard)
        assert self.serving(alias), f"no healthy tablet available for {keyspace}.{shard}.primary"
        mysqld = self.mysqlds[alias]
        assert not mysqld.read_only, "errno 1290: running with the --super-read-only option"
        written = {mysqld.write() for _ in range(count)}
        self.settle()
        return written

    def ping(self, port: int) -> str:
        """Why `select 1` through the vtgate behind a port fails; "" if it answers."""
        cells = {ports.vtgate_ports(self.base_port, cell).mysql: cell for cell in self.topology.cells}
        cell = cells.get(port, "")
        if not self.up("vtgate", cell):
            return f"no MySQL connection to {HOST}:{port}: Can't connect to MySQL server on '{HOST}'"
        return ""

    def log_of(self, component: str, subject: str, lines: int) -> Sequence[str]:
        """The last lines that a process wrote."""
        return tuple(self.logs.get((component, subject), ())[-lines:])

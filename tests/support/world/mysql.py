"""MySQL as far as completeness needs it: a data folder with transactions, and replication threads."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

Gtid = tuple[str, int]
"""A transaction: the UUID of the server that wrote it first, and its number there."""


def text_of(executed: Iterable[Gtid]) -> str:
    """A GTID set as MySQL writes it."""
    numbers = defaultdict(list)
    for uuid, number in executed:
        numbers[uuid].append(number)
    return ",".join(f"{uuid}:{_spans(sorted(found))}" for uuid, found in sorted(numbers.items()))


def _spans(numbers: list[int]) -> str:
    spans = []
    for _, group in itertools.groupby(enumerate(numbers), lambda pair: pair[1] - pair[0]):
        found = [number for _, number in group]
        spans.append(f"{found[0]}-{found[-1]}" if len(found) > 1 else str(found[0]))
    return ":".join(spans)


@dataclass
class Mysqld:
    """One tablet's data folder, and the state of the MySQL that runs on it."""

    alias: str
    uuid: str
    port: int
    initialised: bool = False
    """Whether the data folder holds a database at all."""
    once_had_data: bool = False
    """The target's own note of that, which survives the loss of the folder."""
    executed: set[Gtid] = field(default_factory=set)
    purged: set[Gtid] = field(default_factory=set)
    source: str = ""
    """The alias that it copies from."""
    read_only: bool = True
    io_running: bool = False
    sql_running: bool = False
    io_error: str = ""
    semi_sync_primary: bool = False
    semi_sync_replica: bool = False
    unapplied: set[Gtid] = field(default_factory=set)
    """What it has received and not applied: a long transaction, or a thread that stands still."""
    version: str = "8.4.6"
    super_read_only: bool = True
    """Counts only while it is read-only at all."""
    has_clone: bool = True
    """Whether its image has the clone plugin."""
    clones: bool = False
    """Whether that is loaded."""
    donors: str = ""
    """Whom it may clone, as host:port."""
    stuck: bool = False
    """Its threads run, but nothing arrives: a replica that lags for ever."""

    @property
    def replicating(self) -> bool:
        """Whether both threads run."""
        return self.io_running and self.sql_running

    def started(self) -> None:
        """What a start does: my.cnf of Vitess says super-read-only and skip_replica_start."""
        self.initialised = self.once_had_data = True
        self.read_only = True
        self.io_running = self.sql_running = False
        self.semi_sync_primary = self.semi_sync_replica = False

    def write(self) -> Gtid:
        """Commit one transaction of its own."""
        number = 1 + max((number for uuid, number in self.executed if uuid == self.uuid), default=0)
        self.executed.add((self.uuid, number))
        return self.uuid, number

    def copy_from(self, source: Mysqld) -> None:
        """What the replication threads do as soon as they can."""
        if source.purged - self.executed:
            self.io_running = False
            self.io_error = (
                "Got fatal error 1236 from source when reading data from binary log: 'Cannot replicate because the "
                "source purged required binary logs'"
            )
        elif not self.stuck:
            self.executed |= source.executed

    def follow(self, source: str, start: bool) -> None:
        """CHANGE REPLICATION SOURCE, and START REPLICA if asked."""
        self.source, self.read_only, self.io_error = source, True, ""
        self.semi_sync_primary = False
        if start:
            self.start()

    def start(self) -> None:
        """START REPLICA."""
        self.io_running = self.sql_running = True
        self.semi_sync_replica = True

    def lead(self) -> None:
        """Stop copying and take writes; the reparent journal is a transaction of its own."""
        self.source, self.io_error = "", ""
        self.io_running = self.sql_running = False
        self.semi_sync_replica = False
        self.write()
        self.make_writable()

    def make_writable(self) -> None:
        """Take writes."""
        self.read_only = False
        self.semi_sync_primary = True

    def lose_everything(self) -> None:
        """Somebody emptied the data folder."""
        self.initialised = False
        self.executed, self.purged = set(), set()
        self.source, self.io_error = "", ""
        self.io_running = self.sql_running = False

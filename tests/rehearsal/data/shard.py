"""A shard of tablets inside this process: real mysqld state, real sockets, the topology in memory."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.rehearsal.control.memory_etcd import memory_topology
from tests.rehearsal.data.pair import Node
from vitessctl import releases
from vitessctl.rehearsal.etcd.client import EtcdClient
from vitessctl.rehearsal.mysqld.client import Pool
from vitessctl.rehearsal.mysqld.server import accept
from vitessctl.rehearsal.servenv.flags import Flags
from vitessctl.rehearsal.servenv.log import Log
from vitessctl.rehearsal.tablet_rpc import QueryService, TabletManager
from vitessctl.rehearsal.topology_records import Topology
from vitessctl.rehearsal.vttablet.caretaker import Caretaker
from vitessctl.rehearsal.vttablet.manager import Manager
from vitessctl.rehearsal.vttablet.query import Queries
from vitessctl.rehearsal.vttablet.registration import create_keyspace_and_shard, first_record
from vitessctl.rehearsal.vttablet.settings import read_settings
from vitessctl.rehearsal.vttablet.tablet import Tablet
from vitessctl.vtctld.proto import topodata_pb2 as topodata


class PolledWatch:
    """Watches of the etcd in memory: it is asked every few milliseconds."""

    def __init__(self, etcd: EtcdClient) -> None:
        self._etcd = etcd

    def watch(self, key: bytes, range_end: bytes = b"", revision: int = 0) -> Iterator[int]:
        last = self._revision(key)
        while True:
            time.sleep(0.02)
            found = self._revision(key)
            if found != last:
                last = found
                yield found

    def _revision(self, key: bytes) -> int:
        found = self._etcd.get(key, 1)
        return found.mod_revision if found is not None else 0


@dataclass
class Member:
    """One tablet of the shard and its mysqld."""

    alias: str
    node: Node
    tablet: Tablet
    manager: TabletManager
    queries: QueryService
    caretaker: Caretaker
    listener: socket.socket

    def follow(self, primary: Member, semi_sync: bool = True) -> None:
        """As a reparent tells it to."""
        self.manager.set_replication_source(
            primary.alias, "127.0.0.1", primary.node.port, start=True, semi_sync=semi_sync, wait_position="", seconds=0
        )
        self.node.catches_up_with(primary.node)
        self.tablet.look()

    def stop_mysqld(self) -> None:
        """What a killed mysqld looks like from the vttablet: its socket is there and nobody listens."""
        self.node.close()
        with suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.tablet.mysqld.clear()
        self.tablet.mysqld = Pool(self.node.server.config.socket)

    def query(self, sql: str, transaction: int = 0) -> list[list[str | None]]:
        """A query for what the tablet is."""
        answer = self.queries.execute("ks", "0", self.tablet.type_word, sql, transaction)
        return answer["result"]["rows"]


def flags(alias: str, *more: str, grpc_port: int = 16100) -> Flags:
    given = {
        "tablet-path": alias,
        "tablet-hostname": "127.0.0.1",
        "init-keyspace": "ks",
        "init-shard": "0",
        "init-tablet-type": "replica",
        "port": "15100",
        "grpc-port": str(grpc_port),
    }
    return Flags(given | dict(word.split("=", 1) for word in more))


def member(folder: Path, topology: Topology, uid: int, *more: str, release: str = "24") -> Member:
    """A tablet that registered itself and looked at its mysqld once."""
    alias = f"zone1-{uid:010d}"
    node = Node(folder, uid)
    path = node.server.config.socket
    path.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    listener.listen()
    threading.Thread(target=accept, args=(node.server, listener), daemon=True).start()
    settings = read_settings(flags(alias, *more), releases.get(release))
    log = Log("vttablet")
    create_keyspace_and_shard(topology, settings)
    record = first_record(topology, settings, log, node.port)
    topology.save_tablet(record)
    tablet = Tablet(settings, topology, log, record, Pool(path))
    manager, queries = Manager(tablet), Queries(tablet)
    tablet.look()
    return Member(alias, node, tablet, manager, queries, Caretaker(tablet, manager, queries), listener)


@contextmanager
def shard(folder: Path, count: int, *more: str, release: str = "24") -> Iterator[list[Member]]:
    """So many tablets of shard ks/0, zone1-100 and up; none is the primary. `more`: flags that all of them have."""
    topology = memory_topology("zone1")
    topology.store.etcd.watch = PolledWatch(topology.store.etcd).watch  # type: ignore[method-assign]
    topology.create_keyspace("ks", topodata.Keyspace(durability_policy="semi_sync", sidecar_db_name="_vt"))
    members = [member(folder, topology, 100 + number, *more, release=release) for number in range(count)]
    yield members
    for one in members:
        one.tablet.stopping = True
        one.tablet.changed()
        one.node.close()
        one.listener.close()


@contextmanager
def led_shard(folder: Path, count: int, *more: str, release: str = "24") -> Iterator[list[Member]]:
    """The same, with the first as primary, the others following it with semi-sync, and a table t."""
    with shard(folder, count, *more, release=release) as members:
        primary, *replicas = members
        primary.manager.init_primary(semi_sync=bool(replicas))
        for replica in replicas:
            replica.follow(primary)
        primary.query("CREATE TABLE t (id bigint primary key auto_increment, v varchar(40))")
        # The statement was acknowledged after one replica: the others may be behind it.
        position = primary.manager.primary_position()
        for replica in replicas:
            replica.manager.wait_for_position(position, 10)
        yield members

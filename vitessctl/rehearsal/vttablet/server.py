"""The stand-in vttablet's process: start, registration, stop."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from pathlib import Path

from vitessctl.rehearsal.etcd.client import EtcdError
from vitessctl.rehearsal.mysqld.client import Pool
from vitessctl.rehearsal.mysqld.config import Config, read_config
from vitessctl.rehearsal.servenv.exits import StartError
from vitessctl.rehearsal.servenv.process import Process
from vitessctl.rehearsal.servenv.rpc import RpcServer
from vitessctl.rehearsal.servenv.times import real, seconds
from vitessctl.rehearsal.tablet_rpc import MANAGER_SERVICE, QUERY_SERVICE
from vitessctl.rehearsal.tablet_server import manager_handler, query_handler
from vitessctl.rehearsal.topology import TopologyError
from vitessctl.rehearsal.topology_names import Refused
from vitessctl.rehearsal.topology_records import Topology, open_topology
from vitessctl.rehearsal.vttablet.caretaker import Caretaker
from vitessctl.rehearsal.vttablet.manager import Manager
from vitessctl.rehearsal.vttablet.pages import add_pages
from vitessctl.rehearsal.vttablet.query import Queries
from vitessctl.rehearsal.vttablet.registration import (
    check_cell,
    create_keyspace_and_shard,
    first_record,
    stopped_record,
)
from vitessctl.rehearsal.vttablet.settings import Settings, read_settings
from vitessctl.rehearsal.vttablet.tablet import Tablet
from vitessctl.vtctld.proto import topodata_pb2 as topodata


def main(arguments: list[str]) -> int:
    """Runs until SIGTERM; gives the exit code."""
    process = Process("vttablet", arguments)
    settings = read_settings(process.flags, process.release)
    topology = open_topology(process.flags)
    check_cell(topology, settings)
    config = _read_my_cnf(settings.config_file)
    record = topodata.Tablet(alias=settings.alias, keyspace=settings.keyspace, shard=settings.shard, type=settings.type)
    tablet = Tablet(settings, topology, process.log, record, Pool(config.socket))
    manager, queries = Manager(tablet), Queries(tablet)
    add_pages(process, tablet, queries)
    process.listen_http()
    server = _serve(process, tablet, manager, queries)
    threading.Thread(target=_join, args=(tablet, config.port, Caretaker(tablet, manager, queries)), daemon=True).start()
    process.signals.wait()
    _stop(tablet)
    server.stop()
    return 0


def _read_my_cnf(path: Path) -> Config:
    """The my.cnf that mysqlctld writes; waits for it a while. StartError."""
    deadline = time.monotonic() + seconds("mycnf_wait")
    while not path.exists():
        if time.monotonic() > deadline:
            raise StartError(f"mycnf read failed: open {path}: no such file or directory")
        time.sleep(0.05)
    try:
        return read_config(path)
    except (OSError, ValueError) as error:
        raise StartError(f"mycnf read failed: {error}") from None


def _serve(process: Process, tablet: Tablet, manager: Manager, queries: Queries) -> RpcServer:
    server = RpcServer(tells_health=process.tells_health)
    server.add(MANAGER_SERVICE, manager_handler(tablet.settings.name, manager))
    server.add(QUERY_SERVICE, query_handler(queries))
    server.listen(*process.grpc_address())
    return server


def _join(tablet: Tablet, mysql_port: int, caretaker: Caretaker) -> None:
    """Registers the tablet, then looks after it; what the topology refuses is tried again for ever."""
    pause = 0.1
    while not tablet.stopping:
        try:
            _register(tablet, tablet.topology, mysql_port)
            break
        except (TopologyError, EtcdError, Refused) as error:
            tablet.log.warning(
                f"creating keyspace and shard failed ({error}), backing off {pause:.1f}s before retrying"
            )
            time.sleep(pause)
            pause = min(2 * pause, 5.0)
    caretaker.start()


def _register(tablet: Tablet, topology: Topology, mysql_port: int) -> None:
    settings: Settings = tablet.settings
    create_keyspace_and_shard(topology, settings)
    with tablet.lock:
        tablet.record = first_record(topology, settings, tablet.log, mysql_port)
        topology.save_tablet(tablet.record)
        tablet.changed()


def _stop(tablet: Tablet) -> None:
    """Takes the addresses out of the record, stops serving, and waits for the vtgates that still listen."""
    tablet.stopping = True
    tablet.changed()
    with suppress(TopologyError, EtcdError):
        tablet.topology.within(2.0).save_tablet(stopped_record(tablet.record, tablet.settings.release))
    patience = tablet.settings.on_term_seconds
    deadline = time.monotonic() + (patience if real() else min(patience, seconds("stream_drain")))
    while tablet.streams and time.monotonic() < deadline:
        time.sleep(0.02)

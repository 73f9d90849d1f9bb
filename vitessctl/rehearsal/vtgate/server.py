"""Running the stand-in for vtgate."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from typing import Final

from vitessctl.rehearsal.servenv.exits import StartError
from vitessctl.rehearsal.servenv.flags import Flags
from vitessctl.rehearsal.servenv.pages import redirect
from vitessctl.rehearsal.servenv.process import Process
from vitessctl.rehearsal.servenv.rpc import RpcServer
from vitessctl.rehearsal.servenv.times import seconds
from vitessctl.rehearsal.servenv.web import Page
from vitessctl.rehearsal.topology import TopologyError
from vitessctl.rehearsal.topology_records import Topology, open_topology
from vitessctl.rehearsal.vtgate.executor import Executor
from vitessctl.rehearsal.vtgate.health import Health
from vitessctl.rehearsal.vtgate.target import TYPES
from vitessctl.rehearsal.vtgate.vschema import Catalogue
from vitessctl.releases import Release

GATE_SERVICE: Final = "vtgateservice.Vitess"
_VALIDATION: Final = "cells_to_watch validation failed: Code: INVALID_ARGUMENT\n"
POLL_SECONDS: Final = 0.05
CHECKS: Final = "11.."
"""From here on vtgate looks at its cells and types before it starts."""
NO_TYPES: Final = (
    ("11..17", "tablet_types_to_wait flag must be set", False),
    ("18..22", 'required flag(s) "tablet_types_to_wait" not set', True),
    ("23..", "at least one of the flags in the group [tablet-types-to-wait] is required", True),
)
_AT_LEAST_ONE: Final = "contain at least one serving tablet type"
HAS_DEFAULT_CELL: Final = "..14"
DEFAULT_CELL: Final = "test_nj"


def main(arguments: list[str]) -> int:
    """Run until SIGTERM. StartError for what stops a real vtgate from starting."""
    process = Process("vtgate", arguments)
    flags = process.flags
    check_types(flags, process.release)
    topology = open_topology(flags)
    cells = watched_cells(flags, topology, process.release)
    health = Health(topology, cells)
    catalogue = Catalogue(topology, flags.text("cell"))
    health.start()
    imports = threading.Thread(target=_import_mysql, daemon=True)
    imports.start()
    wait_for_tablets(process, health, catalogue)
    imports.join()
    process.vars["HealthcheckConnections"] = lambda: health.connections(process.release.primary_type)
    process.vars["HealthcheckErrors"] = {}
    process.web.pages["/debug/health"] = lambda: Page("ok")
    process.web.pages["/healthz"] = lambda: redirect("/debug/status")
    process.web.pages["/"] = lambda: redirect("/debug/status")
    rpc = RpcServer(tells_health=process.tells_health)
    host, port = process.grpc_address()
    if port:
        rpc.listen(host, port)
    process.listen_http()
    serve_mysql(process, health, catalogue)
    process.signals.wait()
    health.closed.set()
    process.web.close()
    rpc.stop()
    return 0


def check_types(flags: Flags, release: Release) -> None:
    """Whether --tablet-types-to-wait is there, from 11 on. StartError in the release's words."""
    if not flags.given("tablet-types-to-wait"):
        for range_, text, usage in NO_TYPES:
            if release.within(range_):
                raise StartError(text, usage=usage)
    elif release.within(CHECKS) and not known_types(flags):
        raise StartError(f"tablet_types_to_wait {'must' if release.within('18..') else 'should'} {_AT_LEAST_ONE}")


def known_types(flags: Flags) -> set[str]:
    """The types to wait for that can serve."""
    return {TYPES[word.lower()] for word in flags.words("tablet-types-to-wait") if word.lower() in TYPES}


def watched_cells(flags: Flags, topology: Topology, release: Release) -> tuple[str, ...]:
    """The cells to watch, checked as the real one checks them: from 11 on."""
    default = DEFAULT_CELL if release.within(HAS_DEFAULT_CELL) else ""
    cell, watched = flags.text("cell", default), flags.words("cells-to-watch")
    if not release.within(CHECKS):
        return watched
    if not cell:
        raise StartError(f"{_VALIDATION}cell flag must be set")
    if not watched:
        raise StartError(f"{_VALIDATION}cells_to_watch flag cannot be empty")
    try:
        known = list(topology.cell_names())
    except TopologyError:
        known = []
    if cell not in known:
        raise StartError(f"{_VALIDATION}cell:[{cell}] does not exist in topo")
    wrong = [name for name in watched if name not in known]
    if wrong:
        raise StartError(f"{_VALIDATION}cell: [{' '.join(wrong)}] is not valid. Available cells: [{' '.join(known)}]")
    return watched


def wait_for_tablets(process: Process, health: Health, catalogue: Catalogue) -> None:
    """With keyspaces but no healthy tablet no port is opened for a while; then it serves all the same."""
    wanted = known_types(process.flags)
    deadline = time.monotonic() + seconds("vtgate_initial_tablets")
    try:
        groups = {f"{name}.{shard}" for name in catalogue.names() for shard in catalogue.keyspace(name).shards}
    except Exception:
        groups = set()
    missing = {f"{group}.{kind}" for group in groups for kind in wanted}
    while missing - health.connections().keys():
        if time.monotonic() > deadline:
            lacking = ", ".join(sorted(missing - health.connections().keys()))
            process.log.warning(f"gateway: not all tablets are healthy, may be in degraded mode: {lacking}")
            return
        time.sleep(POLL_SECONDS)


def _import_mysql() -> None:
    """Half a second of imports, done while tablets are waited for."""
    import vitessctl.rehearsal.vtgate.mysql
    import vitessctl.rehearsal.vtgate.routing  # noqa: F401


def serve_mysql(process: Process, health: Health, catalogue: Catalogue) -> None:
    """Open the MySQL port in a thread of its own. StartError if it cannot be, or nobody is named to let in."""
    from vitessctl.rehearsal.vtgate.mysql import StaticUsers, serve

    flags = process.flags
    port = flags.number("mysql-server-port", -1)
    if port <= 0:
        return
    kind = flags.text("mysql-auth-server-impl", "static")
    file = flags.text("mysql-auth-server-static-file")
    if (kind == "static" and not file) or kind not in ("static", "none"):
        raise StartError(f"no AuthServer name {kind} registered")
    users = StaticUsers(file) if kind == "static" else None
    logging.getLogger("mysql_mimic").setLevel(logging.CRITICAL)
    outcome: list[BaseException] = []

    def run() -> None:
        try:
            host = flags.text("mysql-server-bind-address")
            asyncio.run(serve(host, port, lambda: Executor(health, catalogue, process.release), users))
        except BaseException as error:
            outcome.append(error)
            process.signals.stop()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    _wait_until_listening(flags.text("mysql-server-bind-address") or "127.0.0.1", port, outcome)


def _wait_until_listening(host: str, port: int, outcome: list[BaseException]) -> None:
    import socket

    while not outcome:
        try:
            with socket.create_connection((host, port), timeout=1.0):
                return
        except OSError:
            time.sleep(POLL_SECONDS)
    raise outcome[0]

"""The servers' HTTP pages, as the real ones answer them: what they say, and what they hide."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

from tests.support.world import vtorc
from tests.support.world.session import Session
from tests.support.world.world import World
from vitessctl.model import ports
from vitessctl.run.http import Answer
from vitessctl.targets.base import Address

SECONDS = 2.0


def getter(world: World, session: Session) -> Callable[[Address, str], Answer]:
    """What stands in for vitessctl.run.http.get."""

    def get(address: Address, path: str) -> Answer:
        session.check()
        with world.lock:
            world.settle()
            return _answer(world, address, path)

    return get


def _answer(world: World, address: Address, path: str) -> Answer:
    if str(address) in world.external_etcd:
        return _etcd(world, "") if path == "/health" else Answer(404, "404 page not found")
    component, subject = owner(world, address.port)
    if not world.up(component, subject):
        return Answer(0, f"nothing listens on {address}")
    if (component, subject) in world.frozen | world.cut_off:
        world.advance(SECONDS)
        return Answer(0, f"{address} does not answer")
    page = PAGES.get((component, path))
    return page(world, subject) if page else Answer(404, "404 page not found")


def owner(world: World, port: int) -> tuple[str, str]:
    """Whose HTTP port it is, as component and subject."""
    for component, subject in world.processes:
        if http_port(world.base_port, component, subject) == port:
            return component, subject
    return "", ""


def http_port(base: int, component: str, subject: str) -> int:
    """Where a process has its pages; 0 if it has none."""
    if component == "etcd":
        return ports.etcd_ports(base, int(subject.rpartition("-")[2])).metrics
    if component == "vttablet":
        return ports.tablet_ports(base, int(subject.rpartition("-")[2])).http
    if component == "vtctld":
        return ports.vtctld_ports(base).http
    if component == "application":
        return ports.application_port(base, subject)
    found = {"vtorc": ports.vtorc_ports, "vtgate": ports.vtgate_ports}.get(component)
    return found(base, subject).http if found else 0


def _etcd(world: World, subject: str) -> Answer:
    if world.etcd_up:
        return Answer(200, '{"health":"true","reason":""}')
    return Answer(503, '{"health":"false","reason":"RAFT NO LEADER"}')


METRICS = """# HELP etcd_server_version Which version is running. 1 for 'server_version' label with current version.
etcd_server_version{server_version="3.5.30"} 1
etcd_server_quota_backend_bytes 2.147483648e+09
etcd_mvcc_db_total_size_in_bytes 49152
etcd_mvcc_db_total_size_in_use_in_bytes 40960
"""
"""As etcd 3.5.30 writes them, among hundreds."""


def _etcd_metrics(world: World, subject: str) -> Answer:
    return Answer(200, METRICS, _date())


def _date() -> str:
    """By the clock that whoever asks reads too: gmtime() alone takes one that is some milliseconds behind it."""
    return time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(time.time()))


def _own_vars(world: World, subject: str) -> Answer:
    return _json(BuildVersion="24.0.4")


def _tablet_vars(world: World, alias: str) -> Answer:
    record = world.topology.tablets.get(alias)
    serving = world.serving(alias)
    return _json(
        BuildVersion="24.0.4",
        TabletType=record.type if record else "unknown",
        TabletStateName="SERVING" if serving else "NOT_SERVING",
        TabletState=2 if serving else 1,
    )


def _tablet_health(world: World, alias: str) -> Answer:
    if world.serving(alias):
        return Answer(200, "ok\n")
    return Answer(500, "500 internal server error: vttablet is not serving\n")


def _vtorc_health(world: World, cell: str) -> Answer:
    healthy = vtorc.discovered(world, cell)
    return Answer(200 if healthy else 500, json.dumps({"Healthy": healthy}))


def _vtgate_vars(world: World, cell: str) -> Answer:
    seen = Counter(
        f"{r.keyspace}.{r.shard}.{world.primary_type if r.type == 'primary' else r.type}"
        for r in world.topology.tablets.values()
        if world.serving(r.alias)
    )
    return _json(HealthcheckConnections=dict(seen), BuildVersion="24.0.4")


def _application_health(world: World, name: str) -> Answer:
    """It is written to find its tables and a gate that serves, and says so while it does not."""
    if not any(world.up(component, subject) for component, subject in world.processes if component == "vtgate"):
        return Answer(503, "the database\n  does not answer\n")
    return Answer(200, "ok")


def _json(**values: Any) -> Answer:
    return Answer(200, json.dumps(values), _date())


PAGES: dict[tuple[str, str], Callable[[World, str], Answer]] = {
    ("etcd", "/health"): _etcd,
    ("etcd", "/metrics"): _etcd_metrics,
    ("vtctld", "/debug/vars"): _own_vars,
    ("vtorc", "/debug/vars"): _own_vars,
    ("vttablet", "/debug/status"): lambda world, alias: Answer(200, "<html>"),
    ("vttablet", "/debug/vars"): _tablet_vars,
    ("vttablet", "/healthz"): _tablet_health,
    ("vtctld", "/debug/health"): lambda world, subject: Answer(200, "ok"),
    ("vtorc", "/debug/health"): _vtorc_health,
    ("vtgate", "/debug/vars"): _vtgate_vars,
    ("application", "/healthz"): _application_health,
    ("vtgate", "/debug/health"): lambda world, cell: Answer(200, "ok"),
}
"""By component and path. vtgate's health page says ok whatever the tablets do."""

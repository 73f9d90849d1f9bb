"""etcd's command line. Its flags are Go's: one or two dashes, exit code 2 for a wrong one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from vitessctl.rehearsal.servenv.exits import StartError
from vitessctl.rehearsal.servenv.flags import Flags, Parser

KNOWN: Final[Mapping[str, str]] = {
    "name": "string",
    "data-dir": "string",
    "wal-dir": "string",
    "listen-client-urls": "string",
    "listen-client-http-urls": "string",
    "advertise-client-urls": "string",
    "listen-peer-urls": "string",
    "initial-advertise-peer-urls": "string",
    "listen-metrics-urls": "string",
    "initial-cluster": "string",
    "initial-cluster-state": "string",
    "initial-cluster-token": "string",
    "metrics": "string",
    "log-level": "string",
    "logger": "string",
    "log-outputs": "string",
    "auto-compaction-mode": "string",
    "auto-compaction-retention": "string",
    "heartbeat-interval": "int",
    "election-timeout": "int",
    "snapshot-count": "int",
    "max-snapshots": "int",
    "max-wals": "int",
    "max-txn-ops": "int",
    "max-request-bytes": "int",
    "quota-backend-bytes": "int",
    "strict-reconfig-check": "bool",
    "pre-vote": "bool",
    "enable-v2": "bool",
    "enable-pprof": "bool",
    "unsafe-no-fsync": "bool",
}
"""Flags of etcd 3.5 that a cluster for Vitess may get. TLS is not among them: the stand-in has none."""


@dataclass(frozen=True)
class Options:
    """What the stand-in needs of them. Addresses are `host:port`."""

    name: str
    data_dir: str
    client: tuple[str, int]
    metrics: tuple[str, int] | None
    peer: tuple[str, int]
    members: Mapping[str, str]
    """Name of every member to its peer address, in the order of --initial-cluster."""
    advertised_client: str
    quota: int = 0
    """Bytes that the store may have; 0: etcd's own default. Shown, never enforced."""


def parse(arguments: list[str]) -> Options:
    """Read a command line. StartError in etcd's words, exit code 2, for one that etcd refuses."""
    parser = Parser(accepts=lambda flag: flag in KNOWN, dashed=False, go=True, types=KNOWN)
    flags = parser.parse(arguments)
    name = flags.text("name", "default")
    peer = first_address(flags.text("listen-peer-urls", "http://localhost:2380"))
    client = flags.text("listen-client-urls", "http://localhost:2379")
    if flags.given("listen-client-urls") and not flags.given("advertise-client-urls"):
        raise StartError("--advertise-client-urls is required when --listen-client-urls is set explicitly")
    return Options(
        name=name,
        data_dir=flags.text("data-dir", f"{name}.etcd"),
        client=first_address(client),
        metrics=first_address(flags.text("listen-metrics-urls")) if flags.given("listen-metrics-urls") else None,
        peer=peer,
        members=_members(flags, name, peer),
        advertised_client=flags.text("advertise-client-urls", client),
        quota=int(flags.text("quota-backend-bytes", "0")),
    )


def first_address(urls: str) -> tuple[str, int]:
    """Host and port of the first of several URLs separated by commas."""
    url = urls.split(",")[0]
    host, colon, port = url.rpartition("//")[2].rstrip("/").rpartition(":")
    if not colon or not port.isdigit():
        raise StartError(f'URL address does not have the form "host:port": {url}')
    return host, int(port)


def _members(flags: Flags, name: str, peer: tuple[str, int]) -> Mapping[str, str]:
    if not flags.given("initial-cluster"):
        return {name: f"{peer[0]}:{peer[1]}"}
    pairs = (part.partition("=") for part in flags.text("initial-cluster").split(","))
    members = {member: "{}:{}".format(*first_address(url)) for member, _, url in pairs}
    if name not in members:
        raise StartError(f'couldn\'t find local name "{name}" in the initial cluster configuration')
    return members

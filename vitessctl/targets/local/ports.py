"""Which ports a component listens on, and who has a port now."""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from vitessctl.model import ports as numbers
from vitessctl.targets.local import processes
from vitessctl.targets.local.processes import Process

HOST = "127.0.0.1"
_LISTEN = "0A"  # TCP_LISTEN, include/net/tcp_states.h
_TABLES = {
    "/proc/net/tcp": ("00000000", "0100007F"),
    "/proc/net/tcp6": ("0" * 32, "0000000000000000FFFF00000100007F"),
}
"""The addresses, in the kernel's spelling, that 127.0.0.1 meets: itself, and all addresses."""


def _etcd(base: int, subject: str) -> Mapping[str, int]:
    ports = numbers.etcd_ports(base, _last_number(subject))
    return {"client": ports.client, "grpc": ports.client, "http": ports.metrics, "peer": ports.peer} | {
        "metrics": ports.metrics
    }


def _last_number(subject: str) -> int:
    found = re.search(r"(\d+)$", subject)
    return int(found[1]) if found else 0


def _server(ports: numbers.ServerPorts, *names: str) -> Mapping[str, int]:
    return {name: getattr(ports, name) for name in names}


_COMPONENTS: Mapping[str, Callable[[int, str], Mapping[str, int]]] = {
    "etcd": _etcd,
    "vtctld": lambda base, _subject: _server(numbers.vtctld_ports(base), "http", "grpc"),
    "vtgate": lambda base, cell: _server(numbers.vtgate_ports(base, cell), "http", "grpc", "mysql"),
    "vtorc": lambda base, cell: _server(numbers.vtorc_ports(base, cell), "http"),
    "application": lambda base, name: {"http": numbers.application_port(base, name)},
    "vttablet": lambda base, alias: _server(numbers.tablet_ports(base, _last_number(alias)), "http", "grpc"),
    "mysqlctld": lambda base, alias: _server(numbers.tablet_ports(base, _last_number(alias)), "mysql"),
    "mysqld": lambda base, alias: _server(numbers.tablet_ports(base, _last_number(alias)), "mysql"),
}


def ports_of(base: int, component: str, subject: str) -> Mapping[str, int]:
    """The ports a component listens on, by name; empty for one that has none."""
    of_component = _COMPONENTS.get(component)
    return of_component(base, subject) if of_component else {}


def used_by(command: Iterable[str], ports: Mapping[str, int]) -> tuple[int, ...]:
    """Those of the ports that a command line names. A user's own template may have moved some."""
    text = " ".join(command)
    return tuple(port for port in dict.fromkeys(ports.values()) if re.search(rf"(?<!\d){port}(?!\d)", text))


def taken(ports: Iterable[int]) -> tuple[int, ...]:
    """Those of the ports that cannot be listened on now, found by trying. Ports below 1024 need root."""
    return tuple(port for port in ports if not _is_free(port))


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def holders(ports: Iterable[int], first: Iterable[int] = ()) -> Mapping[int, Process]:
    """The process that listens on each port, as far as we may see. `first`: process ids to look at first."""
    wanted = set(ports)
    inodes = {inode: port for port, inode in _listening() if port in wanted}
    found: dict[int, Process] = {}
    for pid in dict.fromkeys((*first, *processes.all_pids())):
        if len(found) == len(set(inodes.values())):
            break
        for inode in _sockets(pid) & inodes.keys():
            if (process := processes.find(pid)) is not None:
                found.setdefault(inodes[inode], process)
    return found


def _listening() -> Iterator[tuple[int, str]]:
    """Port and inode of every listening socket that is in the way of one on 127.0.0.1."""
    for table, addresses in _TABLES.items():
        try:
            lines = Path(table).read_text().splitlines()[1:]
        except OSError:
            continue
        for fields in map(str.split, lines):
            address, _, port = fields[1].rpartition(":")
            if fields[3] == _LISTEN and address in addresses:
                yield int(port, 16), fields[9]


def _sockets(pid: int) -> set[str]:
    """The inodes of the sockets that a process has open; none if we may not see them."""
    folder = f"/proc/{pid}/fd"
    links = set()
    with suppress(OSError):
        for name in os.listdir(folder):
            with suppress(OSError):
                links.add(os.readlink(f"{folder}/{name}"))
    return {link[len("socket:[") : -1] for link in links if link.startswith("socket:[")}

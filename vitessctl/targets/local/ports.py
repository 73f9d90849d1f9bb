"""Which ports a component listens on, and who has a port now."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from vitessctl.model import ports as numbers
from vitessctl.targets.local import processes
from vitessctl.targets.local.processes import Process

HOST = "127.0.0.1"
_LISTEN = "0A"  # TCP_LISTEN, include/net/tcp_states.h


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


@dataclass(frozen=True)
class Listener:
    """A socket that listens on a port, and the process that has it where we may see that."""

    port: int
    inode: str
    process: Process | None = None


def listeners(wanted: Iterable[int]) -> Mapping[int, Listener]:
    """Who listens on these ports, on any address of this machine (a listener on 0.0.0.0 is in the way too)."""
    asked = set(wanted)
    found = {port: inode for port, inode in _listening() if port in asked}
    owners = _owners(set(found.values())) if found else {}
    return {port: Listener(port, inode, owners.get(inode)) for port, inode in found.items()}


def _listening() -> Iterator[tuple[int, str]]:
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        try:
            lines = Path(table).read_text().splitlines()[1:]
        except OSError:
            continue
        for line in lines:
            fields = line.split()
            if fields[3] == _LISTEN:
                yield int(fields[1].rpartition(":")[2], 16), fields[9]


def _owners(inodes: set[str]) -> Mapping[str, Process]:
    wanted = {f"socket:[{inode}]": inode for inode in inodes}
    owners: dict[str, Process] = {}
    for pid in processes.all_pids():
        for link in _open_files(pid):
            if link in wanted and (process := processes.find(pid)) is not None:
                owners.setdefault(wanted[link], process)
    return owners


def _open_files(pid: int) -> Iterator[str]:
    folder = f"/proc/{pid}/fd"
    try:
        names = os.listdir(folder)
    except OSError:
        return
    for name in names:
        try:
            yield os.readlink(f"{folder}/{name}")
        except OSError:
            continue

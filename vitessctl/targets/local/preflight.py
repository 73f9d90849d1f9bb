"""What can be known not to work before anything is started."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from vitessctl.targets.local import ports
from vitessctl.targets.local.binaries import PROGRAMS, Binaries
from vitessctl.targets.local.faults import LocalError
from vitessctl.targets.local.ports import Listener
from vitessctl.targets.local.processes import Process
from vitessctl.targets.local.programs import Program

LEAST_FREE = 512 * 1024 * 1024
"""Bytes: etcd allocates 62 MB beforehand, an initialised MySQL has 108 MB, and rows are to fit too."""
PER_DATABASE = 250 * 1024 * 1024
"""Bytes for each MySQL that is not initialised yet: its files, its first redo and binary logs."""


def wanted_binaries(programs: Iterable[Program]) -> tuple[str, ...]:
    """The names that are looked up in the state folder's bin/."""
    names = {os.path.basename(program.executable) for program in programs}
    return tuple(name for name in PROGRAMS if name in names)


def binary_faults(programs: Iterable[Program], binaries: Binaries) -> Iterator[LocalError]:
    """Everything that is missing, in one fault."""
    yield from binaries.faults(wanted_binaries(programs))


def port_faults(programs: Sequence[Program], base: int, own: Iterable[Process]) -> Iterator[LocalError]:
    """A fault for each port that a program wants and somebody else has. `own`: the cluster's processes."""
    wanted = {
        port: program
        for program in programs
        for port in ports.used_by(
            program.command, ports.ports_of(base, program.document.component, program.document.subject)
        )
    }
    ours = {process.pid for process in own}
    for port, listener in sorted(ports.listeners(wanted).items()):
        if listener.process is None or listener.process.pid not in ours:
            yield _taken(port, wanted[port], listener, base)


def _taken(port: int, program: Program, listener: Listener, base: int) -> LocalError:
    holder = listener.process
    return LocalError(
        f"port {port} is in use",
        where=program.document.label,
        why=f"{program.name} wants it, but process {holder.pid} ({holder.title}) listens on it"
        if holder
        else f"{program.name} wants it, but another user's process listens on it",
        fix=f"end that process, or move all ports of this cluster: -e local.base_port={other_base(base)}",
    )


def other_base(base: int) -> int:
    """Another base port to propose: a hundred on, which keeps every port below 32768."""
    return base + 100 if base < 17000 else base - 1000


def disk_faults(folder: Path, new_databases: int) -> Iterator[LocalError]:
    """A fault if the disk that the state folder is on has little room."""
    existing = next(parent for parent in (folder, *folder.parents) if parent.exists())
    free = shutil.disk_usage(existing).free
    needed = LEAST_FREE + new_databases * PER_DATABASE
    if free < needed:
        yield LocalError(
            f"the disk is nearly full: {_megabytes(free)} free",
            where=str(folder),
            why=f"this cluster wants {_megabytes(needed)}: {new_databases} MySQL servers to initialise, and some room",
            fix="make room, or choose a folder on another disk with --state-dir",
        )


def _megabytes(size: int) -> str:
    return f"{size // (1024 * 1024)} MB"

"""What can be known not to work before anything is started."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from vitessctl.targets.local import ports
from vitessctl.targets.local.account import Account, blocked
from vitessctl.targets.local.binaries import PROGRAMS, Binaries
from vitessctl.targets.local.faults import LocalError
from vitessctl.targets.local.processes import Process
from vitessctl.targets.local.programs import Program

LEAST_FREE = 256 * 1024 * 1024
"""Bytes that are always to be free: etcd allocates 62 MB beforehand, logs and rows need room too."""
PER_DATABASE = 250 * 1024 * 1024
"""Bytes for each MySQL that is not initialised yet: 108 MB of files, and its first redo and binary logs."""
_LISTED = 6


def wanted_binaries(programs: Iterable[Program]) -> tuple[str, ...]:
    """The names that are looked up in the state folder's bin/."""
    names = {os.path.basename(program.executable) for program in programs}
    return tuple(name for name in PROGRAMS if name in names)


def binary_faults(wanted: Sequence[str], binaries: Binaries, account: Account) -> Iterator[LocalError]:
    """Everything that is missing, in one fault; and what the servers' user cannot get at."""
    yield from binaries.faults(wanted)
    if not account.is_other or binaries.rehearsal:
        return
    paths = [binaries.programs[name] for name in wanted if name in binaries.programs]
    if binaries.mysql_root is not None and "mysqlctld" in wanted:
        paths.append(binaries.mysql_root / "bin")
    walls = {wall: path for path in paths if (wall := blocked(path, account)) is not None}
    for wall, path in walls.items():
        yield LocalError(
            f"the servers cannot reach {path}",
            why=f"they run as uid {account.uid}, who may not enter {wall}",
            fix=f"chmod o+x {wall}, or copy the programs to where everybody can run them, such as /opt",
        )


def port_faults(programs: Sequence[Program], base: int, own: Iterable[Process]) -> Iterator[LocalError]:
    """A fault for each holder of ports that our programs want. `own`: the cluster's processes, which may have them."""
    wanted = {port: program.name for program in programs for port in _ports(program, base)}
    ours = {process.pid for process in own}
    busy = ports.taken(wanted)
    known = ports.holders(busy, first=ours) if busy else {}
    by_holder: dict[str, list[int]] = {}
    for port in busy:
        holder = known.get(port)
        if holder is None or holder.pid not in ours:
            by_holder.setdefault(_holder(holder), []).append(port)
    for name, held in by_holder.items():
        yield _taken(name, sorted(held), wanted, base)


def _ports(program: Program, base: int) -> tuple[int, ...]:
    document = program.document
    return ports.used_by(program.command, ports.ports_of(base, document.component, document.subject))


def _holder(process: Process | None) -> str:
    if process is None:
        return "somebody whom this user may not see"
    if process.state:
        return f"the cluster of vitessctl in {process.state}"
    return f"process {process.pid} ({process.title})"


def _taken(holder: str, held: Sequence[int], wanted: Mapping[int, str], base: int) -> LocalError:
    several = len(held) > 1
    wanting = list(dict.fromkeys(wanted[port] for port in held))
    return LocalError(
        f"{'ports' if several else 'port'} {_list(held)} {'are' if several else 'is'} in use",
        why=f"{_list(wanting)} {'want' if len(wanting) > 1 else 'wants'} {'them' if several else 'it'},"
        f" but {holder} {'has them' if several else 'has it'}",
        fix=f"end that, or move all ports of this cluster, for example: -e local.base_port={other_base(base)}",
    )


def _list(items: Sequence[object]) -> str:
    """`a, b and c`; long lists end with how many more there are."""
    words = [str(item) for item in items]
    if len(words) > _LISTED:
        words = [*words[:_LISTED], f"{len(words) - _LISTED} more"]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def other_base(base: int) -> int:
    """A base port to propose: a thousand on, as long as every port stays below 32768."""
    return base + 1000 if base <= 16000 else base - 1000


class DiskNearlyFull(LocalError):
    """The disk that the state folder is on has little room."""


def disk_faults(folder: Path, new_databases: int) -> Iterator[DiskNearlyFull]:
    """A fault if the disk that the state folder is on has little room."""
    existing = next(parent for parent in (folder, *folder.parents) if parent.exists())
    free = shutil.disk_usage(existing).free
    needed = LEAST_FREE + new_databases * PER_DATABASE
    if free < needed:
        servers = f"{new_databases} MySQL server{'s' if new_databases != 1 else ''} to initialise, and some room"
        yield DiskNearlyFull(
            f"the disk is nearly full: {_megabytes(free)} free",
            where=str(folder),
            why=f"this cluster wants {_megabytes(needed)}: {servers if new_databases else 'logs and rows need room'}",
            fix="make room, or choose a folder on another disk with --state-dir",
        )


def _megabytes(size: int) -> str:
    return f"{size // (1024 * 1024)} MB"

"""Who changes a cluster: a person at a machine, and the process that does it for them."""

from __future__ import annotations

import getpass
import hashlib
import os
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

_START_FIELD = 19
"""Where /proc/PID/stat has a process's start, counted after its name in brackets (proc_pid_stat(5), field 22)."""


@dataclass(frozen=True)
class Author:
    """One run of vitessctl, told from every other."""

    run: str
    """Random, so that no two runs share it, be it in containers that share host name and pid."""
    who: str
    """`user@host`."""
    pid: int = 0
    machine: str = ""
    """The booted system and its pid namespace, hashed; empty where the system does not tell."""
    started: str = ""
    """When the process started, in ticks since boot: a pid comes again, this with it does not."""


def this_author() -> Author:
    """The run that this process is."""
    pid = os.getpid()
    return Author(uuid4().hex[:12], f"{_user()}@{socket.gethostname()}", pid, machine_id(), process_start(pid))


def author_of(known: Mapping[str, Any]) -> Author:
    """The author whose fields were written down; what is missing is empty. Raises ValueError, TypeError, AttributeError
    where they are something else."""
    texts = {name: str(known.get(name, "")) for name in ("run", "who", "machine", "started")}
    return Author(**texts, pid=int(known.get("pid", 0)))


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # A container's uid often has no name; Python 3.13 made it OSError.
        return f"uid{os.getuid()}"


def machine_id(proc: Path = Path("/proc")) -> str:
    """Equal for two processes that see each other by pid; empty where there is no /proc."""
    try:
        boot = (proc / "sys/kernel/random/boot_id").read_text(encoding="ascii")
        namespace = os.readlink(proc / "self/ns/pid")
    except OSError:
        return ""
    return hashlib.sha256(f"{boot}{namespace}".encode()).hexdigest()[:12]


def process_start(pid: int, proc: Path = Path("/proc")) -> str:
    """When a process of this machine started; empty if it does not run."""
    try:
        text = (proc / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    fields = text.rpartition(")")[2].split()
    return fields[_START_FIELD] if len(fields) > _START_FIELD and fields[0] not in "ZX" else ""


def is_gone(author: Author, here: str | None = None, start_of: Callable[[int], str] = process_start) -> bool:
    """Whether the process of that run is known not to run any more: only if it ran on this very machine."""
    here = machine_id() if here is None else here
    if not (author.machine and author.started and author.machine == here):
        return False
    return start_of(author.pid) != author.started

"""One run at a time changes a cluster: a lock that ends with its holder, however that ends."""

from __future__ import annotations

import fcntl
import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from vitessctl.errors import LockedError
from vitessctl.targets.local.faults import LocalError


@contextmanager
def locked(path: Path, command: str = "") -> Iterator[None]:
    """Hold the lock file while inside. Raises LockedError, which names the holder, if somebody else has it."""
    descriptor = _take(path)
    try:
        _say(descriptor, json.dumps({"pid": os.getpid(), "command": _own_command(command), "since": time.time()}))
        yield
        _say(descriptor, "")
    finally:
        os.close(descriptor)


def _say(descriptor: int, text: str) -> None:
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, text.encode(), 0)


def _own_command(command: str) -> str:
    return f"vitessctl {command}" if command else " ".join([os.path.basename(sys.argv[0]), *sys.argv[1:]])


def _take(path: Path) -> int:
    """The descriptor of the locked file; again if it was removed, with the cluster, between opening and locking."""
    while True:
        descriptor = _open(path)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            error = _refusal(path, os.pread(descriptor, 4096, 0))
            os.close(descriptor)
            raise error from None
        if _is_at(descriptor, path):
            return descriptor
        os.close(descriptor)


def _open(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise LocalError(
            "the cluster cannot be locked",
            where=str(path),
            why=error.strerror or str(error),
            fix="run vitessctl as the user who brought the cluster up",
        ) from error


def _is_at(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False


def _refusal(path: Path, written: bytes) -> LockedError:
    try:
        holder = json.loads(written)
        who = f"process {holder['pid']} ({holder['command']}) since {_clock(holder['since'])}"
        fix = f"wait for it to end, or end it: kill {holder['pid']}"
    except (ValueError, TypeError, KeyError):
        who, fix = "another process, which has not yet written who it is", "try again"
    return LockedError("another run is changing this cluster", where=str(path), why=f"{who} holds the lock", fix=fix)


def _clock(seconds: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(seconds))

"""containerd's folders, kept in the cache between beds: importing images is the slow part of a start.

A store belongs to one node at a time. Its lock is an open file that the node's first process inherits, so that the
store is free again exactly when the node has ended, however it ended.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tests.testbed.build import cache
from tests.testbed.images import Manifest

UNUSED_SECONDS = 24 * 3600.0
"""After so long a store that no node has goes: to import its images again takes seconds."""
ID = "sha256:"


@dataclass(frozen=True)
class Store:
    """One containerd root, and the descriptor of its lock."""

    folder: Path
    lock: int

    @classmethod
    def claim(cls) -> Store:
        """The first store that no node uses. Those that nobody has used for long are removed."""
        base = cache() / "containerd"
        base.mkdir(parents=True, exist_ok=True)
        number = 0
        while (lock := _try_lock(base / f"{number}.lock")) is None:
            number += 1
        os.utime(base / f"{number}.lock")
        remove_unused(base, time.time() - UNUSED_SECONDS)
        return cls(base / str(number), lock)

    @classmethod
    def reclaim(cls, folder: Path) -> Store:
        """The store that a node had before it was killed."""
        lock = os.open(folder.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(lock, fcntl.LOCK_EX)
        return cls(folder, lock)

    def release(self) -> None:
        """Close our end of the lock; a node that inherited it keeps it."""
        os.close(self.lock)


def remove_unused(base: Path, before: float) -> None:
    """Remove the stores that no node has, and none was given since that moment (seconds since 1970)."""
    for path in base.glob("*.lock"):
        lock = _try_lock(path) if path.stat().st_mtime < before else None
        if lock is not None:
            store = path.with_suffix("")
            _record(store).unlink(missing_ok=True)
            shutil.rmtree(store, ignore_errors=True)
            os.close(lock)  # the lock's file stays: somebody may be about to take it


def outdated(store: Path, references: Iterable[str]) -> list[str]:
    """Of containerd's names of images those that only hold what an image was before it was imported anew.

    Kubernetes' side of containerd gives each image a second name, its id, and does not take it back.
    """
    wanted = {f"{ID}{config.removesuffix('.json')}" for config in _known(store).values()}
    return [name for name in references if name.startswith(ID) and name not in wanted]


def has_image(store: Path, image: Manifest) -> bool:
    """Whether this image was imported under all of its names, and none of them names another one since."""
    known = _known(store)
    return all(known.get(reference) == image.config for reference in image.references)


def remember(store: Path, image: Manifest) -> None:
    """Note that it was imported."""
    known = {**_known(store), **dict.fromkeys(image.references, image.config)}
    _record(store).write_text(json.dumps(known, indent=1))


def _record(store: Path) -> Path:
    return store.with_suffix(".images.json")


def _known(store: Path) -> dict[str, str]:
    record = _record(store)
    return json.loads(record.read_text()) if record.exists() and store.exists() else {}


def _try_lock(path: Path) -> int | None:
    lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        return None
    return lock

"""containerd's folders, kept in the cache between beds: importing images is the slow part of a start.

A store belongs to one node at a time. Its lock is an open file that the node's first process inherits, so that the
store is free again exactly when the node has ended, however it ended.
"""

from __future__ import annotations

import fcntl
import json
import os
from dataclasses import dataclass
from pathlib import Path

from tests.testbed.build import cache
from tests.testbed.images import Manifest


@dataclass(frozen=True)
class Store:
    """One containerd root, and the descriptor of its lock."""

    folder: Path
    lock: int

    @classmethod
    def claim(cls) -> Store:
        """The first store that no node uses."""
        base = cache() / "containerd"
        base.mkdir(parents=True, exist_ok=True)
        number = 0
        while (lock := _try_lock(base / f"{number}.lock")) is None:
            number += 1
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

"""What goes into a layer: files, folders and links, each with its place in the image, its mode and its owner."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

VITESS: Final = 999
"""User and group of the real images, and of the pods."""


@dataclass(frozen=True)
class Entry:
    """One path of an image. Of `source`, `content` and `link` one says what it is; none of them makes a folder."""

    path: str
    """Absolute."""
    source: Path | None = None
    """A file of this machine."""
    compiles: bool = False
    """The source is a Python module, and the entry what it is compiled to, whenever it was changed last."""
    content: bytes | None = None
    link: str | None = None
    mode: int = 0o644
    owner: int = 0

    @property
    def is_folder(self) -> bool:
        """Whether it is a folder."""
        return self.source is None and self.content is None and self.link is None

    def fingerprint(self) -> str:
        """Changes whenever the entry may have; a file of this machine counts as changed with its size or time."""
        stat = self.source.stat() if self.source else None
        size_and_time = (stat.st_size, stat.st_mtime_ns) if stat else None
        digest = hashlib.sha256(self.content or b"").hexdigest()
        return repr((self.path, self.link, digest, size_and_time, self.mode, self.owner, self.is_folder, self.compiles))


def folder(path: str, owner: int = 0, mode: int = 0o755) -> Entry:
    """An empty folder."""
    return Entry(path, mode=mode, owner=owner)


def file(path: str, source: Path) -> Entry:
    """A file of this machine, readable by all, and executable if it is so here."""
    executable = source.stat().st_mode & 0o111
    return Entry(path, source=source, mode=0o755 if executable else 0o644)


def tree(path: str, source: Path, leave_out: Iterable[str] = ()) -> Iterator[Entry]:
    """A folder of this machine with all that is in it, links as links; names in `leave_out` are left out."""
    absent = frozenset(leave_out)
    yield folder(path)
    for name in sorted(os.listdir(source)):
        found = source / name
        if name in absent:
            continue
        if found.is_symlink():
            yield Entry(f"{path}/{name}", link=os.readlink(found))
        elif found.is_dir():
            yield from tree(f"{path}/{name}", found, absent)
        elif found.is_file():
            yield file(f"{path}/{name}", found)


def complete(entries: Iterable[Entry]) -> list[Entry]:
    """The entries in order of their paths, each path once (the last wins), with the folders that they lie in."""
    by_path = {entry.path: entry for entry in entries}
    parents = {str(parent) for path in by_path for parent in Path(path).parents} - {"/"}
    missing = [folder(path) for path in parents if path not in by_path]
    return sorted([*by_path.values(), *missing], key=lambda entry: entry.path)


def key_of(entries: Iterable[Entry]) -> str:
    """What a cache may know these entries by."""
    digest = hashlib.sha256()
    for entry in entries:
        digest.update(entry.fingerprint().encode() + b"\n")
    return digest.hexdigest()[:32]

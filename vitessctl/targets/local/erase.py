"""Removing a cluster's data for good: only ours, only when nothing runs, and never through a symbolic link."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from vitessctl.targets.local import processes
from vitessctl.targets.local.faults import StateFolderError
from vitessctl.targets.local.state import MARKER, StateFolder

_NAMED = ("data", "backups")


def kept(state: StateFolder) -> tuple[str, ...]:
    """The folders that hold data, as paths; none where there is no cluster."""
    if not state.exists:
        return ()
    return tuple(str(path) for name in _NAMED for path in _entries(state.path / name))


def _entries(folder: Path) -> Iterator[Path]:
    if folder.is_dir() and not folder.is_symlink():
        yield from sorted(folder.iterdir())


def delete(state: StateFolder) -> tuple[str, ...]:
    """Remove everything; gives the paths that held data, and the folder. Raises StateFolderError if it must not."""
    if not os.path.lexists(state.path):
        return ()
    _refuse(state)
    names = kept(state)
    for name in _NAMED:
        _remove(state.path / name)
    _remove(state.path)
    return (*names, str(state.path))


def _refuse(state: StateFolder) -> None:
    where = str(state.path)
    if state.path.is_symlink():
        raise StateFolderError("the state folder is a symbolic link, so nothing was deleted", where=where)
    if not state.exists:
        raise StateFolderError(
            "this is not the state folder of a cluster, so nothing was deleted",
            where=where,
            why=f"it has no {MARKER}",
            fix="give the right folder with --state-dir, or remove this one yourself",
        )
    running = processes.of_state(state.path)
    if running:
        names = ", ".join(f"{process.pid} ({process.title})" for process in running[:5])
        raise StateFolderError(
            "processes of the cluster still run, so nothing was deleted",
            where=where,
            why=names,
            fix="stop the cluster first: vitessctl down",
        )


def _remove(path: Path) -> None:
    """Like `rm -r`; of a symbolic link only the link. shutil.rmtree opens each folder without following links."""
    try:
        if path.is_symlink() or path.is_file():
            path.unlink()
        elif path.is_dir():
            shutil.rmtree(path)
    except OSError as error:
        raise StateFolderError(
            f"cannot delete {error.filename or path}", where=str(path), why=error.strerror or str(error)
        ) from error

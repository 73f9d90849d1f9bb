"""The logs of a cluster's programs on this machine, also while they grow."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from vitessctl.errors import NotReadyError
from vitessctl.targets.local import programs
from vitessctl.targets.local.state import StateFolder
from vitessctl.targets.local.tail import last_lines, size
from vitessctl.targets.logs import Wanted

LOOK_SECONDS = 0.2
_MOST = 1024 * 1024
"""So many bytes at the end of a log are looked at for its last lines."""


def _pause() -> bool:
    """Wait until it is time to look again; gives whether to go on."""
    return not threading.Event().wait(LOOK_SECONDS)


@dataclass(frozen=True)
class ProgramLog:
    """The log of one program. See vitessctl.targets.logs.Log."""

    name: str
    path: Path
    pause: Callable[[], bool] = _pause
    """Called when there is nothing new; whether to look again."""

    def last(self, lines: int) -> Sequence[str]:
        """The last lines, oldest first; none if it never ran."""
        return last_lines(self.path, lines)

    def follow(self, lines: int) -> Iterator[str]:
        """The last lines, and then each line when it is whole; a log that was rotated is read from its start."""
        inode = _inode(self.path)
        at = max(0, size(self.path) - _MOST)
        whole = _whole_lines(self.path, at)
        yield from _lines(whole)[-lines:] if lines > 0 else ()
        at += len(whole)
        while self.pause():
            if _inode(self.path) != inode or size(self.path) < at:
                at, inode = 0, _inode(self.path)
            whole = _whole_lines(self.path, at)
            at += len(whole)
            yield from _lines(whole)


def _whole_lines(path: Path, at: int) -> bytes:
    """What the file has from there on, to the end of its last line."""
    try:
        with path.open("rb") as stream:
            stream.seek(at)
            data = stream.read()
    except OSError:
        return b""
    return data[: data.rfind(b"\n") + 1]


def _lines(data: bytes) -> list[str]:
    return data.decode(errors="replace").splitlines()


def _inode(path: Path) -> int:
    try:
        return os.stat(path).st_ino
    except OSError:
        return 0


def program_logs(state: StateFolder, wanted: Wanted) -> Sequence[ProgramLog]:
    """The logs of all programs that are meant, by name. Raises NotReadyError where nothing of them was started."""
    component = "mysqlctld" if wanted.component == "mysqld" else wanted.component
    found = [
        ProgramLog(started.program, programs.log_file(state.path, started.program))
        for started in programs.all_started(state).values()
        if started.component == component and wanted.subject in ("", started.subject)
    ]
    if not found:
        raise NotReadyError(
            f"no {wanted.component} {wanted.subject}".rstrip() + " was started here",
            where=str(state.path),
            fix="see what is there: vitessctl status; bring it up: vitessctl up",
        )
    return sorted(found, key=lambda log: log.name)

"""What is put in order before mysqlctld starts, so that its restarts need nobody.

It runs in the process that becomes mysqlctld. Facts about mysqlctld (Vitess 24, tried):
it refuses to start while the process that mysql.sock.lock names exists, whoever that is by now, and a zombie counts;
killed, it leaves its mysqld running on the data; where my.cnf exists it never initialises, so a folder whose
initialisation was interrupted stays broken.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from vitessctl.targets.local import holding, processes
from vitessctl.targets.local.processes import Process
from vitessctl.targets.local.tail import size

GUARDED = "mysqlctld"
DATABASE_SECONDS = 30.0
"""How long an orphaned mysqld may take to write its pages; a clean stop took 1 to 12 s."""
REAP_SECONDS = 5.0
"""How long a dead process may stay a zombie; a killed mysqld took 1.7 s to vanish."""


@dataclass(frozen=True)
class DataFolder:
    """The folder of one tablet's MySQL, and the notes that are kept about it in the state folder's run/."""

    state: Path
    path: Path

    @property
    def name(self) -> str:
        """`vt_0000000100`, as Vitess names it."""
        return self.path.name

    @property
    def notes(self) -> holding.Notes:
        """What is known of its past."""
        return holding.Notes(self.state / "run", self.name)

    @property
    def has_data(self) -> bool:
        """Whether a MySQL was initialised, or begun to be, here."""
        data = self.path / "data"
        return data.is_dir() and any(data.iterdir())


def prepare(arguments: Sequence[str], state: Path, data_root: Path) -> None:
    """Make it possible for the mysqlctld of this command line to start. May wait, and waits for as long as it holds."""
    uid = option(arguments, "tablet-uid")
    if not uid.isdigit():
        return
    folder = DataFolder(state, data_root / f"vt_{int(uid):010d}")
    folder.notes.end_life()
    end_orphans(folder)
    clear_lock(folder.path / "mysql.sock.lock")
    folder.notes.conclude(Path(option(arguments, "socket-file")))
    put_aside_what_is_broken(folder)
    if not folder.has_data:
        holding.hold(folder.notes)
        folder.notes.begin()
    own = processes.find(os.getpid())
    folder.notes.begin_life(own.born if own else 0, size(folder.path / "error.log"))


def option(arguments: Sequence[str], name: str) -> str:
    """The value of a flag, with dashes or underscores, behind an equals sign or a space; empty if it is not there."""
    spelling = re.compile(rf"--?{name.replace('-', '[-_]')}(?:=(.*))?")
    for position, argument in enumerate(arguments):
        found = spelling.fullmatch(argument)
        if found:
            following = arguments[position + 1] if position + 1 < len(arguments) else ""
            return following if found[1] is None else found[1]
    return ""


def end_orphans(folder: DataFolder) -> None:
    """End the MySQL servers that still have this data: gently, as they have pages to write."""
    found = servers_of(folder)
    # mysqld_safe starts its mysqld again, and ignores every signal that it can.
    for process in found:
        if process.is_keeper:
            processes.send(process, signal.SIGKILL)
    servers = [process for process in found if not process.is_keeper]
    if servers:
        say(f"ending mysqld {', '.join(str(process.pid) for process in servers)}, whose mysqlctld is gone")
        processes.end(servers, lambda _process: DATABASE_SECONDS)
        processes.wait_gone(servers, REAP_SECONDS, reaped=True)


def servers_of(folder: DataFolder) -> list[Process]:
    """The MySQL servers that have this data, and the scripts that keep them running."""
    found = processes.of_state(folder.state)
    return [each for each in found if each.is_database and any(f"{folder.path}/" in word for word in each.command)]


def clear_lock(lock: Path) -> None:
    """Remove mysqld's lock file, once the process that it names has vanished or is somebody else."""
    try:
        pid = int(lock.read_text())
    except (OSError, ValueError):
        return
    deadline = time.monotonic() + REAP_SECONDS
    while processes.is_zombie(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    lock.unlink(missing_ok=True)


def put_aside_what_is_broken(folder: DataFolder) -> None:
    """Move away a folder that mysqlctld could only fail on: half initialised and never up, or with its data removed.

    Nothing that ever held a row: `begun` and not `done` means that no vttablet was started on it.
    """
    half = folder.has_data and folder.notes.begun and not folder.notes.done
    emptied = folder.path.is_dir() and not folder.has_data and any(folder.path.iterdir())
    if half or emptied:
        aside = folder.path.with_name(f"{folder.name}.aside")
        shutil.rmtree(aside, ignore_errors=True)
        folder.path.rename(aside)
        why = "its initialisation was interrupted" if half else "its data is gone"
        say(f"put {folder.path} aside as {aside.name}: {why}")


def say(text: str) -> None:
    """A line for the program's log, which is where standard error goes."""
    os.write(2, f"vitessctl: {text}\n".encode())

"""Why a tablet's mysqld has ended, from the error log that it writes beside its data.

mysqlctld (Vitess 24, tried with damaged files) goes on waiting for a mysqld that has ended, as long as --wait-time lets
it, minutes that is, and its own log says nothing of the reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from vitessctl.diagnose import errorlog
from vitessctl.targets.base import State, Verdict
from vitessctl.targets.local import processes
from vitessctl.targets.local.guard import DataFolder, servers_of
from vitessctl.targets.local.tail import last_lines

_LINES = 4000


def ended(state: Path, uid: int, release: str) -> Verdict | None:
    """Why the mysqld of a tablet has ended, of which its mysqlctld does not know; None if it has not.

    Nothing comes of it before mysqlctld is started again.
    """
    folder = DataFolder(state, state / "data" / f"vt_{uid:010d}")
    life = folder.notes.life()
    keeper = processes.find(life.pid) if life else None
    if life is None or keeper is None or keeper.born != life.born:
        return None
    file = folder.path / "error.log"
    words = last_words(file, life.errors)
    if not words or servers_of(folder):
        return None
    found = errorlog.cause_of_end(words, release)
    fix = found.fix or f"Look at {file}."
    return Verdict(State.DOOMED, found.cause, fix, found.evidence, given_up=f"{life.pid}@{life.born}")


def last_words(file: Path, begin: int) -> Sequence[str]:
    """What mysqld wrote from its last start to its end; none while it has not ended.

    `begin` is the byte from which on mysqlctld's present life is told.
    """
    return errorlog.last_words(last_lines(file, _LINES, begin))

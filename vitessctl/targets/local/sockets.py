"""Whether a tablet's MySQL is up, seen at the socket of its mysqlctld."""

from __future__ import annotations

import socket
from pathlib import Path

from vitessctl.targets.base import Verdict
from vitessctl.targets.local import errorlog, processes
from vitessctl.targets.local.holding import Notes

_SECONDS = 2.0


def ready(state: Path, uid: int, release: str) -> Verdict:
    """Whether a tablet's MySQL is up; notes it for the guard, which must know whether rows may be in the data.

    `release` is the name of the tablet's Vitess, for the reason why it is not.
    """
    notes = Notes(state / "run", f"vt_{uid:010d}")
    verdict = _answers(state / "run" / f"mysqlctl-{uid:010d}.sock")
    if verdict.ready:
        notes.finish()
    elif (holder := notes.holder()) and processes.find(holder):
        return Verdict.held("its data is gone; it waits until another tablet is primary")
    return verdict if verdict.ready else errorlog.ended(state, uid, release) or verdict


def _answers(path: Path) -> Verdict:
    """Ready when somebody listens there. The file alone says nothing: it stays behind after any kind of stop."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(_SECONDS)
        try:
            connection.connect(str(path))
        except FileNotFoundError:
            return Verdict.waiting("MySQL is being initialised")
        except OSError as error:
            return Verdict.waiting(f"its mysqlctld does not answer yet: {error.strerror or error}")
    return Verdict.done()

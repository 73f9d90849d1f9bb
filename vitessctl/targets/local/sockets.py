"""Whether a tablet's MySQL is up, seen at the socket of its mysqlctld."""

from __future__ import annotations

import socket
from pathlib import Path

from vitessctl.targets.base import Verdict

_SECONDS = 2.0


def socket_path(state: Path, uid: int) -> Path:
    """Where a tablet's mysqlctld listens."""
    return state / "run" / f"mysqlctl-{uid:010d}.sock"


def answers(path: Path) -> Verdict:
    """Ready when somebody listens there. The file alone says nothing: it stays behind after any kind of stop."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(_SECONDS)
        try:
            connection.connect(str(path))
        except FileNotFoundError:
            return Verdict.waiting("MySQL is being initialised")
        except OSError as error:
            return Verdict.waiting(f"its mysqlctld does not answer yet: {error.strerror or error}")
    return Verdict.done("MySQL is up")

"""Ctrl-C and SIGTERM: the first ends the run in order, the second leaves at once."""

from __future__ import annotations

import os
import signal
from types import FrameType

from vitessctl.cli.waking import wake_main_thread
from vitessctl.errors import ExitCode

_LEAVING = b"\ninterrupted again: leaving at once. What runs keeps running; the same command goes on from there.\n"
_seen: list[int] = []


def install() -> None:
    """From now on."""
    _seen.clear()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupted)
    wake_main_thread()


def _interrupted(number: int, frame: FrameType | None) -> None:
    """Raises KeyboardInterrupt, which the run turns into giving back the lock and saying how to go on.

    The second time nothing is waited for: not a request that is under way, not a thread.
    """
    _seen.append(number)
    if len(_seen) > 1:
        os.write(2, _LEAVING)
        os._exit(int(ExitCode.INTERRUPTED))
    raise KeyboardInterrupt

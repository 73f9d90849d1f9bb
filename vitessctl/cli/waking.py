"""A signal is heard at once, whichever thread of the process the kernel gave it to.

Python runs what a signal is for in its main thread alone, between two steps of it. Where that thread waits without an
end, as a run does for its stages, it is woken only if the kernel gave the signal to it, and only if it waited already:
a thread that another one is starting just then may take the signal (twice in some forty drills servers of ours slept
through their SIGTERM), and Ctrl-C would do nothing until a stage has ended.
"""

from __future__ import annotations

import functools
import os
import signal
import threading
import time
from types import FrameType

_WAKING = signal.SIGURG
"""Nobody sends it, and by default it does nothing."""
_PAUSE_SECONDS = 0.05


class Waker:
    """A thread that is told of every signal, and pokes the main thread until that has run what it is for.

    To be made in the main thread, which alone may set handlers.
    """

    def __init__(self) -> None:
        self._read, write = os.pipe()
        os.set_blocking(write, False)
        self._main = threading.get_ident()
        self._woken = 0
        signal.signal(_WAKING, self._wake)
        signal.set_wakeup_fd(write, warn_on_full_buffer=False)
        threading.Thread(target=self._poke, name="signals", daemon=True).start()

    def _wake(self, number: int, frame: FrameType | None) -> None:
        """Run in the main thread, after what is there for signals of lower numbers."""
        self._woken += 1

    def _poke(self) -> None:
        while number := os.read(self._read, 1):
            before = self._woken
            while number[0] != _WAKING and self._woken == before:
                signal.pthread_kill(self._main, _WAKING)
                time.sleep(_PAUSE_SECONDS)


@functools.cache
def wake_main_thread() -> Waker:
    """From now on, for as long as the process lives; to be called in the main thread."""
    return Waker()

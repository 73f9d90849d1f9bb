"""Stand-ins that are forked from supervisord instead of being started as programs of their own.

Each stand-in would spend a quarter of a second of processor time on the same imports; ten of them, on two
processors, are most of a rehearsal's bring-up. So supervisord, which is Python too, imports them once, and the child
that it forks runs the stand-in's main function with exactly the arguments that the program would have got. What is
forked was only imported: no server, thread or channel exists in supervisord. If anything cannot be imported, the
child starts the program as usual, which then says what is wrong.
"""

from __future__ import annotations

import gc
import os
import sys
import traceback
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import NoReturn


def preload() -> frozenset[str]:
    """Import the stand-ins; gives the names of those that can be forked."""
    ready: set[str] = set()
    with suppress(Exception):
        from vitessctl.rehearsal import launch

        launch.leave_out_aio()
        for name, module in launch.PROGRAMS.items():
            with suppress(Exception):
                __import__(module)
                ready.add(name)
    gc.collect()
    gc.freeze()
    return frozenset(ready)


def become(name: str, arguments: Sequence[str], environment: Mapping[str, str]) -> NoReturn:
    """Be this stand-in until it ends, then end the process."""
    from vitessctl.rehearsal import launch

    os.closerange(3, os.sysconf("SC_OPEN_MAX"))
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = [name, *arguments]
    code = 1
    try:
        code = launch.main([name, *arguments])
    except BaseException:
        traceback.print_exc()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)

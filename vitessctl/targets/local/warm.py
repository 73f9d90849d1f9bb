"""Stand-ins that are forked from supervisord instead of being started as programs of their own.

Each stand-in would spend a quarter of a second of processor time on the same imports; ten of them, on two
processors, are most of a rehearsal's bring-up. So supervisord, which is Python too, imports them once, and the child
that it forks runs the stand-in's main function with exactly the arguments that the program would have got. What is
forked was only imported: no server, thread or channel exists in supervisord. If anything cannot be imported, the
child starts the program as usual, which then says what is wrong.

So it does once a file of vitessctl has changed, as an upgrade under a running rehearsal changes them: what was
imported would read data that were written for another version of it, and could not start again.
"""

from __future__ import annotations

import gc
import os
import sys
import traceback
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import vitessctl

_ROOT = Path(vitessctl.__file__).parent
_MADE_BY_PYTHON = "__pycache__"


@dataclass(frozen=True)
class Warm:
    """The stand-ins that were imported, and the files of vitessctl as they were then."""

    programs: frozenset[str] = frozenset()
    files: frozenset[tuple[str, int, int]] = frozenset()

    def can_become(self, name: str) -> bool:
        """Whether this stand-in was imported and is still what its files say. Takes 4 ms: it looks at each file."""
        return name in self.programs and self.files == files_in(_ROOT)


def files_in(root: Path) -> frozenset[tuple[str, int, int]]:
    """Path, size and time of change (ns) of every file below a folder, without those that Python makes itself."""
    found: set[tuple[str, int, int]] = set()
    for folder, folders, names in os.walk(root):
        folders[:] = [each for each in folders if each != _MADE_BY_PYTHON]
        for path in (os.path.join(folder, name) for name in names):
            with suppress(FileNotFoundError):
                status = os.stat(path)
                found.add((path, status.st_size, status.st_mtime_ns))
    return frozenset(found)


def preload() -> Warm:
    """Import the stand-ins, as far as that can be done."""
    files = files_in(_ROOT)  # before anything is imported: what changes meanwhile counts as changed
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
    return Warm(frozenset(ready), files)


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

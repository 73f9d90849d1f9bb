"""Why a tablet's mysqld has ended, from the error log that it writes beside its data.

mysqlctld (Vitess 24, tried with damaged files) goes on waiting for a mysqld that has ended, as long as --wait-time lets
it, minutes that is, and its own log says nothing of the reason.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from textwrap import shorten

from vitessctl.targets.base import Verdict
from vitessctl.targets.local import processes
from vitessctl.targets.local.explain import explain
from vitessctl.targets.local.guard import DataFolder, servers_of
from vitessctl.targets.local.tail import last_lines

EVIDENCE_LINES = 3
_LINES = 4000
_LONGEST = 1000
"""Characters; a damaged page is written out in lines of tens of thousands."""
_REASON = 200
"""Characters of it in one line with others."""
_START = re.compile(r"starting as process|mysqld_safe Starting mysqld|mysqld_safe mysqld restarted")
_END = re.compile(
    r"mysqld_safe mysqld from pid file \S+ ended|\[ERROR\] (?:\[MY-010119\] \[Server\] )?Aborting|mysqld got signal \d"
)
"""What it, or the script that keeps it, writes at its end. That it is gone is for the list of processes to say."""
_ERROR = re.compile(r"\[ERROR\] (.*)")


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
    lines = last_words(file, life.errors)
    if not lines or servers_of(folder):
        return None
    return replace(_verdict(lines, file, release), given_up=f"{life.pid}@{life.born}")


def last_words(file: Path, begin: int) -> Sequence[str]:
    """What mysqld wrote from its last start to its end, each line once, without pages; none while it has not ended.

    `begin` is the byte from which on mysqlctld's present life is told.
    """
    lines = [line for line in last_lines(file, _LINES, begin) if len(line) <= _LONGEST]
    starts = [number for number, line in enumerate(lines) if _START.search(line)]
    own = lines[starts[-1] :] if starts else lines
    return tuple(dict.fromkeys(own)) if any(_END.search(line) for line in own) else ()


def _verdict(lines: Sequence[str], file: Path, release: str) -> Verdict:
    found = explain(lines, release, "mysqld")
    if found:
        return Verdict.doomed(f"its mysqld has ended: {found.reason}", found.fix, found.evidence)
    errors = [match[1] for line in lines if (match := _ERROR.search(line)) and not match[1].endswith("Aborting")]
    said = f" and said last: {shorten(errors[-1], _REASON)}" if errors else ""
    evidence = tuple(errors[-EVIDENCE_LINES:] or lines[-EVIDENCE_LINES:])
    return Verdict.doomed(f"its mysqld has ended{said}", f"Look at {file}.", evidence)

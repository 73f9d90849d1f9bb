"""Why a mysqld has ended, from the lines of its error log, while the mysqlctld that started it waits on for it.

That it is gone is for whoever reads the log to make sure: mysqld says that it aborts before it is gone, and mysqld_safe
may start it again.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from textwrap import shorten

from vitessctl.diagnose.diagnosis import EVIDENCE_LINES, Diagnosis, diagnose

ENDED = "its mysqld has ended"
_LONGEST = 1000
"""Characters; a damaged page is written out in lines of tens of thousands."""
_REASON = 200
"""Characters of it in one line with others."""
_START = re.compile(r"starting as process|mysqld_safe Starting mysqld|mysqld_safe mysqld restarted")
_GAVE_UP = re.compile(r"\[ERROR\] (?:\[MY-010119\] \[Server\] )?Aborting|mysqld got signal \d")
_GONE = re.compile(r"mysqld_safe mysqld from pid file \S+ ended")
"""What the script that keeps it writes, whyever it ended."""
_ASKED_TO = re.compile(r"Shutdown complete")
"""Written also after it gave up."""
_ERROR = re.compile(r"\[ERROR\] (.*)")
_TIME = re.compile(r"(\d{4}-\d\d-\d\d|\d{6})[T ]+(\d?\d:\d\d:\d\d)(?:\.\d+)?([+-]\d\d:\d\d)?")
"""2026-11-27T09:15:57.541217Z, in MySQL 5.6 `2026-11-27 09:15:57`, and of its mysqld_safe `261127 09:15:57`."""


def last_words(lines: Sequence[str]) -> Sequence[str]:
    """What mysqld wrote from its last start to its end, each line once, without pages; none while it has not ended.

    None either where it was asked to end, as vttablet does for a backup or a restore: who asked starts it again.
    """
    short = [line for line in lines if len(line) <= _LONGEST]
    starts = [number for number, line in enumerate(short) if _START.search(line)]
    own = short[starts[-1] :] if starts else short
    gave_up, gone, asked_to = (any(each.search(line) for line in own) for each in (_GAVE_UP, _GONE, _ASKED_TO))
    return tuple(dict.fromkeys(own)) if gave_up or (gone and not asked_to) else ()


def written_since(lines: Sequence[str], began: float) -> Sequence[str]:
    """The lines from the first on that was written then or later (seconds since 1970); without a zone it says UTC."""
    for number, line in enumerate(lines):
        if _moment(line) >= began:
            return lines[number:]
    return ()


def cause_of_end(words: Sequence[str], release: str, *, in_pod: bool = False) -> Diagnosis:
    """Why it has ended, from its last words: the rule that knows it, else what it said last, and then no remedy.

    Waiting never helps: its mysqlctld does not start another one.
    """
    known = diagnose(words, release, "mysqld", in_pod=in_pod)
    if known is not None:
        return replace(known, cause=f"{ENDED}: {known.cause}", doomed=True)
    errors = [match[1] for line in words if (match := _ERROR.search(line)) and not match[1].endswith("Aborting")]
    said = f" and said last: {shorten(errors[-1], _REASON)}" if errors else ""
    evidence = tuple(errors[-EVIDENCE_LINES:] or words[-EVIDENCE_LINES:])
    return Diagnosis(f"{ENDED}{said}", "", evidence, doomed=True, rule="")


def _moment(line: str) -> float:
    """When it was written; never, where it does not say so at its beginning."""
    found = _TIME.match(line)
    if found:
        day, time, zone = found.groups()
        day = day if "-" in day else f"20{day[:2]}-{day[2:4]}-{day[4:]}"
        with suppress(ValueError):
            return datetime.fromisoformat(f"{day}T{time:0>8}{zone or '+00:00'}").timestamp()
    return float("-inf")

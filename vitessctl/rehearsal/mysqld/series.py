"""Which MySQL this is, and its words for replication.

5.7 (until Vitess 15) knows masters and slaves only, 8.0 (16 to 22) knows them and the new words, 8.4 (from 23 on) and
all that follow the new words alone.
"""

from __future__ import annotations

import os
import re
from functools import cache
from typing import Final

from vitessctl.rehearsal.servenv.process import release_name

VARIABLE: Final = "VITESSCTL_REHEARSAL_MYSQL"
"""The version, where an image's tag tells it."""
LAST_OF_5_7: Final = 15
LAST_OF_8_0: Final = 22
_STATEMENTS: Final = (
    (re.compile(r"show\s+slave\s+status", re.IGNORECASE), "show replica status"),
    (re.compile(r"show\s+master\s+status", re.IGNORECASE), "show binary log status"),
    (re.compile(r"(start|stop|reset)\s+slave", re.IGNORECASE), r"\1 replica"),
    (re.compile(r"change\s+master\s+to", re.IGNORECASE), "change replication source to"),
)
_NEW: Final = re.compile(r"(show|start|stop|reset)\s+(replica|binary\s+log)\b|change\s+replication", re.IGNORECASE)
_OLD_PARTS: Final = (("source", "master"), ("Source", "Master"), ("replica", "slave"), ("Replica", "Slave"))


@cache
def version() -> str:
    """What `select version()` answers: what the image's tag says, else what the image of the Vitess release has."""
    if told := os.environ.get(VARIABLE):
        return told
    if _major() <= LAST_OF_5_7:
        return "5.7.31"
    return "8.0.30" if _major() <= LAST_OF_8_0 else "8.4.6"


def speaks_old() -> bool:
    """Whether only the old words are known."""
    return version().startswith("5.")


def speaks_new() -> bool:
    """Whether only the new words are known."""
    major, minor = version().split(".")[:2]
    return (int(major), int(minor)) >= (8, 4)


def modern(sql: str) -> str:
    """A statement in the new words; "" for one whose words this MySQL does not know."""
    if speaks_new():
        return sql
    if speaks_old() and _NEW.match(sql):
        return ""
    for pattern, words in _STATEMENTS:
        sql = pattern.sub(words, sql, count=1) if pattern.match(sql) else sql
    return re.sub(r"\bmaster_(host|port)\b", r"source_\1", sql, flags=re.IGNORECASE)


def named(name: str) -> str:
    """A variable, a status variable or a column, called as this MySQL calls it."""
    if not speaks_old() or name.startswith("Replicate_"):
        return name
    for new, old in _OLD_PARTS:
        name = name.replace(new, old)
    return name


def _major() -> int:
    """Of the Vitess release's name alone: a mysqld loads nothing of what is known about releases."""
    return int(re.split(r"\D", release_name(), maxsplit=1)[0])

"""Log lines of all kinds of servers, as something that a person and a rule can read.

Vitess 24 writes JSON ({"time","level","source","msg"}), older releases glog (`E1122 22:17:35.000000 12 a.go:1] msg`),
etcd JSON of its own ({"ts","level","msg","error",...}), MySQL `time thread [Level] [MY-number] [Part] msg`, and
all of them now and then plain text: a usage page, a Go panic with its stack.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from vitessctl.diagnose.table import noise

LONGEST = 300
"""Characters of a line that a person gets to read."""

_GLOG = re.compile(r"^(?P<level>[IWEF])\d{4} (?P<time>\d\d:\d\d:\d\d)\.\d+\s+\d+ \S+?:\d+\] (?P<text>.*)")
_MYSQL = re.compile(
    r"^\d{4}-\d\d-\d\d[T ](?P<time>\d\d:\d\d:\d\d)\.\d+\S* \d+ \[(?P<level>\w+)\] (?P<text>\[MY-.*|\[\w+\] .*)"
)
_PAGE = re.compile(r"^(?:Usage\b.*:$|goroutine \d+ \[)")
_TIME = re.compile(r"T(\d\d:\d\d:\d\d)")
_LEVELS = {"I": "info", "W": "warning", "E": "error", "F": "fatal", "warn": "warning"}
_ETCD_DETAILS = ("error", "path", "dir", "remote-peer-id")


@dataclass(frozen=True)
class Line:
    """One entry of a log."""

    text: str
    """What it says, in one line, without time, level and place in the source."""
    level: str = ""
    """info, warning, error, fatal, panic, system, note; "" where the line does not say."""
    time: str = ""
    """Time of day, "" where the line does not say."""

    def __str__(self) -> str:
        text = self.text if len(self.text) <= LONGEST else f"{self.text[: LONGEST - 1]}…"
        level = self.level if self.level not in ("", "info", "system", "note") else ""
        return " ".join(part for part in (self.time, f"{level}:" if level else "", text) if part)


def readable(lines: Sequence[str]) -> list[str]:
    """The lines for a person: short, without JSON, known noise, usage pages and stacks; repeated ones counted."""
    shown = []
    for _, group in groupby(parse(_without_pages(lines)), key=lambda line: line.text):
        entries = list(group)
        count = f" ({len(entries)} times)" if len(entries) > 1 else ""
        shown.append(f"{entries[-1]}{count}")
    return shown


def _without_pages(lines: Iterable[str]) -> Iterator[str]:
    """Leaves out what follows the head of a usage page or a stack, up to the next line that a logger wrote."""
    inside = False
    for raw in lines:
        inside = _PAGE.match(raw) is not None or (inside and not parse_line(raw).level)
        if not inside:
            yield raw


def parse(lines: Iterable[str]) -> Iterator[Line]:
    """The entries of a log, without noise."""
    for raw in lines:
        line = parse_line(raw.rstrip())
        if line.text and not any(pattern.search(line.text) for pattern in noise()):
            yield line


def parse_line(raw: str) -> Line:
    """One line, whoever wrote it."""
    if raw.startswith("{"):
        entry = _json(raw)
        if entry is not None:
            return _structured(entry)
    match = _GLOG.match(raw) or _MYSQL.match(raw)
    if match is None:
        return Line(raw)
    level = _LEVELS.get(match["level"], match["level"].lower())
    return Line(_flat(match["text"]), level, match["time"])


def _json(raw: str) -> dict[str, Any] | None:
    try:
        entry = json.loads(raw)
    except ValueError:
        return None
    return entry if isinstance(entry, dict) and "msg" in entry else None


def _structured(entry: dict[str, Any]) -> Line:
    """A JSON line of Vitess or etcd. etcd's stack is dropped, what else explains the message is added to it."""
    details = [str(entry[key]) for key in _ETCD_DETAILS if entry.get(key)]
    level = str(entry.get("level") or "").lower()
    time = _TIME.search(str(entry.get("time") or entry.get("ts") or ""))
    return Line(_flat(": ".join([str(entry["msg"]), *details])), _LEVELS.get(level, level), time[1] if time else "")


def _flat(text: str) -> str:
    """In one line, without the code in front that Vitess puts on a line of its own."""
    return " ".join(re.sub(r"Code: [A-Z_]+\n", "", text).split())

"""Log lines on stderr in the release's form: JSON from 24, glog's before."""

from __future__ import annotations

import json
import os
import sys
import time
from typing import Final

_GLOG_LETTERS: Final = {"INFO": "I", "WARN": "W", "ERROR": "E"}


class Log:
    """Writes one program's log lines. `source` names it, for the source field."""

    def __init__(self, program: str, structured: bool = True) -> None:
        self._program = program
        self._structured = structured

    def info(self, text: str) -> None:
        """Something happened."""
        self._write("INFO", text)

    def warning(self, text: str) -> None:
        """Something is odd."""
        self._write("WARN", text)

    def error(self, text: str) -> None:
        """Something failed; the last such line tells why a server ended."""
        self._write("ERROR", text)

    def _write(self, level: str, text: str) -> None:
        sys.stderr.write(self._json(level, text) if self._structured else self._glog(level, text))
        sys.stderr.flush()

    def _json(self, level: str, text: str) -> str:
        source = {"function": "rehearsal", "file": f"rehearsal/{self._program}", "line": 1}
        line = {"time": timestamp(), "level": level, "source": source, "msg": text}
        return json.dumps(line, separators=(",", ":"), ensure_ascii=False) + "\n"

    def _glog(self, level: str, text: str) -> str:
        now = time.time()
        clock = time.strftime("%m%d %H:%M:%S", time.gmtime(now))
        micros = int(now % 1 * 1e6)
        return f"{_GLOG_LETTERS[level]}{clock}.{micros:06d} {os.getpid():7d} rehearsal.go:1] {text}\n"


def timestamp() -> str:
    """Now in UTC with nanoseconds, as Go prints it."""
    now = time.time_ns()
    clock = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now // 1_000_000_000))
    return f"{clock}.{now % 1_000_000_000:09d}Z"

"""The log lines that reparent calls send back."""

from __future__ import annotations

import threading

from vitessctl.rehearsal.servenv.log import Log
from vitessctl.rehearsal.topology_names import now
from vitessctl.vtctld.proto import logutil_pb2 as logutil


class Events:
    """Collects them, and writes them to the server's own log."""

    def __init__(self, log: Log) -> None:
        self.lines: list[logutil.Event] = []
        self._log = log
        self._lock = threading.Lock()

    def info(self, text: str) -> None:
        """A step."""
        self._add(logutil.INFO, text)
        self._log.info(text)

    def warning(self, text: str) -> None:
        """A step that was only possible by force, or failed without stopping the rest."""
        self._add(logutil.WARNING, text)
        self._log.warning(text)

    def texts(self) -> list[str]:
        """The lines' texts."""
        return [line.value for line in self.lines]

    def _add(self, level: logutil.Level, text: str) -> None:
        line = logutil.Event(time=now(), level=level, file="rehearsal", line=1, value=text)
        with self._lock:
            self.lines.append(line)

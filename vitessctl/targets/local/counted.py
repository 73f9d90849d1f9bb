"""A program under supervisord that counts its ends and waits growing times between its starts."""

from __future__ import annotations

import time
from typing import Any

import supervisor.options
import supervisor.process
from supervisor.datatypes import RestartUnconditionally
from supervisor.states import ProcessStates, getProcessStateDescription

STEADY = 10.0
"""Seconds after which a process counts as one that had come up well."""
PAUSES = (0.0, 0.5, 1.0, 2.0, 3.0, 5.0, 8.0, 13.0, 21.0, 30.0)
"""Seconds before the next start, by how many lives in a row were shorter than STEADY."""


def pause_after(short_lives: int) -> float:
    """Seconds to wait before the next start of a program that ended `short_lives` times in a row within STEADY."""
    return PAUSES[min(max(short_lives - 1, 0), len(PAUSES) - 1)]


class CountedProcess(supervisor.process.Subprocess):  # type: ignore[misc]
    """A program that knows how often it ended, and waits before it is started again."""

    deaths = 0
    short_lives = 0
    failures = 0
    last_end = ""
    not_before = 0.0

    def finish(self, pid: int, status: int) -> None:
        """It was reaped: count it, unless it was told to stop."""
        told = self.killing
        super().finish(pid, status)
        self.last_end = supervisor.options.decode_wait_status(status)[1]
        if told:
            self.short_lives = 0
            return
        self.deaths += 1
        self.short_lives = self.short_lives + 1 if time.time() - self.laststart < STEADY else 1
        self.not_before = time.time() + pause_after(self.short_lives)

    def change_state(self, new_state: int, expected: bool = True) -> Any:
        """Where supervisor would wait one second more each time, wait as PAUSES says."""
        changed = super().change_state(new_state, expected)
        if new_state == ProcessStates.BACKOFF:
            self.failures = self.backoff
            self.delay = time.time() + min(self.backoff, pause_after(self.backoff + 1))
        elif new_state in (ProcessStates.RUNNING, ProcessStates.STOPPED):
            self.failures = 0
        return changed

    def transition(self) -> None:
        """Start what has ended, but not before its pause is over."""
        if self.state != ProcessStates.EXITED or time.time() >= self.not_before:
            super().transition()

    def due(self) -> float | None:
        """When something is to be done for it though nothing happens; None if never. Seconds since the epoch."""
        if self.state == ProcessStates.STARTING:
            return float(self.laststart + self.config.startsecs)
        if self.state == ProcessStates.EXITED:
            return float(self.not_before) if self._starts_again() else None
        if self.state in (ProcessStates.BACKOFF, ProcessStates.STOPPING):
            return float(self.delay)
        return None

    def _starts_again(self) -> bool:
        """Whether supervisor starts it again now that it has exited by itself."""
        policy = self.config.autorestart
        return policy is RestartUnconditionally or (bool(policy) and self.exitstatus not in self.config.exitcodes)

    def report(self) -> dict[str, object]:
        """What vitessctl.targets.local.rpc.ProcessReport holds."""
        return {
            "name": self.config.name,
            "state": getProcessStateDescription(self.get_state()),
            "pid": self.pid,
            "start": float(self.laststart),
            "stop": float(self.laststop),
            "now": time.time(),
            "deaths": self.deaths,
            "failures": self.failures,
            "last_end": self.last_end or self.spawnerr or "",
        }

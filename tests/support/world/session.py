"""One run of vitessctl against the world; it can be killed after any of its writes."""

from __future__ import annotations

from dataclasses import dataclass, field


class Killed(BaseException):
    """kill -9: no clean-up of any kind sees it, and nothing that the run still tries has an effect."""


@dataclass
class Session:
    """Counts what a run writes, and ends it where it is told to."""

    kill_after: int | None = None
    """After how many writes the run dies; None: it lives."""
    writes: list[str] = field(default_factory=list)
    dead: bool = False

    def check(self) -> None:
        """Anything that the run does goes through here."""
        if self.dead:
            raise Killed

    def wrote(self, what: str) -> None:
        """Note a write that has just been done, and die after the last one that is allowed."""
        self.writes.append(what)
        if self.kill_after is not None and len(self.writes) >= self.kill_after:
            self.dead = True
            raise Killed

"""`vitessctl` on a test bed, as a process of its own."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.support import forked
from tests.testbed.fixtures import Bed

ROOT = Path(__file__).parents[2]
INVENTORY = ROOT / "inventories" / "minimal"
SECONDS = 300.0
"""How long a command may take at most: longer than any wait of its own, so that it is the one that gives up."""


@dataclass(frozen=True)
class Ran:
    """A command that came to its end."""

    code: int
    """Exit code."""
    screen: str
    """What a person saw: stdout, then stderr."""
    seconds: float

    @property
    def words(self) -> str:
        """The screen in one line: where lines break is of no concern."""
        return " ".join(self.screen.split())

    def ok(self) -> Ran:
        """Itself; AssertionError with the screen if it failed."""
        assert self.code == 0, f"exit code {self.code}:\n{self.screen}"
        return self


@dataclass(frozen=True)
class Vitessctl:
    """The command for one inventory in one namespace of a bed."""

    bed: Bed
    namespace: str
    inventory: Path = INVENTORY
    extra: Sequence[str] = ()
    """`-e` arguments."""
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def extra_vars(self) -> list[str]:
        """Every `-e` argument."""
        return [f"namespace={self.namespace}", *self.extra]

    @property
    def environment_of_process(self) -> dict[str, str]:
        """All of the environment that the command has."""
        return {**self.bed.environment, **self.environment}

    def __call__(self, command: str, *words: str, timeout: float = SECONDS) -> Ran:
        """Run it to its end; killed, with the exit code -9, if it has none in so many seconds.

        `schema diff` is a command of two words.
        """
        extra = [word for text in self.extra_vars for word in ("-e", text)]
        where = ["-i", str(self.inventory), "--context", self.bed.context, *extra]
        begun = time.monotonic()
        line = [*command.split(), *where, *words]
        try:
            done = forked.run(line, self.environment_of_process, ROOT, timeout)
        except subprocess.TimeoutExpired as late:
            return Ran(-signal.SIGKILL, f"{late.stdout}{late.stderr}", time.monotonic() - begun)
        return Ran(done.returncode, done.stdout + done.stderr, time.monotonic() - begun)

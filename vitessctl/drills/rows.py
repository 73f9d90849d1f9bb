"""Whether every row that a client was told of is still there. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Held:
    """What one tablet holds of the drill's rows."""

    alias: str
    leads: bool
    missing: tuple[int, ...] = ()
    """Acknowledged rows that it does not have."""
    extra: int = 0
    """Rows that it has although no client was told that they are written: no loss, and no fault."""
    unasked: str = ""
    """Why it could not be asked; "" if it was."""


@dataclass(frozen=True)
class Rows:
    """The rows of a drill on every tablet of the shard."""

    acknowledged: int
    unacknowledged: int
    """Tries whose client got an error, or no answer."""
    tablets: tuple[Held, ...] = ()

    @property
    def lost(self) -> int:
        """Acknowledged rows that some tablet that was asked does not have."""
        return len({row for each in self.tablets for row in each.missing})

    @property
    def proven(self) -> bool:
        """Whether every tablet was asked."""
        return bool(self.tablets) and not any(each.unasked for each in self.tablets)


def held(alias: str, leads: bool, acknowledged: Sequence[int], there: Collection[int]) -> Held:
    """What a tablet holds, beside what was acknowledged."""
    known, wanted = set(there), set(acknowledged)
    return Held(alias, leads, tuple(sorted(wanted - known)), len(known - wanted))

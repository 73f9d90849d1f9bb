"""How a drill went, as data; the screen and `--output json` show the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from vitessctl.drills.names import Name
from vitessctl.drills.outcomes import Outage
from vitessctl.drills.rows import Rows
from vitessctl.errors import ExitCode
from vitessctl.status.catalogue import Finding


@dataclass(frozen=True)
class Report:
    """A drill that was done. Seconds count from the kill."""

    drill: Name
    shard: str
    table: str
    began: str
    """When the kill began: RFC 3339, UTC."""
    killed: Sequence[str]
    """What was killed, by name."""
    kill_seconds: float
    """How long killing took: more than a moment only where it goes step by step."""
    writes: Outage
    reads: Mapping[str, Outage]
    """By tablet type: `primary`, `replica`."""
    rows: Rows
    old_primary: str
    new_primary: str
    """Who leads at the end; "" for nobody."""
    promoted: float | None
    """When another one was first seen to lead; None if none was."""
    healed: float | None
    """When everything was well again; None if it was not in time."""
    limit: float
    """How long it was waited for that, in seconds."""
    left: tuple[Finding, ...] = ()
    """What was not well at the end and had been before."""
    gone: tuple[str, ...] = ()
    """What was killed and did not come back."""
    table_kept: str = ""
    """Why the table with the rows is still there; "" if it is not."""
    interrupted: bool = False
    notes: Sequence[str] = field(default=())

    @property
    def exit_code(self) -> ExitCode:
        """0: healed, and nothing lost."""
        if self.rows.lost:
            return ExitCode.LOST
        if self.interrupted:
            return ExitCode.INTERRUPTED
        healed = self.healed is not None and self.rows.proven
        return ExitCode.DONE if healed else ExitCode.NOT_READY

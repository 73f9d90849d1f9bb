"""What a bed leaves written down, so that another process can stop it, even when its start was cut short."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from tests.testbed.processes import Process

FILE = "bed.json"


@dataclass
class State:
    """A running bed: its index (None without nodes), the processes that end it, and each node's store by number."""

    index: int | None = None
    kubeconfig: str = ""
    processes: list[Process] = field(default_factory=list)
    holders: list[Process] = field(default_factory=list)
    cgroups: list[str] = field(default_factory=list)

    def write(self, folder: Path) -> None:
        """Save it in the bed's folder."""
        half = folder / f"{FILE}.half"
        half.write_text(json.dumps(asdict(self), indent=1))
        half.rename(folder / FILE)

    @classmethod
    def read(cls, folder: Path) -> State | None:
        """The bed of a folder; None if there is none."""
        try:
            values = json.loads((folder / FILE).read_text())
        except FileNotFoundError:
            return None
        for name in ("processes", "holders"):
            values[name] = [Process(**each) for each in values[name]]
        return cls(**values)

    def alive(self) -> bool:
        """Whether any process of it runs."""
        return any(process.alive() for process in self.processes + self.holders)

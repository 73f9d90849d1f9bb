"""What a world stands on: as good as new, until a test says otherwise."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from vitessctl.errors import VitessctlError
from vitessctl.render.documents import Document
from vitessctl.targets.ground import Expiry, Jam, Reading, Volume

GIB = 1024**3
DISK = Volume("/state", "/state", 100 * GIB, 60 * GIB, 1_000_000, 900_000)


@dataclass
class WorldGround:
    """Implements vitessctl.targets.ground.Ground."""

    faults: Sequence[VitessctlError] = ()
    kubernetes: str = ""
    tool: str = ""
    ahead: Mapping[str, float] = field(default_factory=dict)
    """By how many seconds each clock is ahead of this machine's."""
    disks: Mapping[str, Callable[[], Volume]] = field(default_factory=lambda: {DISK.name: lambda: DISK})
    valid: Sequence[Expiry] = ()
    files: Mapping[str, bytes] = field(default_factory=dict)
    hanging: list[Jam] = field(default_factory=list)
    freed: list[str] = field(default_factory=list)
    """The pods that were freed, in order."""

    def preflight(self, documents: Sequence[Document]) -> Sequence[VitessctlError]:
        """What stands in the way."""
        return self.faults

    def version(self) -> str:
        """Of Kubernetes."""
        return self.kubernetes

    def written_by(self) -> str:
        """Which vitessctl was here last."""
        return self.tool

    def clocks(self) -> Sequence[Reading]:
        """The clocks that a test has set."""
        now = time.time()
        return tuple(Reading(name, now, now + ahead, now, 0.0) for name, ahead in self.ahead.items())

    def volumes(self) -> Mapping[str, Callable[[], Volume]]:
        """The disks."""
        return self.disks

    def expiries(self) -> Sequence[Expiry]:
        """What ends."""
        return self.valid

    def read(self, component: str, subject: str, path: str) -> bytes:
        """A file; what is not there was not foreseen."""
        return self.files[path]

    def jams(self) -> Sequence[Jam]:
        """Pods that hang."""
        return tuple(self.hanging)

    def free(self, jam: Jam) -> str:
        """It is gone."""
        assert jam.way, "what is not proven to be safe is not done"
        self.hanging.remove(jam)
        self.freed.append(jam.label)
        return f"freed {jam.label}"

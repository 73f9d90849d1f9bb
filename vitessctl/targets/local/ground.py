"""What a cluster on this machine stands on. See vitessctl.targets.ground."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from vitessctl.errors import VitessctlError
from vitessctl.render.documents import Document
from vitessctl.targets.ground import Expiry, Jam, Reading, Volume
from vitessctl.targets.local.faults import LocalError, PreflightError
from vitessctl.targets.local.preflight import DiskNearlyFull
from vitessctl.targets.local.target import LocalTarget


class LocalGround:
    """Implements Ground: one disk or a few, one clock, no pods."""

    def __init__(self, target: LocalTarget) -> None:
        self._target = target
        self._state = target.state

    def preflight(self, documents: Sequence[Document]) -> Sequence[VitessctlError]:
        """The target's own, which knows what runs already; but for the disk, of which `volumes` says more."""
        try:
            self._target.preflight(documents)
        except PreflightError as several:
            found = several.faults
        except LocalError as error:
            found = (error,)
        else:
            return ()
        return [fault for fault in found if not isinstance(fault, DiskNearlyFull)]

    def version(self) -> str:
        """Nothing but supervisord, which comes with vitessctl."""
        return ""

    def written_by(self) -> str:
        """The state folder does not say."""
        return ""

    def clocks(self) -> Sequence[Reading]:
        """The servers have this machine's."""
        return ()

    def volumes(self) -> Mapping[str, Callable[[], Volume]]:
        """Each file system once, called after the first folder that is on it."""
        places = [self._state.path, *sorted((self._state.path / "data").glob("*")), self._state.path / "log"]
        found: dict[int, Path] = {}
        for place in places:
            try:
                found.setdefault(place.stat().st_dev, place)
            except OSError:
                continue
        return {str(place): _looking_at(place) for place in found.values()}

    def expiries(self) -> Sequence[Expiry]:
        """No Kubernetes, no kubeconfig."""
        return ()

    def read(self, component: str, subject: str, path: str) -> bytes:
        """As whoever calls."""
        try:
            return Path(path).read_bytes()
        except OSError as error:
            raise LocalError(f"{path} cannot be read", why=error.strerror or str(error)) from error

    def jams(self) -> Sequence[Jam]:
        """Processes do not hang on their way out: supervisord kills them."""
        return ()

    def free(self, jam: Jam) -> str:
        """Never asked for."""
        raise NotImplementedError


def _looking_at(place: Path) -> Callable[[], Volume]:
    def look() -> Volume:
        try:
            found = os.statvfs(place)
        except OSError as error:
            raise LocalError(f"{place} cannot be looked at", why=error.strerror or str(error)) from error
        block = found.f_frsize
        return Volume(
            name=str(place),
            path=str(place),
            size=found.f_blocks * block,
            free=found.f_bavail * block,
            inodes=found.f_files,
            inodes_free=found.f_favail,
        )

    return look
